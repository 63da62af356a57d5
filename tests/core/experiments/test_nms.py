"""Every decision of a race as naive loops take it, why a box vanished, and curves by hand."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, box_iou, nms

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.files import BoxTable
from core.boxes.matrix_nms import MatrixNms
from core.boxes.nms_settings import Method, NmsSettings
from core.boxes.settings import Labelled
from core.errors import SettingError
from core.experiments import nms as module
from core.experiments.candidates import MOST_BOXES, crowded, random_boxes
from core.experiments.nms import SIGMAS, THRESHOLDS, Race, curve, race, swept, why

EVERY = [NmsSettings(method=method, per_class=per_class) for method in Method for per_class in (True, False)]
SOFT = [one for one in EVERY if one.method in (Method.LINEAR, Method.GAUSSIAN)]
QUEUED = [one for one in EVERY if one.method is not Method.MATRIX]
EMPTY = BoxTable(np.empty((0, 4)), np.empty(0), ())


def table(*rows: tuple[str, float, tuple[float, float, float, float]]) -> BoxTable:
    return BoxTable(
        np.array([row[2] for row in rows]), np.array([row[1] for row in rows]), tuple(row[0] for row in rows)
    )


def crowd(seed: int, count: int = 12, jitter: float = 0.15) -> BoxTable:
    """Two cats, one over the other, and a dog between them; a third of the names is wrong."""
    truths = (
        Labelled("cat", (20.0, 20.0, 90.0, 90.0)),
        Labelled("cat", (45.0, 25.0, 120.0, 100.0)),
        Labelled("dog", (30.0, 40.0, 110.0, 110.0)),
    )
    settings = CrowdSettings(count=count, jitter=jitter, noise=0.2, confusion=0.3, seed=seed)
    return crowded(truths, settings, height=120, width=140).table


CROWDS = [crowd(seed) for seed in range(4)] + [random_boxes(60, 1, height=100, width=120).table]


def overlaps(boxes: BoxTable) -> np.ndarray:
    return box_iou(torch.tensor(boxes.boxes), torch.tensor(boxes.boxes)).numpy()


def ids(settings: NmsSettings) -> str:
    return f"{settings.method.value} {'per class' if settings.per_class else 'all together'}"


def rivals(boxes: BoxTable, settings: NmsSettings, one: int, other: int) -> bool:
    return one != other and (not settings.per_class or boxes.labels[one] == boxes.labels[other])


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.7, 1.0])
@pytest.mark.parametrize("boxes", CROWDS)
def test_greedy_keeps_what_torchvision_keeps(boxes, threshold):
    found = boxes.detections()
    settings = NmsSettings(iou_threshold=threshold)
    expected = batched_nms(found.boxes, found.scores, found.labels, threshold)
    assert race(boxes, settings).kept == tuple(expected.tolist())
    together = nms(found.boxes, found.scores, threshold)
    assert race(boxes, replace(settings, per_class=False)).kept == tuple(together.tolist())


def diou(a: np.ndarray, b: np.ndarray) -> float:
    centres = ((a[:2] + a[2:] - b[:2] - b[2:]) / 2) ** 2
    hull = (np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2])) ** 2
    return float(box_iou(torch.tensor(a[None]), torch.tensor(b[None]))) - centres.sum() / hull.sum()


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("boxes", CROWDS)
def test_diou_is_greedy_with_the_other_overlap(boxes, per_class):
    settings = NmsSettings(method=Method.DIOU, per_class=per_class, iou_threshold=0.4)
    kept: list[int] = []
    for box in np.argsort(-boxes.scores, kind="stable").tolist():
        before = [one for one in kept if rivals(boxes, settings, one, box)]
        if all(diou(boxes.boxes[one], boxes.boxes[box]) <= 0.4 for one in before):
            kept.append(box)
    assert race(boxes, settings).kept == tuple(kept)
    assert len(kept) < len(boxes.labels)


def naive_soft(boxes: BoxTable, settings: NmsSettings) -> tuple[list[int], dict[int, float]]:
    """The paper's loop: who is kept, and the score of each box when it left."""
    iou, now = overlaps(boxes), boxes.scores.tolist()
    left = [box for box, score in enumerate(now) if score >= settings.score_threshold]
    kept = []
    while left:
        best = max(left, key=lambda box: (now[box], -box))
        left.remove(best)
        kept.append(best)
        for box in [box for box in left if rivals(boxes, settings, best, box)]:
            if settings.method is Method.GAUSSIAN:
                now[box] *= math.exp(-(iou[best, box] ** 2) / settings.sigma)
            elif iou[best, box] >= settings.iou_threshold:
                now[box] *= 1 - iou[best, box]
            if now[box] < settings.score_threshold:
                left.remove(box)
    return kept, dict(enumerate(now))


