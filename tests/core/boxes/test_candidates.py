"""The boxes of a race: overlaps beside torchvision, copies that nobody can change, and what is refused."""

import jaxtyping
import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, distance_box_iou

from core.boxes.candidates import FURTHEST, candidates, not_negative
from core.boxes.iou import pairwise_diou, pairwise_iou
from core.boxes.settings import Measure
from core.errors import SettingError

MEASURES = [(Measure.IOU, box_iou, pairwise_iou), (Measure.DIOU, distance_box_iou, pairwise_diou)]


def random_boxes(count, seed, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator, dtype=dtype) * 100
    return torch.cat((corner, corner + 1 + torch.rand(count, 2, generator=generator, dtype=dtype) * 60), dim=1)


def entered(boxes, scores=None, labels=None):
    boxes = torch.as_tensor(boxes, dtype=torch.float32)
    return candidates(boxes, torch.zeros(len(boxes)) if scores is None else scores, labels)


def matrix(racers, measure):
    everyone = np.arange(len(racers))
    return torch.from_numpy(np.stack([racers.overlap(index, everyone, measure) for index in range(len(racers))]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("measure", "torchvision", "ours"), MEASURES)
def test_overlaps_are_those_of_torchvision_and_of_the_torch_side_of_the_house(measure, torchvision, ours, dtype):
    boxes = random_boxes(40, 0, dtype)
    overlaps = matrix(candidates(boxes, torch.zeros(40, dtype=dtype), None), measure)
    assert overlaps.dtype == dtype
    torch.testing.assert_close(overlaps, torchvision(boxes, boxes), atol=1e-6, rtol=0)
    torch.testing.assert_close(overlaps, ours(boxes, boxes), atol=1e-6, rtol=0)


def test_iou_has_the_very_bits_of_torchvision():
    boxes = random_boxes(60, 1)
    assert matrix(entered(boxes), Measure.IOU).equal(box_iou(boxes, boxes))


@pytest.mark.parametrize(("measure", "_", "ours"), MEASURES)
def test_boxes_without_area_overlap_as_in_the_torch_side_of_the_house(measure, _, ours):
    rows = [(0, 0, 9, 9), (3, 3, 3, 3), (3, 3, 3, 3), (1, 2, 8, 2), (7, 7, 2, 2), (7, 2, 2, 7), (3, 3, 4, 4)]
    boxes = torch.tensor(rows, dtype=torch.float32)
    torch.testing.assert_close(matrix(entered(boxes), measure), ours(boxes, boxes), atol=1e-6, rtol=0)


@pytest.mark.parametrize("measure", [Measure.IOU, Measure.DIOU])
def test_the_largest_coordinates_still_give_numbers(measure):
    side = 0.99 * FURTHEST
    overlaps = matrix(entered([(-side, -side, side, side), (0, 0, side, side), (-side, -side, 0, 0)]), measure)
    assert overlaps.isfinite().all()
    assert overlaps[0, 1] > 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_halves_are_computed_as_float32(dtype):
    boxes = (random_boxes(10, 2) * 8).to(dtype)
    racers = candidates(boxes, torch.linspace(1, 0, 10).to(dtype), None)
    assert matrix(racers, Measure.IOU).equal(box_iou(boxes.float(), boxes.float()))
    assert racers.scores.dtype == np.float32


def test_a_line_of_falling_scores_keeps_the_first_of_equal_ones_first():
    assert entered(torch.zeros(4, 4), torch.tensor([0.5, 0.9, 0.5, 0.9])).order().tolist() == [1, 3, 0, 2]


def test_classmates_are_all_others_of_the_class_in_the_order_given():
    racers = entered(torch.zeros(4, 4), labels=torch.tensor([7, 8, 7, 7]))
    assert racers.classmates(2, np.array([3, 2, 1, 0])).tolist() == [3, 0]
    assert entered(torch.zeros(4, 4)).classmates(2, np.array([3, 2, 1, 0])).tolist() == [3, 1, 0]


def test_what_the_caller_does_to_its_tensors_afterwards_changes_nothing():
    boxes, scores, labels = random_boxes(3, 3), torch.rand(3), torch.tensor([0, 1, 0])
    racers = candidates(boxes, scores, labels)
    before = [side.copy() for side in (racers.sides, racers.scores, racers.labels)]
    for tensor in (boxes, scores, labels):
        tensor.zero_()
    for side, old in zip((racers.sides, racers.scores, racers.labels), before, strict=True):
        np.testing.assert_array_equal(side, old)
        with pytest.raises(ValueError, match="read-only"):
            side[0] = 0


def test_boxes_that_carry_a_gradient_may_race(device):
    boxes = random_boxes(3, 4).to(device).requires_grad_()
    racers = candidates(boxes, torch.zeros(3, device=device), torch.zeros(3, dtype=torch.int64, device=device))
    assert len(racers) == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e19])
def test_boxes_without_a_place_are_refused(value):
    boxes = torch.zeros(2, 4)
    boxes[1, 2] = value
    with pytest.raises(SettingError, match="Coordinates must be finite numbers of at most 1e"):
        entered(boxes)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_scores_that_cannot_be_compared_are_refused(value):
    with pytest.raises(SettingError, match="scores must be finite"):
        entered(torch.zeros(2, 4), torch.tensor([0.0, value]))


def test_rows_that_do_not_belong_together_are_refused_also_outside_of_the_tests(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    boxes, scores, labels = torch.zeros(3, 4), torch.zeros(3), torch.zeros(3, dtype=torch.int64)
    with pytest.raises(SettingError, match=r"scores must be 3 in a row, got a shape of \(2,\)"):
        candidates(boxes, scores[:2], None)
    with pytest.raises(SettingError, match=r"labels must be 3 in a row, got a shape of \(1,\)"):
        candidates(boxes, scores, labels[:1])
    with pytest.raises(SettingError, match="boxes must be rows of 4 numbers"):
        candidates(boxes[:, :3], scores, None)


def test_scores_that_decay_may_be_zero_and_not_less():
    racers = entered(torch.zeros(2, 4), torch.tensor([0.0, 2.0]))
    assert not_negative(racers) is racers
    with pytest.raises(SettingError, match="must not be negative, got -1"):
        not_negative(entered(torch.zeros(2, 4), torch.tensor([0.5, -1.0])))


def test_each_class_races_on_a_line_of_its_own():
    scores, labels = torch.tensor([0.1, 0.4, 0.9, 0.4]), torch.tensor([3, 3, 0, 3])
    assert [line.tolist() for line in entered(torch.zeros(4, 4), scores, labels).lines()] == [[2], [1, 3, 0]]
    assert [line.tolist() for line in entered(torch.zeros(4, 4), scores).lines()] == [[2, 1, 3, 0]]
