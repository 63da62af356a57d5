"""docs/security.md promises nothing without a test behind it."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text()


def test_every_test_that_the_document_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)
    assert len(named) > 20
    for path, function in named:
        tree = ast.parse((ROOT / path).read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{function}"


def test_every_file_that_the_document_names_exists():
    for path in re.findall(r"`((?:core|ui|tests)/[\w/]+\.py)[`:]", DOCUMENT):
        assert (ROOT / path).is_file(), path


def test_every_promise_has_a_test_behind_it():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and "may bring" not in line]
    promises = re.split(r"\n(?=\* )", DOCUMENT.split("## What is never done with it")[1].split("\n## ")[0])[1:]
    assert len(rows) >= 6
    assert len(promises) >= 7
    for promise in (*rows, *promises):
        assert "::test_" in promise, promise


def test_the_limits_in_the_document_are_those_in_the_code():
    from core.boxes import rows, voc
    from core.images import decode
    from core.segmentation import mask_files
    from core.zoo import darknet_limits, darknet_sections, own_darknet
    from tests.hostile.addresses import MOST
    from ui import photo
    from ui.sections.style import tray

    for words in (
        f"{decode.MAX_BYTES // 10**6} MB, {decode.MAX_PIXELS // 10**6} megapixels, {photo.MOST_OWN} photos, {tray.MOST_OWN} styles",
        f"{rows.MOST_BYTES // 10**6} MB, {rows.MOST_ROWS:,} boxes, {rows.MOST_LINES:,} lines",
        f"{voc.MOST_ELEMENTS:,} elements, {voc.DEEPEST} deep",
        f"{mask_files.MOST_COLOURS} colours",
        f"{darknet_sections.MOST_CHARACTERS:,} letters, {own_darknet.MOST_BYTES // 2**20} MB",
        f"{darknet_limits.MOST_WEIGHTS // 10**6} million weights, {darknet_limits.MOST_TIME // 10**6:,} million multiplications",
        f"{MOST:,} of them",
    ):
        assert words in DOCUMENT, words


def test_the_shipped_settings_are_the_safe_ones():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableStaticServing"] is False
    assert config["server"]["maxUploadSize"] == 20
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["showErrorLinks"] is False
    assert config["client"]["toolbarMode"] == "viewer"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["runner"]["magicEnabled"] is False
