"""Crowds of candidates: against a naive loop, the laws of seeds, jitter, noise and names, and edges."""

import math

import numpy as np
import pytest
import torch

from core.boxes.crowd import crowd
from core.boxes.crowd_settings import CrowdSettings
from core.boxes.iou import paired_iou
from core.errors import SettingError

HEIGHT, WIDTH, CLASSES = 480, 640, 4
TRUTHS = torch.tensor([[100.25, 80, 300, 260.5], [0, 0, 640, 480], [500, 300, 640, 480], [10.1, 20.3, 11.2, 400.7]])
LABELS = torch.tensor([0, 3, 1, 3])


def made(truths=TRUTHS, labels=LABELS, *, height=HEIGHT, width=WIDTH, classes=CLASSES, **settings):
    return crowd(truths, labels, CrowdSettings(**settings), height=height, width=width, classes=classes)


def same(ours, theirs, rows=slice(None)):
    ours, theirs = (
        (one.detections.boxes, one.detections.scores, one.detections.labels, one.truth) for one in (ours, theirs)
    )
    return all(torch.equal(a, b[rows]) for a, b in zip(ours, theirs, strict=True))


def naive_box(truth, draws, jitter):
    """By centre and size, without regard to the photo."""
    x1, y1, x2, y2 = truth
    w, h = x2 - x1, y2 - y1
    cx, cy = (x1 + x2) / 2 + jitter * draws[0] * w, (y1 + y2) / 2 + jitter * draws[1] * h
    w, h = w * math.exp(jitter * draws[2]), h * math.exp(jitter * draws[3])
    return [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]


def naive_iou(a, b):
    shared = math.prod(max(0, min(a[i + 2], b[i + 2]) - max(a[i], b[i])) for i in (0, 1))
    area = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(area) - shared)


@pytest.mark.parametrize("seed", [0, 5, 2**32 - 1])
def test_candidates_are_those_of_a_naive_loop(seed):
    truths = torch.tensor([[1000.0, 1000, 1100, 1050], [1500, 1200, 1600, 1900]])
    made_up = made(truths, LABELS[:2], height=3000, width=3000, seed=seed, count=30, jitter=0.2, noise=0.1)
    rows = iter(zip(made_up.detections.boxes.tolist(), made_up.detections.scores.tolist(), strict=True))
    for place, truth in enumerate(truths.tolist()):
        chance = np.random.default_rng((seed, place))
        chance.integers(1, CLASSES)
        for draws in chance.standard_normal((30, 6)):
            box, score = next(rows)
            expected = naive_box(truth, draws, 0.2)
            assert box == pytest.approx(expected)
            assert score == pytest.approx(min(1, max(0.01, naive_iou(expected, truth) + 0.1 * draws[4])))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_without_jitter_and_noise_every_candidate_is_the_truth_itself_and_sure(dtype):
    truths = TRUTHS.to(dtype)
    calm = made(truths, jitter=0.0, noise=0.0, count=7)
    assert torch.equal(calm.detections.boxes, truths.double().repeat_interleave(7, dim=0))
    assert torch.equal(calm.detections.labels, LABELS.repeat_interleave(7))
    assert calm.truth.tolist() == [truth for truth in range(4) for _ in range(7)]
    assert (calm.detections.scores == 1).all()


def test_without_noise_the_score_is_the_overlap_with_the_truth():
    quiet = made(noise=0.0, jitter=0.4, count=200)
    overlaps = paired_iou(quiet.detections.boxes, TRUTHS.double()[quiet.truth])
    assert torch.equal(quiet.detections.scores, overlaps.clamp(0.01, 1))


def test_the_same_seed_gives_the_same_crowd_and_another_one_does_not():
    assert same(made(seed=3, confusion=0.3), made(seed=3, confusion=0.3))
    assert not same(made(seed=3), made(seed=4))


def test_a_crowd_is_the_same_wherever_the_truths_are(device):
    assert same(made(TRUTHS.to(device), LABELS.to(device), confusion=0.5), made(confusion=0.5))


def test_a_truth_does_not_change_the_candidates_of_those_before_it():
    everyone = made(confusion=0.4, count=9)
    for few in range(5):
        assert same(made(TRUTHS[:few], LABELS[:few], confusion=0.4, count=9), everyone, slice(9 * few))


def test_more_candidates_join_those_that_are_there():
    few, many = made(count=5), made(count=8)
    kept = torch.arange(32).view(4, 8)[:, :5].flatten()
    assert same(few, many, kept)


def test_crowds_of_equal_truths_differ():
    twins = made(TRUTHS[:1].repeat(2, 1), LABELS[:1].repeat(2), count=3).detections.boxes
    assert not torch.equal(twins[:3], twins[3:])


