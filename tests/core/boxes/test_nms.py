"""Greedy suppression: torchvision's answer on a thousand cases, the paper's loop for DIoU, laws, and edges."""

import jaxtyping
import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, distance_box_iou, nms

from core.boxes.nms import trace_diou_nms, trace_nms
from core.errors import SettingError

BOTH = [trace_nms, trace_diou_nms]

REVIVAL = torch.tensor([(0, 50, 100, 150), (0, 0, 100, 100), (0, 0, 55, 100), (45, 0, 100, 100)], dtype=torch.float32)
"""The first removes the second, or the second removes the other two: of four boxes three are kept, or two."""

FALLING = torch.tensor([0.9, 0.8, 0.7, 0.6])


def crowd(generator, count, *, objects=4, dtype=torch.float32):
    """Boxes jittered around a few objects, with scores of which many are equal."""
    centre = torch.rand(objects, 2, generator=generator, dtype=dtype) * 100
    size = 10 + torch.rand(objects, 2, generator=generator, dtype=dtype) * 60
    which = torch.randint(objects, (count,), generator=generator)
    centre = centre[which] + torch.randn(count, 2, generator=generator, dtype=dtype) * 4
    size = size[which] * (0.7 + 0.6 * torch.rand(count, 2, generator=generator, dtype=dtype))
    scores = torch.randint(1, 30, (count,), generator=generator).to(dtype) / 30
    return torch.cat((centre - size / 2, centre + size / 2), dim=1), scores


def just_around(iou, generator):
    """A threshold that some pair reaches exactly, or misses by the smallest possible step either way."""
    pairs = iou[(iou > 0) & (iou < 1)]
    if not len(pairs):
        return 0.5
    value = pairs[torch.randint(len(pairs), (1,), generator=generator)].numpy()[0]
    towards = int(torch.randint(5, (1,), generator=generator))
    steps = (value, np.nextafter(value, value.dtype.type(0)), np.nextafter(value, value.dtype.type(1)))
    finer = (np.nextafter(float(value), 0.0), np.nextafter(float(value), 1.0))
    return float((*steps, *finer)[towards])


def naive_race(overlaps, scores, threshold):
    """The algorithm in words: take the best, strike out whoever overlaps it by more than the threshold."""
    left, kept = sorted(range(len(scores)), key=lambda index: (-scores[index], index)), []
    while left:
        winner = left.pop(0)
        kept.append(winner)
        left = [index for index in left if not overlaps[winner][index] > threshold]
    return kept


def test_keeps_the_boxes_torchvision_keeps_also_a_hair_beside_the_threshold():
    generator = torch.Generator().manual_seed(0)
    for _ in range(1000):
        count = int(torch.randint(1, 40, (1,), generator=generator))
        boxes, scores = crowd(generator, count)
        threshold = just_around(box_iou(boxes, boxes), generator)
        assert trace_nms(boxes, scores, iou_threshold=threshold).kept.equal(nms(boxes, scores, threshold))


def test_keeps_the_boxes_torchvision_keeps_of_each_class():
    generator = torch.Generator().manual_seed(1)
    for _ in range(200):
        boxes, scores = crowd(generator, 40)
        labels = torch.randint(3, (40,), generator=generator)
        threshold = just_around(box_iou(boxes, boxes), generator)
        kept = trace_nms(boxes, scores, iou_threshold=threshold, labels=labels).kept
        assert kept.tolist() == sorted(kept.tolist(), key=lambda index: (-scores[index], index))
        for label in range(3):
            own = torch.nonzero(labels == label).squeeze(1)
            assert kept[labels[kept] == label].equal(own[nms(boxes[own], scores[own], threshold)])


@pytest.mark.parametrize("threshold", [0.1, 0.2, 0.3, 0.6, 0.7, 0.9])
def test_an_overlap_that_is_the_threshold_on_paper_is_rounded_as_torchvision_rounds_it(threshold):
    width = round(threshold * 10)
    boxes = torch.tensor([(0, 0, 10, 1), (0, 0, width, 1)], dtype=torch.float32)
    assert trace_nms(boxes, FALLING[:2], iou_threshold=threshold).kept.equal(nms(boxes, FALLING[:2], threshold))


def test_a_crowd_of_thousands_in_float64_is_decided_as_torchvision_decides():
    generator = torch.Generator().manual_seed(2)
    boxes, scores = crowd(generator, 3000, objects=60, dtype=torch.float64)
    for threshold in (0.0, 0.3, 0.5, 0.7, 0.95):
        assert trace_nms(boxes, scores, iou_threshold=threshold).kept.equal(nms(boxes, scores, threshold))


def test_degenerate_boxes_are_kept_as_torchvision_keeps_them():
    rows = [
        (2, 2, 2, 2),
        (2, 2, 2, 2),
        (0, 0, 9, 9),
        (1, 1, 8, 1),
        (8, 8, 1, 1),
        (8, 1, 1, 8),
        (0, 0, 9, 8),
        (9, 9, 0, 0),
    ]
    boxes, scores = torch.tensor(rows, dtype=torch.float32), torch.linspace(1, 0.3, 8)
    for threshold in (0.0, 0.5, 1.0):
        assert trace_nms(boxes, scores, iou_threshold=threshold).kept.equal(nms(boxes, scores, threshold))


