"""The rows of networks that paint: each style that has one comes first in the tray."""

import json
import subprocess
import sys

import pytest
from safetensors import safe_open

from core.images.styles import STYLES
from core.zoo.catalog import of
from core.zoo.model_card import Task, View
from core.zoo.painters import ROWS, painter_of, style_of
from core.zoo.weights import path

every = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)


def test_they_paint_whole_photos_and_ship_with_the_lab():
    assert of(Task.PAINT) == ROWS
    assert len(ROWS) >= 3
    assert all(row.bundled and row.plain and row.view is View.FIT and not row.classes and row.limits for row in ROWS)


def test_styles_that_a_network_paints_come_first_in_the_tray_in_the_order_of_the_rows():
    assert [style.key for style in STYLES[: len(ROWS)]] == [style_of(row) for row in ROWS]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.key)
def test_a_style_has_its_painter_or_none(style):
    found = painter_of(style.key)
    assert (found is None) == (style.key not in {style_of(row) for row in ROWS})
    assert found is None or found.key == f"paint-{style.key}"


@pytest.mark.parametrize("key", ["", "paint-waves", "nothing", "0123456789abcdef"])
def test_no_other_key_has_a_painter(key):
    assert painter_of(key) is None


@every
def test_the_file_is_as_large_as_the_card_says(row):
    assert path(row).stat().st_size == row.size


def test_together_they_take_at_most_4_mb():
    assert sum(row.size for row in ROWS) <= 4 * 10**6


@every
def test_the_file_says_which_style_it_learned_and_how(row):
    with safe_open(path(row), framework="pt") as file:
        facts = file.metadata()
    assert facts["style"] == style_of(row)
    assert json.loads(facts["recipe"])["batch"] >= 1
    assert int(facts["batches"]) >= 100


def test_the_rows_need_no_torch():
    script = "import sys, core.zoo.painters; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
