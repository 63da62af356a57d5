"""The lines for torchvision's detectors: run as they stand, they print the boxes that the lab draws."""

from pathlib import Path

import pytest
from PIL import Image

from core.experiments.models import things
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.zoo import cache
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard
from core.zoo.published_detectors import ROWS
from tests.core.zoo import detector_files
from tests.snippets import printed_things
from tests.ui.sections.models.test_darknet_snippet import assert_prints_what_is_drawn
from ui.sections.models import detector_snippet, snippet

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TORCH_HOME with random weights alone, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    for row in ROWS:
        detector_files.put(row)


def least(photo: Photo, row: ModelCard) -> float:
    """Above 0.5, and between two scores: one that a dozen boxes pass."""
    scores = [one.score for one in things(photo, row.key).things if one.score > 0.51]
    count = min(12, len(scores) - 1)
    return (scores[count - 1] + scores[count]) / 2


@every_row
@pytest.mark.parametrize("key", ["cat", "motorcycle"])
def test_the_lines_print_the_boxes_of_the_lab(row, key):
    photo = sample(key)
    assert assert_prints_what_is_drawn(photo, row, least(photo, row)) > 3


@every_row
@pytest.mark.parametrize("size", [(700, 300), (90, 400)], ids=str)
def test_of_a_long_photo_too(row, size, tmp_path, monkeypatch):
    pixels = sample("coffee").pixels.repeat(2, axis=0).repeat(2, axis=1)[: size[1], : size[0]]
    photo = from_pixels(pixels.copy(), "mine.png")
    Image.fromarray(photo.pixels).save(tmp_path / "mine.png")
    monkeypatch.chdir(tmp_path)
    assert assert_prints_what_is_drawn(photo, row, least(photo, row)) > 1


@every_row
def test_where_nothing_is_sure_nothing_is_printed(row):
    assert printed_things(snippet.detect(sample("cat"), row, 1.0)) == []


def test_of_other_networks_there_are_no_such_lines():
    with pytest.raises(ValueError, match="lab-yolo is no detector of torchvision"):
        detector_snippet.detect(card("lab-yolo"), "", 0.5, height=10, width=10)
