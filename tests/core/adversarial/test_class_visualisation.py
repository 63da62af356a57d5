"""Gradient ascent on a picture: the naive loop, optima that are known, and settings that change on the way."""

import copy
import math
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from core.adversarial.class_visualisation import (
    SPECKLE,
    VisualisationStep,
    dream,
    feature_strength,
    visualise,
)
from core.adversarial.visualisation_settings import DREAM, Raised, Start, VisualisationSettings
from core.errors import SettingError
from core.images.normalise import to_pixels
from core.steps import State, Stepper

PLAIN = {"blur": 0.0, "blur_every": 1, "jitter": 0, "octaves": 1, "rate": 0.02, "l2": 0.0, "total_variation": 0.0}
"""Nothing that keeps the picture calm."""


def photo(height: int = 8, width: int = 7) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))


def small_network(seed: int = 0) -> nn.Sequential:
    """For pictures of any size, curved, so that the gradient depends on where it is taken."""
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Conv2d(3, 6, 3), nn.Tanh(), nn.Conv2d(6, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return layers.requires_grad_(False)


def affine(height: int = 8, width: int = 7) -> tuple[nn.Sequential, torch.Tensor]:
    """Logits that are affine in the picture, and the weights of class 1."""
    torch.manual_seed(3)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * height * width, 4)).requires_grad_(False)
    return network, network[1].weight[1].reshape(1, 3, height, width)


def run(network, begin: torch.Tensor, **changes) -> list[VisualisationStep]:
    return list(visualise(network, begin, VisualisationSettings(**{"target": 1, **PLAIN, **changes})))


def naive(network, begin: torch.Tensor, shifts, *, rate, l2, weight, blur, steps) -> list[torch.Tensor]:
    """The whole ascent of class 1 from a photo, with shifts by indices, norms by sums and a blur by loops."""
    x, found = begin.clone(), []
    _, channels, height, width = x.shape
    count = channels * height * width
    for shift_down, shift_right in shifts[:steps]:
        x = x.clone().requires_grad_()
        rows = [(i - shift_down) % height for i in range(height)]
        columns = [(j - shift_right) % width for j in range(width)]
        drawn = x - begin
        unrest = l2 * (drawn**2).sum() / count
        for i in range(height):
            for j in range(width):
                if i + 1 < height:
                    unrest = unrest + weight * (drawn[..., i, j] - drawn[..., i + 1, j]).abs().sum() / count
                if j + 1 < width:
                    unrest = unrest + weight * (drawn[..., i, j] - drawn[..., i, j + 1]).abs().sum() / count
        (slope,) = torch.autograd.grad(network(x[:, :, rows][..., columns])[0, 1] - unrest, x)
        x = (x + rate * math.sqrt(count) * slope / (slope**2).sum().sqrt()).detach().clamp(0, 1)
        drawn, calm = x - begin, torch.zeros_like(x)
        for i in range(height):
            for j in range(width):
                far = torch.tensor([[(i - k) ** 2 + (j - m) ** 2 for m in range(width)] for k in range(height)])
                weights = (-far / (2 * blur**2)).exp()
                calm[..., i, j] = (drawn * weights).sum(dim=(2, 3)) / weights.sum()
        x = (begin + calm).clamp(0, 1)
        found.append(x)
    return found


def test_every_step_is_the_naive_loop():
    network, begin = small_network().double(), photo().double()
    draws = torch.Generator().manual_seed(4)
    shifts = [torch.randint(-2, 3, (2,), generator=draws).tolist() for _ in range(4)]
    expected = naive(network, begin, shifts, rate=0.03, l2=0.4, weight=0.2, blur=0.6, steps=4)
    found = run(
        network, begin, start=Start.PHOTO, seed=4, steps=4, rate=0.03, l2=0.4, total_variation=0.2, blur=0.6, jitter=2
    )
    for step, picture in zip(found, expected, strict=True):
        torch.testing.assert_close(step.canvas, picture[0], rtol=0, atol=1e-6)


