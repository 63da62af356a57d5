import contextlib
import copy
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from pytorch_grad_cam import ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from core.attribution.score_cam import ScoreCam, score_cam, score_cam_steps
from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.networks.chain import Chain
from core.networks.squeezenet import squeezenet_1_1

CPU = torch.device("cpu")
RAW = ScoreCamSettings(increase=Increase.RAW)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def network(stride: int = 2, gain: float = 10) -> Chain:
    """Cut at "maps": six maps, after a ReLU, of an input of three channels. The gain makes the logits differ."""
    last = nn.Linear(4, 5)
    last.weight.data *= gain
    layers = {
        "first": nn.Conv2d(3, 6, 3, stride=stride, padding=1),
        "maps": nn.ReLU(),
        "second": nn.Conv2d(6, 4, 3, padding=1),
        "tanh": nn.Tanh(),
        "mean": nn.AdaptiveAvgPool2d(1),
        "flatten": nn.Flatten(1),
        "last": last,
    }
    return Chain(layers).eval().requires_grad_(False)


def picture(device: torch.device = CPU) -> torch.Tensor:
    return torch.rand(3, 12, 10).to(device)


def maps_of(whole: Chain, image: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return whole.features(image[None], ["maps"])["maps"]


def explained(whole: Chain, image: torch.Tensor, target: int | None = 1, **others: object) -> ScoreCam:
    return score_cam(maps_of(whole, image), whole, image, target, **others)


def bilinear(map: np.ndarray, height: int, width: int) -> np.ndarray:
    """Between the centres of the cells, at the edges the nearest cell alone."""
    rows, cols = map.shape
    larger = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            y = min(max((i + 0.5) * rows / height - 0.5, 0), rows - 1)
            x = min(max((j + 0.5) * cols / width - 0.5, 0), cols - 1)
            top, left = int(y), int(x)
            bottom, right = min(top + 1, rows - 1), min(left + 1, cols - 1)
            upper = map[top, left] * (1 - (x - left)) + map[top, right] * (x - left)
            lower = map[bottom, left] * (1 - (x - left)) + map[bottom, right] * (x - left)
            larger[i, j] = upper * (1 - (y - top)) + lower * (y - top)
    return larger


def naive(whole: Chain, image: torch.Tensor, target: int, baseline: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Algorithm 1 of the paper with one picture at a time, in double precision: the rises, and the map."""
    whole, image, baseline = copy.deepcopy(whole).double(), image.double(), baseline.double()
    maps = maps_of(whole, image)[0].numpy()
    rises = []
    for map in maps:
        mask = bilinear(map, *image.shape[1:])
        span = mask.max() - mask.min()
        mask = (mask - mask.min()) / (span or 1)  # of a dead map the paper says nothing
        seen = image * torch.from_numpy(mask)
        rises.append((whole(seen[None])[0, target] - whole(baseline[None])[0, target]).item())
    alpha = np.exp(rises) / np.exp(rises).sum()
    total = np.zeros(maps.shape[1:])
    for k, map in enumerate(maps):
        total += alpha[k] * map
    return np.array(rises), np.maximum(total, 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("target", [0, 4])
def test_equals_the_algorithm_written_as_loops(seed, target):
    torch.manual_seed(seed)
    whole, image = network(), picture()
    baseline = torch.rand(3, 12, 10)
    found = explained(whole, image, target, baseline=baseline)
    rises, map = naive(whole, image, target, baseline)
    np.testing.assert_allclose(found.rises.numpy(), rises, atol=1e-5)
    np.testing.assert_allclose(found.map.numpy(), map, atol=1e-5)


def theirs(whole: Chain, image: torch.Tensor, target: int) -> np.ndarray:
    """pytorch_grad_cam's map at the size of the feature map, before it is scaled to [0, 1]."""
    layer = whole.layers[whole.names.index("maps")]
    found = []

    class Recording(ScoreCAM):
        def get_cam_image(self, *inputs: object, **others: object) -> np.ndarray:
            found.append(super().get_cam_image(*inputs, **others))
            return found[-1]

    with contextlib.redirect_stderr(io.StringIO()), Recording(whole, [layer]) as cam:  # it draws a progress bar
        cam(image[None], [ClassifierOutputTarget(target)])
    return np.maximum(found[0][0], 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("target", [0, 4])
def test_gives_the_map_of_pytorch_grad_cam_where_no_map_is_brought_to_another_size(seed, target):
    torch.manual_seed(seed)
    whole, image = network(stride=1), picture()
    expected = theirs(copy.deepcopy(whole), image, target)
    assert expected.max() > 0.1
    np.testing.assert_allclose(explained(whole, image, target).map.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_differs_from_pytorch_grad_cam_by_how_it_enlarges_maps_alone(seed, monkeypatch):
    """It puts the corners of a map on the corners of the picture, where one cell covers less than its pixels."""
    torch.manual_seed(seed)
    whole, image = network(), picture()
    ours = explained(whole, image, 3).map.numpy()
    assert not np.allclose(ours, theirs(copy.deepcopy(whole), image, 3), atol=1e-5)
    monkeypatch.setattr(nn, "UpsamplingBilinear2d", lambda size: nn.Upsample(size=size, mode="bilinear"))
    np.testing.assert_allclose(ours, theirs(copy.deepcopy(whole), image, 3), atol=1e-5)


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 6, 7, 100])
@pytest.mark.parametrize("increase", Increase)
def test_the_chunk_never_changes_the_answer(chunk, increase):
    whole, image = network(), picture()
    settings = ScoreCamSettings(increase=increase)
    once, chunked = (explained(whole, image, settings=settings, chunk=size) for size in (6, chunk))
    torch.testing.assert_close(chunked.map, once.map, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(chunked.weights, once.weights, rtol=1e-5, atol=1e-6)


def test_the_weights_of_the_softmax_add_up_to_one_and_those_of_the_rise_are_the_rises():
    whole, image = network(), picture()
    assert explained(whole, image).weights.sum().item() == pytest.approx(1, abs=1e-6)
    raw = explained(whole, image, settings=RAW)
    assert torch.equal(raw.weights, raw.rises)
    assert (raw.weights < 0).any()


def test_a_baseline_shifts_the_rises_and_never_the_softmax():
    whole, image = network(), picture()
    other = torch.rand(3, 12, 10)
    black, noise = explained(whole, image), explained(whole, image, baseline=other)
    shift = (whole(torch.zeros(1, 3, 12, 10)) - whole(other[None]))[0, 1]
    torch.testing.assert_close(noise.rises, black.rises + shift, rtol=0, atol=1e-5)
    torch.testing.assert_close(noise.weights, black.weights, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("top", [1, 2, 5])
def test_scores_the_most_active_maps_alone(top):
    whole, image = network(), picture()
    maps = maps_of(whole, image)[0]
    active = set(maps.mean(dim=(1, 2)).topk(top).indices.tolist())
    found = explained(whole, image, settings=ScoreCamSettings(top=top))
    scored = {k for k in range(6) if not found.rises[k].isnan()}
    assert scored == active
    assert {k for k in range(6) if found.weights[k] != 0} == active
    assert found.weights.sum().item() == pytest.approx(1, abs=1e-6)
    every = explained(whole, image).rises
    torch.testing.assert_close(found.rises[list(active)], every[list(active)])


def test_as_many_maps_as_there_are_or_more_are_all():
    whole, image = network(), picture()
    every = explained(whole, image)
    assert all(
        torch.equal(explained(whole, image, settings=ScoreCamSettings(top=top)).map, every.map) for top in (6, 9)
    )


def test_each_step_has_the_answer_for_the_maps_scored_so_far():
    whole, image = network(), picture()
    steps = list(score_cam_steps(maps_of(whole, image), whole, image, 1, chunk=4))
    assert [(step.index, step.done, step.total) for step in steps] == [(0, 4, 6), (1, 6, 6)]
    for step in steps:
        so_far = explained(whole, image, settings=ScoreCamSettings(top=step.done), chunk=4)
        assert torch.equal(step.cam.map, so_far.map)
        assert torch.equal(step.cam.weights, so_far.weights)


def test_a_later_step_never_repaints_an_earlier_one():
    whole, image = network(), picture()
    run = score_cam_steps(maps_of(whole, image), whole, image, 1, chunk=2)
    first = next(run)
    before = copy.deepcopy((first.cam.map, first.cam.weights, first.cam.rises))
    list(run)
    after = (first.cam.map, first.cam.weights, first.cam.rises)
    assert all(torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(before, after, strict=True))


def test_what_is_sent_between_two_steps_changes_nothing():
    whole, image = network(), picture()
    run = score_cam_steps(maps_of(whole, image), whole, image, 1, chunk=3)
    next(run)
    assert torch.equal(run.send(RAW).cam.map, explained(whole, image, chunk=3).map)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_run_leaves_gradients_as_they_were_at_every_step_and_when_it_is_ended_early(enabled):
    whole, image = network(), picture()
    features = maps_of(whole, image)
    with torch.set_grad_enabled(enabled):
        run = score_cam_steps(features, whole, image, 1, chunk=1)
        for _ in range(3):
            next(run)
            assert torch.is_grad_enabled() is enabled
        run.close()
        assert torch.is_grad_enabled() is enabled


@pytest.mark.parametrize("increase", Increase)
def test_the_map_is_never_negative(increase):
    whole, image = network(), picture()
    settings = ScoreCamSettings(increase=increase)
    assert all((explained(whole, image, target, settings=settings).map >= 0).all() for target in range(5))


def test_other_classes_have_other_weights():
    whole, image = network(), picture()
    assert not torch.allclose(explained(whole, image, 0).weights, explained(whole, image, 1).weights)


def test_without_a_target_it_explains_the_class_with_the_largest_logit():
    whole, image = network(), picture()
    found = explained(whole, image, None)
    logits = whole(image[None])[0]
    assert found.target == logits.argmax().item()
    assert found.score == pytest.approx(logits.max().item(), abs=1e-5)
    assert torch.equal(found.map, explained(whole, image, torch.tensor(found.target)).map)


def test_a_map_of_one_value_hides_the_picture_so_its_rise_over_black_is_nothing():
    whole, image = network(), picture()
    flat = torch.full((1, 2, 6, 5), 3.0)
    found = score_cam(flat, whole, image, 1, settings=RAW)
    torch.testing.assert_close(found.rises, torch.zeros(2), rtol=0, atol=1e-5)
    assert found.map.isfinite().all()


def test_a_network_that_says_the_same_to_every_picture_gives_the_mean_map():
    image = picture()
    features = torch.rand(1, 6, 4, 5)
    found = score_cam(features, lambda pictures: torch.ones(len(pictures), 3), image, 0)
    torch.testing.assert_close(found.map, features[0].mean(dim=0))
    assert not score_cam(features, lambda pictures: torch.ones(len(pictures), 3), image, 0, settings=RAW).map.any()


def test_takes_no_more_pictures_through_the_network_than_maps_and_two():
    whole, image = network(), picture()
    seen = []

    def counted(pictures: torch.Tensor) -> torch.Tensor:
        seen.append(len(pictures))
        assert not torch.is_grad_enabled()
        return whole(pictures)

    score_cam(maps_of(whole, image), counted, image, 1, chunk=4)
    assert seen == [2, 4, 2]


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_of_nothing_is_refused(chunk):
    whole, image = network(), picture()
    with pytest.raises(ValueError, match=f"chunk must be at least 1, got {chunk}"):
        explained(whole, image, chunk=chunk)


def test_leaves_no_hook_no_gradient_and_no_change_behind():
    whole, image = network(), picture()
    features = maps_of(whole, image)
    state, before = copy.deepcopy(whole.state_dict()), (features.clone(), image.clone())
    found = score_cam(features, whole, image, 1)
    assert torch.equal(features, before[0])
    assert torch.equal(image, before[1])
    assert all(torch.equal(value, state[key]) for key, value in whole.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in whole.modules())
    assert all(p.grad is None and not p.requires_grad for p in whole.parameters())
    assert features.grad is None
    assert image.grad is None
    assert not any(t.requires_grad for t in (found.map, found.weights, found.rises))


def test_works_on_a_real_network_with_a_few_maps():
    whole, image = squeezenet_1_1(), torch.rand(3, 64, 64)
    with torch.no_grad():
        features = whole.split("features.12").trunk(image[None])
    found = score_cam(features, whole, image, 285, settings=ScoreCamSettings(top=8))
    assert found.map.shape == features.shape[2:]
    assert (found.weights != 0).sum() == 8


def test_eight_threads_get_the_maps_one_gets():
    whole = network()
    image = picture()
    alone = [explained(whole, image, target % 5, chunk=2).map for target in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda target: explained(whole, image, target % 5, chunk=2).map, range(16)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_every_device_gives_the_map_of_the_cpu_on_the_cpu(device):
    whole, image = network(), picture()
    here = explained(whole, image)
    there = explained(whole.to(device), image.to(device))
    assert there.map.device == there.weights.device == there.rises.device == CPU
    torch.testing.assert_close(there.map, here.map, rtol=1e-3, atol=1e-4)
    assert there.score == pytest.approx(here.score, rel=1e-3, abs=1e-4)
