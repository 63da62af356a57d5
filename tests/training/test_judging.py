"""How good detectors and segmenter are."""

import torch
from torch import nn

from core.boxes.deltas import encode
from core.detection.grid import COURSE, FINER
from core.detection.targets import Positives, assign
from core.networks.fcn import FcnScores
from core.networks.lab_vision import VisionAnswer
from core.networks.vision_classes import SEGMENTED
from training.data import Split
from training.judging import judge
from training.scenes import judged, mask_classes, scenes

SIDE = 224


class Oracle(nn.Module):
    """Says what is marked: it was told the photos in the order in which it is asked."""

    def __init__(self, shown) -> None:
        super().__init__()
        self.shown, self.at = shown, 0

    def forward(self, x: torch.Tensor) -> VisionAnswer:
        now = self.shown[self.at : self.at + len(x)]
        self.at += len(x)
        masks = torch.stack(
            [nn.functional.interpolate(one.mask[None, None].float(), (SIDE, SIDE))[0, 0] for one in now]
        )
        scores = nn.functional.one_hot(masks.long(), len(SEGMENTED)).permute(0, 3, 1, 2).float() * 20
        return VisionAnswer(
            torch.cat([output(one.objects, COURSE) for one in now]),
            torch.cat([output(one.objects, FINER) for one in now]),
            FcnScores(scores, scores, torch.zeros_like(scores)),
        )


def output(objects, grid) -> torch.Tensor:
    found = torch.zeros(1, 5 * 9 + 6, grid.rows, grid.cols)
    found[:, :9] = -20
    targets = assign(objects.boxes, grid, Positives.ACTIVATED)
    for place, row in zip(targets.positive.tolist(), targets.truth.tolist(), strict=True):
        shape, cell = divmod(place, grid.rows * grid.cols)
        y, x = divmod(cell, grid.cols)
        found[0, shape, y, x] = 20
        found[0, 9 + 4 * shape : 13 + 4 * shape, y, x] = encode(grid.anchors()[place][None], objects.boxes[row][None])[
            0
        ]
        found[0, 45 + int(objects.classes[row]), y, x] = 20
    return found


def test_an_oracle_is_right_about_everything_but_an_answer_that_it_withholds(drawn):
    every, names = scenes(drawn, Split.VALIDATION), mask_classes(drawn, Split.VALIDATION)
    oracle = Oracle([judged(scene, names, SIDE) for scene in every])
    found = judge(oracle, every, names, SIDE, torch.device("cpu"))
    assert found.at_7.mean_average_precision() == 1
    assert found.at_14.mean_average_precision() == 1
    coarse, middle, fine = (one.mean_iou for one in found.outlines)
    assert coarse == middle > 0.97
    assert fine < 0.2, "all background"
