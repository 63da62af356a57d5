import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detection.darknet import Decoded, HeadAnswer, Labels, decode_heads, detections, head_answer, ranked
from core.errors import SettingError
from core.networks.darknet_layers import Head

COARSE = Head(anchors=((10.0, 20.0), (30.0, 40.0)), classes=3, stride=32, scale_x_y=1.05)
FINE = Head(anchors=((5.0, 6.0),), classes=3, stride=16)
HEADS = (COARSE, FINE)


def maps(seed: int = 0, count: int = 1) -> tuple[torch.Tensor, ...]:
    random = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randn(count, head.channels, 64 // head.stride, 96 // head.stride, generator=random) for head in HEADS
    )


def decoded(outputs: tuple[torch.Tensor, ...], picture: int = 0) -> Decoded:
    return decode_heads(outputs, HEADS, height=64, width=96, picture=picture)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def naively(outputs: tuple[torch.Tensor, ...]) -> list[list[float]]:
    """YOLOv3's formulas, box by box: x1, y1, x2, y2, objectness, probabilities, head, anchor, row, col."""
    rows = []
    for number, (output, head) in enumerate(zip(outputs, HEADS, strict=True)):
        for row in range(output.shape[2]):
            for col in range(output.shape[3]):
                for anchor, (wide, high) in enumerate(head.anchors):
                    start = anchor * (5 + head.classes)
                    tx, ty, tw, th, to, *classes = output[0, start : start + 5 + head.classes, row, col].tolist()
                    scale = head.scale_x_y
                    x = (col + sigmoid(tx) * scale - (scale - 1) / 2) * head.stride
                    y = (row + sigmoid(ty) * scale - (scale - 1) / 2) * head.stride
                    w, h = math.exp(tw) * wide, math.exp(th) * high
                    corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
                    rows.append([*corners, sigmoid(to), *map(sigmoid, classes), number, anchor, row, col])
    return rows


def test_boxes_are_those_of_the_formulas_one_by_one():
    outputs = maps()
    found = decoded(outputs)
    places = torch.stack((found.head, found.anchor, found.row, found.col), dim=1)
    ours = torch.cat((found.boxes, found.objectness[:, None], found.class_probabilities, places), dim=1)
    torch.testing.assert_close(ours, torch.tensor(naively(outputs)), rtol=1e-4, atol=1e-4)


def test_a_map_is_taken_apart_without_a_copy():
    output = maps()[0]
    answer = head_answer(output, COARSE)
    assert isinstance(answer, HeadAnswer)
    assert [tuple(part.shape) for part in answer] == [(1, 2, 4, 2, 3), (1, 2, 2, 3), (1, 2, 3, 2, 3)]
    assert {part.untyped_storage().data_ptr() for part in answer} == {output.untyped_storage().data_ptr()}
    assert float(answer.classes[0, 1, 2, 1, 0]) == float(output[0, 8 + 5 + 2, 1, 0])
    channels_last = output.contiguous(memory_format=torch.channels_last)
    assert head_answer(channels_last, COARSE).offsets.data_ptr() == channels_last.data_ptr()


def test_a_picture_of_a_batch_is_decoded_by_itself():
    outputs = maps(count=3)
    torch.testing.assert_close(
        decoded(outputs, 2).boxes, decoded(tuple(output[2:] for output in outputs)).boxes, rtol=0, atol=0
    )


def test_offsets_of_zero_are_the_anchor_in_the_middle_of_its_cell():
    found = decoded(tuple(torch.zeros_like(output) for output in maps()))
    assert found.boxes[0].tolist() == pytest.approx([16 - 5, 16 - 10, 16 + 5, 16 + 10])
    assert found.objectness.unique().tolist() == [0.5]
    assert found.scores.unique().tolist() == [0.25]


def test_every_device_gives_the_same_boxes(device):
    there = decoded(tuple(output.to(device) for output in maps()))
    torch.testing.assert_close(there.boxes.cpu(), decoded(maps()).boxes)
    assert detections(there, least=0.1).labels.tolist() == detections(decoded(maps()), least=0.1).labels.tolist()


def test_gradients_reach_the_maps():
    outputs = tuple(output.requires_grad_(True) for output in maps())
    gradients = torch.autograd.grad(decoded(outputs).scores.sum() + decoded(outputs).boxes.sum(), outputs)
    assert all(bool(gradient.abs().sum() > 0) for gradient in gradients)


def test_the_best_class_is_one_for_each_box():
    found = decoded(maps())
    kept, rows = ranked(found, least=0.3)
    best, label = found.scores.max(dim=1)
    assert sorted(rows.tolist()) == (best >= 0.3).nonzero().flatten().tolist()
    assert torch.equal(kept.scores, best[rows])
    assert torch.equal(kept.labels, label[rows])
    assert torch.equal(kept.boxes, found.boxes[rows])
    assert bool((kept.scores.diff() <= 0).all())


def test_every_class_above_the_threshold_counts_if_asked():
    found = decoded(maps())
    kept, rows = ranked(found, least=0.3, labels=Labels.EVERY)
    expected = {(int(row), int(label)) for row, label in (found.scores >= 0.3).nonzero()}
    assert {*zip(rows.tolist(), kept.labels.tolist(), strict=True)} == expected
    assert len(rows) == len(expected) > len(ranked(found, least=0.3)[1])
    assert torch.equal(kept.scores, found.scores[rows, kept.labels])
    assert bool((kept.scores.diff() <= 0).all())


def test_nothing_above_the_threshold_is_nothing():
    for labels in Labels:
        assert len(detections(decoded(maps()), least=1.0, labels=labels).boxes) == 0


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([1e3, -1e3, 3e38, float("inf"), float("-inf"), float("nan")]), st.integers(0, 15))
def test_a_network_that_has_lost_its_mind_still_gives_detections(value, channel):
    outputs = maps()
    outputs[0][:, channel] = value
    for labels in Labels:
        found = detections(decoded(outputs), least=0.0, labels=labels)
        assert bool(found.boxes.isfinite().all())
        assert len(found.boxes) >= 24  # the other head's


def test_maps_that_are_not_of_the_heads_are_an_error():
    with pytest.raises(SettingError, match="2 heads need as many maps, got 1"):
        decode_heads(maps()[:1], HEADS, height=64, width=96)
    with pytest.raises(SettingError, match="a map of this head has 8 channels, got 16"):
        head_answer(maps()[0], FINE)
