"""The four measures of overlap: against torchvision and a naive loop, laws, and boxes without area."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.ops import box_area, box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

from core.boxes.iou import area, paired_iou, pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou, pairwise_parts

MEASURES = [pairwise_iou, pairwise_giou, pairwise_diou, pairwise_ciou]
PEERS = [box_iou, generalized_box_iou, distance_box_iou, complete_box_iou]


def random_boxes(count, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator, dtype=dtype) * 100
    size = torch.rand(count, 2, generator=generator, dtype=dtype) * 60 + 1
    return torch.cat((corner, corner + size), dim=1)


# Whole and half numbers make boxes share edges, touch and nest often.
PLACES = st.integers(-20, 20).map(lambda number: number / 2)
SIZES = st.integers(1, 20).map(lambda number: number / 2)


@st.composite
def boxes_with_area(draw):
    x, y = draw(PLACES), draw(PLACES)
    return (x, y, x + draw(SIZES), y + draw(SIZES))


SOLID = st.lists(boxes_with_area(), min_size=1, max_size=4)
ANY = st.lists(st.tuples(PLACES, PLACES, PLACES, PLACES), min_size=1, max_size=4)  # also empty and inverted


def rows(boxes):
    return torch.tensor(boxes, dtype=torch.float64)


def naive(a, b):
    """All four measures of two boxes, in plain Python; an inverted side has length 0 at its first coordinate."""
    a = (a[0], a[1], max(a[0], a[2]), max(a[1], a[3]))
    b = (b[0], b[1], max(b[0], b[2]), max(b[1], b[3]))
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high
    iou = wide * high / union if union else 0.0
    hull = (max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1]))
    filled = union / (hull[0] * hull[1]) if hull[0] * hull[1] else 1.0
    apart = math.dist(((a[0] + a[2]) / 2, (a[1] + a[3]) / 2), ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)) ** 2
    diou = iou - (apart / math.hypot(*hull) ** 2 if any(hull) else 0.0)
    v = 4 / math.pi**2 * (math.atan2(b[2] - b[0], b[3] - b[1]) - math.atan2(a[2] - a[0], a[3] - a[1])) ** 2
    return iou, iou - (1 - filled), diou, diou - (v * v / (1 - iou + v) if v else 0.0)


@pytest.mark.parametrize(("ours", "peer"), list(zip(MEASURES, PEERS, strict=True)))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_agrees_with_torchvision_on_boxes_with_area(ours, peer, dtype, device):
    a, b = random_boxes(60, 0, dtype).to(device), random_boxes(40, 1, dtype).to(device)
    result = ours(a, b)
    assert result.dtype == dtype
    assert result.device.type == device.type
    torch.testing.assert_close(result, peer(a, b), atol=1e-6, rtol=0)


def test_areas_are_those_of_torchvision():
    boxes = random_boxes(50, 2)
    torch.testing.assert_close(area(boxes), box_area(boxes))


@given(a=SOLID, b=SOLID)
def test_agrees_with_a_naive_loop_on_boxes_that_touch_and_nest(a, b):
    for index, measure in enumerate(MEASURES):
        expected = [[naive(one, other)[index] for other in b] for one in a]
        torch.testing.assert_close(measure(rows(a), rows(b)), rows(expected))


@given(a=ANY, b=ANY)
def test_agrees_with_a_naive_loop_on_empty_and_inverted_boxes(a, b):
    for index, measure in enumerate(MEASURES):
        expected = [[naive(one, other)[index] for other in b] for one in a]
        torch.testing.assert_close(measure(rows(a), rows(b)), rows(expected))


@pytest.mark.parametrize("measure", MEASURES)
@given(a=ANY, b=ANY)
def test_is_symmetric(measure, a, b):
    torch.testing.assert_close(measure(rows(a), rows(b)), measure(rows(b), rows(a)).T)


@given(a=ANY, b=ANY)
def test_stays_in_its_range_also_after_rounding_to_float32(a, b):
    iou, giou, diou, ciou = (measure(rows(a).float() / 3, rows(b).float() / 3) for measure in MEASURES)
    assert bool(((iou >= 0) & (iou <= 1)).all())
    for child, lowest in ((giou, -1), (diou, -1), (ciou, -1.5)):
        assert bool(((child >= lowest) & (child <= iou)).all())
    assert bool((ciou <= diou).all())


@given(a=SOLID, b=SOLID)
def test_boxes_with_area_never_reach_the_lowest_values(a, b):
    assert bool((pairwise_giou(rows(a), rows(b)) > -1).all())
    assert bool((pairwise_diou(rows(a), rows(b)) > -1).all())
    assert bool((pairwise_ciou(rows(a), rows(b)) > -1.5).all())


@pytest.mark.parametrize("measure", MEASURES)
@given(a=SOLID)
def test_a_box_with_area_overlaps_itself_entirely(measure, a):
    torch.testing.assert_close(measure(rows(a), rows(a)).diagonal(), torch.ones(len(a), dtype=torch.float64))


@pytest.mark.parametrize("measure", MEASURES)
@given(a=ANY, b=ANY, dx=PLACES, dy=PLACES, scale=st.sampled_from([1e-3, 0.5, 3.0, 1e4]))
def test_moving_and_scaling_both_boxes_changes_nothing(measure, a, b, dx, dy, scale):
    shift = torch.tensor([dx, dy, dx, dy], dtype=torch.float64)
    torch.testing.assert_close(measure((rows(a) + shift) * scale, (rows(b) + shift) * scale), measure(rows(a), rows(b)))


def test_boxes_that_only_share_an_edge_or_a_corner_do_not_overlap():
    box = rows([(0.0, 0.0, 10.0, 10.0)])
    neighbours = rows([(10.0, 0.0, 20.0, 10.0), (0.0, 10.0, 10.0, 20.0), (10.0, 10.0, 20.0, 20.0)])
    assert pairwise_iou(box, neighbours).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("measure", MEASURES)
def test_empty_boxes_give_finite_numbers_and_finite_gradients(measure, dtype):
    points_and_lines = [(5, 5, 5, 5), (5, 5, 5, 5), (0, 0, 0, 9), (0, 2, 0, 30), (2, 0, 9, 0), (1e-6, 0, 2e-6, 1e-6)]
    boxes = torch.tensor([*points_and_lines, (9, 9, 3, 3), (0, 0, 10, 10)], dtype=dtype)
    leaf = boxes.clone().requires_grad_()
    values = measure(leaf, boxes)
    (gradient,) = torch.autograd.grad(values.sum(), leaf)
    assert bool(values.isfinite().all())
    assert bool(gradient.isfinite().all())


def test_an_empty_box_overlaps_nothing_not_even_itself():
    empty = rows([(5.0, 5.0, 5.0, 5.0), (2.0, 0.0, 2.0, 9.0), (0.0, 3.0, 9.0, 3.0)])
    assert int(pairwise_iou(empty, torch.cat((empty, rows([(0.0, 0.0, 10.0, 10.0)])))).count_nonzero()) == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_an_inverted_box_counts_as_the_empty_box_at_its_first_corner(measure):
    others = random_boxes(5, 3)
    inverted, collapsed = rows([(40.0, 50.0, 10.0, 90.0)]), rows([(40.0, 50.0, 40.0, 90.0)])
    assert area(inverted).tolist() == [0.0]
    assert torch.equal(measure(inverted, others), measure(collapsed, others))


@pytest.mark.parametrize("measure", MEASURES)
def test_no_boxes_on_either_side_give_an_empty_matrix(measure):
    none, some = torch.zeros(0, 4), torch.rand(3, 4)
    assert measure(none, some).shape == (0, 3)
    assert measure(some, none).shape == (3, 0)
    assert measure(none, none).shape == (0, 0)
    assert area(none).shape == (0,)


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("measure", MEASURES)
def test_halves_are_computed_and_returned_as_float32(measure, half):
    a, b = random_boxes(20, 4).mul(8).to(half), random_boxes(20, 5).mul(8).to(half)  # areas beyond 65,504
    result = measure(a, b)
    assert result.dtype == area(a).dtype == torch.float32
    assert torch.equal(result, measure(a.float(), b.float()))


@pytest.mark.parametrize("measure", [pairwise_iou, pairwise_giou, pairwise_diou])
def test_gradients_are_those_of_finite_differences(measure):
    a, b = random_boxes(4, 6).requires_grad_(), random_boxes(3, 7).requires_grad_()
    assert torch.autograd.gradcheck(measure, (a, b))


@pytest.mark.parametrize(("ours", "peer"), list(zip(MEASURES, PEERS, strict=True)))
def test_gradients_are_those_of_torchvision_so_alpha_is_a_constant(ours, peer):
    a, b = random_boxes(30, 8).requires_grad_(), random_boxes(20, 9).requires_grad_()
    expected = torch.autograd.grad(peer(a, b).sum(), (a, b))
    for gradient, reference in zip(torch.autograd.grad(ours(a, b).sum(), (a, b)), expected, strict=True):
        assert bool(gradient.isfinite().all())
        torch.testing.assert_close(gradient, reference, atol=1e-7, rtol=1e-5)


@pytest.mark.parametrize("tile", [1, 7, 40, 10**6])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_size_of_a_tile_never_changes_values_or_gradients(measure, tile, monkeypatch):
    a, b = random_boxes(31, 12).requires_grad_(), random_boxes(9, 13)
    whole = measure(a, b)
    monkeypatch.setattr("core.boxes.iou.TILE", tile)
    tiled = measure(a, b)
    torch.testing.assert_close(tiled, whole)
    torch.testing.assert_close(torch.autograd.grad(tiled.sum(), a), torch.autograd.grad(whole.sum(), a))


@pytest.mark.parametrize("measure", MEASURES)
def test_the_boxes_given_are_left_as_they_were(measure):
    a, b = random_boxes(5, 10), random_boxes(5, 11)
    kept = a.clone(), b.clone()
    measure(a, b)
    assert torch.equal(a, kept[0])
    assert torch.equal(b, kept[1])


@given(a=ANY, b=ANY)
def test_the_parts_add_up_to_the_measures(a, b):
    iou, giou, diou, ciou = (measure(rows(a), rows(b)) for measure in MEASURES)
    parts = pairwise_parts(rows(a), rows(b))
    torch.testing.assert_close(iou * parts.union, parts.intersection)
    torch.testing.assert_close((iou - giou) * parts.enclosing, (parts.enclosing - parts.union))
    torch.testing.assert_close((iou - diou) * parts.diagonal_squared, parts.centre_distance_squared)
    torch.testing.assert_close(diou - ciou, parts.alpha * parts.aspect)
    for share in (parts.aspect, parts.alpha):
        assert bool(((share >= 0) & (share <= 1)).all())


@pytest.mark.parametrize("count", [0, 1, 50])
def test_pairs_are_the_diagonal_of_all_pairs(count, device):
    draw = torch.Generator().manual_seed(count)
    ours, theirs = (torch.rand(count, 4, generator=draw).to(device) * 100 for _ in range(2))
    assert torch.equal(paired_iou(ours, theirs), pairwise_iou(ours, theirs).diagonal())
