"""The same boxes, after our suppression, as torchvision's own after its own."""

import pytest
import torch
from torchvision.models import detection

from core.boxes.nms import trace_nms
from core.detection.detecting_settings import LEAST, Labels
from core.detection.looked import Family
from core.detection.racing import racers
from core.detection.reading_torchvision import read_rcnn, read_ssd
from core.images.resize import Placed, stretch
from core.networks import detectors
from core.networks.coco_classes import CATEGORIES
from core.networks.detector_answers import RcnnAnswer


def picture(*size: int) -> torch.Tensor:
    return torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1))


def placed(image: torch.Tensor) -> Placed:
    return stretch(image, height=image.shape[2], width=image.shape[3])


def louder(layers, logits: torch.Tensor) -> None:
    """Random weights say nearly the same of every class: shout, so that something is sure."""
    factor = 2.0 / float(logits.std())
    with torch.no_grad():
        for layer in layers:
            layer.weight.mul_(factor)


def in_our_classes(found, least: float) -> list[tuple[float, ...]]:
    place = {number: label for label, number in enumerate(CATEGORIES)}
    rows = zip(found["labels"].tolist(), found["scores"].tolist(), found["boxes"].tolist(), strict=True)
    return sorted((place[label], score, *box) for label, score, box in rows if label in place and score >= least)


def ours(looked, least: float, threshold: float) -> list[tuple[float, ...]]:
    who = racers((looked,), confidence=least, labels=Labels.EVERY).found
    kept = trace_nms(who.boxes, who.scores, iou_threshold=threshold, labels=who.labels).kept
    rows = zip(who.labels[kept].tolist(), who.scores[kept].tolist(), who.boxes[kept].tolist(), strict=True)
    return sorted((label, score, *box) for label, score, box in rows)


@torch.no_grad()
def test_ssdlites_boxes_are_torchvisions():
    torch.manual_seed(0)
    theirs = detection.ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None, topk_candidates=10_000, detections_per_img=100_000
    ).eval()
    image = picture(320, 320)
    logits = detectors.ssdlite320(theirs.state_dict())(image).logits
    louder([block[-1] for block in theirs.head.classification_head.module_list], logits)
    looked = read_ssd(detectors.ssdlite320(theirs.state_dict())(image), placed(image))
    expected = in_our_classes(theirs([image[0]])[0], 0.2)
    found = ours(looked, 0.2, 0.55)
    assert len(expected) > 50
    assert [row[0] for row in found] == [row[0] for row in expected]
    torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), atol=1e-2, rtol=1e-4)


@torch.no_grad()
def test_faster_rcnns_boxes_are_torchvisions():
    torch.manual_seed(0)
    theirs = detection.fasterrcnn_mobilenet_v3_large_320_fpn(
        weights=None, weights_backbone=None, box_detections_per_img=100_000
    ).eval()
    image = picture(320, 437)
    mean, std = (torch.tensor(row)[:, None, None] for row in (theirs.transform.image_mean, theirs.transform.image_std))
    network = detectors.fasterrcnn_320(theirs.state_dict())
    louder([theirs.roi_heads.box_predictor.cls_score], network((image - mean) / std).logits)
    answer = detectors.fasterrcnn_320(theirs.state_dict())((image - mean) / std)
    found = ours(read_rcnn(answer, placed(image)), 0.06, 0.5)
    expected = in_our_classes(theirs([image[0]])[0], 0.06)
    assert len(expected) > 20
    assert [row[0] for row in found] == [row[0] for row in expected]
    torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), atol=2e-2, rtol=1e-3)


@torch.no_grad()
def test_of_ssdlite_the_raw_numbers_give_boxes_and_scores_by_the_formulas():
    torch.manual_seed(0)
    image = picture(320, 320)
    one = read_ssd(detectors.ssdlite320()(image), placed(image))
    assert sum(grid.count for grid in one.heads) == len(one.boxes) == 3234
    torch.testing.assert_close(one.raw[:, 4:].softmax(dim=1)[:, 1:], one.classes)
    for number in range(0, 3234, 97):
        head, row, column, anchor = one.cells[number].tolist()
        grid = one.heads[head]
        assert (grid.family, grid.softmax) == (Family.OFFSETS, True)
        size = torch.tensor(grid.anchors[anchor])
        middle = torch.tensor(((column + 0.5) * grid.stride, (row + 0.5) * grid.stride))
        centre = middle + 0.1 * one.raw[number, :2] * size
        half = size * (0.2 * one.raw[number, 2:4]).exp() / 2
        torch.testing.assert_close(one.boxes[number], torch.cat((centre - half, centre + half)), rtol=1e-4, atol=1e-2)


def test_of_a_proposal_each_class_that_is_sure_enough_is_a_box_of_its_own():
    logits = torch.zeros(2, 91)
    logits[0, [17, 18]] = torch.tensor((6.0, 5.0))  # a cat, or a dog
    logits[1, 0] = 20.0  # nothing
    boxes = torch.arange(2 * 91 * 4, dtype=torch.float32).view(2, 91, 4)
    one = read_rcnn(RcnnAnswer(boxes, logits, torch.zeros(1, 3)), placed(picture(32, 32)))
    assert torch.equal(one.boxes, boxes[0, [17, 18]])
    assert one.classes.argmax(dim=1).tolist() == [15, 16]
    assert ((one.classes > 0).sum(dim=1) == 1).all()
    assert one.classes.amax() >= LEAST
    assert (one.raw, one.cells, one.heads) == (None, None, ())


@pytest.mark.parametrize("count", [0, 1])
def test_where_no_proposal_is_a_thing_there_is_no_box(count):
    logits = torch.zeros(count, 91)
    logits[:, 0] = 30.0
    one = read_rcnn(RcnnAnswer(torch.zeros(count, 91, 4), logits, torch.zeros(1, 3)), placed(picture(32, 32)))
    assert one.boxes.shape == (0, 4)
    assert len(racers((one,), confidence=0.3).rows) == 0
