"""The lines that open the photo again: they give the pixels the page worked on."""

import numpy as np
import pytest
from PIL import Image

from core.images.decode import decode
from core.images.samples import SAMPLES, sample
from ui.sections.models.snippet import opening


def opened(code: str) -> np.ndarray:
    found: dict = {"Image": Image}
    exec(code, found)
    return np.asarray(found["photo"])


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_the_lines_open_the_very_pixels_of_a_sample(row):
    photo = sample(row.key)
    assert np.array_equal(opened(opening(photo)), photo.pixels)


def test_the_lines_open_a_file_of_ones_own_by_its_name(tmp_path, monkeypatch, png):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my 'holiday'.png").write_bytes(png(40, 30, 77))
    photo = decode(png(40, 30, 77), "my 'holiday'.png")
    assert np.array_equal(opened(opening(photo)), photo.pixels)


@pytest.mark.parametrize("name", ["x'); import os; os.abort() #", 'a"""b', "back\\slash.png", "{braces}.png"])
def test_a_file_name_stays_a_string(name, png):
    """Whatever a file is called, the snippet is a program that only opens it."""
    photo = decode(png(), name)
    compile(snippet(photo), "snippet", "exec")
    with pytest.raises(FileNotFoundError):
        opened(opening(photo))
