"""Numbers in the chapters on boxes and detectors: computed with `core`, and looked up as they are written there."""

import math

import torch

from core.boxes.anchors import grid_anchors
from core.boxes.decay import Decay
from core.boxes.deltas import decode, encode
from core.boxes.evaluation import Interpolation, PrecisionRecall
from core.boxes.iou import pairwise_diou, pairwise_giou, pairwise_iou
from core.boxes.layout import COURSE_SHAPES, Convention, pixel_level
from core.boxes.matching import BACKGROUND, IGNORED, activated_anchors, match_by_threshold, match_greedy
from core.boxes.nms import trace_diou_nms, trace_nms
from core.boxes.soft_nms import trace_soft_nms
from core.detection.grid import COURSE, FINER
from core.networks.vision_classes import DETECTED
from core.networks.yolo import prediction
from tests.docs.chapters import says
from ui.sections.nms import cases

TRUTH = [[156, 97, 351, 270]]


def rows(*values: list[float]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def golden() -> torch.Tensor:
    """Anchor 122 of the course's example, `(1, 4)`."""
    return grid_anchors(7, 7, height=333, width=500, shapes=COURSE_SHAPES)[122:123].double()


def test_measures_of_a_box_that_was_moved():
    a = rows([0, 0, 10, 10])
    half, apart = rows([5, 0, 15, 10]), rows([20, 0, 30, 10])
    iou, giou, diou = (float(measure(a, half)) for measure in (pairwise_iou, pairwise_giou, pairwise_diou))
    says("anchors", f"IoU = {iou:.3f}", f"GIoU = {giou:.3f} as well", f"25 / 325 = {diou:.3f}")
    iou, giou, diou = (float(measure(a, apart)) for measure in (pairwise_iou, pairwise_giou, pairwise_diou))
    says("anchors", f"IoU = {iou:.0f}: nothing", f"GIoU = −{-giou:.3f}", f"−400 / 1000 = −{-diou:.1f}")


def test_anchors_of_every_pixel():
    scales, ratios = (0.75, 0.5, 0.25), (1.0, 2.0, 0.5)
    level = pixel_level(561, 728, scales=scales, ratios=ratios, convention=Convention.TEXTBOOK)
    says("anchors", f"{level.count:,}", f"{561 * 728 * len(scales) * len(ratios):,}")


def test_the_golden_anchor_and_its_offsets():
    truth = rows(*TRUTH)
    (found,) = activated_anchors(truth, rows=7, cols=7, height=333, width=500, shapes=COURSE_SHAPES)
    assert (found.cell, found.anchor) == ((3, 3), 2)
    says("anchors", f"{found.distance:.1f} pixels", f"{float(found.iou.max()):.4f}", f"7 + 3 = {found.flat_index}")
    x, y, w, h = encode(golden(), truth)[0].tolist()
    says("anchors", f"3.5 / 21.43 = {x:.3f}", f"17 / 14.27 = {y:.3f}", f"/ 0.2 = −{-w:.3f}", f"/ 0.2 = {h:.3f}")


def test_two_rules_on_one_matrix():
    iou = rows([0.60, 0.55], [0.50, 0.30], [0.10, 0.20])
    says("anchors", "(0.60, 0.55), (0.50, 0.30), (0.10, 0.20)")
    assert match_greedy(iou, threshold=0.5).tolist() == [0, 1, BACKGROUND]
    assert match_by_threshold(iou, positive=0.7, negative=0.3).tolist() == [0, IGNORED, BACKGROUND]


def test_softened_scores():
    boxes, scores = rows([0, 0, 10, 10], [0, 0, 10, 20]), torch.tensor([0.9, 0.8], dtype=torch.float64)
    linear = trace_soft_nms(boxes, scores, decay=Decay.LINEAR, iou_threshold=0.3).final[1]
    gaussian = trace_soft_nms(boxes, scores, decay=Decay.GAUSSIAN, sigma=0.5).final[1]
    says("nms", f"(1 − 0.50) = {linear:.3f}", f"exp(−0.25 / 0.5) = {gaussian:.3f}")


def test_diou_keeps_what_iou_removes():
    boxes, scores = rows([0, 0, 10, 10], [0, 0, 10, 20]), torch.tensor([0.9, 0.8], dtype=torch.float64)
    assert trace_nms(boxes, scores, iou_threshold=0.48).kept.tolist() == [0]
    assert trace_diou_nms(boxes, scores, iou_threshold=0.48).kept.tolist() == [0, 1]
    iou, diou = float(pairwise_iou(boxes, boxes)[0, 1]), float(pairwise_diou(boxes, boxes)[0, 1])
    says("nms", f"100 / 200 = {iou:.3f}", f"25 / 500 = {diou:.3f}")


def test_numbers_that_the_page_says_too():
    """The page's own tests compute these."""
    answers = {name: row.question + row.answer for name, row in cases.presets().items()}
    for name, words in (
        ("A chain", ("0.47", "0.16", "0.4")),
        ("More keeps less", ("0.25", "0.40", "0.60")),
        ("One thing, two names", ("0.90", "0.82")),
        ("One inside the other", ("0.15",)),
    ):
        assert all(word in answers[name] for word in words)
        says("nms", *words)


def test_sizes_of_a_grid_head():
    channels = [prediction(8, anchors=9, classes=count)[-1].out_channels for count in (len(DETECTED), 20)]
    says(
        "detector",
        f"9 + 6 = {channels[0]}",
        f"9 + 20 = {channels[1]}",
        f"= {COURSE.count} anchors",
        f"= {FINER.count:,}",
    )


def test_a_decoded_box():
    anchor = golden()
    (moved,) = decode(anchor, rows([1, 0, 0, 0]))
    (grown,) = decode(anchor, rows([0, 0, 1, 0]))
    wide = float(grown[2] - grown[0])
    says(
        "detector", f"= {float(moved[0] - anchor[0, 0]):.1f} pixels", f"{wide / float(anchor[0, 2] - anchor[0, 0]):.3f}"
    )
    says("detector", f"{wide:.1f} pixels")


def test_what_easy_anchors_cost():
    cost = -math.log(0.95)
    says("detector", f"{cost:.4f}", f"{cost * 0.05**2:.6f}", f"{432 * cost:.2f}", f"{432 * cost * 0.05**2:.4f}")


def test_average_precision_of_three_boxes():
    line = PrecisionRecall(
        scores=torch.tensor([0.9, 0.8, 0.7]).double(), right=torch.tensor([True, False, True]), truths=2
    )
    says("detector", f"/ 2 = {line.average_precision():.3f}")
    says("detector", f"/ 11 = {line.average_precision(Interpolation.ELEVEN_POINTS):.3f}")
