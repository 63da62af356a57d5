"""Assignment: against naive loops and torchvision's Matcher, laws, ties, and the course's golden example."""

import pytest
import torch
from torchvision.models.detection._utils import Matcher

from core.boxes.anchors import grid_anchors
from core.boxes.iou import pairwise_iou
from core.boxes.layout import COURSE_SHAPES
from core.boxes.matching import BACKGROUND, IGNORED, activated_anchors, match_by_threshold, match_greedy
from core.errors import SettingError

COURSE = {"rows": 7, "cols": 7, "height": 333, "width": 500, "shapes": COURSE_SHAPES}
GOLDEN = torch.tensor([[156.0, 97.0, 351.0, 270.0]], dtype=torch.float64)


def overlaps(anchors, truths, seed, *, levels=None):
    """A random matrix, about half of it 0; with `levels`, of so few values that ties are everywhere."""
    generator = torch.Generator().manual_seed(seed)
    iou = torch.rand(anchors, truths, generator=generator, dtype=torch.float64).mul(2).sub(1).relu()
    return iou if levels is None else (iou * levels).floor() / levels


def naive_greedy(iou, threshold):
    """The textbook, in plain Python: the first largest entry of what is left, again and again."""
    table = iou.tolist()
    rows, columns = set(range(iou.shape[0])), set(range(iou.shape[1]))
    matched = [max(range(len(row)), key=row.__getitem__) if max(row) >= threshold else BACKGROUND for row in table]
    while rows and columns:
        _, row, column = min((-table[row][column], row, column) for row in rows for column in columns)
        matched[row] = column
        rows.remove(row)
        columns.remove(column)
    return torch.tensor(matched)


def naive_thresholds(iou, positive, negative):
    table = iou.tolist()
    best = [max(row[column] for row in table) for column in range(iou.shape[1])]
    matched = []
    for row in table:
        own = max(row)
        if own >= positive or any(value == most > 0 for value, most in zip(row, best, strict=True)):
            matched.append(row.index(own))
        else:
            matched.append(BACKGROUND if own < negative else IGNORED)
    return torch.tensor(matched)


def torchvision(iou, positive, negative):
    return Matcher(positive, negative, allow_low_quality_matches=True)(iou.T.contiguous())


SIZES = [(1, 1), (1, 4), (3, 5), (5, 3), (31, 2), (33, 4), (64, 6), (150, 7)]


@pytest.mark.parametrize("strips", [1, 2, 32])
@pytest.mark.parametrize("levels", [None, 1, 3])
@pytest.mark.parametrize(("anchors", "truths"), SIZES)
def test_greedy_pairs_are_those_of_a_naive_loop_also_with_ties(anchors, truths, levels, strips, monkeypatch):
    monkeypatch.setattr("core.boxes.matching.STRIPS", strips)
    for seed in range(3):
        iou = overlaps(anchors, truths, seed, levels=levels)
        for threshold in (0.0, 0.4, 1.0):
            assert match_greedy(iou, threshold=threshold).equal(naive_greedy(iou, threshold))


@pytest.mark.parametrize("strips", [1, 2, 32])
@pytest.mark.parametrize("levels", [None, 1, 3])
@pytest.mark.parametrize(("anchors", "truths"), SIZES)
def test_thresholds_are_those_of_a_naive_loop_also_with_ties(anchors, truths, levels, strips, monkeypatch):
    monkeypatch.setattr("core.boxes.matching.STRIPS", strips)
    for seed in range(3):
        iou = overlaps(anchors, truths, seed, levels=levels)
        for positive, negative in ((0.7, 0.3), (0.5, 0.5), (1.0, 0.0)):
            matched = match_by_threshold(iou, positive=positive, negative=negative)
            assert matched.equal(naive_thresholds(iou, positive, negative))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("levels", [None, 10])
@pytest.mark.parametrize(("positive", "negative"), [(0.7, 0.3), (0.5, 0.4), (0.5, 0.5), (0.95, 0.9)])
def test_thresholds_are_those_of_torchvisions_matcher_where_each_truth_touches_an_anchor(
    positive, negative, levels, dtype
):
    iou = overlaps(3000, 20, 0, levels=levels).to(dtype)
    assert bool((iou.amax(dim=0) > 0).all())
    matched = match_by_threshold(iou, positive=positive, negative=negative)
    assert matched.dtype == torch.int64
    assert matched.equal(torchvision(iou, positive, negative))


def test_a_crowd_of_equal_truths_takes_its_common_best_anchors_one_by_one():
    one = overlaps(5000, 1, 1)
    matched = match_greedy(one.repeat(1, 50), threshold=1.0)
    order = one[:, 0].argsort(descending=True)[:50]
    assert matched[order].tolist() == list(range(50))
    assert int((matched >= 0).sum()) == 50


def test_two_truths_that_want_the_same_anchor_share_the_two_best():
    iou = torch.tensor([[0.9, 0.8], [0.3, 0.2], [0.1, 0.4]])
    assert match_greedy(iou, threshold=0.5).tolist() == [0, BACKGROUND, 1]


