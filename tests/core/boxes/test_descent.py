"""Gradient descent on a box: what each loss teaches it, and that it does what algorithm 1 of the paper says."""

import math
from functools import cache
from itertools import pairwise

import pytest
import torch
from torchvision.ops import complete_box_iou, distance_box_iou, generalized_box_iou

from core.boxes.descent import MOMENTUM, SMALLEST_SIDE, descend
from core.boxes.settings import DescentSettings, Measure
from core.errors import SettingError

TARGET = (300.0, 220.0, 420.0, 300.0)
START = (60.0, 40.0, 140.0, 200.0)  # about two and a half target sizes away, and upright where the target lies
DEFAULT = DescentSettings()


@cache
def run(measure, start=START, target=TARGET, settings=DEFAULT):
    return tuple(descend(start, target, measure=measure, settings=settings))


def size(box):
    return box[2] - box[0], box[3] - box[1]


def centre_distance(box, target=TARGET):
    return math.dist(
        ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), ((target[0] + target[2]) / 2, (target[1] + target[3]) / 2)
    )


def first(steps, reached):
    return next(step.index for step in steps if reached(step))


@pytest.mark.parametrize("measure", Measure)
def test_the_first_step_is_the_untouched_start_and_indices_count_the_updates(measure):
    steps = run(measure, settings=DescentSettings(steps=7))
    assert steps[0].box == START
    assert [step.index for step in steps] == list(range(8))


def test_without_contact_the_iou_loss_has_no_gradient_and_the_box_never_moves():
    steps = run(Measure.IOU)
    assert len(steps) == DEFAULT.steps + 1
    assert all(step.gradient == 0 and step.loss == 1 and step.iou == 0 for step in steps)
    assert all(step.box == pytest.approx(START) for step in steps)


def test_giou_first_grows_the_box_until_it_touches():
    steps = run(Measure.GIOU)
    touch = first(steps, lambda step: step.iou > 0)
    areas = [math.prod(size(step.box)) for step in steps[: touch + 1]]
    assert all(later > earlier for earlier, later in pairwise(areas))
    assert areas[-1] > 2.5 * areas[0]


def test_from_a_flat_box_far_from_an_upright_target_giou_grows_most_and_fits_last():
    start, target = (30.0, 32.0, 150.0, 92.0), (464.0, 232.0, 552.0, 368.0)
    giou, diou, ciou = (run(measure, start, target) for measure in (Measure.GIOU, Measure.DIOU, Measure.CIOU))
    fit = [first(steps, lambda step: step.iou > 0.9) for steps in (giou, diou, ciou)]
    largest = [max(math.prod(size(step.box)) for step in steps) for steps in (giou, diou, ciou)]
    assert fit[0] > 1.3 * max(fit[1:])
    assert largest[0] > max(largest[1:])


@pytest.mark.parametrize("measure", [Measure.DIOU, Measure.CIOU])
def test_diou_and_ciou_bring_the_centre_nearer_with_every_update_until_the_boxes_touch(measure):
    steps = run(measure)
    touch = first(steps, lambda step: step.iou > 0)
    distances = [centre_distance(step.box) for step in steps[: touch + 1]]
    assert all(later < earlier for earlier, later in pairwise(distances))


@pytest.mark.parametrize("measure", [Measure.DIOU, Measure.CIOU])
@pytest.mark.parametrize("angle", [0, 40, 200])
@pytest.mark.parametrize("sizes_away", [2, 3])
@pytest.mark.parametrize("shape", [(0.5, 2.0), (1.7, 0.6)])
def test_diou_and_ciou_arrive_from_two_or_three_sizes_away_whatever_the_shape(measure, angle, sizes_away, shape):
    unit = math.sqrt(math.prod(size(TARGET)))
    x = 360 + sizes_away * unit * math.cos(math.radians(angle))
    y = 260 + sizes_away * unit * math.sin(math.radians(angle))
    width, height = shape[0] * unit, shape[1] * unit
    start = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    assert run(measure, start)[-1].iou > 0.9


def test_ciou_matches_the_shape_sooner_than_diou():
    wanted = math.atan2(*size(TARGET))
    gaps = {
        measure: sum(abs(math.atan2(*size(step.box)) - wanted) for step in run(measure))
        for measure in (Measure.DIOU, Measure.CIOU)
    }
    assert gaps[Measure.CIOU] < gaps[Measure.DIOU]


