"""The lines for Darknet's detectors: run as they stand, they print the boxes that the lab draws."""

from pathlib import Path

import pytest
from PIL import Image

from core.experiments.models import things
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.zoo import cache, weights
from core.zoo.catalog import card
from core.zoo.darknet_models import ROWS
from core.zoo.model_card import ModelCard
from tests.core.zoo import darknet_files
from tests.snippets import printed_things
from ui.sections.models import darknet_snippet, snippet

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TORCH_HOME without weights, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def assert_prints_what_is_drawn(photo: Photo, row: ModelCard, least: float) -> int:
    drawn = [one for one in things(photo, row.key).things if one.score >= least]
    found = printed_things(snippet.detect(photo, row, least))
    assert [label for label, _, _ in found] == [one.label for one in drawn]
    assert [score for _, score, _ in found] == pytest.approx([one.score for one in drawn], abs=1e-4)
    for (_, _, box), one in zip(found, drawn, strict=True):
        assert box == pytest.approx(one.box, abs=0.05)
    return len(drawn)


def threshold(photo: Photo, row: ModelCard, count: int = 12) -> float:
    """One that so many boxes pass, between two scores: what is random is sure of no thing."""
    scores = [one.score for one in things(photo, row.key).things]
    return (scores[count - 1] + scores[count]) / 2


@every_row
@pytest.mark.parametrize("key", ["cat", "motorcycle"])
def test_a_small_network_of_every_kind_of_layer_prints_the_boxes_of_the_lab(row, key):
    darknet_files.put(row)
    photo = sample(key)
    assert assert_prints_what_is_drawn(photo, row, threshold(photo, row)) == 12


@pytest.mark.parametrize("key", darknet_files.OWN)
def test_a_network_of_the_published_layers_prints_the_boxes_of_the_lab(key):
    row = card(key)
    plan = darknet_files.config(row)
    small = darknet_files.weights(darknet_files.read_config(plan), 1)
    darknet_files.put(row, {row.config.file: plan, row.file: small})
    photo = sample("coffee")
    assert assert_prints_what_is_drawn(photo, row, threshold(photo, row)) == 12


@pytest.mark.weights
@pytest.mark.parametrize("key", ["yolo_fastest", "yolo_fastest_xl"])
@pytest.mark.parametrize("photo", ["cat", "coffee", "astronaut", "motorcycle"])
def test_yolo_fastest_prints_the_boxes_of_the_lab(key, photo):
    darknet_files.put_real(card(key))
    assert assert_prints_what_is_drawn(sample(photo), card(key), card(key).sure)


@every_row
def test_where_nothing_is_sure_nothing_is_printed(row):
    darknet_files.put(row)
    assert printed_things(snippet.detect(sample("cat"), row, 1.0)) == []


@every_row
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_strangest_photos_give_the_boxes_of_the_lab(row, size, tmp_path, monkeypatch):
    darknet_files.put(row)
    pixels = sample("coffee").pixels.repeat(4, axis=0).repeat(4, axis=1)[: size[1], : size[0]]
    photo = from_pixels(pixels.copy(), "mine.png")
    Image.fromarray(photo.pixels).save(tmp_path / "mine.png")
    monkeypatch.chdir(tmp_path)
    assert_prints_what_is_drawn(photo, row, threshold(photo, row, 3))


@every_row
def test_files_that_are_not_here_are_fetched_and_checked_once(row, monkeypatch):
    darknet_files.put(row)
    photo, least = sample("cat"), threshold(sample("cat"), row)
    expected = printed_things(snippet.detect(photo, row, least))
    content, asked = {name: weights.path(row).with_name(name).read_bytes() for name in row.files}, []
    for name in row.files:
        weights.path(row).with_name(name).unlink()

    def fetch(url: str, file: str, sha256: str) -> None:
        asked.append((url, sha256))
        Path(file).write_bytes(content[Path(file).name])

    monkeypatch.setattr("torch.hub.download_url_to_file", fetch)
    for _ in range(2):
        assert printed_things(snippet.detect(photo, row, least)) == expected
    assert asked == [(row.config.url, row.config.digest), (row.url, row.digest)]


@every_row
def test_the_lines_are_few(row):
    assert len([line for line in snippet.detect(sample("cat"), row, 0.3).splitlines() if line]) <= 95


def test_a_network_without_a_config_has_no_such_lines():
    with pytest.raises(ValueError, match="no config"):
        darknet_snippet.detect(card("lab-yolo"), "", 0.3)