@pytest.mark.parametrize("settings", SOFT, ids=ids)
@pytest.mark.parametrize("least", [0.0, 0.05, 0.6])
@pytest.mark.parametrize("boxes", CROWDS)
def test_soft_keeps_and_lowers_as_the_papers_loop_does(boxes, settings, least):
    settings = replace(settings, iou_threshold=0.3, sigma=0.2, score_threshold=least)
    kept, final = naive_soft(boxes, settings)
    found = race(boxes, settings)
    assert found.kept == tuple(kept)
    assert dict(enumerate(found.final.tolist())) == pytest.approx(final, abs=1e-12)


def naive_matrix(boxes: BoxTable, settings: NmsSettings) -> list[float]:
    """The scores by the paper's equations, box by box."""
    iou, order = overlaps(boxes), np.argsort(-boxes.scores, kind="stable").tolist()

    def betters(box: int) -> list[int]:
        return [one for one in order[: order.index(box)] if rivals(boxes, settings, one, box)]

    def share(box: int) -> float:
        worst = {one: max((iou[other, one] for other in betters(one)), default=0.0) for one in betters(box)}
        falls = [math.exp(-(iou[one, box] ** 2 - worst[one] ** 2) / settings.sigma) for one in worst]
        return min([1.0, *falls])

    return [boxes.scores[box] * share(box) for box in range(len(boxes.labels))]


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("sigma", [0.1, 0.5])
@pytest.mark.parametrize("boxes", CROWDS)
def test_matrix_lowers_all_scores_as_the_papers_equations_do(boxes, sigma, per_class):
    settings = NmsSettings(method=Method.MATRIX, per_class=per_class, sigma=sigma, score_threshold=0.3)
    expected = naive_matrix(boxes, settings)
    found = race(boxes, settings)
    assert found.final.tolist() == pytest.approx(expected, abs=1e-12)
    assert set(found.kept) == {box for box, score in enumerate(expected) if score >= 0.3}
    assert found.final[list(found.kept)].tolist() == sorted(found.final[list(found.kept)], reverse=True)


def assert_whole(boxes: BoxTable, found: Race) -> None:
    """Each box is decided once: kept by itself, removed by a rival, or never raced."""
    kept, iou = set(found.kept), overlaps(boxes)
    assert found.winners.tolist() == list(found.kept)
    for box, (winner, step) in enumerate(zip(found.winner.tolist(), found.step.tolist(), strict=True)):
        assert (winner == box) == (box in kept)
        assert (winner == -1) == (step == -1)
        if winner == box:
            assert found.winners[step] == box
        if winner in (-1, box):
            assert found.overlap[box] == 0
            continue
        assert rivals(boxes, found.settings, winner, box)
        assert 0 <= step < len(found.winners)
        if found.settings.method is Method.DIOU:
            assert found.overlap[box] == pytest.approx(diou(boxes.boxes[winner], boxes.boxes[box]))
        else:
            assert found.overlap[box] == pytest.approx(iou[winner, box])
        if found.settings.method is Method.MATRIX:
            assert step == 0
        else:
            assert found.winners[step] == winner


