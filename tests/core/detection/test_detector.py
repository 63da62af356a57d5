"""From raw output to detections in pixels of the photo."""

import pytest
import torch
from torchvision.ops import batched_nms

from core.boxes.deltas import encode
from core.boxes.evaluation import Detections
from core.detection.decoding import decoded
from core.detection.detector import detections, grid_of, in_photo, suppressed
from core.detection.grid import COURSE, FINER, Grid
from core.errors import SettingError
from core.images.resize import letterbox, stretch
from core.networks.yolo import taken_apart


def noise(grid: Grid, seed: int, pictures: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.randn(pictures, 5 * 9 + 6, grid.rows, grid.cols, generator=generator)


@pytest.mark.parametrize("grid", [COURSE, FINER], ids=["course", "finer"])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.0])
def test_keeps_what_torchvision_keeps_of_each_class(grid, seed, threshold):
    output = noise(grid, seed)
    raw = decoded(taken_apart(output, 9), grid, least=0.05)
    found = detections(output, grid, least=0.05, iou_threshold=threshold)
    kept = batched_nms(raw.boxes, raw.scores, raw.labels, threshold)
    assert len(kept) > 5
    assert torch.equal(found.boxes, raw.boxes[kept])
    assert torch.equal(found.scores, raw.scores[kept])
    assert torch.equal(found.labels, raw.labels[kept])


def test_of_two_boxes_of_one_class_the_worse_goes_and_of_two_classes_none():
    answer = torch.zeros(1, 51, 7, 7)
    answer[:, :9] = -20
    box = torch.tensor([[64.0, 64.0, 160.0, 160.0]])
    for shape, (row, col), label, sure in ((2, (3, 3), 1, 3.0), (3, (3, 3), 1, 2.0), (2, (3, 4), 4, 1.0)):
        place = shape * 49 + row * 7 + col
        answer[0, shape, row, col] = sure
        answer[0, 9 + 4 * shape : 13 + 4 * shape, row, col] = encode(COURSE.anchors()[place][None], box)[0]
        answer[0, 45 + label, row, col] = 20
    assert detections(answer, COURSE).labels.tolist() == [1, 4]


def test_each_picture_of_a_batch_has_its_own():
    output = noise(COURSE, 0, pictures=3)
    for picture in range(3):
        alone, together = detections(output[picture][None], COURSE), detections(output, COURSE, picture)
        assert torch.equal(alone.boxes, together.boxes)


def test_nothing_found_is_no_boxes():
    output = torch.full((1, 51, 7, 7), -20.0)
    found = detections(output, COURSE)
    assert (found.boxes.shape, found.scores.shape, found.labels.shape) == ((0, 4), (0,), (0,))
    assert suppressed(found).boxes.shape == (0, 4)


def test_the_grid_is_known_by_its_cells():
    assert grid_of(noise(COURSE, 0)) is COURSE
    assert grid_of(noise(FINER, 0)) is FINER
    with pytest.raises(SettingError, match="7 x 7 or 14 x 14"):
        grid_of(torch.zeros(1, 51, 8, 7))


def test_boxes_of_the_photo_are_those_of_the_input_stretched_back_and_cut():
    placement = stretch(torch.zeros(1, 3, 300, 450), height=224, width=224).placement
    found = Detections(
        torch.tensor([[0.0, 0.0, 224.0, 224.0], [112.0, -9.0, 300.0, 112.0]]),
        torch.tensor([0.9, 0.8]),
        torch.tensor([2, 0]),
    )
    there = in_photo(found, placement)
    expected = torch.tensor([[0.0, 0.0, 450.0, 300.0], [225.0, 0.0, 450.0, 150.0]])
    torch.testing.assert_close(there.boxes, expected, atol=1e-4, rtol=0)
    assert torch.equal(there.scores, found.scores)
    assert torch.equal(there.labels, found.labels)


def test_a_box_of_which_nothing_is_on_the_photo_is_left_out():
    placement = letterbox(torch.zeros(1, 3, 100, 200), height=416, width=416).placement  # bars of 104 above and below
    boxes = [
        [10.0, 20.0, 60.0, 104.0],
        [10.0, 20.0, 60.0, 124.8],
        [430.0, 200.0, 440.0, 210.0],
        [0.0, 0.0, 416.0, 416.0],
    ]
    found = Detections(torch.tensor(boxes), torch.tensor([0.9, 0.8, 0.7, 0.6]), torch.tensor([1, 2, 3, 4]))
    there = in_photo(found, placement)
    assert there.labels.tolist() == [2, 4]
    torch.testing.assert_close(there.scores, torch.tensor([0.8, 0.6]))
    expected = torch.tensor([[10 / 2.08, 0.0, 60 / 2.08, 10.0], [0.0, 0.0, 200.0, 100.0]])
    torch.testing.assert_close(there.boxes, expected, atol=1e-4, rtol=0)


def test_every_device_finds_the_same(device):
    output = noise(FINER, 3)
    here, there = detections(output, FINER), detections(output.to(device), FINER)
    assert there.boxes.device.type == "cpu"
    torch.testing.assert_close(there.boxes, here.boxes, atol=1e-3, rtol=0)
    assert torch.equal(there.labels, here.labels)
