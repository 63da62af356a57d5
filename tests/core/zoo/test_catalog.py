import dataclasses
import importlib
import subprocess
import sys

import pytest
import torchvision

from core.errors import ModelError
from core.zoo.catalog import CARDS, Source, card

TORCHVISION = [row for row in CARDS if row.source is Source.TORCHVISION]


def test_a_card_is_found_by_its_key():
    assert card("squeezenet1_1").title == "SqueezeNet 1.1"


def test_an_unknown_key_lists_the_choices():
    with pytest.raises(ModelError) as caught:
        card("resnet9000")
    assert "resnet9000" in caught.value.problem
    assert all(row.key in caught.value.advice for row in CARDS)


def test_keys_and_files_are_distinct():
    assert len({row.key for row in CARDS}) == len({row.file for row in CARDS}) == len(CARDS)


def test_a_card_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CARDS[0].title = "other"


def test_the_catalogue_needs_no_torch():
    script = "import sys, core.zoo.catalog; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("row", TORCHVISION, ids=lambda row: row.key)
def test_a_card_says_what_torchvision_says(row):
    entry = torchvision.models.get_weight(row.entry)
    preset = entry.transforms()
    assert entry.url == f"https://{row.host}/models/{row.file}"
    assert entry.meta["num_params"] == row.parameters
    assert row.size / 2**20 == pytest.approx(entry.meta["_file_size"], abs=5e-4)
    assert (preset.resize_size, preset.crop_size) == ([row.resize], [row.input_size])


@pytest.mark.parametrize("row", CARDS, ids=lambda row: row.key)
def test_a_card_builds_a_network_with_the_parameters_it_states(row):
    module, function = row.builder.split(":")
    network = getattr(importlib.import_module(module), function)(None)
    assert sum(parameter.numel() for parameter in network.parameters()) == row.parameters


def test_the_download_of_squeezenet_is_given_in_megabytes():
    assert card("squeezenet1_1").megabytes == "4.7 MB"