@pytest.mark.parametrize("levels", [None, 1])
@pytest.mark.parametrize(("anchors", "truths"), [(5, 5), (6, 5), (400, 12)])
def test_with_at_least_as_many_anchors_each_truth_gets_one(anchors, truths, levels):
    matched = match_greedy(overlaps(anchors, truths, 2, levels=levels), threshold=1.0)
    assert set(range(truths)) <= set(matched.tolist())


def test_with_fewer_anchors_than_truths_each_anchor_gets_another_truth():
    matched = match_greedy(overlaps(4, 9, 3), threshold=1.0).tolist()
    assert len(set(matched)) == 4
    assert BACKGROUND not in matched


def test_a_truth_that_touches_nothing_still_gets_the_first_free_anchor_from_the_textbook():
    assert match_greedy(torch.zeros(4, 2), threshold=0.5).tolist() == [0, 1, BACKGROUND, BACKGROUND]


def test_a_truth_that_no_anchor_touches_makes_nothing_positive_unlike_in_torchvision():
    iou = torch.tensor([[0.8, 0.0], [0.2, 0.0], [0.5, 0.0]])
    assert match_by_threshold(iou, positive=0.7, negative=0.3).tolist() == [0, BACKGROUND, IGNORED]
    assert torchvision(iou, 0.7, 0.3).tolist() == [0, 0, 0]


def test_without_any_overlap_all_is_background():
    assert match_by_threshold(torch.zeros(40, 3), positive=0.7, negative=0.3).tolist() == [BACKGROUND] * 40


def test_both_anchors_that_tie_for_a_truth_are_positive_and_each_takes_its_own_best():
    iou = torch.tensor([[0.2, 0.0], [0.2, 0.6], [0.1, 0.65]])
    assert match_by_threshold(iou, positive=0.9, negative=0.1).tolist() == [0, 1, 1]
    assert torchvision(iou, 0.9, 0.1).tolist() == [0, 1, 1]


def test_an_iou_of_exactly_a_threshold_reaches_it():
    iou = torch.tensor([[0.9], [0.7], [0.3], [0.29], [0.69]])
    assert match_by_threshold(iou, positive=0.7, negative=0.3).tolist() == [0, 0, IGNORED, BACKGROUND, IGNORED]
    assert match_greedy(iou, threshold=0.7).tolist() == [0, 0, BACKGROUND, BACKGROUND, BACKGROUND]


def test_background_lies_below_ignored_and_nothing_is_ignored_between_equal_thresholds():
    iou = overlaps(500, 6, 4)
    best = iou.amax(dim=1)
    matched = match_by_threshold(iou, positive=0.6, negative=0.2)
    assert bool((best[matched == BACKGROUND] < 0.2).all())
    assert bool(((best[matched == IGNORED] >= 0.2) & (best[matched == IGNORED] < 0.6)).all())
    assert bool((matched[best >= 0.6] >= 0).all())
    assert IGNORED not in match_by_threshold(iou, positive=0.4, negative=0.4).tolist()


@pytest.mark.parametrize("shape", [(5, 0), (0, 5), (0, 0)])
def test_no_truths_leave_every_anchor_background_and_no_anchors_give_nothing(shape):
    expected = torch.full((shape[0],), BACKGROUND)
    assert match_greedy(torch.zeros(shape), threshold=0.5).equal(expected)
    assert match_by_threshold(torch.zeros(shape), positive=0.5, negative=0.5).equal(expected)


def test_one_anchor_takes_the_truth_it_overlaps_most():
    iou = torch.tensor([[0.1, 0.3, 0.2]])
    assert match_greedy(iou, threshold=0.9).tolist() == [1]
    assert match_by_threshold(iou, positive=0.9, negative=0.5).tolist() == [1]


@pytest.mark.parametrize("levels", [None, 2])
def test_a_transposed_matrix_gives_the_same_answers_and_is_left_as_it_was(levels):
    iou = overlaps(2000, 9, 5, levels=levels)
    transposed = iou.T.contiguous().T
    assert match_greedy(transposed, threshold=0.5).equal(match_greedy(iou, threshold=0.5))
    matched = match_by_threshold(transposed, positive=0.7, negative=0.3)
    assert matched.equal(match_by_threshold(iou, positive=0.7, negative=0.3))
    assert transposed.equal(iou)
    assert iou.equal(overlaps(2000, 9, 5, levels=levels))


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_its_range_is_named_with_its_rule(threshold):
    with pytest.raises(SettingError, match=r"threshold must lie in \[0, 1\]"):
        match_greedy(torch.zeros(2, 2), threshold=threshold)


