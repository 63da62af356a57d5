"""What a race leaves behind: every box decided once, who raced when, and why."""

import pickle

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from core.boxes.nms import trace_nms
from core.errors import SettingError
from tests.core.boxes.test_nms import FALLING, REVIVAL, crowd

CASES = [(seed, threshold, classes) for seed in range(4) for threshold in (0.0, 0.4, 0.8) for classes in (None, 3)]


def race(seed, threshold, classes, count=40):
    generator = torch.Generator().manual_seed(seed)
    boxes, scores = crowd(generator, count)
    labels = None if classes is None else torch.randint(classes, (count,), generator=generator)
    return boxes, scores, labels, trace_nms(boxes, scores, iou_threshold=threshold, labels=labels)


@pytest.mark.parametrize(("seed", "threshold", "classes"), CASES)
def test_every_box_is_decided_exactly_once(seed, threshold, classes):
    *_, trace = race(seed, threshold, classes)
    decided = [box for one in trace.decisions for box in (one.winner, *one.suppressed)]
    assert sorted(decided) == list(range(40))
    assert [one.step for one in trace.decisions] == list(range(len(trace)))
    assert [one.winner for one in trace.decisions] == trace.kept.tolist()


@pytest.mark.parametrize(("seed", "threshold", "classes"), CASES)
def test_the_decisions_replayed_by_hand_are_the_race(seed, threshold, classes):
    boxes, scores, labels, trace = race(seed, threshold, classes)
    overlaps = box_iou(boxes, boxes)
    left = sorted(range(40), key=lambda index: (-scores[index], index))
    for one in trace.decisions:
        assert trace.racing(one.step).tolist() == left
        assert (one.winner, one.score) == (left[0], scores[left[0]])
        rivals = [index for index in left[1:] if labels is None or labels[index] == labels[left[0]]]
        dies = [index for index in rivals if float(overlaps[left[0], index]) > threshold]
        assert list(one.suppressed) == dies
        assert list(one.overlaps) == overlaps[left[0], dies].tolist()
        row = trace.rivals(one.step)
        assert row.index.tolist() == rivals
        assert row.overlap.tolist() == overlaps[left[0], rivals].tolist()
        assert row.before.tolist() == scores[rivals].tolist()
        assert row.after.tolist() == [0 if index in dies else float(scores[index]) for index in rivals]
        left = [index for index in left[1:] if index not in dies]
    assert trace.racing(len(trace)).tolist() == left == []


@pytest.mark.parametrize(("seed", "threshold", "classes"), CASES)
def test_the_verdict_on_every_box_follows_from_the_decisions(seed, threshold, classes):
    boxes, _, labels, trace = race(seed, threshold, classes)
    overlaps = box_iou(boxes, boxes)
    for one in trace.decisions:
        for box, overlap in zip(one.suppressed, one.overlaps, strict=True):
            why = trace.why(box)
            assert (why.box, why.kept, why.step, why.winner) == (box, False, one.step, one.winner)
            assert why.overlap == overlap > why.threshold == threshold
        why = trace.why(one.winner)
        earlier = [
            box for box in trace.kept[: one.step].tolist() if labels is None or labels[box] == labels[one.winner]
        ]
        most = max((float(overlaps[one.winner, box]) for box in earlier), default=0.0)
        assert (why.kept, why.step, why.overlap) == (True, one.step, most or None)
        assert most <= threshold
        assert why.winner is None if not most else overlaps[one.winner, why.winner] == most


def test_the_example_is_told_as_it_happens():
    trace = trace_nms(REVIVAL, FALLING, iou_threshold=0.25)
    assert [(one.winner, one.suppressed) for one in trace.decisions] == [(0, (1,)), (2, ()), (3, ())]
    assert trace.why(1).overlap == pytest.approx(1 / 3)
    assert (trace.why(0).winner, trace.why(0).overlap) == (None, None)
    assert trace.why(2).winner == 0


def test_a_trace_of_thousands_is_small_and_survives_being_stored():
    boxes, scores = crowd(torch.Generator().manual_seed(0), 5000, objects=200)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    stored = pickle.dumps(trace)
    assert len(stored) < 100 * 5000
    again = pickle.loads(stored)
    assert again.kept.equal(trace.kept)
    assert again.decisions == trace.decisions


def test_nobody_changes_a_trace_by_accident():
    trace = trace_nms(REVIVAL, FALLING, iou_threshold=0.25)
    trace.kept.zero_()
    assert [one.winner for one in trace.decisions] == [0, 2, 3]
    for array in (trace.winners, trace.winner, trace.overlap, trace.step):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    trace.racing(0)[:] = 0
    assert np.unique(trace.racing(0)).tolist() == [0, 1, 2, 3]


def test_boxes_and_steps_that_do_not_exist_are_refused():
    trace = trace_nms(REVIVAL, FALLING, iou_threshold=0.25)
    for box in (-1, 4):
        with pytest.raises(SettingError, match="box must be from 0 to 3"):
            trace.why(box)
        with pytest.raises(SettingError, match="box must be from 0 to 3"):
            trace.survives_at(box)
    for step in (-1, 4):
        with pytest.raises(SettingError, match="step must be from 0 to 3"):
            trace.racing(step)
    for step in (-1, 3):
        with pytest.raises(SettingError, match="step must be from 0 to 2"):
            trace.rivals(step)