def test_the_mean_score_falls_as_the_jitter_grows():
    means = [
        float(made(jitter=jitter, noise=0.0, count=300).detections.scores.mean())
        for jitter in (0.0, 0.1, 0.3, 0.6, 1.0)
    ]
    assert means == sorted(means, reverse=True)
    assert len(set(means)) == 5
    assert means[-1] < 0.4


def test_the_scores_spread_as_the_noise_grows():
    spread = [float(made(jitter=0.3, noise=noise, count=300).detections.scores.std()) for noise in (0.0, 0.2, 0.5)]
    assert spread == sorted(spread)


@pytest.mark.parametrize("seed", range(5))
def test_even_the_wildest_candidates_lie_in_the_photo_are_not_empty_and_have_a_legal_score(seed):
    wild = made(seed=seed, jitter=1.0, noise=1.0, count=500).detections
    assert (wild.boxes >= 0).all()
    assert (wild.boxes[:, [0, 2]] <= WIDTH).all()
    assert (wild.boxes[:, [1, 3]] <= HEIGHT).all()
    assert (wild.boxes[:, 2:] > wild.boxes[:, :2]).all()
    assert ((wild.scores >= 0.01) & (wild.scores <= 1)).all()


@pytest.mark.parametrize("confusion", [0.0, 0.25, 0.5, 1.0])
def test_the_confused_share_of_each_truth_bears_one_other_name(confusion):
    mixed = made(confusion=confusion, count=20)
    for place, label in enumerate(LABELS.tolist()):
        names = mixed.detections.labels[mixed.truth == place]
        wrong = names[names != label]
        assert len(wrong) == confusion * 20
        assert len(set(wrong.tolist())) == (confusion > 0)
        assert ((names >= 0) & (names < CLASSES)).all()


def test_confusion_changes_names_alone_and_who_was_confused_stays_so():
    calm, some, more = (made(confusion=share) for share in (0.0, 0.3, 0.6))
    assert torch.equal(calm.detections.boxes, more.detections.boxes)
    assert torch.equal(calm.detections.scores, more.detections.scores)
    confused = some.detections.labels != calm.detections.labels
    assert torch.equal(some.detections.labels[confused], more.detections.labels[confused])


def test_of_two_names_the_wrong_one_is_the_other():
    mixed = made(labels=torch.tensor([0, 1, 0, 1]), classes=2, confusion=1.0)
    assert mixed.detections.labels.tolist() == [1] * 20 + [0] * 20 + [1] * 20 + [0] * 20


def test_no_truths_make_no_crowd():
    nobody = made(torch.empty(0, 4), torch.empty(0, dtype=torch.int64))
    assert nobody.detections.boxes.shape == (0, 4)
    assert nobody.truth.shape == (0,)


@pytest.mark.parametrize("corner", [[0.0, 0, 1, 1], [639.0, 479, 640, 480], [639.999, 479.999, 640, 480]])
def test_a_truth_of_one_pixel_or_less_in_the_corner_has_candidates_there(corner):
    truth = torch.tensor([corner])
    exact = made(truth, LABELS[:1], jitter=0.0, noise=0.0, count=1)
    assert torch.equal(exact.detections.boxes, truth.double())
    boxes = made(truth, LABELS[:1], jitter=1.0, count=500).detections.boxes
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert (boxes >= 0).all()
    assert (boxes <= torch.tensor([640, 480, 640, 480])).all()


def test_a_truth_that_ends_outside_the_photo_has_candidates_that_end_at_its_border():
    cut = made(torch.tensor([[-50.0, 100, 50, 700]]), LABELS[:1], jitter=0.0, noise=0.0, count=1)
    assert cut.detections.boxes.tolist() == [[0, 100, 50, 480]]
    assert cut.detections.scores.tolist() == [pytest.approx(50 * 380 / (100 * 600))]


@pytest.mark.parametrize("box", [[5.0, 5, 5, 9], [9.0, 5, 5, 9], [640.0, 5, 650, 9], [5.0, -9, 9, 0]])
def test_a_truth_without_area_in_the_photo_is_refused(box):
    with pytest.raises(SettingError, match=r"truths must have an area inside the photo of 640 × 480 px"):
        made(torch.tensor([box]), LABELS[:1])


def test_truths_that_are_no_boxes_of_a_class_are_refused():
    with pytest.raises(SettingError, match="finite"):
        made(torch.tensor([[0, 0, math.nan, 1]]), LABELS[:1])
    with pytest.raises(SettingError, match=r"labels must be from 0 to 3, got 4\."):
        made(TRUTHS[:1], torch.tensor([4]))
    with pytest.raises(SettingError, match="confusion needs two names"):
        made(TRUTHS[:1], torch.tensor([0]), classes=1, confusion=0.1)
    assert len(made(TRUTHS[:1], torch.tensor([0]), classes=1).truth) == 20