@pytest.mark.parametrize("least", [0.0, 0.05, 0.6])
@pytest.mark.parametrize("settings", EVERY, ids=ids)
@pytest.mark.parametrize("boxes", CROWDS)
def test_every_box_is_decided_once_by_the_winner_of_its_step(boxes, settings, least):
    found = race(boxes, replace(settings, score_threshold=least))
    assert_whole(boxes, found)
    assert len(found.kept) <= len(boxes.labels)
    low = set(np.flatnonzero(boxes.scores < least).tolist()) if settings.method.decays else set()
    assert set(np.flatnonzero(found.winner == -1).tolist()) == low


@pytest.mark.parametrize("settings", QUEUED, ids=ids)
def test_winner_step_and_overlap_are_those_of_the_trace(settings):
    found = race(CROWDS[0], settings)
    assert not isinstance(found.result, MatrixNms)
    removed = {}
    for one in found.result.decisions:
        assert (found.winner[one.winner], found.step[one.winner]) == (one.winner, one.step)
        removed |= {
            box: (one.winner, one.step, overlap) for box, overlap in zip(one.suppressed, one.overlaps, strict=True)
        }
    assert removed
    for box, told in removed.items():
        assert (found.winner[box], found.step[box], found.overlap[box]) == told


def replayed(boxes: BoxTable, found: Race) -> list[float]:
    scores = boxes.scores.tolist()
    for changes in found.changes:
        for box, score in changes:
            assert score < scores[box]
            scores[box] = score
    return scores


@pytest.mark.parametrize("settings", EVERY, ids=ids)
@pytest.mark.parametrize("boxes", CROWDS)
def test_the_changes_of_all_decisions_lead_to_the_final_scores(boxes, settings):
    found = race(boxes, settings)
    assert replayed(boxes, found) == pytest.approx(found.final.tolist(), abs=1e-12)
    assert len(found.changes) == (len(found.winners) if settings.method.decays else 0)
    assert any(found.changes) == settings.method.decays


@pytest.mark.parametrize("settings", SOFT, ids=ids)
def test_of_very_many_changes_only_the_smallest_are_left_out(settings, monkeypatch):
    boxes = crowd(0, 30)
    every = race(boxes, settings)
    monkeypatch.setattr(module, "MOST_CHANGES", 20)
    few = race(boxes, settings)
    fall = falls(boxes, every)
    told = {(step, box) for step, changes in enumerate(few.changes) for box, _ in changes}
    assert len(fall) > 20 == len(told)
    assert told <= set(fall)
    assert min(fall[one] for one in told) >= max(fall[one] for one in set(fall) - told)
    assert few.kept == every.kept
    np.testing.assert_array_equal(few.final, every.final)
    known = {(step, box): score for step, changes in enumerate(every.changes) for box, score in changes}
    assert all(known[step, box] == score for step, changes in enumerate(few.changes) for box, score in changes)


