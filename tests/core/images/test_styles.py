"""The pictures to paint in the style of."""

import pytest

from core.errors import PhotoError
from core.images import styles
from core.images.styles import STYLES, style_picture


@pytest.mark.parametrize("row", STYLES, ids=lambda row: row.key)
def test_every_style_has_its_picture(row):
    photo = style_picture(row.key)
    assert photo.name == row.title
    assert min(photo.height, photo.width) >= 256


def test_keys_are_distinct_and_at_least_eight_styles_were_drawn_by_the_lab():
    assert len({row.key for row in STYLES}) == len(STYLES)
    assert sum(row.drawn for row in STYLES) >= 8


@pytest.mark.parametrize("key", ["", "nothing", "../mosaic", "x" * 1000])
def test_an_unknown_style_lists_the_choices(key):
    with pytest.raises(PhotoError) as caught:
        style_picture(key)
    assert all(row.key in caught.value.advice for row in STYLES)


def test_a_missing_file_is_told_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(styles, "FOLDER", tmp_path)
    with pytest.raises(PhotoError, match="missing on this server"):
        style_picture("mosaic")
