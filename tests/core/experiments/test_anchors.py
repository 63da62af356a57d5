"""The anchors page's numbers: the formulas add up, and every measure descends from the same start."""

import math

import pytest
import torch

from core.boxes.descent import descend
from core.boxes.settings import DescentSettings, Measure
from core.errors import SettingError
from core.experiments.anchors import PAIRWISE, descents, measure

A, B = (10.0, 20.0, 50.0, 80.0), (30.0, 30.0, 90.0, 60.0)


def test_the_numbers_of_two_boxes_are_those_one_computes_by_hand():
    overlap = measure(A, B)
    assert (overlap.area_a, overlap.area_b) == (2400, 1800)
    assert (overlap.intersection, overlap.union, overlap.enclosing) == (600, 3600, 4800)
    assert (overlap.centre_distance_squared, overlap.diagonal_squared) == (30**2 + 5**2, 80**2 + 60**2)
    assert overlap.aspect == pytest.approx(4 / math.pi**2 * (math.atan(2) - math.atan(2 / 3)) ** 2)


@pytest.mark.parametrize("b", [B, A, (200.0, 20.0, 250.0, 90.0), (5.0, 5.0, 5.0, 5.0), (90.0, 60.0, 30.0, 30.0)])
def test_the_parts_add_up_to_the_four_measures(b):
    overlap = measure(A, b)
    assert overlap.iou == pytest.approx(overlap.intersection / overlap.union)
    assert overlap.giou == pytest.approx(overlap.iou - (overlap.enclosing - overlap.union) / overlap.enclosing)
    assert overlap.diou == pytest.approx(overlap.iou - overlap.centre_distance_squared / overlap.diagonal_squared)
    assert overlap.ciou == pytest.approx(overlap.diou - overlap.alpha * overlap.aspect)


def test_two_equal_points_give_numbers_and_no_error():
    overlap = measure((5.0, 5.0, 5.0, 5.0), (5.0, 5.0, 5.0, 5.0))
    assert (overlap.iou, overlap.giou, overlap.diou, overlap.ciou) == (0, 0, 0, 0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_side_that_is_no_number_is_refused(bad):
    with pytest.raises(SettingError, match=r"must be a number.*Draw the box again"):
        measure(A, (0.0, 0.0, bad, 5.0))


def test_every_measure_descends_from_the_same_start_in_the_order_of_the_enum():
    settings = DescentSettings(steps=5)
    answer = descents(A, B, settings)
    journeys = answer.rows
    assert (answer.cost.forward, answer.cost.backward) == (0, 0)
    assert answer.cost.milliseconds > 0
    assert [journey.measure for journey in journeys] == list(Measure)
    for journey in journeys:
        assert list(journey.steps) == list(descend(A, B, measure=journey.measure, settings=settings))
        assert journey.steps[0].box == A
        assert journey.steps[0].iou == pytest.approx(measure(A, B).iou)


@pytest.mark.gpu
@pytest.mark.parametrize("which", Measure)
def test_the_accelerator_measures_as_the_cpu_does(which):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    generator = torch.Generator().manual_seed(0)
    corner = torch.rand(1000, 2, generator=generator) * 600
    boxes = torch.cat((corner, corner + torch.rand(1000, 2, generator=generator) * 200), dim=1)
    ours, theirs = boxes[:500], boxes[500:]
    result = PAIRWISE[which](ours.cuda(), theirs.cuda())
    assert result.is_cuda
    torch.testing.assert_close(result.cpu(), PAIRWISE[which](ours, theirs), atol=1e-5, rtol=0)