def falls(boxes: BoxTable, found: Race) -> dict[tuple[int, int], float]:
    """How far each score falls in each decision."""
    scores, every = boxes.scores.tolist(), {}
    for step, changes in enumerate(found.changes):
        for box, score in changes:
            every[step, box] = scores[box] - score
            scores[box] = score
    return every


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_no_box_and_one_box_race_too(settings):
    nobody = race(EMPTY, settings)
    assert nobody.kept == ()
    assert (len(nobody.winner), len(nobody.final), nobody.changes) == (0, 0, ())
    single = table(("cat", 0.6, (0.0, 0.0, 10.0, 10.0)))
    alone = race(single, settings)
    assert alone.kept == (0,)
    assert (alone.winner.tolist(), alone.step.tolist(), alone.final.tolist()) == ([0], [0], [0.6])
    assert not any(alone.changes)
    assert why(alone, 0).kept


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_boxes_that_are_one_box_leave_one_where_all_race_and_overlap_removes(settings):
    same = table(*[("cat", 0.5, (0.0, 0.0, 10.0, 10.0))] * 3)
    found = race(same, replace(settings, score_threshold=0.1, sigma=0.5))
    assert_whole(same, found)
    assert found.kept[0] == 0
    expected = {Method.GAUSSIAN: [0.5, 0.5 * math.exp(-2)], Method.LINEAR: [0.5, 0]}.get(settings.method)
    if expected:
        assert found.final[:1].tolist() == expected[:1]
        assert found.final[1] == pytest.approx(expected[1], abs=1e-12)
    else:
        assert len(found.kept) == 1


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_one_box_more_than_may_race_is_refused(settings):
    boxes = np.tile([[0.0, 0.0, 1.0, 1.0]], (MOST_BOXES + 1, 1))
    with pytest.raises(SettingError, match="There are 2,001 boxes; the most that race here are 2,000"):
        race(BoxTable(boxes, np.full(MOST_BOXES + 1, 0.5), ("box",) * (MOST_BOXES + 1)), settings)


def test_the_most_boxes_race():
    found = race(random_boxes(MOST_BOXES, 0, height=400, width=600).table, NmsSettings(method=Method.GAUSSIAN))
    assert 0 < sum(map(len, found.changes)) <= module.MOST_CHANGES
    assert (found.cost.forward, found.cost.backward) == (0, 0)
    assert found.cost.milliseconds > 0


# A at the left, B half over it, C half over B; D far away. IoU of neighbours 1 / 3.
ROW = table(
    ("cat", 0.9, (0.0, 0.0, 100.0, 100.0)),
    ("cat", 0.8, (50.0, 0.0, 150.0, 100.0)),
    ("cat", 0.7, (100.0, 0.0, 200.0, 100.0)),
    ("cat", 0.04, (500.0, 0.0, 600.0, 100.0)),
)


def test_why_names_who_removed_a_box_and_who_overlaps_a_kept_one_most():
    found = race(ROW, NmsSettings(iou_threshold=0.3))
    assert found.kept == (0, 2, 3)
    removed = why(found, 1)
    assert (removed.kept, removed.step, removed.winner, removed.before, removed.after) == (False, 0, 0, 0.8, 0.8)
    assert removed.overlap == pytest.approx(1 / 3)
    kept = why(found, 2)
    assert (kept.kept, kept.step, kept.winner, kept.overlap) == (True, 1, None, None)
    milder = why(race(ROW, NmsSettings(iou_threshold=0.4)), 2)
    assert (milder.kept, milder.step, milder.winner) == (True, 2, 1)
    assert milder.overlap == pytest.approx(1 / 3)


def test_why_tells_the_score_before_and_after_it_fell():
    settings = NmsSettings(method=Method.LINEAR, iou_threshold=0.3, score_threshold=0.05)
    found = race(ROW, settings)
    fallen = why(found, 1)
    assert (fallen.kept, fallen.winner, fallen.before) == (True, 0, 0.8), "A and C overlap it as much"
    assert fallen.after == pytest.approx(0.8 * 4 / 9)
    assert fallen.lives is None
    gone = why(race(ROW, replace(settings, score_threshold=0.4)), 1)
    assert (gone.kept, gone.step, gone.winner) == (False, 1, 2)
    assert gone.after == pytest.approx(0.8 * 4 / 9)


@pytest.mark.parametrize("settings", [*SOFT, NmsSettings(method=Method.MATRIX)], ids=ids)
def test_a_score_too_low_from_the_start_has_neither_winner_nor_step(settings):
    never = why(race(ROW, settings), 3)
    assert (never.kept, never.step, never.winner, never.overlap) == (False, None, None, None)
    assert (never.before, never.after) == (0.04, 0.04)


