"""Which anchors learn from which object."""

import dataclasses

import pytest
import torch

from core.boxes.iou import pairwise_iou
from core.boxes.matching import activated_anchors
from core.detection.grid import COURSE, FINER
from core.detection.targets import Positives, assign

GOLDEN = dataclasses.replace(COURSE, height=333, width=500)


def boxes(count: int, seed: int, side: float = 224.0) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=draw) * (side - 60)
    return torch.cat((corner, corner + 10 + torch.rand(count, 2, generator=draw) * 50), dim=1)


def test_the_courses_example_activates_anchor_2_of_cell_3_3(device):
    found = assign(torch.tensor([[156.0, 97.0, 351.0, 270.0]], device=device), GOLDEN, Positives.ACTIVATED)
    assert found.positive.tolist() == [122]
    assert divmod(122, 49) == (2, 3 * 7 + 3)
    assert (found.truth.tolist(), found.ignored.tolist()) == ([0], [])


@pytest.mark.parametrize("seed", range(30))
def test_activated_anchors_are_those_that_people_are_shown(seed):
    truth = boxes(5, seed)
    reference = activated_anchors(truth, rows=7, cols=7, height=224, width=224, shapes=COURSE.shapes)
    expected = {one.flat_index: row for row, one in enumerate(reference)}
    found = assign(truth, COURSE, Positives.ACTIVATED)
    assert dict(zip(found.positive.tolist(), found.truth.tolist(), strict=True)) == expected


def test_the_later_of_two_equal_objects_gets_the_anchor():
    truth = boxes(1, 0).repeat(2, 1)
    found = assign(truth, COURSE, Positives.ACTIVATED)
    assert (len(found.positive), found.truth.tolist()) == (1, [1])


@pytest.mark.parametrize("seed", range(10))
def test_overlapping_anchors_are_positive_by_rpns_rule(seed):
    truth = boxes(4, seed)
    iou = pairwise_iou(FINER.anchors(), truth)
    found = assign(truth, FINER, Positives.OVERLAPPING)
    positive, ignored = set(found.positive.tolist()), set(found.ignored.tolist())
    for anchor in range(FINER.count):
        best = iou[anchor].max()
        unbeaten = bool(((iou[anchor] == iou.max(dim=0).values) & (iou[anchor] > 0)).any())
        assert (anchor in positive) == (bool(best >= 0.5) or unbeaten)
        assert (anchor in ignored) == (not (bool(best >= 0.5) or unbeaten) and bool(best >= 0.4))
    assert torch.equal(found.truth, iou[found.positive].argmax(dim=1)), "each learns the object that it overlaps most"


@pytest.mark.parametrize("rule", Positives)
def test_without_objects_every_anchor_is_background(rule, device):
    found = assign(torch.zeros(0, 4, device=device), COURSE, rule)
    assert len(found.positive) == len(found.truth) == len(found.ignored) == 0
