import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from core.attribution.faithfulness import (
    Kind,
    centre_order,
    curve,
    draw_curve,
    order,
    pointing,
    random_order,
)
from core.errors import SettingError
from core.steps import State, Stepper

HEIGHT, WIDTH = 6, 7
PIXELS = HEIGHT * WIDTH
Score = Callable[[torch.Tensor], torch.Tensor]


def noise(*size: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


def picture(seed: int = 1) -> torch.Tensor:
    return noise(3, HEIGHT, WIDTH, seed=seed)


def exact(pictures: torch.Tensor) -> torch.Tensor:
    """A curved score that treats each picture by itself, to the last bit."""
    return torch.stack([(one * picture(9)).sum().tanh() + one[0, 2, 3] ** 2 for one in pictures])


def network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        return nn.Sequential(layers, nn.Linear(4, 5)).requires_grad_(False)


def probability(layers: nn.Module) -> Score:
    return lambda pictures: layers(pictures).softmax(dim=1)[:, 2]


def naive(score: Score, image: torch.Tensor, pixels: list[int], reference: torch.Tensor, kind: Kind, steps: int):
    """Shares, scores and pictures, one pixel after the other."""
    start, other = (image, reference) if kind is Kind.DELETION else (reference, image)
    shares, scores, pictures = [], [], []
    for k in range(steps + 1):
        mixed = start.clone()
        count = round(k * len(pixels) / steps)
        for pixel in pixels[:count]:
            y, x = pixel // image.shape[2], pixel % image.shape[2]
            for channel in range(len(image)):
                mixed[channel, y, x] = other[channel, y, x]
        shares.append(count / len(pixels))
        scores.append(score(mixed[None])[0].item())
        pictures.append(mixed)
    return shares, scores, pictures


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("steps", [1, 4, 6, 42, 100])
def test_equals_replacing_pixel_after_pixel(kind, steps):
    pixels = random_order(HEIGHT, WIDTH, 3)
    found = curve(exact, picture(1), pixels, picture(2), kind=kind, steps=steps, chunk=5)
    shares, scores, pictures = naive(exact, picture(1), pixels.tolist(), picture(2), kind, steps)
    assert found.shares.tolist() == shares
    assert found.scores.tolist() == scores
    assert found.auc == pytest.approx(np.trapezoid(scores, shares), abs=1e-12)
    assert all(torch.equal(found.picture(k), one) for k, one in enumerate(pictures))


def test_the_area_is_that_of_the_paper_where_steps_divide_the_pixels():
    found = curve(exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=6, chunk=7)
    scores = found.scores.double()
    assert found.shares.tolist() == pytest.approx([k / 6 for k in range(7)])
    assert found.auc == pytest.approx(float((scores.sum() - scores[0] / 2 - scores[-1] / 2) / 6))


def test_deletion_goes_from_the_picture_to_the_reference_and_insertion_back():
    image, reference, pixels = picture(1), picture(2), random_order(HEIGHT, WIDTH, 3)
    clean, empty = exact(torch.stack((image, reference))).tolist()
    for kind, ends in ((Kind.DELETION, [clean, empty]), (Kind.INSERTION, [empty, clean])):
        found = curve(exact, image, pixels, reference, kind=kind, steps=5, chunk=2)
        assert [found.scores[0].item(), found.scores[-1].item()] == ends
        assert [found.shares[0].item(), found.shares[-1].item()] == [0, 1]


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 99))
def test_insertion_is_deletion_with_picture_and_reference_swapped(steps, seed):
    image, reference, pixels = picture(1), picture(2), random_order(HEIGHT, WIDTH, seed)
    inserted = curve(exact, image, pixels, reference, kind=Kind.INSERTION, steps=steps, chunk=8)
    deleted = curve(exact, reference, pixels, image, kind=Kind.DELETION, steps=steps, chunk=8)
    assert torch.equal(inserted.scores, deleted.scores)


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 60), st.integers(0, 99))
def test_insertion_is_deletion_in_the_opposite_order_read_backwards(height, width, steps, seed):
    """With k pixels of the picture put in, the others are still deleted, if both shares are whole numbers of pixels.

    Shares are rounded to pixels, halves to even. So k and steps - k add up to all pixels but where both round the same
    way: half a pixel of an odd number.
    """
    pixels = height * width
    assume(pixels % 2 == 0 or all(2 * k * pixels % (2 * steps) != steps for k in range(steps)))
    image, reference, first = (
        noise(2, height, width),
        noise(2, height, width, seed=1),
        random_order(height, width, seed),
    )

    def score(pictures: torch.Tensor) -> torch.Tensor:
        return torch.stack([(one.flatten() * torch.arange(2.0 * pixels)).sum() for one in pictures])

    inserted = curve(score, image, first, reference, kind=Kind.INSERTION, steps=steps, chunk=8)
    deleted = curve(score, image, first.flip(0), reference, kind=Kind.DELETION, steps=steps, chunk=8)
    assert torch.equal(inserted.scores, deleted.scores.flip(0))
    assert inserted.auc == pytest.approx(deleted.auc, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_no_order_beats_the_gradient_of_an_additive_score(seed):
    weights, image = noise(3, HEIGHT, WIDTH, seed=seed), torch.ones(3, HEIGHT, WIDTH)
    black = torch.zeros_like(image)

    def score(pictures: torch.Tensor) -> torch.Tensor:
        return (weights * pictures).sum(dim=(1, 2, 3))

    def area(pixels: torch.Tensor, kind: Kind) -> float:
        return curve(score, image, pixels, black, kind=kind, steps=PIXELS, chunk=50).auc

    leaf = image[None].clone().requires_grad_()
    (slope,) = torch.autograd.grad(score(leaf).sum(), leaf)
    best = order(slope[0].sum(dim=0), HEIGHT, WIDTH)
    others = [random_order(HEIGHT, WIDTH, other) for other in range(50)]
    assert area(best, Kind.DELETION) < min(area(other, Kind.DELETION) for other in others)
    assert area(best, Kind.INSERTION) > max(area(other, Kind.INSERTION) for other in others)


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 40))
def test_the_chunk_never_changes_the_answer(steps, chunk):
    arguments = exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2)
    one = curve(*arguments, kind=Kind.DELETION, steps=steps, chunk=1)
    many = curve(*arguments, kind=Kind.DELETION, steps=steps, chunk=chunk)
    assert torch.equal(one.scores, many.scores)
    assert one.auc == many.auc


