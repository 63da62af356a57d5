"""Scores of class maps: against loops over pixels, worked by hand, laws and edges."""

import math
from itertools import permutations, product

import jaxtyping
import pytest
import torch

from core.errors import SettingError
from core.segmentation.scores import IGNORE, Confusion, confusion, contours

CLASSES = 4


def random_maps(seed, *, height=9, width=12, cell=3, ignored=0.1, kind=torch.int64):
    """Two blotchy maps of three of the four classes, one of which is the other with a third of it redrawn."""
    generator = torch.Generator().manual_seed(seed)

    def blotches():
        small = torch.randint(CLASSES - 1, (-(-height // cell), -(-width // cell)), generator=generator)
        return small.repeat_interleave(cell, 0).repeat_interleave(cell, 1)[:height, :width]

    truth, other = blotches(), blotches()
    predicted = torch.where(torch.rand(height, width, generator=generator) < 0.3, other, truth)
    truth = truth.masked_fill(torch.rand(height, width, generator=generator) < ignored, IGNORE)
    return predicted.to(kind), truth.to(kind)


def naive_confusion(predicted, truth, ignore=IGNORE):
    counts = [[0] * CLASSES for _ in range(CLASSES)]
    for called, real in zip(predicted.flatten().tolist(), truth.flatten().tolist(), strict=True):
        if real != ignore:
            counts[real][called] += 1
    return counts


def naive_contour(labels, judged, label):
    """Pixels of the class beside one of another class, as a set of places."""
    height, width = labels.shape
    labels, judged = labels.tolist(), judged.tolist()
    places = set()
    for y, x in product(range(height), range(width)):
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            inside = 0 <= v < height and 0 <= u < width
            if labels[y][x] == label and judged[y][x] and inside and judged[v][u] and labels[v][u] != label:
                places.add((y, x))
    return places


def naive_near(ours, theirs, tolerance):
    return sum(any((y - v) ** 2 + (x - u) ** 2 <= tolerance**2 for v, u in theirs) for y, x in ours)


@pytest.mark.parametrize("kind", [torch.int64, torch.int32, torch.uint8])
@pytest.mark.parametrize("ignored", [0.0, 0.1, 0.6])
def test_counts_are_those_of_a_loop_over_the_pixels(ignored, kind):
    for seed in range(20):
        predicted, truth = random_maps(seed, ignored=ignored, kind=kind)
        result = confusion(predicted, truth, classes=CLASSES)
        counts = naive_confusion(predicted, truth)
        assert result.counts.tolist() == counts
        assert result.pixels == sum(map(sum, counts)) == int((truth != IGNORE).sum())
        assert result.pixel_accuracy == sum(counts[k][k] for k in range(CLASSES)) / result.pixels
        for row in result.rows:
            real, called = sum(counts[row.label]), sum(line[row.label] for line in counts)
            assert (row.true, row.predicted, row.both) == (real, called, counts[row.label][row.label])


def test_scores_worked_by_hand():
    truth = torch.tensor([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 2, 2], [0, 0, 2, 255]])
    predicted = torch.tensor([[0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 2, 1], [0, 0, 0, 1]])
    result = confusion(predicted, truth, classes=4)
    assert result.counts.tolist() == [[7, 1, 0, 0], [0, 4, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0]]
    assert result.pixels == 15
    assert result.pixel_accuracy == 12 / 15
    assert [row.iou for row in result.rows] == [7 / 9, 4 / 6, 1 / 3, None]
    assert [row.precision for row in result.rows] == [7 / 8, 4 / 6, 1.0, None]
    assert [row.recall for row in result.rows] == [7 / 8, 1.0, 1 / 3, None]
    assert result.mean_iou == pytest.approx(16 / 27)


def test_a_map_equal_to_the_truth_scores_1_everywhere():
    _, truth = random_maps(0)
    predicted = truth.masked_fill(truth == IGNORE, 3)
    result = confusion(predicted, truth, classes=CLASSES)
    assert (result.pixel_accuracy, result.mean_iou) == (1.0, 1.0)
    assert [row.iou for row in result.rows] == [1.0, 1.0, 1.0, None]
    edges = contours(predicted, truth, classes=CLASSES, tolerance=0.0)
    assert [(row.precision, row.recall, row.f) for row in edges.rows] == [(1.0, 1.0, 1.0)] * 3 + [(None, None, None)]
    assert edges.mean_f == 1.0


def test_prediction_and_truth_may_change_places():
    for seed in range(5):
        predicted, truth = random_maps(seed, ignored=0)
        ours, theirs = confusion(predicted, truth, classes=CLASSES), confusion(truth, predicted, classes=CLASSES)
        assert ours.counts.equal(theirs.counts.T)
        assert [row.iou for row in ours.rows] == [row.iou for row in theirs.rows]
        assert [row.precision for row in ours.rows] == [row.recall for row in theirs.rows]
        one, other = contours(predicted, truth, classes=CLASSES), contours(truth, predicted, classes=CLASSES)
        assert [(row.precision, row.recall) for row in one.rows] == [(row.recall, row.precision) for row in other.rows]
        assert one.mean_f == pytest.approx(other.mean_f)


@pytest.mark.parametrize("names", [(1, 2, 3, 0), (3, 2, 1, 0), (0, 2, 1, 3)])
def test_other_names_for_the_classes_only_move_the_rows(names):
    predicted, truth = random_maps(1)
    table = torch.full((256,), IGNORE)
    table[:CLASSES] = torch.tensor(names)
    plain, renamed = (
        confusion(*maps, classes=CLASSES) for maps in ((predicted, truth), (table[predicted], table[truth]))
    )
    assert [renamed.rows[name].iou for name in names] == [row.iou for row in plain.rows]
    assert renamed.mean_iou == pytest.approx(plain.mean_iou)
    before, after = (
        contours(*maps, classes=CLASSES, tolerance=0.1)
        for maps in ((predicted, truth), (table[predicted], table[truth]))
    )
    assert [after.rows[name].f for name in names] == [row.f for row in before.rows]


def test_what_is_predicted_at_ignored_pixels_changes_nothing():
    predicted, truth = random_maps(2, ignored=0.3)
    ignored = truth == IGNORE
    for other in (0, 3, IGNORE, -7, 10**6):
        changed = predicted.masked_fill(ignored, other)
        same = confusion(changed, truth, classes=CLASSES).counts
        assert same.equal(confusion(predicted, truth, classes=CLASSES).counts)
        assert contours(changed, truth, classes=CLASSES) == contours(predicted, truth, classes=CLASSES)


@pytest.mark.parametrize(
    ("ignore", "kind"), [(-1, torch.int64), (200, torch.uint8), (0, torch.int64), (258, torch.uint8)]
)
def test_any_value_may_mean_ignore_also_a_class_or_one_that_a_byte_cannot_hold(ignore, kind):
    predicted, truth = random_maps(3, ignored=0.2)
    truth = truth.masked_fill(truth == IGNORE, 2 if ignore > IGNORE else ignore).to(kind)
    result = confusion(predicted, truth, classes=CLASSES, ignore=ignore)
    assert result.counts.tolist() == naive_confusion(predicted, truth, ignore)


def test_the_end_of_a_row_is_not_near_the_start_of_the_next():
    truth, predicted = (torch.zeros(9, 30, dtype=torch.int64) for _ in range(2))
    truth[5, 0], predicted[4, 29] = 1, 1
    for tolerance in (0.05, 0.1, 0.5):
        row = contours(predicted, truth, classes=2, tolerance=tolerance).rows[1]
        assert (row.predicted_near, row.true_near) == (0, 0)


def test_photos_add_up_in_any_order_and_as_one_batch():
    photos = [random_maps(seed) for seed in range(4)]
    parts = [confusion(*maps, classes=CLASSES) for maps in photos]
    whole = confusion(*(torch.stack(maps) for maps in zip(*photos, strict=True)), classes=CLASSES)
    for order in permutations(parts):
        assert sum(order, Confusion.empty(CLASSES)).counts.equal(whole.counts)
    assert ((parts[0] + parts[1]) + (parts[2] + parts[3])).counts.equal(whole.counts)
    assert whole.pixels == sum(part.pixels for part in parts)


@pytest.mark.parametrize("maps", [(0, IGNORE), (3, IGNORE)])
def test_a_photo_of_which_all_is_ignored_has_no_scores(maps):
    predicted, truth = (torch.full((5, 6), label) for label in maps)
    result, edges = confusion(predicted, truth, classes=CLASSES), contours(predicted, truth, classes=CLASSES)
    assert (result.pixels, result.pixel_accuracy, result.mean_iou) == (0, None, None)
    assert [row.iou for row in result.rows] == [None] * 4
    assert edges.mean_f is None


def test_a_single_class_has_an_iou_and_no_contour():
    flat = torch.zeros(5, 6, dtype=torch.int64)
    result, edges = confusion(flat, flat, classes=1), contours(flat, flat, classes=1)
    assert (result.mean_iou, result.pixel_accuracy) == (1.0, 1.0)
    assert (edges.rows[0].f, edges.mean_f) == (None, None)


@pytest.mark.parametrize(("called", "iou"), [(1, [None, 1.0]), (0, [0.0, 0.0])])
def test_a_picture_of_one_pixel_is_right_or_wrong(called, iou):
    predicted, truth = torch.tensor([[called]]), torch.tensor([[1]])
    assert [row.iou for row in confusion(predicted, truth, classes=2).rows] == iou
    assert contours(predicted, truth, classes=2, tolerance=1.0).mean_f is None


def test_no_photo_has_no_scores():
    nothing = Confusion.empty(3)
    assert (nothing.pixels, nothing.pixel_accuracy, nothing.mean_iou) == (0, None, None)


@pytest.mark.parametrize("tolerance", [0.0, 0.05, 0.0667, 0.1, 0.15, 0.34, 1.0])
@pytest.mark.parametrize("ignored", [0.0, 0.1])
def test_contours_are_those_of_a_loop_over_all_pairs_of_pixels(ignored, tolerance):
    for seed in range(4):
        for size in ({}, {"height": 1, "width": 15}, {"height": 14, "width": 2, "cell": 2}, {"cell": 6}):
            predicted, truth = random_maps(seed, ignored=ignored, **size)
            result = contours(predicted, truth, classes=CLASSES, tolerance=tolerance)
            assert result.tolerance == tolerance * math.hypot(*truth.shape)
            for row in result.rows:
                ours, theirs = (naive_contour(labels, truth != IGNORE, row.label) for labels in (predicted, truth))
                assert (row.predicted, row.true) == (len(ours), len(theirs))
                assert row.predicted_near == naive_near(ours, theirs, result.tolerance)
                assert row.true_near == naive_near(theirs, ours, result.tolerance)


def test_contours_worked_by_hand():
    truth = torch.tensor([[0, 0, 1, 1]] * 4)
    predicted = torch.tensor([[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]])
    exact = contours(predicted, truth, classes=2, tolerance=0.0)
    assert [(row.true, row.true_near, row.predicted, row.predicted_near) for row in exact.rows] == [
        (4, 2, 6, 2),
        (4, 2, 5, 2),
    ]
    assert [row.precision for row in exact.rows] == [2 / 6, 2 / 5]
    assert [row.recall for row in exact.rows] == [2 / 4, 2 / 4]
    assert [row.f for row in exact.rows] == pytest.approx([2 / 5, 4 / 9])
    assert exact.mean_f == pytest.approx(19 / 45)
    close = contours(predicted, truth, classes=2, tolerance=0.2)
    assert close.tolerance == pytest.approx(1.1314, abs=1e-4)
    assert [row.f for row in close.rows] == pytest.approx([10 / 11, 1.0])


def test_a_contour_is_near_up_to_and_including_the_tolerance():
    truth, shifted = (torch.zeros(30, 40, dtype=torch.int64) for _ in range(2))  # a diagonal of exactly 50 pixels
    truth[:, 20:], shifted[:, 25:] = 1, 1
    assert contours(shifted, truth, classes=2, tolerance=0.1).mean_f == 1.0
    assert contours(shifted, truth, classes=2, tolerance=0.0999).mean_f == 0.0


def test_a_tolerance_in_pixels_is_a_share_of_the_diagonal():
    flat = torch.zeros(375, 500, dtype=torch.uint8)
    assert contours(flat, flat, classes=1).tolerance == pytest.approx(0.0075 * 625)


def test_a_larger_tolerance_never_lowers_a_score():
    predicted, truth = random_maps(7, height=40, width=50, cell=9)
    scores = [
        contours(predicted, truth, classes=3, tolerance=tolerance).mean_f for tolerance in (0.0, 0.01, 0.03, 0.1, 1.0)
    ]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] == 1.0


def test_a_class_with_a_contour_in_one_map_only_scores_0():
    truth, predicted = torch.zeros(6, 6, dtype=torch.int64), torch.zeros(6, 6, dtype=torch.int64)
    predicted[2:4, 2:4] = 1
    for maps, precision in (((predicted, truth), 0.0), ((truth, predicted), None)):
        rows = contours(*maps, classes=3, tolerance=1.0).rows
        assert [row.f for row in rows] == [0.0, 0.0, None]
        assert rows[1].precision == precision


def test_ignored_pixels_and_the_edge_of_the_picture_bound_nothing():
    truth = torch.zeros(5, 7, dtype=torch.int64)
    truth[:, 3], truth[:, 4:] = IGNORE, 1
    assert [row.true for row in contours(truth.clamp(max=1), truth, classes=2).rows] == [0, 0]


@pytest.mark.parametrize("score", [confusion, contours])
def test_a_value_that_is_no_class_is_named_with_its_map(score):
    good, bad = torch.zeros(3, 3, dtype=torch.int64), torch.full((3, 3), 7)
    with pytest.raises(SettingError, match="classes of the prediction must be from 0 to 4, got 7"):
        score(bad, good, classes=5)
    with pytest.raises(SettingError, match="classes of the truth must be from 0 to 4, got 7"):
        score(good, bad, classes=5)
    with pytest.raises(SettingError, match="classes of the prediction must be from 0 to 4, got -1"):
        score(good - 1, good, classes=5)


@pytest.mark.parametrize("score", [confusion, contours])
def test_maps_of_different_sizes_are_refused_also_outside_of_the_tests(score, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(SettingError, match=r"of one size, got \(3, 4\) and \(4, 3\)"):
        score(torch.zeros(3, 4).long(), torch.zeros(4, 3).long(), classes=1)


@pytest.mark.parametrize("tolerance", [-0.1, 1.1, float("nan")])
def test_a_tolerance_outside_its_range_is_named_with_its_rule(tolerance):
    flat = torch.zeros(2, 2, dtype=torch.int64)
    with pytest.raises(SettingError, match=r"tolerance must lie in \[0, 1\]"):
        contours(flat, flat, classes=1, tolerance=tolerance)


def test_counts_of_different_numbers_of_classes_do_not_add_up():
    with pytest.raises(SettingError, match="got 2 and 3 classes"):
        Confusion.empty(2) + Confusion.empty(3)


def test_maps_are_left_as_they_were_and_results_are_frozen():
    predicted, truth = random_maps(4)
    result, edges = confusion(predicted, truth, classes=CLASSES), contours(predicted, truth, classes=CLASSES)
    again = random_maps(4)
    assert predicted.equal(again[0])
    assert truth.equal(again[1])
    for part, name in ((result, "counts"), (result.rows[0], "true"), (edges, "rows"), (edges.rows[0], "true")):
        with pytest.raises(AttributeError):
            setattr(part, name, None)


def test_every_device_gives_the_same_scores(device):
    predicted, truth = random_maps(5, height=60, width=80, cell=11)
    there = predicted.to(device), truth.to(device)
    result = confusion(*there, classes=CLASSES)
    assert result.counts.device.type == "cpu"
    assert result.counts.equal(confusion(predicted, truth, classes=CLASSES).counts)
    assert contours(*there, classes=CLASSES) == contours(predicted, truth, classes=CLASSES)
