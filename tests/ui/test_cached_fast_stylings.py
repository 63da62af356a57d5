"""The doors to networks that paint in one pass: each painting is made once."""

import pytest
import streamlit as st

from core.errors import ModelError, SettingError
from core.experiments import fast_styling
from core.images.samples import sample
from core.style.settings import Colours
from core.zoo.painters import ROWS
from ui.cached import fast_stylings
from viz import images

MODEL = ROWS[0].key


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def asked(monkeypatch) -> list[tuple[object, ...]]:
    """What every painting was asked for."""
    made: list[tuple[object, ...]] = []
    paint = fast_styling.painted

    def counted(photo, *rest):
        made.append((photo.name, *rest))
        return paint(photo, *rest)

    monkeypatch.setattr(fast_styling, "painted", counted)
    return made


def test_a_painting_is_made_once_and_shared(asked):
    first, again = (fast_stylings.painted(sample("cat"), MODEL, 64) for _ in range(2))
    assert first is again
    assert asked == [("Cat", MODEL, 64, Colours.STYLE)]


def test_another_photo_network_size_and_colours_are_other_paintings(asked):
    for photo, model, side, colours in (
        ("cat", MODEL, 64, Colours.STYLE),
        ("coffee", MODEL, 64, Colours.STYLE),
        ("cat", ROWS[-1].key, 64, Colours.STYLE),
        ("cat", MODEL, 80, Colours.STYLE),
        ("cat", MODEL, 64, Colours.LUMINANCE),
    ):
        assert max(fast_stylings.painted(sample(photo), model, side, colours).canvas.shape) == side
    assert len(asked) == 5


def test_the_picture_has_every_pixel_of_the_painting():
    side = fast_stylings.side_seen(sample("cat"), MODEL)
    found = fast_stylings.painted(sample("cat"), MODEL, side)
    made = images.decode(fast_stylings.picture(sample("cat"), MODEL, side, found))
    assert made.size == found.canvas.shape[:0:-1]


@pytest.mark.parametrize(("model", "side", "error"), [(MODEL, 1, SettingError), ("lab-fcn", 64, ModelError)])
def test_errors_pass_the_door(model, side, error):
    with pytest.raises(error):
        fast_stylings.painted(sample("cat"), model, side)