def test_matrix_names_the_worst_rival_and_how_far_that_is_overlapped_itself():
    settings = NmsSettings(method=Method.MATRIX, sigma=0.2, score_threshold=0.05)
    found = race(ROW, settings)
    best = why(found, 0)
    assert (best.kept, best.winner, best.overlap, best.rival_overlap, best.after) == (True, None, None, None, 0.9)
    second = why(found, 1)
    assert (second.kept, second.winner, second.rival_overlap) == (True, 0, 0.0)
    assert second.after == pytest.approx(0.8 * math.exp(-1 / 9 / 0.2))
    third = why(found, 2)
    assert (third.winner, third.after) == (None, 0.7), "B is itself overlapped as much, so it takes nothing"
    gone = why(race(ROW, replace(settings, score_threshold=0.5)), 1)
    assert (gone.kept, gone.step, gone.winner) == (False, 0, 0)
    nested = race(table(*rows(ROW)[:2], ("cat", 0.7, (40.0, 0.0, 150.0, 100.0))), settings)
    rival = why(nested, 2)
    assert rival.winner == 1
    assert rival.overlap == pytest.approx(10 / 11)
    assert rival.rival_overlap == pytest.approx(1 / 3)


def test_a_low_box_on_another_never_raced_in_matrix_suppression_though_its_score_falls():
    low = table(*rows(ROW)[:1], ("cat", 0.04, (10.0, 0.0, 110.0, 100.0)))
    found = race(low, NmsSettings(method=Method.MATRIX))
    assert (found.winner.tolist(), found.step.tolist(), found.overlap.tolist()) == ([0, -1], [0, -1], [0, 0])
    verdict = why(found, 1)
    assert (verdict.step, verdict.winner, verdict.overlap, verdict.rival_overlap) == (None, None, None, None)
    nobody = race(low, NmsSettings(method=Method.MATRIX, score_threshold=0.95))
    assert (nobody.kept, nobody.winner.tolist(), nobody.step.tolist()) == ((), [-1, -1], [-1, -1])


def rows(boxes: BoxTable) -> list[tuple]:
    return list(zip(boxes.labels, boxes.scores.tolist(), [tuple(one) for one in boxes.boxes.tolist()], strict=True))


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_a_box_that_is_not_there_cannot_be_asked_about(settings):
    for box in (-1, 4):
        with pytest.raises(SettingError, match="box must be from 0 to 3"):
            why(race(ROW, settings), box)


@pytest.mark.parametrize("settings", [one for one in EVERY if not one.method.decays], ids=ids)
@pytest.mark.parametrize("seed", range(3))
def test_a_box_lives_at_exactly_the_thresholds_that_are_told(settings, seed):
    """Races at the middle of every interval, of every gap, and at the ends."""
    boxes = crowd(seed, 8, 0.3)
    found = race(boxes, settings)
    told = {box: why(found, box).lives for box in range(len(boxes.labels))}
    ends = sorted({0.0, 1.0, *(end for lives in told.values() for pair in lives for end in pair)})
    asked = [*ends, *((a + b) / 2 for a, b in pairwise(ends))]
    assert len(asked) > 20
    for threshold in asked:
        kept = race(boxes, replace(settings, iou_threshold=threshold)).kept
        lives = {
            box
            for box, pairs in told.items()
            if any(start <= threshold < end or threshold == end == 1 for start, end in pairs)
        }
        assert lives == set(kept), threshold


def test_a_curve_has_every_value_that_the_sliders_can_take():
    assert len(THRESHOLDS) == 101
    assert set(np.arange(101) / 100) == set(THRESHOLDS)
    assert {round(0.05 * place, 2) for place in range(1, 41)} <= set(SIGMAS)
    assert (min(SIGMAS), max(SIGMAS)) == (0.025, 2)


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_a_part_of_a_curve_is_what_the_whole_has_there(settings):
    boxes = crowd(5, 6)
    assert curve(boxes, settings, (), swept(settings)[3::10]) == curve(boxes, settings, ())[3::10]
    assert curve(boxes, settings, (), ()) == ()


