"""Matrix suppression: the paper's equations in a loop, tiles, laws, and edges."""

import math

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from core.boxes import matrix_nms as module
from core.boxes.decay import Decay
from core.boxes.matrix_nms import matrix_nms
from core.errors import SettingError
from tests.core.boxes.test_nms import FALLING, REVIVAL
from tests.core.boxes.test_soft_nms import race

BOTH = list(Decay)


def f(overlap, decay, sigma):
    return 1 - overlap if decay is Decay.LINEAR else math.exp(-(overlap**2) / sigma)


def naive(boxes, scores, labels, decay, sigma=0.5):
    """Equations 4 and 5, box by box."""
    iou = box_iou(boxes, boxes).tolist()
    after = []
    for j in range(len(scores)):
        share = 1.0
        for i in betters(j, scores, labels):
            compensation = min((f(iou[k][i], decay, sigma) for k in betters(i, scores, labels)), default=1.0)
            share = min(share, f(iou[i][j], decay, sigma) / compensation)
        after.append(float(scores[j]) * share)
    return after


def betters(j, scores, labels):
    return [
        i
        for i in range(len(scores))
        if (-scores[i], i) < (-scores[j], j) and (labels is None or labels[i] == labels[j])
    ]


@pytest.mark.parametrize("tile", [1, 50, 65_536])
@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("decay", BOTH)
def test_scores_fall_as_the_equations_say_whatever_the_tile(decay, classes, tile, monkeypatch):
    monkeypatch.setattr(module, "TILE", tile)
    for seed in range(5):
        boxes, scores, labels = race(seed, classes=classes)
        result = matrix_nms(boxes, scores, decay=decay, score_threshold=0.0, labels=labels)
        expected = naive(boxes, scores, labels, decay)
        assert result.scores.tolist() == pytest.approx(expected, abs=1e-12)
        assert result.kept_scores.tolist() == sorted(result.scores.tolist(), reverse=True)


def test_sigma_is_that_of_the_equation():
    boxes, scores, _ = race(9)
    after = matrix_nms(boxes, scores, sigma=0.1).scores
    assert after.tolist() == pytest.approx(naive(boxes, scores, None, Decay.GAUSSIAN, 0.1), abs=1e-12)


@pytest.mark.parametrize("decay", BOTH)
def test_scores_never_rise_and_the_best_box_keeps_its_own(decay):
    boxes, scores, _ = race(10, 200)
    after = matrix_nms(boxes, scores, decay=decay).scores
    assert (after <= scores.numpy()).all()
    assert after[scores.argmax()] == scores.max()


@pytest.mark.parametrize("decay", BOTH)
def test_the_verdict_gives_the_two_overlaps_that_the_score_follows_from(decay):
    boxes, scores, labels = race(11, 60, classes=2)
    result = matrix_nms(boxes, scores, decay=decay, score_threshold=0.2, labels=labels)
    for box in range(60):
        why = result.why(box)
        assert (why.before, why.after) == (scores[box], result.scores[box])
        assert why.kept == (box in result.kept.tolist()) == (why.after >= 0.2)
        if why.rival is None:
            assert (why.overlap, why.rival_overlap, why.after) == (None, None, why.before)
        else:
            share = f(why.overlap, decay, 0.5) / f(why.rival_overlap, decay, 0.5)
            assert why.after == pytest.approx(why.before * share)
            assert scores[why.rival] > scores[box]
            assert why.overlap == pytest.approx(float(box_iou(boxes[[box]], boxes[[why.rival]])))


def test_a_rival_that_is_itself_suppressed_takes_less():
    alone = matrix_nms(REVIVAL[1:3], FALLING[1:3], decay=Decay.LINEAR).scores[1] / FALLING[2].item()
    under_a_better_one = matrix_nms(REVIVAL[:3], FALLING[:3], decay=Decay.LINEAR)
    assert alone == pytest.approx(0.45)
    assert under_a_better_one.scores[2] / FALLING[2].item() == pytest.approx(0.45 / (2 / 3))
    assert under_a_better_one.why(2).rival == 1


@pytest.mark.parametrize("decay", BOTH)
def test_no_box_one_box_and_copies_of_copies(decay):
    empty = matrix_nms(torch.zeros(0, 4), torch.zeros(0), decay=decay)
    assert empty.kept.equal(torch.zeros(0, dtype=torch.int64))
    assert matrix_nms(REVIVAL[:1], FALLING[:1], decay=decay).kept_scores.equal(FALLING[:1])
    same = matrix_nms(REVIVAL[:1].expand(4, 4), torch.full((4,), 0.5), decay=decay, score_threshold=0.0)
    share = f(1.0, decay, 0.5)
    assert same.scores.tolist() == pytest.approx([0.5, 0.5 * share, 0.5 * share, 0.5 * share])
    assert [same.why(box).rival for box in range(4)] == [None, 0, 0, 0]


def test_the_hardest_gaussian_stays_a_number():
    boxes, scores, _ = race(12)
    assert np.isfinite(matrix_nms(boxes, scores, sigma=1e-300).scores).all()


def test_the_answer_lies_on_the_cpu_wherever_the_boxes_are(device):
    result = matrix_nms(REVIVAL.to(device), FALLING.to(device))
    assert (result.kept.device.type, result.kept_scores.dtype) == ("cpu", torch.float32)


def test_what_cannot_decay_is_refused():
    with pytest.raises(SettingError, match="must not be negative"):
        matrix_nms(REVIVAL, FALLING - 0.7)
    with pytest.raises(SettingError, match="score_threshold must be a number of at least 0"):
        matrix_nms(REVIVAL, FALLING, score_threshold=-1.0)
    with pytest.raises(SettingError, match="Coordinates must be finite"):
        matrix_nms(REVIVAL * float("nan"), FALLING)
    with pytest.raises(SettingError, match="box must be from 0 to 3"):
        matrix_nms(REVIVAL, FALLING).why(-1)
