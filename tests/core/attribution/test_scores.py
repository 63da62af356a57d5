"""Scores and slopes: the measures are torch's, the slopes are those of finite differences, and nothing is left behind."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from core.attribution.scores import Measure, batches, scored, slopes
from core.errors import SettingError

CPU = torch.device("cpu")


def small_network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 2 * 3, 5)
    )
    return layers.requires_grad_(False)


def pictures(count: int = 4, seed: int = 1) -> torch.Tensor:
    return torch.rand(count, 3, 6, 7, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("target", [0, 3, 4])
def test_the_measures_are_the_logit_the_log_softmax_and_the_cross_entropy_of_torch(target):
    network, x = small_network(), pictures()
    logits = network(x)
    truth = torch.full((4,), target)
    torch.testing.assert_close(scored(network, target)(x), logits[:, target])
    torch.testing.assert_close(
        scored(network, target, Measure.LOG_PROBABILITY)(x), functional.softmax(logits, dim=1)[:, target].log()
    )
    torch.testing.assert_close(
        scored(network, target, Measure.CROSS_ENTROPY)(x), functional.cross_entropy(logits, truth, reduction="none")
    )


def test_the_probabilities_of_all_classes_sum_to_one():
    network, x = small_network(), pictures()
    total = sum(scored(network, target, Measure.LOG_PROBABILITY)(x).exp() for target in range(5))
    torch.testing.assert_close(total, torch.ones(4))


def test_the_log_probability_of_a_hopeless_class_is_finite():
    def certain(x: torch.Tensor) -> torch.Tensor:
        return torch.tensor([[500.0, -500.0]]).expand(len(x), 2)

    assert scored(certain, 1, Measure.LOG_PROBABILITY)(pictures(1)).item() == -1000


@pytest.mark.parametrize("target", [-1, 5])
def test_a_class_the_network_does_not_have_is_refused(target):
    with pytest.raises(SettingError, match="from 0 to 4"):
        scored(small_network(), target)(pictures())


@pytest.mark.parametrize("measure", Measure)
def test_the_slopes_are_those_of_finite_differences(measure):
    network, x = small_network().double(), pictures(2).double()
    score = scored(network, 2, measure)
    found = slopes(score, x)
    torch.testing.assert_close(found.scores, score(x))
    expected, nudge = torch.zeros_like(x), 1e-6
    for place in range(x[0].numel()):
        push = torch.zeros_like(x[0])
        push.view(-1)[place] = nudge
        expected.flatten(1)[:, place] = (score(x + push) - score(x - push)) / (2 * nudge)
    torch.testing.assert_close(found.slopes, expected, rtol=1e-6, atol=1e-8)


def test_a_picture_has_the_slope_it_has_alone():
    score, x = scored(small_network().double(), 1), pictures().double()
    alone = [slopes(score, picture[None]).slopes[0] for picture in x]
    torch.testing.assert_close(slopes(score, x).slopes, torch.stack(alone))


def test_works_where_gradients_are_switched_off():
    score, x = scored(small_network(), 1), pictures()
    with torch.no_grad():
        quiet = slopes(score, x)
        assert not torch.is_grad_enabled()
    assert torch.equal(quiet.slopes, slopes(score, x).slopes)


def test_leaves_nothing_behind():
    network, x = small_network(), pictures()
    found = slopes(scored(network, 1), x)
    assert x.grad is None
    assert not any(t.requires_grad for t in (x, *found, *network.parameters()))
    assert all(weight.grad is None for weight in network.parameters())


def test_a_picture_that_asks_for_gradients_gets_none():
    x = pictures().requires_grad_()
    found = slopes(scored(small_network(), 1), x)
    assert x.grad is None
    assert not any(t.requires_grad for t in found)


def test_leaves_the_pictures_alone_when_the_score_fails():
    def broken(_: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("broken")

    x = pictures()
    with torch.no_grad():
        with pytest.raises(RuntimeError, match="broken"):
            slopes(broken, x)
        assert not torch.is_grad_enabled()
    assert not x.requires_grad


def test_every_device_gives_the_slopes_of_the_cpu(device):
    network, x = small_network(), pictures()
    here = slopes(scored(network, 2), x)
    there = slopes(scored(network.to(device), 2), x.to(device))
    torch.testing.assert_close(there.slopes.cpu(), here.slopes, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(there.scores.cpu(), here.scores, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("count", "chunk"), [(7, 3), (6, 3), (1, 5), (5, 1), (0, 2)])
def test_batches_cover_everything_once_in_order(count, chunk):
    parts = batches(count, chunk)
    items = list(range(count))
    assert [item for part in parts for item in items[part]] == items
    assert len(parts) == math.ceil(count / chunk)
    assert all(1 <= part.stop - part.start <= chunk for part in parts)


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_without_room_is_refused(chunk):
    with pytest.raises(ValueError, match="chunk must be at least 1"):
        batches(4, chunk)
