"""Offsets of boxes from anchors: the formula, torchvision's coder, the way there and back, and absurd numbers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.models.detection._utils import BoxCoder

from core.boxes.deltas import decode, encode
from core.errors import SettingError


def random_boxes(count, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator, dtype=dtype) * 500
    size = torch.rand(count, 2, generator=generator, dtype=dtype) * 200 + 1
    return torch.cat((corner, corner + size), dim=1)


def naive(anchor, box, mean, std):
    """The formula of the module's docstring for one pair, in plain Python."""
    x_a, y_a, w_a, h_a = (
        (anchor[0] + anchor[2]) / 2,
        (anchor[1] + anchor[3]) / 2,
        anchor[2] - anchor[0],
        anchor[3] - anchor[1],
    )
    x_b, y_b, w_b, h_b = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]
    raw = ((x_b - x_a) / w_a, (y_b - y_a) / h_a, math.log(w_b / w_a), math.log(h_b / h_a))
    return [(value - m) / s for value, m, s in zip(raw, mean, std, strict=True)]


def sides(most):
    return st.floats(1 / most, most)


@st.composite
def box_with_area(draw, most=1e3):
    x, y = draw(st.floats(-1000, 1000)), draw(st.floats(-1000, 1000))
    return (x, y, x + draw(sides(most)), y + draw(sides(most)))


@given(anchor=box_with_area(), box=box_with_area())
@pytest.mark.parametrize(
    ("mean", "std"), [((0.0, 0.0, 0.0, 0.0), (0.1, 0.1, 0.2, 0.2)), ((0.3, -0.1, 0.5, 1.0), (1.0, 2.0, 0.5, 0.25))]
)
def test_offsets_are_those_of_the_formula(mean, std, anchor, box):
    made = encode(torch.tensor([anchor]).double(), torch.tensor([box]).double(), mean=mean, std=std)
    expected = torch.tensor([naive(torch.tensor(anchor).tolist(), torch.tensor(box).tolist(), mean, std)]).double()
    torch.testing.assert_close(made, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_agrees_with_the_coder_of_torchvision(dtype):
    anchors, boxes = random_boxes(50, 0, dtype), random_boxes(50, 1, dtype)
    peer = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    deltas = encode(anchors, boxes)
    assert deltas.dtype == dtype
    torch.testing.assert_close(deltas, peer.encode_single(boxes, anchors), atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(decode(anchors, deltas), peer.decode_single(deltas, anchors), atol=1e-3, rtol=1e-5)


def test_the_golden_anchor_of_the_course_moves_right_and_down_and_shrinks_in_width():
    anchor = torch.tensor([[250 - 750 / 7, 166.5 - 499.5 / 7, 250 + 750 / 7, 166.5 + 499.5 / 7]], dtype=torch.float64)
    box = torch.tensor([[156.0, 97.0, 351.0, 270.0]], dtype=torch.float64)
    # 3.5 / 214.286 / 0.1, 17 / 142.714 / 0.1, log(195 / 214.286) / 0.2, log(173 / 142.714) / 0.2
    expected = torch.tensor([[0.1633, 1.1912, -0.4716, 0.9622]], dtype=torch.float64)
    torch.testing.assert_close(encode(anchor, box), expected, atol=5e-5, rtol=0)


@given(pairs=st.lists(st.tuples(box_with_area(), box_with_area()), min_size=1, max_size=5))
def test_decode_undoes_encode_for_every_box_with_area(pairs):
    # Sides from 0.001 to 1000 pixels: boxes up to a million times as wide as their anchor.
    anchors, boxes = (torch.tensor(side, dtype=torch.float64) for side in zip(*pairs, strict=True))
    torch.testing.assert_close(decode(anchors, encode(anchors, boxes)), boxes, rtol=1e-9, atol=1e-8)


@given(anchor=box_with_area(), deltas=st.tuples(*[st.floats(-20, 20)] * 4))
def test_encode_undoes_decode_where_the_box_keeps_its_area(anchor, deltas):
    anchors, given_ = torch.tensor([anchor], dtype=torch.float64), torch.tensor([deltas], dtype=torch.float64)
    torch.testing.assert_close(encode(anchors, decode(anchors, given_)), given_, rtol=1e-6, atol=1e-6)


def test_float32_comes_back_within_a_hundredth_of_a_pixel():
    anchors, boxes = random_boxes(500, 2, torch.float32), random_boxes(500, 3, torch.float32)
    torch.testing.assert_close(decode(anchors, encode(anchors, boxes)), boxes, atol=1e-2, rtol=0)


def test_means_and_deviations_are_undone_as_well():
    anchors, boxes = random_boxes(20, 4), random_boxes(20, 5)
    chosen = {"mean": (0.1, -0.2, 0.3, -0.4), "std": (1.0, 0.5, 2.0, 0.3)}
    torch.testing.assert_close(decode(anchors, encode(anchors, boxes, **chosen), **chosen), boxes)


def test_a_large_box_beside_a_small_anchor_comes_back_whole_which_torchvisions_clamp_does_not_allow():
    anchor, box = torch.tensor([[10.0, 10.0, 14.0, 14.0]]), torch.tensor([[0.0, 0.0, 500.0, 400.0]])
    deltas = encode(anchor, box)
    torch.testing.assert_close(decode(anchor, deltas), box, atol=1e-2, rtol=0)
    clamped = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0)).decode_single(deltas, anchor)
    assert float(clamped[0, 2] - clamped[0, 0]) == pytest.approx(250, abs=0.1)  # 62.5 x 4, not 500


