"""Soft suppression: the paper's loop, greedy suppression as its limit, laws of falling scores, and edges."""

import math
import pickle

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from core.boxes.decay import Decay
from core.boxes.nms import trace_nms
from core.boxes.soft_nms import trace_soft_nms
from core.errors import SettingError
from tests.core.boxes.test_nms import FALLING, REVIVAL, crowd

BOTH = list(Decay)


def race(seed, count=30, *, classes=None):
    generator = torch.Generator().manual_seed(seed)
    boxes, _ = crowd(generator, count, dtype=torch.float64)
    scores = torch.rand(count, generator=generator, dtype=torch.float64)
    return boxes, scores, None if classes is None else torch.randint(classes, (count,), generator=generator)


def naive(boxes, scores, labels, *, decay, sigma=0.5, iou_threshold=0.3, score_threshold=0.001):
    """Figure 2 of the paper, with pruning: the winners with their scores, and who left at which step with what score."""
    iou = box_iou(boxes, boxes).tolist()
    scores = scores.tolist()
    left = {index for index, score in enumerate(scores) if score >= score_threshold}
    winners, removed = [], {}
    while left:
        best = max(sorted(left), key=lambda index: scores[index])
        left.remove(best)
        winners.append((best, scores[best]))
        for other in sorted(left):
            if labels is not None and labels[other] != labels[best]:
                continue
            overlap = iou[best][other]
            if decay is Decay.GAUSSIAN:
                scores[other] *= math.exp(-(overlap**2) / sigma)
            elif overlap >= iou_threshold:
                scores[other] *= 1 - overlap
            if scores[other] < score_threshold:
                left.remove(other)
                removed[other] = (best, scores[other])
    return winners, removed


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("decay", BOTH)
@pytest.mark.parametrize("score_threshold", [0.0, 0.001, 0.2])
def test_scores_fall_and_boxes_leave_as_in_the_loop_of_the_paper(decay, score_threshold, classes):
    for seed in range(30):
        boxes, scores, labels = race(seed, classes=classes)
        trace = trace_soft_nms(boxes, scores, decay=decay, score_threshold=score_threshold, labels=labels)
        winners, removed = naive(boxes, scores, labels, decay=decay, score_threshold=score_threshold)
        assert trace.kept.tolist() == [box for box, _ in winners]
        assert trace.kept_scores.tolist() == pytest.approx([score for _, score in winners], abs=1e-12)
        for box, (winner, score) in removed.items():
            assert int(trace.winner[box]) == winner
            assert float(trace.final[box]) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(("decay", "other"), [(Decay.LINEAR, {"sigma": 9.0}), (Decay.GAUSSIAN, {"iou_threshold": 0.9})])
def test_the_setting_of_one_decay_does_nothing_to_the_other(decay, other):
    boxes, scores, _ = race(0)
    assert trace_soft_nms(boxes, scores, decay=decay, **other).kept_scores.equal(
        trace_soft_nms(boxes, scores, decay=decay).kept_scores
    )


@pytest.mark.parametrize("decay", BOTH)
def test_sigma_and_the_threshold_of_overlap_are_those_of_the_paper(decay):
    boxes, scores, _ = race(1)
    settings = {"sigma": 0.1} if decay is Decay.GAUSSIAN else {"iou_threshold": 0.6}
    winners, _ = naive(boxes, scores, None, decay=decay, **settings)
    assert trace_soft_nms(boxes, scores, decay=decay, **settings).kept.tolist() == [box for box, _ in winners]


def test_the_hardest_gaussian_is_greedy_suppression_of_all_that_touch():
    boxes, scores, _ = race(2)
    soft = trace_soft_nms(boxes, scores, sigma=1e-12)
    assert soft.kept.equal(trace_nms(boxes, scores, iou_threshold=1e-4).kept)


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("decay", BOTH)
def test_every_box_is_decided_at_most_once_and_the_rest_never_raced(decay, classes):
    boxes, scores, labels = race(3, 60, classes=classes)
    trace = trace_soft_nms(boxes, scores, decay=decay, score_threshold=0.1, labels=labels)
    decided = [box for one in trace.decisions for box in (one.winner, *one.suppressed)]
    assert sorted(decided) == torch.nonzero(scores >= 0.1).squeeze(1).tolist()
    assert any(one.suppressed for one in trace.decisions)
    assert len(decided) < 60


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("decay", BOTH)
def test_each_step_hands_its_scores_to_the_next(decay, classes):
    boxes, scores, labels = race(4, 80, classes=classes)
    trace = trace_soft_nms(boxes, scores, decay=decay, score_threshold=0.05, labels=labels)
    now = np.where(trace.winner == -1, np.nan, scores.numpy())
    for one in trace.decisions:
        racing = trace.racing(one.step)
        assert racing[0] == one.winner
        assert trace.scores_at(one.step)[racing].tolist() == sorted(now[racing].tolist(), reverse=True)
        row = trace.rivals(one.step)
        assert (row.before == now[row.index]).all()
        assert (row.after <= row.before).all()
        assert (row.after[row.overlap == 0] == row.before[row.overlap == 0]).all()
        assert sorted(row.index[row.after < 0.05].tolist()) == sorted(one.suppressed)
        now[row.index] = row.after
        assert one.score == now[one.winner]
    raced = trace.winner != -1
    np.testing.assert_allclose(now[raced], trace.final[raced], rtol=1e-14)


