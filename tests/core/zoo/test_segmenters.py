import re
from pathlib import Path

import pytest
import torchvision

from core.networks.vision_classes import SEGMENTED
from core.zoo.detectors import LAB_YOLO
from core.zoo.model_card import Task, View
from core.zoo.segmenters import LAB_FCN, LAB_FCN_MEAN_IOU, ROWS

PUBLISHED = ROWS[1:]
MODEL_CARD = Path(__file__).parents[3] / "assets" / "weights" / "lab-vision.md"


def test_every_row_segments_and_has_no_layers_to_cut_at():
    assert all(row.task is Task.SEGMENT and not row.layers for row in ROWS)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_a_row_states_torchvisions_score(row):
    meta = torchvision.models.get_weight(row.entry).meta
    assert row.score == f"{meta['_metrics']['COCO-val2017-VOC-labels']['miou']} % mean IoU on COCO, 21 classes of VOC"
    assert row.class_count == len(meta["categories"]) == 21


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.key)
def test_an_auxiliary_head_is_not_counted(row):
    stated = torchvision.models.get_weight(row.entry).meta["num_params"]
    dropped = {"lraspp": 0, "deeplabv3_mobilenet": 3_851, "fcn_resnet50": 2_365_205}
    assert row.parameters == stated - dropped[row.key]


def test_what_ships_comes_first_and_then_the_smallest():
    assert ROWS[0] is LAB_FCN
    assert list(PUBLISHED) == sorted(PUBLISHED, key=lambda row: row.size)


def test_the_labs_own_shares_the_file_of_the_detectors():
    assert (LAB_FCN.file, LAB_FCN.digest) == (LAB_YOLO.file, LAB_YOLO.digest)
    assert (LAB_FCN.view, LAB_FCN.side) == (View.STRETCH, 224)
    assert LAB_FCN.classes == SEGMENTED


def test_the_first_class_is_the_background():
    assert {row.classes[0] for row in ROWS} == {"background"}


def test_the_mean_iou_of_each_depth_is_that_of_the_model_card():
    rows = re.findall(r"^\| (\d+)s \| [\d.]+ \| ([\d.]+) \|", MODEL_CARD.read_text(), re.MULTILINE)
    assert {int(stride): float(iou) for stride, iou in rows} == LAB_FCN_MEAN_IOU
    assert LAB_FCN.score.startswith(f"{100 * LAB_FCN_MEAN_IOU[8]:.1f} % mean IoU")