@pytest.mark.parametrize(
    ("measure", "peer"),
    [
        (Measure.GIOU, generalized_box_iou),
        (Measure.DIOU, lambda a, b: distance_box_iou(a, b, eps=0)),
        (Measure.CIOU, lambda a, b: complete_box_iou(a, b, eps=0)),
    ],
)
def test_follows_algorithm_1_written_naively_with_torchvision(measure, peer):
    unit = math.sqrt(math.prod(size(TARGET)))
    goal = torch.tensor([TARGET], dtype=torch.float64) / unit
    x1, y1, x2, y2 = (side / unit for side in START)
    place = torch.tensor([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], dtype=torch.float64)
    steps = run(measure, settings=DescentSettings(steps=20, learning_rate=0.1))
    pull = torch.zeros(4, dtype=torch.float64)
    for step in steps:
        place.requires_grad_()
        corners = torch.stack((place[:2] - place[2:] / 2, place[:2] + place[2:] / 2)).reshape(1, 4)
        loss = (1 - peer(corners, goal)).sum()
        (gradient,) = torch.autograd.grad(loss, place)
        assert step.box == pytest.approx((corners[0] * unit).tolist())
        assert step.loss == pytest.approx(loss.item())
        assert step.gradient == pytest.approx(gradient.norm().item())
        rate = 0.1 if step.index < 16 else 0.01 if step.index < 18 else 0.001
        pull = MOMENTUM * pull + (1 - MOMENTUM) * (2 - step.iou) * gradient
        place = (place - rate * pull).detach()


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("factor", [0.01, 50.0])
def test_the_unit_of_the_photo_does_not_matter(measure, factor):
    near = (250.0, 180.0, 340.0, 330.0)
    plain = run(measure, near, settings=DescentSettings(steps=30))
    scaled = run(
        measure,
        tuple(side * factor for side in near),
        tuple(side * factor for side in TARGET),
        settings=DescentSettings(steps=30),
    )
    for step, other in zip(plain, scaled, strict=True):
        assert other.box == pytest.approx(tuple(side * factor for side in step.box))
        assert other.iou == pytest.approx(step.iou)


@pytest.mark.parametrize("measure", Measure)
def test_a_box_never_inverts_also_at_the_highest_rate(measure):
    smallest = SMALLEST_SIDE * math.sqrt(math.prod(size(TARGET)))
    for start in (START, (310.0, 225.0, 330.0, 296.0), (290.0, 280.0, 291.0, 500.0)):
        for step in run(measure, start, settings=DescentSettings(learning_rate=1.0))[1:]:
            assert min(size(step.box)) >= smallest * (1 - 1e-9)


@pytest.mark.parametrize("measure", Measure)
def test_a_box_that_is_home_comes_back_home(measure):
    steps = run(measure, TARGET)
    assert steps[0].loss == pytest.approx(0)
    assert min(step.iou for step in steps) < 0.9  # the slope is steep right up to the target, so early steps overshoot
    assert steps[-1].iou > 0.95


def test_settings_sent_into_the_run_rule_from_its_next_step():
    still = descend(START, TARGET, measure=Measure.DIOU, settings=DescentSettings(steps=100, learning_rate=1e-6))
    before = next(still)
    moved = still.send(DescentSettings(steps=2, learning_rate=0.5))
    assert centre_distance(before.box) - centre_distance(moved.box) > 1
    assert [step.index for step in still] == [2]


def test_a_run_goes_on_with_its_settings_when_nothing_is_sent():
    steps = DescentSettings(steps=3)
    driven = descend(START, TARGET, measure=Measure.DIOU, settings=steps)
    sent = [next(driven), driven.send(None), driven.send(None), driven.send(None)]
    assert tuple(sent) == run(Measure.DIOU, settings=steps)


def test_works_where_gradients_are_switched_off_and_leaves_them_so():
    with torch.no_grad():
        steps = run(Measure.DIOU, settings=DescentSettings(steps=3))
        assert not torch.is_grad_enabled()
    assert steps == run(Measure.DIOU, settings=DescentSettings(steps=3))


@pytest.mark.parametrize(
    "box", [(10.0, 10.0, 10.0, 20.0), (10.0, 10.0, 20.0, 10.0), (20.0, 10.0, 10.0, 20.0), (0.0, 0.0, math.nan, 5.0)]
)
def test_a_box_without_area_is_refused_at_once_with_what_to_do(box):
    with pytest.raises(SettingError, match=r"start box must have a width and a height.*Draw the start box again"):
        descend(box, TARGET, measure=Measure.DIOU, settings=DEFAULT)
    with pytest.raises(SettingError, match="target box must have a width and a height"):
        descend(START, box, measure=Measure.DIOU, settings=DEFAULT)
