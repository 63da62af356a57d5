"""The thresholds at which a box lives: torchvision's suppression run at every critical value and between them."""

import time

import jaxtyping
import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, distance_box_iou, nms

from core.boxes.nms import trace_diou_nms, trace_nms
from core.boxes.nms_survival import Interval
from tests.core.boxes.test_nms import crowd, naive_race


def critical(overlaps):
    """Every overlap, the float64 just below it, and the middle of each stretch between two: nothing happens elsewhere."""
    values = np.unique(np.clip(np.append(overlaps.double().numpy(), [0.0, 1.0]), 0, 1))
    return np.unique(np.concatenate((values, np.nextafter(values[1:], 0), (values[1:] + values[:-1]) / 2))).tolist()


def lives(intervals, threshold):
    return any(threshold in interval for interval in intervals)


@pytest.mark.parametrize("seed", range(12))
def test_lives_where_torchvision_keeps_it_and_nowhere_else(seed):
    boxes, scores = crowd(torch.Generator().manual_seed(seed), 25, objects=2)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    survival = [trace.survives_at(box) for box in range(25)]
    for threshold in critical(box_iou(boxes, boxes)):
        expected = sorted(nms(boxes, scores, threshold).tolist())
        assert [box for box in range(25) if lives(survival[box], threshold)] == expected


def test_lives_where_torchvision_keeps_it_in_its_class():
    generator = torch.Generator().manual_seed(20)
    boxes, scores = crowd(generator, 30, objects=2)
    labels = torch.randint(2, (30,), generator=generator)
    trace = trace_nms(boxes, scores, iou_threshold=0.5, labels=labels)
    survival = [trace.survives_at(box) for box in range(30)]
    for label in (0, 1):
        own = torch.nonzero(labels == label).squeeze(1)
        for threshold in critical(box_iou(boxes[own], boxes[own])):
            kept = set(own[nms(boxes[own], scores[own], threshold)].tolist())
            assert {box for box in own.tolist() if lives(survival[box], threshold)} == kept


def test_lives_where_the_loop_of_diou_keeps_it():
    boxes, scores = crowd(torch.Generator().manual_seed(21), 20, objects=2, dtype=torch.float64)
    trace = trace_diou_nms(boxes, scores, iou_threshold=0.5)
    survival = [trace.survives_at(box) for box in range(20)]
    overlaps = distance_box_iou(boxes, boxes)
    values = np.unique(np.clip(np.append(overlaps.numpy(), [0.0, 1.0]), 0, 1))
    for threshold in ((values[1:] + values[:-1]) / 2)[np.diff(values) > 1e-9].tolist():
        expected = sorted(naive_race(overlaps.tolist(), scores.tolist(), threshold))
        assert [box for box in range(20) if lives(survival[box], threshold)] == expected


@pytest.mark.parametrize("seed", range(5))
def test_intervals_are_apart_rising_and_end_at_one(seed):
    boxes, scores = crowd(torch.Generator().manual_seed(seed), 60, objects=2)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    several = 0
    for box in range(60):
        intervals = trace.survives_at(box)
        limits = [limit for one in intervals for limit in (one.start, one.end)]
        assert limits[0] >= 0
        assert limits[-1] == 1
        assert limits[1:-1] == sorted(set(limits[1:-1]))
        several += len(intervals) > 1
        assert lives(intervals, 0.5) == trace.why(box).kept
    assert several > 5  # survival that comes and goes is no rarity


def test_the_best_box_lives_at_every_threshold():
    boxes, scores = crowd(torch.Generator().manual_seed(0), 30)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    assert trace.survives_at(trace.kept[0].item()) == (Interval(0.0, 1.0),)


def test_the_copy_of_a_better_box_lives_at_one_alone():
    boxes = torch.tensor([(0.0, 0.0, 9.0, 9.0)] * 3)
    trace = trace_nms(boxes, torch.tensor([0.9, 0.8, 0.7]), iou_threshold=0.5)
    assert trace.survives_at(2) == (Interval(1.0, 1.0),)
    assert lives(trace.survives_at(2), 1.0)
    assert not lives(trace.survives_at(2), float(np.nextafter(1.0, 0.0)))


def test_three_hundred_boxes_are_answered_before_a_hand_notices(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    boxes, scores = crowd(torch.Generator().manual_seed(0), 300, objects=3)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    last = int(scores.argmin())
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        trace.survives_at(last)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.2