def test_the_chunk_changes_the_answer_of_a_network_by_its_rounding_alone():
    arguments = probability(network()), picture(1), random_order(HEIGHT, WIDTH, 3), picture(2)
    curves = [curve(*arguments, kind=Kind.DELETION, steps=20, chunk=chunk).scores for chunk in (1, 4, 21)]
    torch.testing.assert_close(curves[1], curves[0], rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(curves[2], curves[0], rtol=1e-6, atol=1e-7)


def test_a_run_grows_the_curve_chunk_by_chunk():
    arguments = exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2)
    steps = list(draw_curve(*arguments, kind=Kind.INSERTION, steps=10, chunk=4))
    whole = curve(*arguments, kind=Kind.INSERTION, steps=10, chunk=4)
    assert [step.index for step in steps] == [0, 1, 2]
    assert [len(step.scores) for step in steps] == [4, 8, 11]
    assert all(torch.equal(step.scores, whole.scores[: len(step.scores)]) for step in steps)
    assert all(torch.equal(step.shares, whole.shares[: len(step.scores)]) for step in steps)
    assert torch.equal(steps[0].picture(10), picture(1))


def test_a_stepper_can_drive_it_and_stop_it():
    stepper = Stepper(
        draw_curve(exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=9, chunk=1)
    )
    assert stepper.advance(0.0) is State.RUNNING
    stepper.stop()
    assert stepper.state is State.STOPPED
    assert len(stepper.newest.scores) == 1


def test_nothing_asks_for_a_gradient_and_the_callers_mode_stays():
    image = picture(1).requires_grad_()
    run = draw_curve(exact, image, random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=4, chunk=2)
    modes = []
    for step in run:
        modes.append(torch.is_grad_enabled())
        assert not step.scores.requires_grad
        assert not step.picture(1).requires_grad
        assert not step.scores.is_inference()
    assert modes == [True] * 3
    assert image.grad is None


def test_the_score_runs_without_a_graph_and_a_failure_leaves_nothing_behind():
    def broken(_: torch.Tensor) -> torch.Tensor:
        assert not torch.is_grad_enabled()
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        curve(broken, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=4, chunk=2)
    assert torch.is_grad_enabled()


def test_what_is_given_is_not_changed_and_later_changes_do_not_reach_the_run():
    image, reference, pixels = picture(1), picture(2), random_order(HEIGHT, WIDTH, 3)
    run = draw_curve(exact, image, pixels, reference, kind=Kind.DELETION, steps=4, chunk=1)
    next(run)
    assert torch.equal(image, picture(1))
    assert torch.equal(reference, picture(2))
    assert torch.equal(pixels, random_order(HEIGHT, WIDTH, 3))
    image.zero_()
    *_, last = run
    whole = curve(exact, picture(1), pixels, picture(2), kind=Kind.DELETION, steps=4, chunk=1)
    assert torch.equal(last.scores, whole.scores)


def test_each_picture_is_scored_once():
    sizes = []

    def counted(pictures: torch.Tensor) -> torch.Tensor:
        sizes.append(len(pictures))
        return exact(pictures)

    curve(counted, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=10, chunk=4)
    assert sizes == [4, 4, 3]


