"""The rows of Darknet's family: what they say of their files is what a network of those layers has."""

import hashlib
from urllib.parse import urlsplit

import pytest

from core.networks.coco_classes import COCO
from core.zoo.darknet import byte_count, read_config
from core.zoo.darknet_models import ROWS
from core.zoo.model_card import Source, Task
from tests.core.zoo import darknet_files

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
real = pytest.mark.parametrize(
    "row", [row for row in ROWS if row.key not in darknet_files.OWN], ids=lambda row: row.key
)
own = pytest.mark.parametrize("row", [row for row in ROWS if row.key in darknet_files.OWN], ids=lambda row: row.key)


@every_row
def test_a_row_finds_the_classes_of_coco_in_a_plain_input(row):
    assert (row.task, row.source, row.plain, row.class_count) == (Task.DETECT, Source.DARKNET, True, len(COCO))
    assert row.classes == COCO


@every_row
def test_both_files_of_a_row_have_an_address_a_name_and_a_whole_checksum(row):
    assert urlsplit(row.url).netloc == row.host
    assert row.url.endswith(f"/{row.file}")
    assert row.config.url.endswith(f"/{row.config.file}")
    assert row.files == (row.file, row.config.file)
    for digest in (row.digest, row.config.digest):
        assert len(bytes.fromhex(digest)) == 32


@own
def test_a_network_of_the_same_layers_has_weights_of_exactly_the_stated_size(row):
    plan = read_config(darknet_files.config(row))
    assert byte_count(plan, seen=8) == row.size
    assert plan.parameters == row.parameters
    assert (plan.width, plan.height) == (row.resize, row.resize)


@pytest.mark.weights
@real
def test_the_files_are_those_of_the_row(row):
    config, weights = (darknet_files.real(name) for name in (row.config.file, row.file))
    assert (len(weights), hashlib.sha256(weights).hexdigest()) == (row.size, row.digest)
    assert (len(config), hashlib.sha256(config).hexdigest()) == (row.config.size, row.config.digest)
    plan = read_config(config)
    assert (plan.width, plan.height, plan.parameters) == (row.resize, row.resize, row.parameters)


def test_the_smallest_comes_first():
    assert [row.size for row in ROWS] == sorted(row.size for row in ROWS)
