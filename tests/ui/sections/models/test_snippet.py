"""The lines that reproduce what a network makes of the photo, and those that open it: the pixels the page worked on."""

import numpy as np
import pytest
from PIL import Image

from core.images.decode import decode
from core.images.photo import Photo, from_pixels
from core.images.samples import SAMPLES, sample
from core.zoo.catalog import CARDS, card, of
from core.zoo.model_card import Task, View
from ui.sections.models import snippet
from ui.sections.models.snippet import opening


def opened(code: str) -> np.ndarray:
    found: dict = {"Image": Image}
    exec(code, found)
    return np.asarray(found["photo"])


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_the_lines_open_the_very_pixels_of_a_sample(row):
    photo = sample(row.key)
    assert np.array_equal(opened(opening(photo)), photo.pixels)


def every(photo: Photo) -> list[str]:
    """The snippets of every network of the catalogue, and of every layer."""
    return [
        *(snippet.classify(photo, row) for row in of(Task.CLASSIFY)),
        *(snippet.detect(photo, row, row.sure) for row in of(Task.DETECT)),
        *(snippet.segment(photo, row) for row in of(Task.SEGMENT)),
        *(snippet.features(photo, row, layer.name) for row in of(Task.FEATURES) for layer in row.layers),
        *(snippet.paint(photo, row, width=48, height=32) for row in of(Task.PAINT)),
    ]


def test_every_network_of_the_catalogue_has_a_snippet_that_is_a_program():
    snippets = every(sample("cat"))
    assert len(snippets) >= len(CARDS)
    for code in snippets:
        compile(code, "snippet", "exec")


def test_a_snippet_names_functions_and_weights_that_torchvision_has():
    """All that is imported is there; only the weights themselves may have to be downloaded."""
    for code in every(sample("cat")):
        imports = [line for line in code.splitlines() if line.startswith(("from ", "import "))]
        exec("\n".join(imports), {})


@pytest.mark.parametrize("row", [row for row in CARDS if not row.bundled], ids=lambda row: row.key)
def test_a_snippet_takes_the_weights_of_its_card(row):
    if row.task is Task.DETECT and row.config is None:
        assert f"weights = {row.entry}\n" in snippet.detect(sample("cat"), row, row.sure)
        return
    if row.task is Task.DETECT:
        code = snippet.detect(sample("cat"), row, row.sure)
        assert f"{row.url!r}, {row.digest!r}" in code
        assert f"{row.config.url!r}, {row.config.digest!r}" in code
        return
    (code,) = {
        Task.CLASSIFY: lambda: [snippet.classify(sample("cat"), row)],
        Task.SEGMENT: lambda: [snippet.segment(sample("cat"), row)],
        Task.FEATURES: lambda: [snippet.features(sample("cat"), row, row.layers[0].name)],
    }[row.task]()
    assert f"weights = {row.entry}\n" in code


@pytest.mark.parametrize("row", [row for row in CARDS if row.view is View.CROP], ids=lambda row: row.key)
def test_the_lines_leave_a_photo_of_exactly_the_input_s_size_as_it_is(row):
    """As the lab does; of every other photo they are those of torchvision's preset."""
    side = row.crop
    small, large = (from_pixels(np.zeros((side, width, 3), np.uint8), "mine.png") for width in (side, side + 1))
    assert f"transforms(resize_size={side})" in snippet.loading(row, small)
    assert snippet.loading(row, large) == snippet.loading(row)


@pytest.mark.parametrize("layer", [layer.name for layer in card("vgg19").layers])
def test_a_snippet_of_features_ends_at_its_layer(layer):
    code = snippet.features(sample("cat"), card("vgg19"), layer)
    assert f"network.features[: {int(layer.removeprefix('features.')) + 1}]" in code


def test_the_lines_open_a_file_of_ones_own_by_its_name(tmp_path, monkeypatch, png):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my 'holiday'.png").write_bytes(png(40, 30, 77))
    photo = decode(png(40, 30, 77), "my 'holiday'.png")
    assert np.array_equal(opened(opening(photo)), photo.pixels)


@pytest.mark.parametrize("name", ["x'); import os; os.abort() #", 'a"""b', "back\\slash.png", "{braces}.png"])
def test_a_file_name_stays_a_string(name, png):
    """Whatever a file is called, each snippet is a program that only opens it."""
    photo = decode(png(), name)
    for code in every(photo):
        compile(code, "snippet", "exec")
    with pytest.raises(FileNotFoundError):
        opened(opening(photo))
