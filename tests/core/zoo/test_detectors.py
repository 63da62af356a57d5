import hashlib

import pytest

from core.networks.vision_classes import DETECTED
from core.zoo import weights
from core.zoo.detectors import LAB_YOLO, LAB_YOLO_14, ROWS, VISION_DIGEST, VISION_SIZE
from core.zoo.model_card import Task, View
from core.zoo.segmenters import LAB_FCN


def test_every_row_detects():
    assert all(row.task is Task.DETECT for row in ROWS)


def test_the_courses_comes_first():
    assert ROWS[0] is LAB_YOLO


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_sees_the_whole_photo_and_knows_six_classes(row):
    assert (row.view, row.side) == (View.STRETCH, 224)
    assert row.classes == DETECTED


def test_the_file_is_the_one_that_ships():
    data = weights.path(LAB_YOLO_14).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (VISION_SIZE, VISION_DIGEST)


@pytest.mark.parametrize("row", [*ROWS, LAB_FCN], ids=lambda row: row.key)
def test_a_row_states_the_figure_of_the_model_card(row):
    card = (weights.BUNDLE / "lab-vision.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in card.splitlines()]
    if row is LAB_FCN:
        (figure,) = [line[2] for line in lines if line[0] == "8s"]
    else:
        (figure, *_) = [line[2] for line in lines if line[0] == row.key and line[1] == "174"]
        (sure,) = [line[2] for line in lines if line[0] == row.key and line[1] == "drawn"]
        assert row.sure == float(sure)
    assert row.score.startswith(f"{100 * float(figure):.1f} % ")
    assert VISION_DIGEST in card
    assert f"{VISION_SIZE:,} bytes" in card


def test_all_that_ships_is_small():
    assert sum(file.stat().st_size for file in weights.BUNDLE.glob("*.safetensors")) <= 10 * 10**6