def test_a_step_measures_the_picture_before_the_update_and_shows_the_one_after():
    network = small_network()
    first, second = run(network, photo(), start=Start.PHOTO, steps=2)
    for step, picture in ((first, photo()), (second, first.canvas[None])):
        logits = network(picture)
        assert step.value == step.score == pytest.approx(logits[0, 1].item(), abs=1e-6)
        assert step.probability == pytest.approx(logits.softmax(1)[0, 1].item(), abs=1e-6)
    assert (first.index, second.index) == (0, 1)
    assert not torch.equal(first.canvas, photo()[0])
    np.testing.assert_array_equal(first.picture, to_pixels(first.canvas))


@pytest.mark.parametrize("rate", [0.001, 0.02])
def test_every_step_moves_the_values_by_the_rate_on_average(rate):
    for step in run(small_network(), photo(30, 20), steps=1, rate=rate):
        assert (step.canvas - 0.5).square().mean().sqrt().item() == pytest.approx(rate, rel=1e-4)


def test_an_affine_score_is_raised_until_every_value_is_black_or_white():
    network, weights = affine()
    last = run(network, photo(), steps=200, rate=0.05)[-1]
    expected = (weights[0] > 0).float()
    clear = weights[0].abs() > 0.1 * weights.abs().max()  # the others move less than the steps can bring to the end
    assert torch.equal(last.canvas[clear], expected[clear])
    assert last.slope == pytest.approx(torch.linalg.vector_norm(weights).item(), rel=1e-5)


def test_with_l2_an_affine_score_has_its_optimum_where_the_slopes_cancel():
    """w - 2 weight (x - 0.5) / n = 0: the best picture is grey plus n w / (2 weight)."""
    network, weights = affine()
    l2 = 300.0
    best = 0.5 + weights[0] * weights.numel() / (2 * l2)
    assert 0 < best.min() < best.max() < 1
    last = run(network, photo(), steps=300, rate=0.002, l2=l2)[-1]
    assert (last.canvas - best).square().mean().sqrt() < 0.003  # steps of 0.002 go around it


def test_a_photo_is_what_l2_pulls_back_to():
    network, _ = affine()
    held, free = (run(network, photo(), start=Start.PHOTO, steps=60, l2=l2)[-1] for l2 in (1e5, 0.0))
    assert (held.canvas - photo()[0]).square().mean().sqrt() < 0.03
    assert (free.canvas - photo()[0]).square().mean().sqrt() > 0.2


def test_the_probability_also_rises_where_the_score_falls():
    """Two classes: the score is the sum of the picture / n, the other's is three times that.

    The probability 1 / (1 + exp(2 s)) rises only if s falls; the score itself rises.
    """

    def two(pictures: torch.Tensor) -> torch.Tensor:
        mean = pictures.mean(dim=(1, 2, 3))
        return torch.stack((3 * mean, mean), dim=1)

    by_score = run(two, photo(), raised=Raised.SCORE, steps=10)
    by_softmax = run(two, photo(), raised=Raised.SOFTMAX, steps=10)
    for index, (up, down) in enumerate(zip(by_score, by_softmax, strict=True)):
        assert up.score == up.value == pytest.approx(0.5 + 0.02 * index, abs=1e-5)
        assert down.score == pytest.approx(0.5 - 0.02 * index, abs=1e-5)
        assert down.probability == pytest.approx(1 / (1 + math.exp(2 * down.score)), abs=1e-5)
        assert down.value == pytest.approx(math.log(down.probability), abs=1e-5)
    assert by_score[-1].probability < by_score[0].probability < by_softmax[-1].probability