@pytest.mark.parametrize("settings", EVERY, ids=ids)
def test_a_curve_keeps_at_each_value_what_the_race_there_keeps(settings):
    boxes = crowd(5, 6)
    points = curve(boxes, settings, ())
    by_iou = settings.method.has_threshold
    assert tuple(point.at for point in points) == (THRESHOLDS if by_iou else SIGMAS)
    for point in points[::7]:
        moved = replace(settings, iou_threshold=point.at) if by_iou else replace(settings, sigma=point.at)
        assert point.kept == len(race(boxes, moved).kept)
    assert len({point.kept for point in points}) > 1


# Two objects. The first is found twice (IoU 1 and 0.8 with it, 0.8 with each other), the second not, and one box is nowhere.
LEFT, RIGHT = Labelled("cat", (0.0, 0.0, 100.0, 100.0)), Labelled("cat", (300.0, 0.0, 400.0, 100.0))
DOUBLE = table(
    ("cat", 0.9, (0.0, 0.0, 100.0, 80.0)),
    ("cat", 0.8, (0.0, 0.0, 100.0, 100.0)),
    ("cat", 0.7, (600.0, 0.0, 700.0, 100.0)),
)


def at(points, value):
    (one,) = [point for point in points if point.at == value]
    return one.kept, one.precision, one.recall, one.average_precision


def test_precision_recall_and_ap_of_a_double_and_a_miss_are_those_by_hand():
    points = curve(DOUBLE, NmsSettings(), (LEFT, RIGHT))
    assert at(points, 0.5) == (2, 1 / 2, 1 / 2, 1 / 2)
    assert at(points, 0.79) == (2, 1 / 2, 1 / 2, 1 / 2)
    assert at(points, 0.8) == (3, pytest.approx(1 / 3), 1 / 2, 1 / 2)


def test_scores_that_fell_are_in_the_order_of_ap():
    """The double falls behind the right box of the second object where scores fall, and before it where they do not."""
    found = table(*rows(DOUBLE)[:2], ("cat", 0.5, (300.0, 0.0, 400.0, 100.0)))
    mild = at(curve(found, NmsSettings(iou_threshold=1.0), (LEFT, RIGHT)), 1.0)
    assert mild == (3, pytest.approx(2 / 3), 1.0, pytest.approx((1 + 2 / 3) / 2))
    assert at(curve(found, NmsSettings(method=Method.GAUSSIAN), (LEFT, RIGHT)), 0.5) == (
        3,
        pytest.approx(2 / 3),
        1.0,
        1.0,
    )
    assert at(curve(found, NmsSettings(method=Method.MATRIX), (LEFT, RIGHT)), 0.5) == (
        3,
        pytest.approx(2 / 3),
        1.0,
        1.0,
    )


def test_without_truths_nobody_can_say_how_good_it_is():
    assert at(curve(DOUBLE, NmsSettings(), ()), 0.5) == (2, None, None, None)


def test_an_object_of_a_class_that_no_box_has_is_missed():
    dog = Labelled("dog", (300.0, 0.0, 400.0, 100.0))
    assert at(curve(DOUBLE, NmsSettings(), (LEFT, dog)), 0.5) == (2, 1 / 2, 1 / 2, 1 / 2)
    assert at(curve(DOUBLE, NmsSettings(), (dog,)), 0.5) == (2, 0.0, 0.0, 0.0)
    assert at(curve(EMPTY, NmsSettings(), (LEFT,)), 0.5) == (0, None, 0.0, 0.0)


def test_where_nothing_is_kept_there_is_no_precision_and_no_recall():
    points = curve(DOUBLE, NmsSettings(method=Method.GAUSSIAN, score_threshold=0.95), (LEFT, RIGHT))
    assert at(points, 0.5) == (0, None, 0.0, 0.0)
