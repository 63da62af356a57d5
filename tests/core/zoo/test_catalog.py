import dataclasses
import importlib
import re
import subprocess
import sys

import pytest
import torch
import torchvision
from torch import nn

from core.errors import ModelError
from core.networks.chain import Chain
from core.networks.coco_classes import CATEGORIES
from core.networks.darknet import Darknet
from core.networks.yolo import taken_apart
from core.zoo import published_detectors
from core.zoo.catalog import CARDS, card, of
from core.zoo.darknet import read_config
from core.zoo.model_card import ModelCard, Source, Task
from tests.core.zoo import darknet_files

TORCHVISION = [row for row in CARDS if row.source is Source.TORCHVISION]
REAL_CONFIG = [row for row in CARDS if row.config and row.key not in darknet_files.OWN]
BUILT = [pytest.param(row, id=row.key, marks=[pytest.mark.weights] * (row in REAL_CONFIG)) for row in CARDS]
"""Every card; some are built from a config that is not here without weights."""
LAYERED = [row for row in CARDS if row.layers]
MEANING = re.compile(r"([\d,]+) maps of (\d+) × (\d+), one cell for every (?:(\d+) pixels|pixel): \w")


def on_paper(row: ModelCard) -> nn.Module:
    """The network of a card with shapes and no numbers: half a gigabyte of them would take a while."""
    module, function = row.builder.split(":")
    with torch.device("meta"):
        if row.config:
            return Darknet(read_config(darknet_files.config(row)))
        return getattr(importlib.import_module(module), function)(None)


def test_a_card_is_found_by_its_key():
    assert card("squeezenet1_1").title == "SqueezeNet 1.1"


def test_an_unknown_key_lists_the_choices():
    with pytest.raises(ModelError) as caught:
        card("resnet9000")
    assert "resnet9000" in caught.value.problem
    assert all(row.key in caught.value.advice for row in CARDS)


def test_every_card_belongs_to_one_task():
    assert sorted((row for task in Task for row in of(task)), key=CARDS.index) == list(CARDS)
    assert all(row.task is task for task in Task for row in of(task))
    assert all(of(task) for task in Task)


@pytest.mark.parametrize("task", Task)
def test_what_ships_with_the_lab_comes_first(task):
    bundled = [row.bundled for row in of(task)]
    assert bundled == sorted(bundled, reverse=True)


def test_keys_and_titles_are_distinct():
    assert len({row.key for row in CARDS}) == len({row.title for row in CARDS}) == len(CARDS)


def test_two_cards_of_one_file_say_the_same_of_it():
    facts = {(row.file, row.size, row.digest, row.host, row.entry, row.source, row.licence) for row in CARDS}
    assert len(facts) == len({row.file for row in CARDS})


def test_a_card_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CARDS[0].title = "other"


def test_the_catalogue_needs_no_torch():
    script = "import sys, core.zoo.catalog; sys.exit('torch' in sys.modules or 'torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("row", TORCHVISION, ids=lambda row: row.key)
def test_a_card_says_of_the_file_what_torchvision_says(row):
    entry = torchvision.models.get_weight(row.entry)
    assert entry.url == f"https://{row.host}/models/{row.file}"
    assert row.file.endswith(f"-{row.digest}.pth")
    assert re.fullmatch("[0-9a-f]{8}", row.digest)
    assert row.size == round(entry.meta["_file_size"] * 2**20)
    if row.task is not Task.DETECT:  # those resize for themselves
        preset = entry.transforms()
        assert preset.resize_size == [row.resize]
        assert getattr(preset, "crop_size", [None]) == [row.crop]


@pytest.mark.parametrize("row", BUILT)
def test_a_card_builds_a_network_with_the_parameters_it_states(row):
    network = on_paper(row)
    assert isinstance(network, Chain) or not row.layers
    assert sum(parameter.numel() for parameter in network.parameters()) == row.parameters


@pytest.mark.parametrize("row", BUILT)
def test_a_card_has_a_name_for_each_class_of_its_network(row):
    assert len(row.classes) == row.class_count
    if row in published_detectors.ROWS:  # they answer in COCO's own list, which has 91 numbers
        assert row.class_count == len(CATEGORIES)
        return
    answer = on_paper(row)(torch.zeros(1, 3, 64, 64, device="meta"))
    if row.config:
        assert {maps.shape[1] for maps in answer} == {3 * (5 + row.class_count)}
    elif row.task is Task.DETECT:
        assert taken_apart(answer, anchors=9).classes.shape[1] == row.class_count
    else:
        assert answer.shape[1] == row.class_count or row.task in (Task.FEATURES, Task.PAINT)


@pytest.mark.parametrize("row", LAYERED, ids=lambda row: row.key)
def test_a_layer_is_what_its_line_says(row):
    """As many maps, as large, and a cell for as many pixels as strides and pools leave, for the input of the card."""
    network = on_paper(row)
    found = network.features(torch.zeros(1, 3, row.side, row.side, device="meta"), [layer.name for layer in row.layers])
    assert list(found) == [layer.name for layer in reversed(row.layers)]  # deepest first on the card
    for layer in row.layers:
        maps, height, width, pixels = MEANING.match(layer.meaning).groups()
        shape = (int(maps.replace(",", "")), int(height), int(width))
        assert found[layer.name].shape == (1, *shape)
        assert layer.at_any_size == f"{maps} maps{layer.meaning[layer.meaning.index(', one cell') :]}"
        assert row.side / shape[1] == pytest.approx(int(pixels or 1), rel=0.08)  # edges that are not padded cost cells


@pytest.mark.parametrize("row", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_the_layers_of_a_classifier_are_the_last_of_their_size(row):
    """What a stage has come to is seen at its end."""
    network = on_paper(row)
    maps = [name for name in network.names if name.startswith(("features.", "layer"))]
    found = network.features(torch.zeros(1, 3, row.side, row.side, device="meta"), maps)
    last = {tensor.shape[-2:]: name for name, tensor in found.items()}
    assert {layer.name for layer in row.layers} <= set(last.values())


@pytest.mark.parametrize("row", LAYERED, ids=lambda row: row.key)
def test_a_layer_of_torchvisions_weights_has_the_path_torchvision_gives_it(row):
    if row.source is Source.TORCHVISION:
        with torch.device("meta"):
            theirs = torchvision.models.get_model(row.entry.partition("_Weights")[0].lower())
        assert {layer.name for layer in row.layers} <= {name for name, _ in theirs.named_modules()}
    else:
        own = {"lab-yolo": ["coarse"], "lab-yolo-14": ["middle"]}.get(row.key, [])
        assert [layer.name for layer in row.layers if not layer.name.startswith("features.")] == own


@pytest.mark.parametrize("row", of(Task.CLASSIFY) + of(Task.FEATURES), ids=lambda row: row.key)
def test_networks_that_run_layer_by_layer_name_layers_worth_a_look(row):
    assert len(row.layers) >= 3


@pytest.mark.parametrize("row", CARDS, ids=lambda row: row.key)
def test_every_card_names_score_licence_and_paper(row):
    assert row.score
    assert ("public domain" if row.source is Source.DARKNET else "BSD 3-Clause") in row.licence
    assert re.search(r"arXiv:\d{4}\.\d{4,5}\b", row.citation)
    assert (row.host, row.entry) == ("", "") if row.bundled else row.host


def test_the_download_of_squeezenet_is_given_in_megabytes():
    assert card("squeezenet1_1").megabytes == "4.7 MB"
