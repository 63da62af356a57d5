"""The view Imagine on the lab's own network: a picture at once, a run to be watched, the tray, what leaves."""

import ast
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.adversarial.class_visualisation import SPECKLE
from core.adversarial.visualisation_settings import DREAM, Raised, Start, VisualisationSettings
from core.experiments.imagining import Subject, imagined
from core.images.samples import sample
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Task
from tests.sessions import headings, link
from tests.snippets import printed
from ui.sections.saliency import (
    imagine_away,
    imagine_controls,
    imagine_drawn,
    imagine_film,
    imagine_presets,
    imagine_snippet,
    imagine_tray,
    imagine_versus,
    imagine_words,
)
from ui.sections.saliency.imagine_controls import Plan

CAT = 10
SHORT = VisualisationSettings(target=CAT, steps=6, octaves=2)


def plan(**changed: object) -> Plan:
    made = Plan(sample("cat"), card("lab-classifier"), SHORT, 48, target=CAT, label="cat")
    return replace(made, **changed)


def dreamt(**changed: object) -> Plan:
    return plan(
        settings=replace(DREAM, steps=3, octaves=2), layer="features.7", target=None, label="features.7", **changed
    )


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs that are over in a moment."""
    monkeypatch.setattr(imagine_controls, "GLIMPSE", 4)
    monkeypatch.setattr(imagine_controls, "WOKEN", 2)
    monkeypatch.setattr(imagine_controls, "SIDE", 48)


def app() -> None:
    import pytest
    import streamlit as st

    from core.images.samples import sample
    from ui import cached, frame
    from ui.sections.saliency import imagine, imagine_away

    away = imagine_away.take_away
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "send_to", lambda *files, **takes: None)  # there is no menu here
        patch.setattr(
            imagine_away,
            "take_away",
            lambda drawn, going: (st.session_state.update(given=drawn, going=going), away(drawn, going=going))[1],
        )
        cached.device()
        imagine.imagine(sample("cat"))


def session(**state: object) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    for key, value in state.items():
        at.session_state[key] = value
    at.run()
    assert not at.exception
    assert not at.error
    return at


def started(at: AppTest, mode: str = "class", most: int = 600) -> AppTest:
    """The run, started and watched to its end: a page that is looked at again and again."""
    at.button(key=f"imagine-{mode}-start").click().run()
    for _ in range(most):
        if any("Done after" in one.value for one in at.caption):
            return at
        at.run()
        assert not at.exception
    raise AssertionError("the run did not end")


def test_a_picture_is_there_at_once_with_its_numbers():
    at = session()
    drawn = at.session_state["given"]
    assert drawn.small is not None
    assert drawn.canvas.shape == (3, 48, 48)
    said = {one.label: one.value for one in at.metric}
    assert said["Score"] == f"{drawn.score:.1f}".replace("-", "−")
    assert said["Steps"] == "4"
    assert said["Picture"] == "48 × 48 px"
    assert any("Start draws 160 steps at 224 px" in one.value for one in at.caption)


def test_score_and_probability_are_drawn_beside_each_other_and_told_with_their_numbers():
    at = session()
    for _ in range(10):
        if any(one.label == "Score, by probability" for one in at.metric):
            break
        at.run()
    assert any(one.label == "Score, by probability" for one in at.metric)
    assert any("Drawn by the score it ends at" in one.value for one in at.caption)


def test_a_run_that_was_started_ends_with_a_film_and_can_be_kept():
    at = session(**{"class-steps": 20, "class-side": 160, "class-octaves": 1})
    started(at)
    drawn = at.session_state["given"]
    assert drawn.small is None
    assert drawn.roll.indices[-1] == 20
    assert drawn.canvas.shape == (3, 160, 160)
    at.button(key="imagine-keep").click().run()
    (kept,) = at.session_state[imagine_tray.TRAY]
    assert kept.title == "cat"
    assert f"score {drawn.score:.1f}" in kept.note
    assert any(f"S_c(x) = {drawn.score:.3g}" in one.value for one in at.latex)
    assert next(one.value for one in at.metric if one.label == "Score") == f"{drawn.score:.1f}".replace("-", "−")
    assert (drawn.cost.forward, drawn.cost.backward) == (21, 20)
    assert (drawn.roll.scores[-1], drawn.roll.values[-1]) == (drawn.score, drawn.score)
    at.button(key="imagine-drop-0").click().run()
    assert at.session_state[imagine_tray.TRAY] == []


def test_while_a_run_goes_on_its_numbers_are_those_of_the_newest_step_and_nothing_is_taken_away():
    at = session(**{"class-steps": 320, "class-side": 160})
    at.button(key="imagine-class-start").click().run()
    for _ in range(3):
        at.run()
        newest = at.session_state["live-imagine-class"].shown().newest
        said = {one.label: one.value for one in at.metric}
        assert said["Steps"] == f"{newest.index}"
        assert said["Score"] == f"{newest.score:.1f}".replace("-", "−")
        assert said["Picture"] == f"{newest.canvas.shape[2]} × {newest.canvas.shape[1]} px"
        assert any(f"S_c(x) = {newest.score:.3g}" in one.value for one in at.latex)
        assert at.session_state["going"]
        assert not at.get("download_button")
    at.button(key="imagine-class-pause").click().run()
    assert not at.session_state["going"]
    assert len(at.get("download_button")) == 5
    drawn = at.session_state["given"]
    assert drawn.canvas.shape[1:] == newest.canvas.shape[1:]
    assert drawn.cost.backward == drawn.roll.indices[-1]
    at.button(key="imagine-class-stop").click().run()
    assert at.session_state["given"].over


def test_the_tray_holds_six_and_no_more():
    at = session()
    for number in range(imagine_tray.MOST):
        at.button(key="imagine-keep").click().run()
        assert len(at.session_state[imagine_tray.TRAY]) == number + 1
    assert at.button(key="imagine-keep").disabled


def test_a_dream_opens_with_a_picture_of_the_photo_and_only_layers_that_there_are():
    at = session(drawn="Deep dream")
    drawn = at.session_state["given"]
    assert drawn.plan.layer == "features.7"
    assert drawn.score is None
    assert list(at.selectbox(key="dreamer").options) == [layer.name for layer in card("lab-classifier").layers]
    assert any("patterns and small parts" in one.value for one in at.caption)
    assert "Why the score, and not the probability?" not in headings(at)
    started(at, "dream")
    assert at.session_state["given"].small is None


def test_a_layer_of_another_network_falls_back():
    at = session(drawn="Deep dream", dreamer="layer4.2")
    assert at.session_state["given"].plan.layer == "features.7"


def test_a_link_with_values_that_are_none_falls_back():
    at = AppTest.from_function(app, default_timeout=120)
    for key in imagine_controls.KEYS:
        at.query_params[key] = "nothing"
    at.run()
    assert not at.exception
    assert not at.error


def test_the_weights_of_the_sliders_are_those_of_the_run():
    at = session(**{"class-l2": 0, "class-variation": 1000, "class-blur": 0.0, "class-jitter": 4, "class-rate": 0.04})
    settings = at.session_state["given"].plan.settings
    assert (settings.l2, settings.total_variation, settings.blur, settings.jitter, settings.rate) == (
        0,
        1000,
        0,
        4,
        0.04,
    )


def test_weights_may_change_under_a_run_and_what_is_drawn_may_not():
    one, other = plan(), plan(settings=replace(SHORT, l2=0.0, rate=0.1, steps=99))
    assert one.name == other.name
    for changed in (
        plan(target=3),
        plan(side=64),
        plan(settings=replace(SHORT, raised=Raised.SOFTMAX)),
        plan(settings=replace(SHORT, seed=1)),
        plan(settings=replace(SHORT, start=Start.NOISE)),
        dreamt(),
    ):
        assert changed.name != one.name


def test_a_dream_belongs_to_its_photo_and_a_class_does_not():
    assert dreamt().name != dreamt(photo=sample("coffee")).name
    assert plan().name == plan(photo=sample("coffee")).name


def test_large_networks_take_fewer_steps_and_pixels_for_the_first_picture(monkeypatch):
    assert plan().small().steps == imagine_controls.GLIMPSE
    assert plan(card=card("vgg16")).small().steps == imagine_controls.FEWER
    monkeypatch.setattr(imagine_controls, "SIDE", 160)
    assert (plan().small_side, plan(card=card("resnet50")).small_side) == (160, imagine_controls.LESS)


def test_presets_hold_values_that_the_controls_have():
    rows = imagine_presets.presets()
    assert imagine_presets.FIRST in rows
    assert imagine_presets.DREAMING in rows
    assert sum(row.predict for row in rows.values()) >= 1
    for row in rows.values():
        assert set(row.settings) <= {*imagine_controls.KEYS}
        assert row.settings.get("class-l2", 0) in imagine_controls.WEIGHTS
        assert row.settings.get("class-variation", 0) in imagine_controls.WEIGHTS
        assert row.settings.get("class-rate", 0.02) in imagine_controls.RATES


def test_what_is_drawn_by_hand_brings_its_question(visitor):
    visitor.session[imagine_controls.DRAWN] = imagine_controls.DREAMT
    imagine_presets.follow()
    assert visitor.session[imagine_presets.KEY] == imagine_presets.DREAMING
    visitor.session[imagine_controls.DRAWN] = imagine_controls.CLASS
    imagine_presets.follow()
    assert visitor.session[imagine_presets.KEY] == imagine_presets.FIRST


def small(one: Plan) -> imagine_drawn.Drawn:
    found = imagined(Subject(model=one.card.key, side=48, photo=one.ground, layer=one.layer), one.settings)
    return imagine_drawn.glimpsed(one, found)


def test_the_film_has_a_frame_for_each_step_and_the_curves_of_what_was_measured():
    drawn = small(plan())
    film = imagine_film.reel(drawn.plan, drawn.roll)
    assert film.steps == (*(f"step {number}" for number in range(1, 6)), "step 6, finished")
    assert film.panels[0].notes[-1].startswith(f"score {drawn.score:.1f}")
    assert film.charts[0].series[0].values == drawn.roll.scores
    assert film.charts[1].y_range == (0.0, 1.0)
    assert json.dumps(film.panels[0].notes)
    dream = small(dreamt())
    (chart,) = imagine_film.reel(dream.plan, dream.roll).charts
    assert chart.series[0].values == dream.roll.values


def test_what_leaves_is_a_table_and_the_pictures_of_an_animation():
    drawn = small(plan())
    rows = imagine_away.rows(drawn.roll)
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[-1]["score"] == drawn.roll.scores[-1]
    assert set(imagine_away.rows(small(dreamt()).roll)[0]) == {"step", "raised"}
    assert drawn.roll.pictures().shape[1:] == (48, 48, 3)


def test_a_small_canvas_is_shown_large():
    made = imagine_drawn.picture(np.full((3, 20, 40), 0.5, np.float32))
    assert made.size == (imagine_drawn.WIDE, imagine_drawn.WIDE // 2)


def test_what_is_stuck_says_what_to_do():
    assert "Begin with noise, or raise the probability." in imagine_drawn.stuck(plan())
    assert imagine_drawn.stuck(plan(settings=replace(SHORT, raised=Raised.SOFTMAX))).endswith("Begin with noise.")
    assert imagine_drawn.stuck(dreamt()).endswith("Choose another layer.")


def test_the_verdict_has_the_numbers_of_both_and_follows_them():
    drawn = small(plan()).small
    assert drawn is not None
    high, low = (replace(drawn, closing=replace(drawn.closing, score=score)) for score in (20.0, 5.0))
    assert "20.0" in imagine_versus.verdict(high, low)
    assert "content earlier" in imagine_versus.verdict(high, low)
    assert "did not get further" in imagine_versus.verdict(low, high)


def test_the_two_that_are_compared_differ_in_what_is_raised_alone():
    first, second = imagine_versus.plans(plan(settings=replace(SHORT, l2=0.0)))
    assert first.settings == replace(second.settings, raised=Raised.SCORE)
    assert first.settings.l2 == VisualisationSettings().l2


def comparing() -> None:
    import streamlit as st

    from ui.sections.saliency import imagine_versus

    found = imagine_versus.versus(st.session_state["plan"], waits=st.session_state.get("waits", False))
    st.text(f"{len(found)} of two")


def test_the_comparison_comes_in_parts_and_waits_while_a_run_is_watched(monkeypatch):
    monkeypatch.setattr(imagine_versus, "BUDGET", 0.0)
    at = AppTest.from_function(comparing, default_timeout=120)
    fresh = plan(settings=replace(SHORT, target=3), target=3, label="dog")  # of which nothing is there yet
    at.session_state["plan"], at.session_state["waits"] = fresh, True
    assert at.run().text[0].value == "0 of two"
    steps = [one.history for one in map(imagine_drawn.making, imagine_versus.plans(fresh))]
    assert steps == [(), ()]
    at.session_state["waits"] = False
    at.run()
    first, second = map(imagine_drawn.making, imagine_versus.plans(fresh))
    assert len(first.history) == 1
    assert second.history == ()
    monkeypatch.setattr(imagine_versus, "BUDGET", math.inf)
    at.run()
    assert at.text[0].value == "1 of two"
    at.run()
    assert at.run().text[0].value == "2 of two"
    assert not at.exception


RUNS = {
    "score": plan(),
    "probability": plan(settings=replace(SHORT, raised=Raised.SOFTMAX, blur=0.0, jitter=0)),
    "noise": plan(settings=replace(SHORT, start=Start.NOISE, seed=3, l2=0.0, total_variation=0.0, octaves=3)),
    "dream": dreamt(),
    "calm dream": dreamt(photo=sample("coffee")),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_lines_draw_the_picture_of_the_page(name, tmp_path, monkeypatch):
    one = RUNS[name]
    if name == "calm dream":
        one = replace(one, settings=replace(one.settings, l2=20.0, total_variation=50.0, blur=0.5))
    drawn = small(one)
    code = imagine_snippet.ascent(one.photo, one.card, one.settings, 48, one.layer)
    said = printed(code.replace('"drawn.png"', repr(str(tmp_path / "drawn.png"))))
    if one.layer:
        assert said["strength"] == pytest.approx(drawn.roll.values[-1], rel=0.01)
    else:
        assert said["score"] == pytest.approx(drawn.score, abs=0.05)
        assert said["probability"] == pytest.approx(drawn.probability, abs=0.01)
    theirs = np.asarray(Image.open(tmp_path / "drawn.png")).astype(int)
    ours = np.rint(drawn.canvas * 255).transpose(1, 2, 0)
    assert np.abs(ours - theirs).mean() < 1


def test_the_noise_of_the_lines_is_that_of_core():
    assert f"+ {SPECKLE} * torch.randn" in imagine_snippet.ascent(
        sample("cat"), card("lab-classifier"), replace(SHORT, start=Start.NOISE), 48, None
    )


@pytest.mark.parametrize("row", [row for row in CARDS if row.task is Task.CLASSIFY], ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(row):
    for layer in (None, row.layers[0].name):
        settings = replace(DREAM if layer else SHORT, steps=2)
        ast.parse(imagine_snippet.ascent(sample("cat"), row, settings, 48, layer))


def test_words_have_what_is_drawn_in_them():
    assert imagine_film.title(plan()) == "“cat” by its score"
    assert imagine_film.title(plan(settings=replace(SHORT, raised=Raised.SOFTMAX))) == "“cat” by its probability"
    assert imagine_film.title(dreamt()) == "Deep dream at features.7"
    assert callable(imagine_words.formula)


def test_the_link_opens_this_state():
    at = session(**{"class-l2": 0, "class-rate": 0.04, "class-side": 160, "class-grows": 1.6, "raised": "Probability"})
    other = AppTest.from_function(app, default_timeout=120)
    for name, value in link(at).items():
        other.query_params[name] = value
    other.run()
    assert not other.exception
    assert other.session_state["given"].plan.settings == at.session_state["given"].plan.settings
    assert other.session_state["given"].plan.side == 160
