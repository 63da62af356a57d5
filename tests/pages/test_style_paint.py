"""The view Paint: on every photo, by links and settings, and as a run to its end and on from any frame."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from core.engine import ENGINE
from core.experiments.style_layers import style_layers
from core.images.samples import SAMPLES, sample
from core.images.styles import STYLES
from core.style.settings import Colours, Optimiser, Start
from core.zoo import painters
from tests.pages.conftest import APP
from tests.sessions import file as encoded
from tests.sessions import headings, hidden, popovers, upload
from tests.ui.sections.style.run_cases import MODEL
from ui.live import Phase
from ui.sections.style import case as cases
from ui.sections.style import paint_controls, paint_drawn, paint_film, paint_stage, tray

PAGE, RUN = "pages/style.py", "style-paint"
QUICK = {cases.SIDE: "256", cases.STEPS: "25", cases.OCTAVES: "1"}


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(paint_drawn, "GLIMPSE", 2)
    monkeypatch.setattr(paint_drawn, "SIDE", 64)


@pytest.fixture(autouse=True)
def _nobody_else_runs():
    """No run of another test is before one of this."""
    ENGINE._lanes.clear()
    yield
    ENGINE._lanes.clear()


@pytest.fixture
def given(monkeypatch) -> dict:
    """What the stage painted in the last run of the page."""
    found: dict = {}
    stage = paint_stage.stage

    def spy(asked):
        found["drawn"], found["going"] = stage(asked)
        return found["drawn"], found["going"]

    monkeypatch.setattr(paint_stage, "stage", spy)
    return found


@pytest.fixture
def view(open_page, no_weights, given):
    """`view(photo="cat")`: the view as that link opens it."""
    return lambda **query: open_page(PAGE, query)


def assert_drawn(at: AppTest) -> None:
    assert not at.exception
    assert not at.error
    assert headings(at)[-2:] == ["The formula", "Take it away"]


def press(at: AppTest, which: str) -> AppTest:
    at.button(key=f"{RUN}-{which}").click().run()
    assert not at.exception
    return at


def held(at: AppTest):
    return at.session_state[f"live-{RUN}"].shown()


def until(at: AppTest, index: float = math.inf, most: int = 90) -> AppTest:
    """The run, looked at until it is that far, or has ended."""
    for _ in range(most):
        now = held(at)
        if now.phase.ended or (now.newest and now.newest.index >= index):
            return at
        at.run()
        assert not at.exception
    raise AssertionError("the run does not get there")


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_view_opens_on_every_sample_with_a_painting(view, given, key):
    at = view(photo=key, style="brick")
    assert_drawn(at)
    drawn = given["drawn"]
    assert drawn.case.photo.digest == sample(key).digest
    assert drawn.losses is not None
    assert any("Small preview" in one.value for one in at.caption)
    assert any("Start paints the large one" in one.value for one in at.caption)


@pytest.mark.parametrize("style", [row.key for row in STYLES])
def test_every_style_is_there_at_once(view, given, style):
    at = view(style=style)
    assert_drawn(at)
    fast = painters.painter_of(style)
    assert given["drawn"].fast is fast
    assert any(("Fast preview" if fast else "Small preview") in one.value for one in at.caption)


def test_four_controls_are_in_view_and_the_rest_is_one_click_away(view):
    at = view()
    assert "More settings" in popovers(at)
    row = style_layers(MODEL)
    assert list(at.selectbox(key=cases.CONTENT_LAYER).options) == list(row.content)
    shown = [one.key for one in at.select_slider]
    assert [*cases.LAYERS[:4]] == [key for key in shown if key in cases.LAYERS]


def test_a_link_sets_everything(view, given):
    at = view(
        **{
            "style": "dots",
            cases.CONTENT: "0.3",
            cases.STYLE: "100",
            cases.VARIATION: "0",
            cases.RATE: "0.05",
            cases.LAYERS[0]: "0",
            cases.LAYERS[3]: "4",
            cases.CONTENT_LAYER: "features.12",
            cases.START: Start.NOISE.title,
            cases.OPTIMISER: Optimiser.LBFGS.title,
            cases.STEPS: "50",
            cases.OCTAVES: "3",
            cases.SIDE: "512",
            cases.SEED: "7",
            cases.COLOURS: Colours.LUMINANCE.title,
            cases.SECOND: "Glass",
            cases.SHARE: "30",
            cases.SCALE: "× 2",
        }
    )
    assert_drawn(at)
    case = given["drawn"].case
    own = case.settings
    assert case.keys == ("dots", "glass")
    assert own.mix == pytest.approx((0.7, 0.3))
    assert (own.content, own.style, own.total_variation, own.rate) == (0.3, 100, 0, 0.05)
    assert [*own.style_layers.values()] == [0, 1, 1, 4]
    assert dict(own.content_layers) == {"features.12": 1.0}
    assert (own.start, own.optimiser, own.colours) == (Start.NOISE, Optimiser.LBFGS, Colours.LUMINANCE)
    assert (own.steps, own.octaves, own.side, own.seed, own.style_scale) == (50, 3, 512, 7, 2)


def test_a_link_with_values_that_are_none_falls_back(view, given):
    at = view(**dict.fromkeys(cases.KEYS, "nothing"))
    assert_drawn(at)
    assert given["drawn"].case.settings.steps == 300


def test_a_layer_of_another_network_and_a_style_that_is_gone_fall_back(no_weights, given):
    at = AppTest.from_file(APP, default_timeout=120)
    at.session_state[cases.CONTENT_LAYER] = "features.21"
    at.session_state[cases.SECOND] = "no such style"
    at.switch_page(PAGE)
    at.query_params["style"] = "brick"
    at.run()
    assert_drawn(at)
    assert dict(given["drawn"].case.settings.content_layers) == {style_layers(MODEL).usual: 1.0}
    assert given["drawn"].case.keys == ("brick",)


def test_without_any_weight_and_without_any_layer_nothing_breaks(view, given):
    at = view(style="brick", **dict.fromkeys((*cases.LAYERS[:4], cases.CONTENT), "0"), **QUICK)
    assert_drawn(at)
    until(press(at, "start"))
    assert_drawn(at)
    assert given["drawn"].losses.style == 0
    assert held(at).phase is Phase.DONE


def test_the_same_style_twice_is_one(view, given):
    view(style="dots", **{cases.SECOND: "Dots"})
    assert given["drawn"].case.keys == ("dots",)
    assert given["drawn"].case.settings.mix == ()


def test_a_run_is_watched_to_its_end_and_has_a_film(view, given):
    at = press(view(style="brick", **QUICK), "start")
    assert given["going"]
    assert held(at).newest.index >= 1
    until(at)
    drawn = given["drawn"]
    assert not given["going"]
    assert drawn.over
    assert max(drawn.canvas.shape) == 256
    assert at.button(key="style-go-on").disabled
    assert any("Done after 25 updates" in one.value for one in at.caption)
    assert any("**The painting**" in one.value for one in at.caption)


def test_a_weight_that_is_moved_on_the_way_acts_and_is_told(view, given):
    at = until(press(view(style="brick", **{**QUICK, cases.STEPS: "200"}), "start"), 3)
    before = held(at).newest.index
    at.select_slider(key=cases.STYLE).set_value(300).run()
    until(at, before + 3)
    assert held(at).newest.standing.settings.style == 300
    assert any("style 10 → 300" in one.value for one in at.caption)
    press(at, "stop")
    assert any("style 10 → 300" in words for words in said(at))


def said(at: AppTest) -> list[str]:
    """The sentences of the film."""
    return list(paint_film.said(held(at).history))


def test_a_pause_keeps_the_picture_and_resume_goes_on(view, given):
    at = until(press(view(style="brick", **{**QUICK, cases.STEPS: "200"}), "start"), 2)
    press(at, "pause")
    index = held(at).newest.index
    assert any(f"**Update {index}**" in one.value for one in at.caption)
    assert not at.button(key="style-go-on").disabled
    assert held(at.run()).newest.index == index
    assert held(until(press(at, "resume"), index + 1)).newest.index > index


def test_a_run_that_is_left_is_paused_and_seen_again(view):
    at = until(press(view(style="brick", **{**QUICK, cases.STEPS: "200"}), "start"), 2)
    at.switch_page("pages/models.py").run()
    index = held(at).newest.index
    at.switch_page(PAGE).run()
    assert not at.exception
    assert held(at).newest.index >= index
    assert max(held(at).newest.canvas.shape) == 256


def test_it_goes_on_from_an_earlier_frame_with_what_was_before(view, given):
    at = until(press(view(style="brick", **QUICK), "start"))
    at.session_state["style-film-frame"] = (paint_film._name(given["drawn"]), 10)
    at.select_slider(key=cases.STYLE).set_value(100).run()
    assert at.button(key="style-go-on").label == "Go on from update 10"
    at.button(key="style-go-on").click().run()
    assert not at.exception
    until(at)
    history = held(at).history
    assert [step.index for step in history] == list(range(26))
    assert {step.standing.settings.style for step in history[:11]} == {10}
    assert {step.standing.settings.style for step in history[11:]} == {100}
    assert given["drawn"].over


def test_another_style_ends_the_run(view, given):
    at = until(press(view(style="brick", **QUICK), "start"), 2)
    at.session_state[tray.NAME] = "grass"
    at.run()
    assert held(at).phase is Phase.READY
    assert not given["going"]


def test_a_picture_of_the_visitor_is_a_style(view, given):
    at = view(style="brick")
    at.file_uploader(key="style-files-0").set_value([("wall.png", encoded(60, 40), "image/png")]).run()
    assert_drawn(at)
    assert given["drawn"].case.styles[0].name == "wall.png"
    assert given["drawn"].fast is None


def test_a_photo_of_ones_own_is_painted(view, given):
    at = upload(view(style="brick"), ("mine.png", encoded(90, 60), "image/png"))
    assert_drawn(at)
    assert given["drawn"].case.photo.name == "mine.png"


def test_a_strip_is_painted_and_painted_in(view, given):
    at = upload(view(style="brick"), ("strip.png", encoded(300, 40), "image/png"))
    assert_drawn(at)
    at.file_uploader(key="style-files-0").set_value([("long.png", encoded(20, 400), "image/png")]).run()
    assert_drawn(at)
    assert given["drawn"].case.styles[0].name == "long.png"


def test_of_too_long_a_strip_the_middle_is_painted_and_of_a_larger_painting_all(view, given):
    at = upload(view(style="brick"), ("strip.png", encoded(640, 40), "image/png"))
    assert_drawn(at)
    drawn = given["drawn"].case
    assert (drawn.photo.width, drawn.photo.height, drawn.cut) == (480, 40, (80, 0, 560, 40))
    assert any("its middle is painted, 480 × 40 px of it" in one.value for one in at.main.caption)
    at.select_slider(key=cases.SIDE).set_value(512).run()
    assert_drawn(at)
    assert (given["drawn"].case.photo.width, given["drawn"].case.cut) == (640, None)


def test_parts_are_hidden_by_a_link(view):
    at = view(style="brick", hide="tray,weights,formulas,export,numbers")
    assert {"tray", "weights", "formulas", "export", "numbers"} <= {*hidden(at)}


def test_the_choices_hold_the_usual_values():
    own = cases.StyleSettings(content_layers={"one": 1.0}, style_layers={})
    assert {own.content, own.style, own.total_variation} <= {*paint_controls.WEIGHTS}
    assert own.rate in paint_controls.RATES
    assert own.side in paint_controls.SIDES
    assert own.steps in paint_controls.STEPS
    assert own.style_scale in paint_controls.SCALES.values()
