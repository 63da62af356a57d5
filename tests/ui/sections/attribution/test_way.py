"""How a path is chosen: every baseline with what it needs, in the session and in the settings."""

import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.settings import Baseline, BaselineSettings, Rule
from core.images.photo import from_pixels
from core.images.samples import SAMPLES, sample
from tests.ui.sections.attribution.trust_cases import real
from ui.sections.attribution import way


def app(photo: str) -> None:
    import streamlit as st

    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import way

    near = st.columns(2)
    made = way.controls(real(photo), (near[0], near[1]), st.container())
    st.session_state["made"] = made
    st.session_state["said"] = way.words(made)


def played(photo: str = "cat", **chosen: str) -> AppTest:
    at = AppTest.from_function(app, args=(photo,), default_timeout=120).run()
    for key, value in chosen.items():
        at.selectbox(key=key).select(value).run()
    assert not at.exception
    return at


def test_it_opens_from_black_with_the_rule_of_the_page():
    made = played().session_state["made"]
    assert made.kind is Baseline.BLACK
    assert (made.settings.integration.rule, made.settings.integration.steps) == (Rule.GAUSS_LEGENDRE, 32)
    assert made.other is None


@pytest.mark.parametrize("kind", Baseline, ids=lambda kind: kind.value)
def test_every_baseline_can_be_chosen_and_shows_what_it_needs(kind):
    at = played(start=kind.title)
    made = at.session_state["made"]
    assert made.kind is kind
    assert (made.other is not None) == kind.needs_picture
    sliders = {one.key for one in at.slider} - {way.POINTS}
    needed = {
        Baseline.BLURRED: {way.BLUR},
        Baseline.NOISY: {way.NOISE, way.SEED},
        Baseline.RANDOM_PIXELS: {way.SEED},
    }
    assert sliders == needed.get(kind, set())
    assert kind.lesson in [one.value for one in at.caption]
    assert bool(at.color_picker) == (kind is Baseline.COLOUR)


def test_what_is_moved_reaches_the_settings():
    at = played(start=Baseline.NOISY.title, sum=Rule.TRAPEZOID.title)
    at.slider(key=way.NOISE).set_value(0.7)
    at.slider(key=way.SEED).set_value(4)
    at.slider(key=way.POINTS).set_value(8).run()
    settings = at.session_state["made"].settings
    assert settings.baseline == BaselineSettings(kind=Baseline.NOISY, noise=0.7, seed=4)
    assert (settings.integration.rule, settings.integration.steps) == (Rule.TRAPEZOID, 8)


def test_a_picked_colour_is_the_baseline():
    at = played(start=Baseline.COLOUR.title)
    at.color_picker(key=way.COLOUR).pick("#FF0080").run()
    assert at.session_state["made"].settings.baseline.colour == (1.0, 0.0, 128 / 255)
    assert at.session_state["said"] == "a colour"


@pytest.mark.parametrize(("photo", "other"), [("cat", "Astronaut"), ("coffee", "Cat")])
def test_another_photo_is_never_the_photo_itself_unless_it_is_chosen(photo, other):
    at = played(photo, start=Baseline.PICTURE.title)
    assert at.session_state["made"].other.name == other
    own = {row.key: row.title for row in SAMPLES}[photo]
    at.selectbox(key=way.OTHER).select(own).run()
    assert at.session_state["made"].other.digest == sample(photo).digest
    assert any("the photo itself" in one.value for one in at.caption)


def test_from_every_baseline_the_rest_of_the_settings_stays():
    made = played(sum=Rule.LEFT.title).session_state["made"]
    other = made.at(Baseline.WHITE)
    assert other.baseline.kind is Baseline.WHITE
    assert other.integration == made.settings.integration
    assert made.kind is Baseline.BLACK


def test_photos_of_one_name_are_told_apart(monkeypatch):
    pixels = real().photo.pixels
    own = tuple(
        from_pixels(pixels[place:, :], name) for place, name in enumerate(("Cat", "mine.png", "mine.png"), start=1)
    )
    monkeypatch.setattr(way.photo_tray, "own", lambda: own)
    names = way.photos()
    assert list(names)[len(SAMPLES) :] == ["Cat (2)", "mine.png", "mine.png (2)"]
    assert len({id(photo) for photo in names.values()}) == len(SAMPLES) + 3


@pytest.mark.parametrize(
    ("typed", "colour"),
    [
        ("#000000", (0, 0, 0)),
        ("#ff8000", (1, 128 / 255, 0)),
        ("", (0.5,) * 3),
        (None, (0.5,) * 3),
        ("#12345", (0.5,) * 3),
        ("red", (0.5,) * 3),
    ],
)
def test_a_colour_is_read_and_nonsense_is_grey(typed, colour):
    assert way.read_colour(typed) == pytest.approx(colour)