def test_diou_keeps_what_the_loop_of_the_paper_keeps():
    generator = torch.Generator().manual_seed(3)
    for _ in range(200):
        boxes, scores = crowd(generator, 30, dtype=torch.float64)
        threshold = float(torch.rand(1, generator=generator))
        overlaps = distance_box_iou(boxes, boxes)
        assert float((overlaps - threshold).abs().min()) > 1e-9  # no pair that rounding could decide
        expected = naive_race(overlaps.tolist(), scores.tolist(), threshold)
        assert trace_diou_nms(boxes, scores, iou_threshold=threshold).kept.tolist() == expected


def test_diou_spares_a_neighbour_that_iou_removes():
    boxes = torch.tensor([(0, 0, 40, 100), (12, 0, 52, 100)], dtype=torch.float32)
    assert trace_nms(boxes, FALLING[:2], iou_threshold=0.53).kept.tolist() == [0]  # IoU 0.538, DIoU 0.527
    assert trace_diou_nms(boxes, FALLING[:2], iou_threshold=0.53).kept.tolist() == [0, 1]


@pytest.mark.parametrize("trace", BOTH)
def test_a_threshold_of_one_keeps_all(trace):
    boxes, scores = crowd(torch.Generator().manual_seed(4), 50)
    boxes[10:20] = boxes[0]
    assert sorted(trace(boxes, scores, iou_threshold=1.0).kept.tolist()) == list(range(50))


@pytest.mark.parametrize("trace", BOTH)
def test_a_race_does_not_depend_on_the_order_in_which_boxes_are_given(trace):
    generator = torch.Generator().manual_seed(5)
    boxes, _ = crowd(generator, 60)
    scores = torch.randperm(60, generator=generator).float()
    shuffled = torch.randperm(60, generator=generator)
    kept = trace(boxes, scores, iou_threshold=0.4).kept
    assert shuffled[trace(boxes[shuffled], scores[shuffled], iou_threshold=0.4).kept].equal(kept)


def test_suppressing_what_is_left_again_changes_nothing():
    boxes, scores = crowd(torch.Generator().manual_seed(6), 80)
    kept = trace_nms(boxes, scores, iou_threshold=0.4).kept
    assert trace_nms(boxes[kept], scores[kept], iou_threshold=0.4).kept.tolist() == list(range(len(kept)))


def test_a_higher_threshold_can_keep_fewer_boxes():
    assert trace_nms(REVIVAL, FALLING, iou_threshold=0.25).kept.tolist() == [0, 2, 3]
    assert trace_nms(REVIVAL, FALLING, iou_threshold=0.4).kept.tolist() == [0, 1]
    assert trace_nms(REVIVAL, FALLING, iou_threshold=0.6).kept.tolist() == [0, 1, 2, 3]


def test_a_box_can_live_die_and_live_again_as_the_threshold_rises():
    third = trace_nms(REVIVAL, FALLING, iou_threshold=0.5).survives_at(2)
    limits = [limit for interval in third for limit in (interval.start, interval.end)]
    assert limits == pytest.approx([2750 / 12750, 1 / 3, 0.55, 1])


@pytest.mark.parametrize("trace", BOTH)
def test_no_boxes_give_no_decisions(trace):
    empty = trace(torch.zeros(0, 4), torch.zeros(0), iou_threshold=0.5, labels=torch.zeros(0, dtype=torch.int64))
    assert empty.kept.equal(torch.zeros(0, dtype=torch.int64))
    assert empty.decisions == ()
    assert empty.racing(0).tolist() == []


@pytest.mark.parametrize("trace", BOTH)
def test_one_box_wins(trace):
    alone = trace(REVIVAL[:1], FALLING[:1], iou_threshold=0.0)
    assert alone.kept.tolist() == [0]
    assert [(interval.start, interval.end) for interval in alone.survives_at(0)] == [(0, 1)]


@pytest.mark.parametrize("trace", BOTH)
def test_of_identical_boxes_with_equal_scores_the_first_is_kept(trace):
    boxes = REVIVAL[:1].expand(5, 4)
    same = trace(boxes, torch.full((5,), 0.5), iou_threshold=0.99)
    assert same.kept.tolist() == [0]
    assert same.decisions[0].suppressed == (1, 2, 3, 4)
    assert same.decisions[0].overlaps == (1, 1, 1, 1)


def test_negative_and_equal_scores_are_scores():
    scores = torch.tensor([-1.0, 0.0, -0.0, -1.0])
    boxes = REVIVAL[[0, 1, 1, 0]]
    assert trace_nms(boxes, scores, iou_threshold=0.5).kept.equal(nms(boxes, scores, 0.5))


def test_the_answer_lies_on_the_cpu_wherever_the_boxes_are(device):
    trace = trace_nms(REVIVAL.to(device), FALLING.to(device), iou_threshold=0.25)
    assert trace.kept.equal(torch.tensor([0, 2, 3]))


@pytest.mark.parametrize("trace", BOTH)
@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_threshold_outside_of_its_range_is_refused(trace, threshold):
    with pytest.raises(SettingError, match=r"iou_threshold must lie in \[0, 1\]"):
        trace(REVIVAL, FALLING, iou_threshold=threshold)


@pytest.mark.parametrize("trace", BOTH)
def test_what_is_no_race_is_refused(trace, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(SettingError, match="scores must be finite"):
        trace(REVIVAL, FALLING * float("nan"), iou_threshold=0.5)
    with pytest.raises(SettingError, match="Coordinates must be finite"):
        trace(REVIVAL / 0, FALLING, iou_threshold=0.5)
    with pytest.raises(SettingError, match="labels must be 4 in a row"):
        trace(REVIVAL, FALLING, iou_threshold=0.5, labels=torch.zeros(3, dtype=torch.int64))