def test_a_result_is_frozen_and_keeps_two_pictures_and_four_bytes_a_pixel():
    pixels = random_order(HEIGHT, WIDTH, 3)
    found = curve(exact, picture(1), pixels, picture(2), kind=Kind.DELETION, steps=30, chunk=4)
    assert found.order.dtype == torch.int32
    assert found.order.tolist() == pixels.tolist()
    with pytest.raises(FrozenInstanceError):
        found.steps = 3


@pytest.mark.parametrize("name", ["steps", "chunk"])
@pytest.mark.parametrize("value", [0, -3])
def test_a_curve_has_at_least_one_step_and_one_picture_at_a_time(name, value):
    sizes = {"steps": 4, "chunk": 2} | {name: value}
    with pytest.raises(SettingError, match=f"{name} must be at least 1, got {value}"):
        draw_curve(exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, **sizes)


@pytest.mark.parametrize("k", [-1, 5])
def test_there_is_no_picture_beyond_the_curve(k):
    found = curve(exact, picture(1), random_order(HEIGHT, WIDTH, 3), picture(2), kind=Kind.DELETION, steps=4, chunk=2)
    with pytest.raises(SettingError, match=rf"\[0, 4\], got {k}"):
        found.picture(k)


def naive_enlarged(map: torch.Tensor, height: int, width: int) -> list[list[float]]:
    """Bilinear between the centres of the cells, in double precision, then in single."""
    rows, columns = map.shape
    large = []
    for y in range(height):
        down = min(max((y + 0.5) * rows / height - 0.5, 0), rows - 1)
        top = min(int(down), rows - 1)
        line = []
        for x in range(width):
            right = min(max((x + 0.5) * columns / width - 0.5, 0), columns - 1)
            left = min(int(right), columns - 1)
            value = 0.0
            for i, share in ((top, 1 - (down - top)), (min(top + 1, rows - 1), down - top)):
                for j, part in ((left, 1 - (right - left)), (min(left + 1, columns - 1), right - left)):
                    value += share * part * map[i, j].item()
            line.append(float(np.float32(value)))
        large.append(line)
    return large


@pytest.mark.parametrize("size", [(3, 4), (5, 5), (HEIGHT, WIDTH), (1, 1)])
def test_the_order_is_that_of_the_enlarged_map(size):
    map = noise(*size, seed=4)
    flat = [value for line in naive_enlarged(map, HEIGHT, WIDTH) for value in line]
    expected = sorted(range(PIXELS), key=lambda pixel: (-flat[pixel], pixel))
    assert order(map, HEIGHT, WIDTH).tolist() == expected


@pytest.mark.parametrize("constant", [0.0, 0.1, -1 / 3, 1e-12, 12345.678])
@pytest.mark.parametrize("size", [(1, 1), (13, 13), (7, 9), (224, 200)])
def test_a_constant_map_orders_by_index(constant, size):
    assert torch.equal(order(torch.full(size, constant), 224, 200), torch.arange(224 * 200))


@settings(deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=PIXELS, max_size=PIXELS))
def test_ties_are_broken_by_index(values):
    pixels = order(torch.tensor(values, dtype=torch.float32).reshape(HEIGHT, WIDTH), HEIGHT, WIDTH).tolist()
    assert pixels == sorted(range(PIXELS), key=lambda pixel: (-values[pixel], pixel))


def test_every_order_has_each_pixel_once():
    for pixels in (order(noise(3, 3), HEIGHT, WIDTH), random_order(HEIGHT, WIDTH, 5), centre_order(HEIGHT, WIDTH)):
        assert sorted(pixels.tolist()) == list(range(PIXELS))


def test_a_seed_draws_one_order_and_leaves_other_random_numbers_alone():
    before = torch.get_rng_state()
    assert torch.equal(random_order(30, 20, 5), random_order(30, 20, 5))
    assert not torch.equal(random_order(30, 20, 5), random_order(30, 20, 6))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("size", [(1, 1), (5, 5), (4, 7), (1, 6)])
def test_from_the_centre_no_pixel_comes_before_a_nearer_one(size):
    height, width = size
    away = [
        (math.hypot(y - (height - 1) / 2, x - (width - 1) / 2), y * width + x)
        for y in range(height)
        for x in range(width)
    ]
    assert centre_order(height, width).tolist() == [pixel for _, pixel in sorted(away)]


def naive_pointing(map: torch.Tensor, boxes: list[tuple[float, ...]]) -> tuple[float, float]:
    """The distance of the maximum from the boxes, and the share of positive values inside, pixel by pixel."""
    height, width = map.shape
    best, within, total = (0, 0), 0.0, 0.0
    for y in range(height):
        for x in range(width):
            value = max(map[y, x].item(), 0)
            total += value
            within += value * any(x1 <= x + 0.5 <= x2 and y1 <= y + 0.5 <= y2 for x1, y1, x2, y2 in boxes)
            best = (y, x) if map[y, x] > map[best] else best
    y, x = best[0] + 0.5, best[1] + 0.5
    gaps = [math.hypot(max(x1 - x, 0, x - x2), max(y1 - y, 0, y - y2)) for x1, y1, x2, y2 in boxes]
    return min(gaps), within / total