def test_verdicts_name_the_winner_whose_overlap_was_too_much():
    trace = trace_soft_nms(REVIVAL, FALLING, decay=Decay.LINEAR, iou_threshold=0.5, score_threshold=0.5)
    assert trace.kept.tolist() == [0, 1]
    why = trace.why(2)
    assert (why.kept, why.step, why.winner, why.threshold, why.score_threshold) == (False, 1, 1, 0.5, 0.5)
    assert (why.overlap, why.score) == pytest.approx((0.55, 0.7 * 0.45))
    kept = trace.why(1)
    assert (kept.kept, kept.step, kept.winner, kept.score) == (True, 1, 0, pytest.approx(0.8))
    assert kept.overlap == pytest.approx(1 / 3)
    assert trace_soft_nms(REVIVAL, FALLING).why(2).threshold is None


def test_a_box_below_the_threshold_from_the_beginning_never_races():
    why = trace_soft_nms(REVIVAL, FALLING, score_threshold=0.65).why(3)
    assert (why.kept, why.step, why.winner, why.overlap) == (False, None, None, None)
    assert why.score == pytest.approx(0.6)
    nobody = trace_soft_nms(REVIVAL, FALLING, score_threshold=0.95)
    assert nobody.decisions == ()
    assert nobody.racing(0).tolist() == []
    assert nobody.kept_scores.tolist() == []


@pytest.mark.parametrize("decay", BOTH)
def test_no_box_one_box_and_identical_boxes(decay):
    empty = trace_soft_nms(torch.zeros(0, 4), torch.zeros(0), decay=decay)
    assert empty.kept.equal(torch.zeros(0, dtype=torch.int64))
    assert trace_soft_nms(REVIVAL[:1], FALLING[:1], decay=decay).kept_scores.equal(FALLING[:1])
    same = trace_soft_nms(REVIVAL[:1].expand(3, 4), torch.full((3,), 0.5), decay=decay, score_threshold=0.0)
    share = 0 if decay is Decay.LINEAR else math.exp(-2)
    assert same.kept.tolist() == [0, 1, 2]
    assert same.kept_scores.tolist() == pytest.approx([0.5, 0.5 * share, 0.5 * share**2])


def test_a_trace_of_thousands_is_small_also_after_it_was_looked_at():
    boxes, scores = crowd(torch.Generator().manual_seed(0), 3000, objects=100)
    trace = trace_soft_nms(boxes, scores)
    trace.rivals(len(trace) // 2)
    assert len(pickle.dumps(trace)) < 3000 * 3000
    assert trace.kept_scores.dtype == torch.float32


def test_the_answer_lies_on_the_cpu_wherever_the_boxes_are(device):
    trace = trace_soft_nms(REVIVAL.to(device), FALLING.to(device))
    assert (trace.kept.device.type, trace.kept_scores.device.type) == ("cpu", "cpu")


def test_what_cannot_decay_is_refused():
    with pytest.raises(SettingError, match=r"must not be negative, got -0\.1"):
        trace_soft_nms(REVIVAL, FALLING - 0.7)
    with pytest.raises(SettingError, match="sigma must be a number above 0"):
        trace_soft_nms(REVIVAL, FALLING, sigma=0.0)
    with pytest.raises(SettingError, match="scores must be finite"):
        trace_soft_nms(REVIVAL, FALLING * float("inf"))
    trace = trace_soft_nms(REVIVAL, FALLING)
    for step in (-1, len(trace) + 1):
        with pytest.raises(SettingError, match="step must be from 0 to"):
            trace.scores_at(step)
    with pytest.raises(SettingError, match="box must be from 0 to 3"):
        trace.why(4)


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("decay", BOTH)
def test_the_falls_of_each_decision_are_the_changes_of_its_rivals(decay, classes):
    boxes, scores, labels = race(3, 40, classes=classes)
    trace = trace_soft_nms(boxes, scores, decay=decay, score_threshold=0.05, labels=labels)
    falls = list(trace.falls())
    assert len(falls) == len(trace) > 3
    for step, (index, before, after) in enumerate(falls):
        row = trace.rivals(step)
        fell = row.after < row.before
        assert dict(zip(index.tolist(), after.tolist(), strict=True)) == pytest.approx(
            dict(zip(row.index[fell].tolist(), row.after[fell].tolist(), strict=True))
        )
        assert (after < before).all()
    assert sum(len(index) for index, _, _ in falls) > 10