def test_the_logarithm_of_a_probability_climbs_the_way_the_probability_does():
    """With nothing that keeps calm: the loop raises the probability itself."""
    network, picture = small_network().double(), photo().double()
    for step in run(network, picture, start=Start.PHOTO, raised=Raised.SOFTMAX, steps=5):
        leaf = picture.clone().requires_grad_()
        (slope,) = torch.autograd.grad(network(leaf).softmax(dim=1)[0, 1], leaf)
        picture = (picture + 0.02 * slope / slope.square().mean().sqrt()).clamp(0, 1)
        torch.testing.assert_close(step.canvas, picture[0])


def test_a_probability_too_small_for_its_number_still_has_a_slope():
    def hopeless(pictures: torch.Tensor) -> torch.Tensor:
        mean = pictures.mean(dim=(1, 2, 3))
        return torch.stack((300 + 0 * mean, mean), dim=1)

    (step,) = run(hopeless, photo(), raised=Raised.SOFTMAX, steps=1)
    assert step.probability == 0
    assert not step.stuck


def test_what_the_network_saw_shifted_is_drawn_where_it_belongs():
    """A network that looks at no place in particular has the same slopes after any shift."""

    def bright(pictures: torch.Tensor) -> torch.Tensor:
        return pictures.pow(2).sum(dim=(2, 3))

    still, shifted = (run(bright, photo(), start=Start.PHOTO, steps=5, jitter=jitter) for jitter in (0, 5))
    for one, other in zip(still, shifted, strict=True):
        torch.testing.assert_close(one.canvas, other.canvas)


def test_jitter_shows_the_network_another_place_each_time():
    seen = []

    def corner(pictures: torch.Tensor) -> torch.Tensor:
        seen.append(pictures.detach().clone())
        return pictures[..., 0, 0]

    run(corner, photo(20, 20), start=Start.PHOTO, steps=12, jitter=3, rate=0.0)
    offsets = [
        (down, right)
        for picture in seen
        for down in range(-3, 4)
        for right in range(-3, 4)
        if torch.equal(picture, photo(20, 20).roll((down, right), dims=(2, 3)))
    ]
    assert len(offsets) == 12
    assert len(set(offsets)) > 6


def test_a_blur_comes_every_so_many_steps():
    roughness = [
        float(step.canvas.diff(dim=1).abs().mean())
        for step in run(affine(9, 9)[0], photo(9, 9), steps=9, blur=1.5, blur_every=3)
    ]
    falls = [index for index in range(1, 9) if roughness[index] < roughness[index - 1]]
    assert [index for index in range(9) if index == 2 or index in falls] == [2, 5, 8]


@pytest.mark.parametrize(
    "calm", [{"l2": 2.0}, {"total_variation": 0.5}, {"blur": 0.7}, {"l2": 1.0, "total_variation": 0.3, "blur": 0.5}]
)
def test_what_keeps_calm_makes_the_picture_calmer(calm):
    network = small_network()
    wild, calmer = (run(network, photo(16, 16), steps=30, **changes)[-1].canvas for changes in ({}, calm))
    assert calmer.diff(dim=2).abs().mean() < 0.9 * wild.diff(dim=2).abs().mean()


def test_octaves_go_from_small_to_full_size():
    steps = run(small_network(), photo(80, 100), steps=6, octaves=3, octave_scale=1.5)
    assert [step.octave for step in steps] == [0, 0, 1, 1, 2, 2]
    assert [tuple(step.canvas.shape) for step in steps[::2]] == [(3, 36, 44), (3, 53, 67), (3, 80, 100)]


def test_a_photo_keeps_its_detail_through_the_octaves():
    last = run(small_network(), photo(64, 64), start=Start.PHOTO, steps=4, octaves=2, rate=0.0, blur=2.0)[-1]
    assert torch.equal(last.canvas, photo(64, 64)[0])


@pytest.mark.parametrize("start", Start)
def test_it_begins_where_it_was_told_to(start):
    first = run(small_network(), photo(60, 60), start=start, steps=1, rate=0.0)[0].canvas
    expected = {Start.EMPTY: (0.5, 0.0), Start.NOISE: (0.5, SPECKLE)}
    if start is Start.PHOTO:
        assert torch.equal(first, photo(60, 60)[0])
    else:
        assert (first.mean().item(), first.std().item()) == pytest.approx(expected[start], abs=0.003)


