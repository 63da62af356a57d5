"""The slopes of the measures, beside what autograd makes of `core.boxes.iou`."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.iou import pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou
from core.boxes.settings import Measure
from core.boxes.slopes import slope

THEIRS = (3.0, 2.0, 4.2, 2.8)
PEERS = {
    Measure.IOU: pairwise_iou,
    Measure.GIOU: pairwise_giou,
    Measure.DIOU: pairwise_diou,
    Measure.CIOU: pairwise_ciou,
}
PLACES = {
    "apart": (0.5, 0.3, 1.4, 2.1),
    "overlapping": (2.6, 1.7, 3.8, 2.9),
    "inside": (3.1, 2.2, 3.7, 2.6),
    "around": (2.5, 1.0, 5.0, 4.0),
    "across": (2.0, 2.2, 6.0, 2.5),
    "equal": THEIRS,
    "one edge on a line": (3.0, 1.0, 3.9, 2.5),
    "two edges on a line": (3.0, 2.0, 3.9, 2.5),
    "touching at an edge": (1.0, 2.2, 3.0, 2.6),
    "touching at a corner": (1.0, 1.0, 3.0, 2.0),
    "of the same middle": (3.1, 1.9, 4.1, 2.9),
}


def differentiated(ours, theirs, measure):
    """Value, IoU and slope of the corners, by torch."""
    a, b = (torch.tensor([box], dtype=torch.float64) for box in (ours, theirs))
    a.requires_grad_()
    value = PEERS[measure](a, b)
    (found,) = torch.autograd.grad(value, a)
    return value.item(), pairwise_iou(a, b).item(), found[0].tolist()


def check(ours, theirs, measure):
    found = slope(ours, theirs, measure)
    value, iou, corners = differentiated(ours, theirs, measure)
    assert found.value == pytest.approx(value, rel=1e-12, abs=1e-12)
    assert found.iou == pytest.approx(iou, rel=1e-12, abs=1e-12)
    assert found.corners == pytest.approx(corners, rel=1e-9, abs=1e-9 * max(1.0, *map(abs, corners)))


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("ours", PLACES.values(), ids=PLACES)
def test_is_what_autograd_gives_also_where_edges_lie_on_one_line(ours, measure):
    check(ours, THEIRS, measure)


sides = st.floats(0.01, 8.0)
boxes = st.tuples(st.floats(-5, 5), st.floats(-5, 5), sides, sides).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


@settings(max_examples=150, deadline=None)
@given(boxes, boxes, st.sampled_from(Measure))
def test_is_what_autograd_gives_for_any_two_boxes(ours, theirs, measure):
    check(ours, theirs, measure)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("ours", [PLACES["apart"], PLACES["overlapping"]], ids=["apart", "overlapping"])
def test_a_small_step_along_it_changes_the_measure_as_it_says(ours, measure):
    found, small = slope(ours, THEIRS, measure), 1e-6
    moved = tuple(side + small * part for side, part in zip(ours, found.corners, strict=True))
    risen = slope(moved, THEIRS, measure).value - found.value
    if measure is Measure.CIOU:  # whose trade-off parameter is held still
        assert risen > 0
        return
    assert risen == pytest.approx(small * math.hypot(*found.corners) ** 2, rel=1e-3)
