"""From raw output to boxes."""

import pytest
import torch

from core.boxes.deltas import encode
from core.detection.decoding import class_scores, decoded, ranked
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


def random_output(grid: Grid, pictures: int = 2) -> torch.Tensor:
    shape = (pictures, 5 * len(grid.shapes) + 6, grid.rows, grid.cols)
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("grid", [COURSE, FINER], ids=["course", "finer"])
def test_the_score_of_a_class_is_the_confidence_times_its_probability_in_the_cell(grid, device):
    """By a loop over shapes, rows, columns and classes."""
    output, count = random_output(grid), len(grid.shapes)
    found = class_scores(taken_apart(output.to(device), count), 1).cpu()
    assert found.shape == (grid.count, 6)
    for anchor in (0, 7, 122, 440):
        shape, cell = divmod(anchor, grid.rows * grid.cols)
        row, col = divmod(cell, grid.cols)
        sure = 1 / (1 + torch.exp(-output[1, shape, row, col]))
        risen = torch.exp(output[1, 5 * count :, row, col])
        torch.testing.assert_close(found[anchor], sure * risen / risen.sum(), atol=1e-6, rtol=1e-5)


def test_the_classes_of_an_anchor_share_its_confidence():
    answer = taken_apart(random_output(COURSE), 9)
    torch.testing.assert_close(class_scores(answer).sum(dim=1), answer.confidence[0].flatten().sigmoid())


def test_an_anchor_can_be_asked_for_the_gradient_of_its_score():
    """It reaches the confidence of that anchor and the classes of its cell, and nothing else."""
    output = random_output(COURSE, 1).requires_grad_()
    score = class_scores(taken_apart(output, 9))[122, 3]
    (slope,) = torch.autograd.grad(score, output)
    touched = {tuple(place) for place in slope.nonzero().tolist()}
    shape, cell = divmod(122, 49)
    row, col = divmod(cell, 7)
    assert touched == {(0, shape, row, col), *((0, 45 + label, row, col) for label in range(6))}


@pytest.mark.parametrize("grid", [COURSE, FINER], ids=["course", "finer"])
def test_every_detection_is_found_again_by_the_number_of_its_anchor(grid, device):
    answer = taken_apart(random_output(grid).to(device), len(grid.shapes))
    found, rows = ranked(answer, grid, 1, least=0.1)
    scores = class_scores(answer, 1)
    assert 0 < len(rows) < grid.count
    assert len(set(rows.tolist())) == len(rows)
    assert torch.equal(scores[rows, found.labels], found.scores)
    assert torch.equal(scores[rows].amax(dim=1), found.scores)


def test_what_is_ranked_is_what_is_decoded():
    answer = taken_apart(random_output(COURSE), 9)
    (found, _), expected = ranked(answer, COURSE, least=0.2), decoded(answer, COURSE, least=0.2)
    assert torch.equal(found.boxes, expected.boxes)
    assert torch.equal(found.scores, expected.scores)
    assert torch.equal(found.labels, expected.labels)


def test_the_number_of_an_anchor_is_its_place_in_the_grid():
    output = quiet(COURSE)
    for anchor, logit in ((122, 1.0), (5, 3.0)):
        write(output, COURSE, anchor, torch.tensor([30.0, 40.0, 150.0, 170.0]), label=2, logit=logit)
    assert ranked(taken_apart(output, 9), COURSE)[1].tolist() == [5, 122]
    assert ranked(taken_apart(quiet(COURSE), 9), COURSE)[1].shape == (0,)