@pytest.mark.parametrize("start", Start)
def test_a_seed_repeats_the_run_whatever_others_draw(start):
    settings = {"start": start, "steps": 6, "jitter": 2, "octaves": 2, "octave_scale": 1.3, "blur": 0.5}
    begin = photo(50, 44)
    one = run(small_network(), begin, seed=1, **settings)
    torch.rand(3)
    again, other = (run(small_network(), begin, seed=seed, **settings) for seed in (1, 2))
    assert all(torch.equal(a.canvas, b.canvas) for a, b in zip(one, again, strict=True))
    assert not torch.equal(one[-1].canvas, other[-1].canvas)


def test_new_settings_act_from_the_next_step():
    network = affine()[0]
    going = visualise(network, photo(), VisualisationSettings(target=1, steps=5, **PLAIN))
    first, second = next(going), next(going)
    third = going.send(VisualisationSettings(target=2, steps=4, **{**PLAIN, "rate": 0.1}))
    change = third.canvas - second.canvas
    assert change.square().mean().sqrt().item() == pytest.approx(0.1, rel=1e-3)
    torch.testing.assert_close(
        change / change.norm(), network[1].weight[2].reshape(3, 8, 7) / network[1].weight[2].norm()
    )
    assert third.score == pytest.approx(network(second.canvas[None])[0, 2].item(), abs=1e-5)
    fourth = going.send(None)
    assert [step.index for step in (first, second, third, fourth)] == [0, 1, 2, 3]
    assert list(going) == []


def test_more_steps_on_the_way_never_make_the_picture_smaller():
    settings = {**PLAIN, "octaves": 3, "octave_scale": 1.5, "target": 1}
    going = visualise(small_network(), photo(80, 80), VisualisationSettings(steps=6, **settings))
    sizes = [step.canvas.shape[1] for step in islice(going, 4)]
    sizes.append(going.send(VisualisationSettings(steps=12, **settings)).canvas.shape[1])
    sizes.extend(step.canvas.shape[1] for step in going)
    assert sizes == sorted(sizes)
    assert len(sizes) == 12
    assert sizes[-1] == 80


@pytest.mark.parametrize("factor", [0.0, math.nan, math.inf])
def test_without_a_gradient_the_picture_stays_and_the_step_says_so(factor):
    steps = run(
        lambda pictures: factor * pictures.mean(dim=(2, 3)), photo(), start=Start.PHOTO, steps=3, blur=1.0, jitter=2
    )
    assert all(step.stuck and step.slope == 0 for step in steps)
    assert all(torch.equal(step.canvas, photo()[0]) for step in steps)


@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_the_smallest_and_the_largest_gradients_have_a_direction(factor):
    network, weights = affine()
    step = run(lambda pictures: factor * network(pictures), photo(), steps=1)[0]
    assert not step.stuck
    assert step.slope == pytest.approx(factor * torch.linalg.vector_norm(weights).item(), rel=1e-4)
    torch.testing.assert_close(
        step.canvas - 0.5, 0.02 * math.sqrt(weights.numel()) * weights[0] / weights.norm(), rtol=1e-3, atol=1e-6
    )


def test_one_pixel_can_be_visualised():
    steps = run(affine(1, 1)[0], photo(1, 1), steps=3, blur=0.5, jitter=4, octaves=2, total_variation=1.0)
    assert all(step.picture.shape == (1, 1, 3) for step in steps)


def test_a_class_the_network_does_not_have_is_refused():
    with pytest.raises(SettingError, match="target must be a class from 0 to 4, got 5"):
        next(visualise(small_network(), photo(), VisualisationSettings(target=5)))


