"""How wrong a grid head is, beside a loop over every anchor."""

import math

import pytest
import torch

from core.boxes.deltas import decode, encode
from core.boxes.iou import pairwise_iou
from core.detection.grid import COURSE, FINER, Grid
from core.detection.loss import Objects, Terms, grid_loss
from core.detection.targets import Positives, assign
from core.networks.yolo import taken_apart

NOTHING = Objects(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
PHOTOS = [
    Objects(torch.tensor([[30.0, 40, 120, 200], [100, 20, 210, 180]]), torch.tensor([1, 2])),
    NOTHING,
    Objects(torch.tensor([[0.0, 0, 224, 224]]), torch.tensor([5])),
]
CASES = [(COURSE, Positives.ACTIVATED), (FINER, Positives.OVERLAPPING)]


def random_output(grid: Grid, count: int = 3) -> torch.Tensor:
    channels = 5 * len(grid.shapes) + 6
    return torch.randn(count, channels, grid.rows, grid.cols, generator=torch.Generator().manual_seed(0))


def moved(objects: Objects, device: torch.device) -> Objects:
    return Objects(objects.boxes.to(device), objects.classes.to(device))


def naive(output: torch.Tensor, grid: Grid, rule: Positives, focus: float) -> tuple[float, float, float]:
    """One anchor after the other, in numbers of Python."""
    anchors, per_shape = grid.anchors(), grid.rows * grid.cols
    sums, positives = [0.0, 0.0, 0.0], 0
    for picture, objects in enumerate(PHOTOS):
        targets = assign(objects.boxes, grid, rule)
        truth = dict(zip(targets.positive.tolist(), targets.truth.tolist(), strict=True))
        positives += len(truth)
        for index in range(grid.count):
            shape, cell = divmod(index, per_shape)
            row, col = divmod(cell, grid.cols)
            logit = output[picture, shape, row, col].item()
            wanted = 0.0
            if index in truth:
                here, box = anchors[index][None], objects.boxes[truth[index]][None]
                first = len(grid.shapes) + 4 * shape
                ours = output[picture, first : first + 4, row, col][None]
                wanted = pairwise_iou(decode(here, ours), box).item()
                for error in (ours - encode(here, box))[0].tolist():
                    sums[1] += 0.5 * error**2 if abs(error) < 1 else abs(error) - 0.5
                scores = output[picture, 5 * len(grid.shapes) :, row, col].double()
                label = int(objects.classes[truth[index]])
                sums[2] += (scores.exp().sum().log() - scores[label]).item()
            if index in set(targets.ignored.tolist()):
                continue
            sure = 1 / (1 + math.exp(-logit))
            entropy = -(wanted * math.log(sure) + (1 - wanted) * math.log(1 - sure))
            sums[0] += entropy * abs(wanted - sure) ** focus
    return sums[0] / positives, sums[1] / positives, sums[2] / positives


@pytest.mark.parametrize(("grid", "rule"), CASES, ids=["course", "finer"])
@pytest.mark.parametrize("focus", [0.0, 2.0])
def test_every_term_is_that_of_a_loop(grid, rule, focus, device):
    output = random_output(grid)
    objects = [moved(one, device) for one in PHOTOS]
    targets = [assign(one.boxes, grid, rule) for one in objects]
    found = grid_loss(taken_apart(output.to(device), len(grid.shapes)), objects, targets, grid, focus=focus)
    expected = naive(output, grid, rule, focus)
    assert [term.item() for term in (found.confidence, found.offsets, found.classes)] == pytest.approx(
        expected, rel=1e-4
    )


def test_the_total_is_the_weighted_sum():
    terms = Terms(torch.tensor(1.0), torch.tensor(2.0), torch.tensor(4.0))
    assert terms.total().item() == 7
    assert terms.total(offsets=0.5, classes=0.25).item() == 3


@pytest.mark.parametrize(("grid", "rule"), CASES, ids=["course", "finer"])
def test_gradients_are_finite_on_pictures_without_objects(grid, rule):
    output = random_output(grid, 2).requires_grad_()
    targets = [assign(NOTHING.boxes, grid, rule)] * 2
    terms = grid_loss(taken_apart(output, len(grid.shapes)), [NOTHING] * 2, targets, grid)
    assert (terms.offsets.item(), terms.classes.item()) == (0, 0)
    (gradient,) = torch.autograd.grad(terms.total(), output)
    assert gradient.isfinite().all()
    count = len(grid.shapes)
    assert gradient[:, :count].any(), "confidence learns that there is nothing"
    assert not gradient[:, count:].any(), "offsets and classes learn nothing"


def test_offsets_and_classes_learn_where_an_anchor_is_activated_alone():
    output = random_output(COURSE).requires_grad_()
    targets = [assign(one.boxes, COURSE, Positives.ACTIVATED) for one in PHOTOS]
    terms = grid_loss(taken_apart(output, 9), PHOTOS, targets, COURSE)
    (gradient,) = torch.autograd.grad(terms.offsets + terms.classes, output)
    touched = {tuple(place[[0, 2, 3]].tolist()) for place in gradient.nonzero()}
    cells = {
        (picture, *divmod(anchor % 49, 7)) for picture, one in enumerate(targets) for anchor in one.positive.tolist()
    }
    assert touched == cells
