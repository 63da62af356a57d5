"""The figures of detectors and segmenter."""

import pytest
import torch
from torch import nn

from core.boxes.deltas import encode
from core.boxes.evaluation import Detections, Truths
from core.detection.grid import COURSE, FINER, Grid
from core.images.resize import stretch
from core.images.samples import sample
from core.networks.fcn import FcnScores
from core.networks.lab_vision import VisionAnswer
from core.networks.vision_classes import DETECTED, SEGMENTED
from core.zoo.catalog import card
from training.data import Split
from training.judging import judge
from training.scenes import mask_classes, scenes
from training.vision_report import OTHERS, SCORES, OnSample, VisionReport, _error, vision_report, vision_table

CPU = torch.device("cpu")


class Sees(nn.Module):
    """Finds in every picture the main object of the sample `key` and what else it is told, and outlines nothing."""

    def __init__(self, key: str, *boxes: tuple[str, tuple[float, float, float, float], float]) -> None:
        super().__init__()
        photo = sample(key)
        placement = stretch(torch.zeros(1, 3, photo.height, photo.width), height=224, width=224).placement
        truth = torch.from_numpy(photo.truth.boxes[:1].copy()).float()
        main = tuple(placement.forward_boxes(truth)[0].tolist())
        self.boxes = [(photo.truth.labels[0], main, 0.9), *boxes]

    def forward(self, x: torch.Tensor) -> VisionAnswer:
        scores = torch.zeros(len(x), len(SEGMENTED), *x.shape[2:])
        scores[:, 0] = 5
        at_7, at_14 = (self.output(grid).expand(len(x), -1, -1, -1) for grid in (COURSE, FINER))
        return VisionAnswer(at_7, at_14, FcnScores(scores, scores, scores))

    def output(self, grid: Grid) -> torch.Tensor:
        found = torch.zeros(1, 5 * 9 + len(DETECTED), grid.rows, grid.cols)
        found[:, :9] = -20
        for place, (label, box, score) in enumerate(self.boxes):
            anchor = 60 + 3 * place
            shape, cell = divmod(anchor, grid.rows * grid.cols)
            y, x = divmod(cell, grid.cols)
            found[0, shape, y, x] = torch.tensor(score).logit()
            offsets = encode(grid.anchors()[anchor][None], torch.tensor([box]))[0]
            found[0, 9 + 4 * shape : 13 + 4 * shape, y, x] = offsets
            found[0, 45:, y, x] = -20
            found[0, 45 + DETECTED.index(label), y, x] = 20
        return found


def report(drawn, network: nn.Module) -> VisionReport:
    every, names = scenes(drawn, Split.VALIDATION), mask_classes(drawn, Split.VALIDATION)
    return vision_report(network, judge(network, every, names, 224, CPU), CPU)


def on_sample(made: VisionReport, key: str) -> list[OnSample]:
    return [row for one in made.detectors for row in one.samples if row.key == key]


def test_the_main_object_of_a_sample_is_found_and_false_boxes_are_counted(drawn):
    corner, edge = (0.0, 0.0, 40.0, 40.0), (150.0, 150.0, 220.0, 220.0)
    made = report(drawn, Sees("cat", ("dog", corner, 0.6), ("cow", edge, 0.5 + 1e-4), ("sheep", corner, 0.4)))
    for row in on_sample(made, "cat"):
        assert (row.wanted, row.false_boxes) == ("cat", 2)
        assert row.score == pytest.approx(0.9, abs=1e-4)
        assert row.iou == pytest.approx(1, abs=1e-4)


def test_a_sample_of_which_nothing_right_is_found_has_only_false_boxes(drawn):
    for row in on_sample(report(drawn, Sees("cat")), "astronaut"):
        assert row == OnSample("astronaut", "person", 0.0, 0.0, 1)


def test_a_right_box_that_is_unsure_takes_none_of_the_false_ones_away(drawn):
    """The cat is found at 0.9 as a dog, and at 0.3 as a cat."""
    network = Sees("cat")
    (_, main, _) = network.boxes[0]
    network.boxes = [("dog", main, 0.9), ("cat", main, 0.3)]
    for row in on_sample(report(drawn, network), "cat"):
        assert (row.score, row.false_boxes) == (pytest.approx(0.3, abs=1e-4), 1)