def test_a_dream_raises_whatever_it_is_given():
    layer = small_network()[:2]
    seen = list(
        dream(lambda x: feature_strength(layer(x)), photo(), VisualisationSettings(start=Start.PHOTO, steps=8, **PLAIN))
    )
    values = [step.value for step in seen]
    assert values == sorted(values)
    assert values[0] == pytest.approx(layer(photo()).square().mean().item(), rel=1e-5)
    assert all(step.score is None and step.probability is None for step in seen)


def test_the_settings_for_a_dream_strengthen_a_layer():
    layer = small_network()[:2]
    steps = list(dream(lambda x: feature_strength(layer(x)), photo(64, 64), DREAM))
    begun = feature_strength(layer(photo(64, 64))).item()
    assert feature_strength(layer(steps[-1].canvas[None])).item() > 1.2 * begun
    assert len(steps) == DREAM.steps


def test_feature_strength_is_the_mean_of_the_squares_of_each_picture():
    features = torch.randn(2, 4, 3, 5, generator=torch.Generator().manual_seed(0))
    expected = [sum(value**2 for value in one.flatten().tolist()) / 60 for one in features]
    assert feature_strength(features).tolist() == pytest.approx(expected)


def test_costs_one_pass_forward_and_one_back_for_each_step():
    calls, network = [], small_network()

    def forward(pictures: torch.Tensor) -> torch.Tensor:
        calls.append("forward")
        return network(pictures)

    def backward(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append("backward")
        return torch.autograd.grad(*inputs)

    settings = VisualisationSettings(steps=3, total_variation=1.0, l2=1.0)
    assert len(list(visualise(forward, photo(), settings, gradient=backward))) == 3
    assert calls == ["forward", "backward"] * 3


def test_leaves_nothing_behind_not_even_when_it_is_left_early():
    network, begin = small_network(), photo().requires_grad_()
    before, weights = begin.detach().clone(), copy.deepcopy(network.state_dict())
    with torch.no_grad():
        going = visualise(network, begin, VisualisationSettings(start=Start.PHOTO))
        step = next(going)
        assert not torch.is_grad_enabled()
    going.close()
    assert torch.is_grad_enabled()
    assert torch.equal(begin, before)
    assert begin.grad is None
    assert not step.canvas.requires_grad
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in network.modules())
    assert all(torch.equal(weights[name], tensor) for name, tensor in network.state_dict().items())


def test_a_step_that_is_written_to_changes_no_other():
    going = visualise(small_network(), photo(), VisualisationSettings(target=1, steps=2, **PLAIN))
    next(going).canvas.zero_()
    expected = run(small_network(), photo(), steps=2)[1]
    assert torch.equal(next(going).canvas, expected.canvas)


def test_a_stepper_drives_it_and_keeps_an_error():
    stepper = Stepper(visualise(small_network(), photo(), VisualisationSettings(steps=4, target=1)))
    assert stepper.advance(60.0) is State.DONE
    assert [step.index for step in stepper.history] == [0, 1, 2, 3]
    failing = Stepper(visualise(small_network(), photo(), VisualisationSettings(target=99)))
    assert failing.advance(60.0) is State.FAILED
    assert isinstance(failing.error, SettingError)


def test_eight_threads_get_the_pictures_one_gets():
    network = small_network()

    def last(seed: int) -> torch.Tensor:
        return run(network, photo(), steps=4, start=Start.NOISE, seed=seed, jitter=2)[-1].canvas

    alone = [last(seed) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(last, range(16)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_every_device_draws_the_picture_of_the_cpu(device):
    network, settings = small_network(), {"start": Start.NOISE, "steps": 6, "jitter": 2, "octaves": 2, "blur": 0.5}
    here = run(network, photo(40, 40), **settings)
    there = run(network.to(device), photo(40, 40).to(device), **settings)
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.canvas.device.type == "cpu"
        torch.testing.assert_close(theirs.canvas, ours.canvas, rtol=0, atol=2e-3)
        assert theirs.score == pytest.approx(ours.score, rel=1e-2, abs=1e-3)