@pytest.mark.parametrize("seed", range(20))
def test_points_where_loops_over_the_pixels_point(seed):
    map = noise(20, 30, seed=seed)
    corners = torch.rand(3, 2, generator=torch.Generator().manual_seed(seed)) * torch.tensor([20.0, 12.0])
    boxes = torch.cat((corners, corners + 6.3), dim=1)
    found = pointing(map, boxes, 20, 30, tolerance=4.0)
    distance, inside = naive_pointing(map, [tuple(box) for box in boxes.tolist()])
    assert found.distance == pytest.approx(distance, abs=1e-9)
    assert found.inside == pytest.approx(inside, abs=1e-6)
    assert found.hit is (distance <= 4)
    assert (found.y, found.x) == divmod(int(map.argmax()), 30)


def peak(y: int, x: int) -> torch.Tensor:
    map = torch.zeros(60, 60)
    map[y, x] = 1
    return map


@pytest.mark.parametrize(
    ("x", "tolerance", "hit"),
    [(19, 0, True), (20, 0, False), (20, 0.5, True), (34, 15, True), (35, 15, False), (4, 0, False), (5, 0, True)],
)
def test_a_near_miss_counts_within_the_tolerance(x, tolerance, hit):
    found = pointing(peak(10, x), torch.tensor([[5.0, 5, 20, 20]]), 60, 60, tolerance=float(tolerance))
    assert found.hit is hit
    assert (found.x, found.y) == (x, 10)
    assert found.inside == float(5 <= x < 20)


def test_the_tolerance_of_the_paper_is_15_pixels_in_every_direction():
    box = torch.tensor([[0.0, 0, 10, 10]])
    assert pointing(peak(24, 5), box, 60, 60).hit
    assert not pointing(peak(25, 5), box, 60, 60).hit
    assert not pointing(peak(22, 22), box, 60, 60).hit  # 12.5 pixels in both directions


def test_pixels_in_two_boxes_count_once():
    boxes = torch.tensor([[0.0, 0, 30, 60], [0.0, 0, 30, 60], [20.0, 0, 30, 60]])
    assert pointing(torch.ones(60, 60), boxes, 60, 60).inside == pytest.approx(0.5)


def test_points_at_the_enlarged_maximum():
    map = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
    found = pointing(map, torch.tensor([[30.0, 0, 40, 10]]), 40, 40, tolerance=0.0)
    assert (found.x, found.y) == (30, 0)  # the first of the pixels beyond the centre of the cell
    assert found.hit


@pytest.mark.parametrize("boxes", [torch.zeros(0, 4), torch.tensor([[3.0, 3, 3, 9]]), torch.tensor([[5.0, 5, 2, 9]])])
def test_nothing_is_hit_where_there_is_no_box(boxes):
    found = pointing(peak(3, 3), boxes, 60, 60)
    assert (found.hit, found.distance, found.inside) == (False, math.inf, 0)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_map_without_positive_values_has_nothing_inside_and_points_at_the_first_pixel(value):
    found = pointing(torch.full((13, 13), value), torch.tensor([[0.0, 0, 60, 60]]), 60, 60)
    assert (found.x, found.y, found.inside, found.hit) == (0, 0, 0, True)


def test_a_tolerance_is_not_negative():
    with pytest.raises(SettingError, match="tolerance must be at least 0"):
        pointing(peak(3, 3), torch.zeros(0, 4), 60, 60, tolerance=-1.0)


def test_every_device_gives_the_curve_of_the_cpu(device):
    layers, pixels = network(), order(noise(3, 3), HEIGHT, WIDTH)
    here = curve(probability(layers), picture(1), pixels, picture(2), kind=Kind.DELETION, steps=20, chunk=6)
    layers.to(device)
    image, reference, first = picture(1).to(device), picture(2).to(device), order(noise(3, 3).to(device), HEIGHT, WIDTH)
    there = curve(probability(layers), image, first.to(device), reference, kind=Kind.DELETION, steps=20, chunk=6)
    assert torch.equal(there.order, here.order)
    assert torch.equal(there.picture(7), here.picture(7))
    torch.testing.assert_close(there.scores, here.scores, rtol=1e-3, atol=1e-4)
    boxes = torch.tensor([[0.0, 0, 3, 3]])
    assert pointing(noise(3, 3).to(device), boxes.to(device), 40, 40) == pointing(noise(3, 3), boxes, 40, 40)