def test_the_tables_have_every_class_of_both_detectors_and_all_three_strides(drawn):
    made = report(drawn, Sees("cat"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in vision_table(made).splitlines()]
    for name in DETECTED:
        assert sum(row[0] == name for row in rows) == 1
    assert [row[0] for row in rows if row[0] in {"32s", "16s", "8s"}] == ["32s", "16s", "8s"]
    (background,) = {row[3] for row in rows if row[0] in {"32s", "16s", "8s"}}
    assert float(background) == pytest.approx(made.segmenters[0].classes["background"], abs=6e-4)
    heads = [row for row in rows if row[0].startswith("lab-yolo")]
    counts = (1, 1, len(SCORES), 2, len(OTHERS))
    assert [row[0] for row in heads] == [
        name for count in counts for name in ("lab-yolo", "lab-yolo-14") for _ in range(count)
    ]
    assert sum(row[1] == "drawn" for row in heads) == 2
    assert all(row[1] == str(made.photos) for row in heads[:2])


def test_all_background_has_the_share_of_the_background_as_its_accuracy(drawn):
    made = report(drawn, Sees("cat"))
    for one in made.segmenters:
        assert one.pixel_accuracy == pytest.approx(one.classes["background"])
        assert one.mean_iou < one.pixel_accuracy


def test_what_is_drawn_is_counted_from_each_detectors_own_score(drawn):
    """Two boxes on every photo, nowhere near an object: one from 0.9 on, one that only lab-yolo draws."""
    network = Sees("cat")
    network.boxes = [("cow", (0.0, 0.0, 9.0, 9.0), 0.9), ("cow", (200.0, 0.0, 215.0, 9.0), 0.25)]
    coarse, fine = report(drawn, network).detectors
    assert (coarse.drawn_from, fine.drawn_from) == (card("lab-yolo").sure, card("lab-yolo-14").sure) == (0.2, 0.5)
    assert [row.boxes for row in coarse.drawn] == [row.boxes for row in fine.drawn]
    assert [row.boxes // coarse.drawn[-1].boxes for row in coarse.drawn] == [2, 2, 1, 1, 1, 1], (
        "0.3 is not quite reached"
    )
    assert all((row.precision, row.recall, row.f1) == (0, 0, 0) for row in coarse.drawn)
    assert coarse.mean_average_precision == 0
    assert {(row.called, round(row.score, 3)) for row in coarse.surest} == {("cow", 0.9)}
    assert [row.key for row in coarse.surest] == list(OTHERS)
    assert (coarse.false_on_samples, fine.false_on_samples) == (2 * len(OTHERS), len(OTHERS))


def test_precision_and_recall_are_those_from_a_score_on(drawn):
    """On every photo the cat's box, and beside it a sure cow that is nowhere."""
    network = Sees("cat")
    network.boxes.append(("cow", (0.0, 0.0, 9.0, 9.0), 0.55))
    (coarse, _) = report(drawn, network).detectors
    found = {row.score: row for row in coarse.drawn}
    assert found[0.5].boxes == 2 * found[0.6].boxes
    assert found[0.6].precision == pytest.approx(2 * found[0.5].precision)
    assert found[0.6].recall == found[0.5].recall
    for row in coarse.drawn:
        assert row.f1 == pytest.approx(2 * row.precision * row.recall / max(row.precision + row.recall, 1e-9))


def test_the_error_is_the_spread_over_draws_of_the_photos():
    """One class, 400 photos, half of them right: the AP of a draw is about its share of these, which spreads by 2.5 points."""
    box, away = torch.tensor([[0.0, 0.0, 9.0, 9.0]]), torch.tensor([[50.0, 50.0, 60.0, 60.0]])
    label, score = torch.tensor([0]), torch.tensor([0.9])
    found = [Detections(box if place % 2 else away, score if place % 2 else score / 2, label) for place in range(400)]
    truths = [Truths(box, label) for _ in found]
    assert _error(found, truths) == pytest.approx(0.025, abs=0.006)
    assert _error([found[1]] * 9, truths[:9]) == 0
