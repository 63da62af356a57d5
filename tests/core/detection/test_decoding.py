"""From raw output to boxes."""

import pytest
import torch

from core.boxes.deltas import encode
from core.detection.decoding import decoded
from core.detection.grid import COURSE, FINER, Grid
from core.networks.yolo import taken_apart


def quiet(grid: Grid) -> torch.Tensor:
    """An output that finds nothing."""
    output = torch.zeros(1, 5 * len(grid.shapes) + 6, grid.rows, grid.cols)
    output[:, : len(grid.shapes)] = -20
    return output


def write(output: torch.Tensor, grid: Grid, anchor: int, box: torch.Tensor, label: int, logit: float) -> None:
    """Make one anchor find a box of a class."""
    shape, cell = divmod(anchor, grid.rows * grid.cols)
    row, col = divmod(cell, grid.cols)
    count = len(grid.shapes)
    output[0, shape, row, col] = logit
    offsets = encode(grid.anchors()[anchor][None], box[None])[0]
    output[0, count + 4 * shape : count + 4 * shape + 4, row, col] = offsets
    output[0, 5 * count :, row, col] = -20
    output[0, 5 * count + label, row, col] = 20


@pytest.mark.parametrize("grid", [COURSE, FINER], ids=["course", "finer"])
@pytest.mark.parametrize("anchor", [0, 122, 440])
def test_what_was_encoded_is_found_again(grid, anchor, device):
    output, box = quiet(grid), torch.tensor([30.0, 40.0, 150.0, 170.0])
    write(output, grid, anchor, box, label=3, logit=2.0)
    found = decoded(taken_apart(output.to(device), len(grid.shapes)), grid)
    torch.testing.assert_close(found.boxes.cpu(), box[None], atol=1e-3, rtol=0)
    assert found.labels.tolist() == [3]
    assert found.scores.item() == pytest.approx(torch.tensor(2.0).sigmoid().item(), abs=1e-4)


def test_the_best_come_first_and_the_doubtful_are_left_out():
    output = quiet(COURSE)
    for anchor, logit in ((5, -1.0), (60, 3.0), (200, 0.0), (300, -6.0)):
        write(output, COURSE, anchor, torch.tensor([30.0, 40.0, 150.0, 170.0]), label=anchor % 6, logit=logit)
    found = decoded(taken_apart(output, 9), COURSE)
    assert found.labels.tolist() == [60 % 6, 200 % 6, 5 % 6]
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_boxes_are_cut_at_the_edges_and_those_outside_are_left_out():
    output = quiet(COURSE)
    write(output, COURSE, 0, torch.tensor([-50.0, -20.0, 100.0, 60.0]), label=0, logit=3.0)
    write(output, COURSE, 100, torch.tensor([300.0, 20.0, 400.0, 60.0]), label=0, logit=3.0)
    found = decoded(taken_apart(output, 9), COURSE)
    torch.testing.assert_close(found.boxes, torch.tensor([[0.0, 0.0, 100.0, 60.0]]), atol=1e-3, rtol=0)


def test_nothing_found_is_no_boxes():
    found = decoded(taken_apart(quiet(COURSE), 9), COURSE)
    assert found.boxes.shape == (0, 4)
