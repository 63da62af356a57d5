"""Corners and centres: against torchvision, and there and back."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.ops import box_convert

from core.boxes.formats import to_cxcywh, to_xyxy

NUMBERS = st.floats(-1e4, 1e4, width=32)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5)


@given(rows=ROWS)
def test_converts_as_torchvision_does(rows):
    boxes = torch.tensor(rows, dtype=torch.float64)
    torch.testing.assert_close(to_cxcywh(boxes), box_convert(boxes, "xyxy", "cxcywh"))
    torch.testing.assert_close(to_xyxy(boxes), box_convert(boxes, "cxcywh", "xyxy"))


@given(rows=ROWS)
def test_there_and_back_is_the_identity_both_ways_also_for_inverted_boxes(rows):
    boxes = torch.tensor(rows, dtype=torch.float64)
    torch.testing.assert_close(to_xyxy(to_cxcywh(boxes)), boxes)
    torch.testing.assert_close(to_cxcywh(to_xyxy(boxes)), boxes)


def test_no_boxes_stay_no_boxes():
    assert to_cxcywh(torch.zeros(0, 4)).shape == (0, 4)
    assert to_xyxy(torch.zeros(0, 4)).shape == (0, 4)


def test_a_box_given_by_its_corners_has_the_centre_and_size_one_reads_off():
    assert to_cxcywh(torch.tensor([[10.0, 20.0, 50.0, 100.0]])).tolist() == [[30.0, 60.0, 40.0, 80.0]]