@pytest.mark.parametrize(("positive", "negative"), [(0.3, 0.7), (1.1, 0.5), (0.5, -0.1), (float("nan"), 0.1)])
def test_thresholds_out_of_order_or_range_are_named_with_their_rule(positive, negative):
    with pytest.raises(SettingError, match="0 <= negative <= positive <= 1, got negative"):
        match_by_threshold(torch.zeros(2, 2), positive=positive, negative=negative)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_courses_example_activates_anchor_2_of_cell_3_3_which_is_row_122(dtype):
    (result,) = activated_anchors(GOLDEN.to(dtype), **COURSE)
    assert result.cell == (3, 3)
    assert result.distance == pytest.approx(20.5, abs=1e-4)
    assert result.distances.flatten().sort().values[:2].tolist() == pytest.approx([20.5, 34.0714], abs=1e-4)
    golden = [0.1007, 0.4029, 0.7454, 0.5733, 0.3971, 0.5918, 0.5216, 0.6619, 0.4799]
    assert result.iou.tolist() == pytest.approx(golden, abs=5e-5)
    assert (result.anchor, result.flat_index) == (2, 122)
    assert result.iou.dtype == result.distances.dtype == dtype


def random_truths(count, seed):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator, dtype=torch.float64) * torch.tensor([350.0, 200.0]).double()
    return torch.cat((corner, corner + torch.rand(count, 2, generator=generator, dtype=torch.float64) * 130 + 5), dim=1)


def test_activated_anchors_are_those_of_a_naive_loop():
    truths = random_truths(20, 6)
    anchors = grid_anchors(4, 6, height=333, width=500, shapes=COURSE_SHAPES).double()
    options = {**COURSE, "rows": 4, "cols": 6}
    for truth, result in zip(truths, activated_anchors(truths, **options), strict=True):
        x, y = float(truth[0] + truth[2]) / 2, float(truth[1] + truth[3]) / 2
        apart = {
            (r, c): abs((c + 0.5) * 500 / 6 - x) + abs((r + 0.5) * 333 / 4 - y) for r in range(4) for c in range(6)
        }
        assert result.cell == min(apart, key=apart.__getitem__)
        assert result.distance == pytest.approx(min(apart.values()))
        assert result.distances.flatten().tolist() == pytest.approx(list(apart.values()))
        rows = [shape * 24 + result.cell[0] * 6 + result.cell[1] for shape in range(9)]
        torch.testing.assert_close(result.iou, pairwise_iou(anchors[rows], truth[None])[:, 0], atol=1e-5, rtol=0)
        assert result.iou[result.anchor] == result.iou.max()
        assert result.flat_index == rows[result.anchor]


def test_the_responsible_cell_is_the_one_that_holds_the_centre():
    truths = random_truths(50, 7)
    for truth, result in zip(truths, activated_anchors(truths, **COURSE), strict=True):
        x, y = float(truth[0] + truth[2]) / 2, float(truth[1] + truth[3]) / 2
        assert result.cell == (int(y / (333 / 7)), int(x / (500 / 7)))


def test_ties_of_cells_and_of_anchors_go_to_the_lowest_index():
    truth = torch.tensor([[8.0, 8.0, 12.0, 12.0]])  # around the corner where four cells meet
    (result,) = activated_anchors(truth, rows=2, cols=2, height=20, width=20, shapes=[(1, 1), (1, 1)])
    assert result.cell == (0, 0)
    assert (result.anchor, result.flat_index) == (0, 0)
    assert result.distances.tolist() == [[10.0, 10.0], [10.0, 10.0]]


def test_two_truths_around_one_centre_may_get_the_same_anchor():
    truths = torch.tensor([[40.0, 40.0, 60.0, 60.0], [39.0, 39.0, 61.0, 61.0]])
    first, second = activated_anchors(truths, rows=3, cols=3, height=99, width=99, shapes=[(1, 1), (2, 2)])
    assert first.flat_index == second.flat_index == 4


def test_a_truth_outside_the_photo_belongs_to_the_nearest_cell_and_overlaps_nothing():
    truth = torch.tensor([[900.0, -80.0, 950.0, -40.0]])
    (result,) = activated_anchors(truth, rows=3, cols=3, height=90, width=90, shapes=[(1, 1), (2, 2)])
    assert result.cell == (0, 2)
    assert result.iou.tolist() == [0.0, 0.0]
    assert result.anchor == 0


def test_no_truths_activate_nothing():
    assert activated_anchors(torch.zeros(0, 4), **COURSE) == ()


def test_every_device_makes_the_same_assignments(device):
    iou = overlaps(3000, 12, 8, levels=50).float()
    there = iou.to(device)
    for ours, reference in (
        (match_greedy(there, threshold=0.5), match_greedy(iou, threshold=0.5)),
        (match_by_threshold(there, positive=0.7, negative=0.3), match_by_threshold(iou, positive=0.7, negative=0.3)),
    ):
        assert ours.device.type == device.type
        assert ours.cpu().equal(reference)
    (result,) = activated_anchors(GOLDEN.float().to(device), **COURSE)
    (expected,) = activated_anchors(GOLDEN.float(), **COURSE)
    assert (result.cell, result.flat_index) == (expected.cell, expected.flat_index)
    torch.testing.assert_close(result.iou.cpu(), expected.iou, atol=1e-5, rtol=0)
    torch.testing.assert_close(result.distances.cpu(), expected.distances, atol=1e-3, rtol=0)  # pixels