def test_offsets_of_zero_leave_the_anchor_where_it_is():
    anchors = random_boxes(20, 6)
    torch.testing.assert_close(decode(anchors, torch.zeros(20, 4, dtype=torch.float64)), anchors)
    torch.testing.assert_close(encode(anchors, anchors), torch.zeros(20, 4, dtype=torch.float64))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("std", [(0.1, 0.1, 0.2, 0.2), (10.0, 10.0, 10.0, 10.0)])
def test_absurd_offsets_give_finite_corners_in_order(dtype, std):
    most = torch.finfo(dtype).max
    absurd = torch.tensor(
        [[most] * 4, [-most] * 4, [0, 0, most, -most], [500, -500, 500, 500], [1e30] * 4], dtype=dtype
    )
    boxes = decode(random_boxes(5, 7, dtype), absurd, std=std)
    assert bool(boxes.isfinite().all())
    assert bool((boxes[:, 2:] >= boxes[:, :2]).all())


@pytest.mark.parametrize(
    "empty", [(5.0, 5.0, 5.0, 9.0), (5.0, 5.0, 9.0, 5.0), (9.0, 5.0, 5.0, 9.0), (math.nan, 0.0, 5.0, 5.0)]
)
def test_a_box_or_an_anchor_without_area_is_named(empty):
    good, bad = random_boxes(3, 8), torch.cat((random_boxes(2, 9), torch.tensor([empty], dtype=torch.float64)))
    with pytest.raises(SettingError, match=r"Box 2 is .* wide and .* high"):
        encode(good, bad)
    with pytest.raises(SettingError, match=r"Anchor 2 is .* wide and .* high"):
        encode(bad, good)


def test_an_anchor_without_area_stays_what_it_is():
    point = torch.tensor([[5.0, 5.0, 5.0, 5.0]])
    assert decode(point, torch.tensor([[3.0, -2.0, 4.0, 1.0]])).equal(point)


@pytest.mark.parametrize("std", [(0.1, 0.1, 0.2, 0.0), (-1.0, 0.1, 0.2, 0.2), (0.1, math.nan, 0.2, 0.2)])
def test_a_deviation_that_is_not_above_0_has_no_meaning(std):
    boxes = random_boxes(2, 10)
    for function in (encode, decode):
        with pytest.raises(SettingError, match="std must be four numbers above 0"):
            function(boxes, boxes, std=std)


def test_no_boxes_have_no_offsets():
    none = torch.zeros(0, 4)
    assert encode(none, none).shape == decode(none, none).shape == (0, 4)


def test_what_is_given_is_left_as_it_was():
    anchors, boxes = random_boxes(5, 11), random_boxes(5, 12)
    kept = anchors.clone(), boxes.clone()
    decode(anchors, encode(anchors, boxes))
    assert anchors.equal(kept[0])
    assert boxes.equal(kept[1])


def test_gradients_are_those_of_finite_differences():
    anchors, deltas = (
        random_boxes(4, 13),
        torch.randn(4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)),
    )
    assert torch.autograd.gradcheck(decode, (anchors, deltas.requires_grad_()))
    assert torch.autograd.gradcheck(encode, (anchors, random_boxes(4, 14).requires_grad_()))


def test_every_device_agrees_with_the_cpu(device):
    anchors, boxes = random_boxes(50, 15, torch.float32), random_boxes(50, 16, torch.float32)
    deltas = encode(anchors.to(device), boxes.to(device))
    assert deltas.device.type == device.type
    torch.testing.assert_close(deltas.cpu(), encode(anchors, boxes), atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(decode(anchors.to(device), deltas).cpu(), boxes, atol=1e-2, rtol=0)
