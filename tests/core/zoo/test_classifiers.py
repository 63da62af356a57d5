import hashlib
import json
from pathlib import Path

import pytest
import torchvision
from safetensors import safe_open

from core.networks.lab_classes import CLASSES
from core.zoo.classifiers import LAB, ROWS
from core.zoo.model_card import Task

LAB_FILE = Path(__file__).parents[3] / "assets" / "weights" / LAB.file
DOWNLOADED = [row for row in ROWS if not row.bundled]


def test_every_row_classifies():
    assert all(row.task is Task.CLASSIFY and row.class_count for row in ROWS)


@pytest.mark.parametrize("row", DOWNLOADED, ids=lambda row: row.key)
def test_a_row_states_torchvisions_accuracy_and_parameters(row):
    meta = torchvision.models.get_weight(row.entry).meta
    assert row.score == f"{meta['_metrics']['ImageNet-1K']['acc@1']:.1f} % of ImageNet's validation photos"
    assert row.parameters == meta["num_params"]
    assert row.class_count == len(meta["categories"])


def test_the_labs_own_classifier_has_its_own_classes():
    assert LAB.bundled
    assert LAB.names == CLASSES
    assert LAB.class_count == len(CLASSES)


def test_the_file_that_ships_is_the_one_on_the_card():
    assert LAB_FILE.stat().st_size == LAB.size
    assert hashlib.sha256(LAB_FILE.read_bytes()).hexdigest() == LAB.digest


def test_the_file_that_ships_was_made_for_the_classes_on_the_card():
    with safe_open(LAB_FILE, framework="pt") as file:
        assert json.loads(file.metadata()["classes"]) == list(LAB.names)
        assert sum(file.get_tensor(name).numel() for name in file.keys()) == LAB.parameters  # noqa: SIM118
