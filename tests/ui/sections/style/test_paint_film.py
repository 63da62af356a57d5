"""The film of a painting: its curves, what was changed on the way, and from where it can go on."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.style.settings import Optimiser
from tests.ui.sections.style.run_cases import OWN, case, run, shown
from ui.live import Phase
from ui.sections.style import paint_drawn, paint_film
from ui.sections.style.case import Case, Drawn

STEERED = replace(OWN, style=100.0)


def drawn(of: Case | None = None, changed: dict | None = None, phase: Phase = Phase.STOPPED) -> Drawn:
    one = of or case()
    return paint_drawn.drawn(one, shown(run(one, changed), phase))


def test_there_is_a_frame_for_each_kept_step_and_a_curve_for_each_part():
    one = drawn()
    film = paint_film.reel(one)
    assert film.steps == tuple(f"update {index}" for index in range(7))
    assert [chart.title for chart in film.charts] == ["Content", "Style", "Total variation"]
    content, style, variation = (chart.series[0].values for chart in film.charts)
    losses = [step.losses for step in one.history]
    assert content == tuple(one.content for one in losses)
    assert style == tuple(one.style for one in losses)
    assert variation == tuple(one.total_variation for one in losses)
    assert film.panels[0].sheet.frames == 7
    assert film.panels[0].notes[-1] == f"loss {losses[-1].total:.3g}"
    assert all(chart.marks == () for chart in film.charts)


def test_where_a_weight_was_changed_is_marked_and_said():
    one = drawn(changed={3: STEERED})
    assert paint_film.changes(one.history) == {3: "style 10 → 100"}
    film = paint_film.reel(one)
    assert all(chart.marks == (3.0,) for chart in film.charts)
    assert film.said[3] == "Content 1 · style 10 · total variation 1 · learning rate 0.03. Then: style 10 → 100."
    assert film.said[4] == "Content 1 · style 100 · total variation 1 · learning rate 0.03."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"steps": 99}, ""),
        ({"content": 0.0, "rate": 0.1}, "content 1 → 0, rate 0.03 → 0.1"),
        ({"total_variation": 30.0}, "total variation 1 → 30"),
        ({"style_layers": {**OWN.style_layers, "features.4": 0.0}}, "features.4 1 → 0"),
        ({"content_layers": {"features.12": 1.0}}, "content layer features.12"),
        ({"mix": (1.0,)}, "the share of the second style"),
        ({"optimiser": Optimiser.LBFGS}, "optimiser L-BFGS"),
    ],
    ids=str,
)
def test_every_change_that_acts_has_its_words(change, words):
    assert paint_film.changed(OWN, replace(OWN, **change)) == words


def test_where_the_picture_grows_is_said():
    one = drawn(case(replace(OWN, octaves=2, side=96)))
    assert paint_film.growths(one.history) == [3]
    assert [" grown" in words for words in paint_film.said(one.history)] == [index == 3 for index in range(7)]


def test_what_was_not_kept_with_its_settings_has_no_words():
    history = tuple(replace(step, standing=None) for step in drawn().history)
    assert paint_film.changes(history) == {}
    assert set(paint_film.said(history)) == {""}


def test_an_axis_ends_where_the_rest_of_a_curve_can_be_seen():
    assert paint_film.most([(0, 50.0), (1, 1.0), (2, 1.0), (3, 1.0)]) == paint_film.CLIPPED
    assert paint_film.most([(0, 1.0), (1, 2.0)]) == 2.0
    assert paint_film.most([(0, 0.0), (1, 0.0), (2, 3.0)]) == 3.0
    assert paint_film.most([(0, 0.0)]) == 0.0


def film() -> None:
    import streamlit as st

    from ui.sections.style import paint_film

    paint_film.show(st.session_state["drawn"])


def button(one: Drawn, frame: int | None = None):
    at = AppTest.from_function(film, default_timeout=120)
    at.session_state["drawn"] = one
    if frame is not None:
        at.session_state["style-film-frame"] = (paint_film._name(one), frame)
    at.run()
    assert not at.exception
    return at.button(key="style-go-on")


def test_it_goes_on_from_the_frame_that_is_seen():
    one = drawn(case(replace(OWN, steps=6)))
    further = replace(one, case=case(replace(OWN, steps=9)))
    assert button(further).label == "Go on from update 6"
    assert button(further, 2).label == "Go on from update 2"
    assert not button(further, 2).disabled
    assert "remembers nothing" in button(further, 2).help
    assert "remembers nothing" not in button(further).help


def test_it_goes_on_from_the_last_frame_before_that_is_held_at_full_size():
    one = drawn()
    held = [
        step if step.index % 4 == 0 else replace(step, standing=replace(step.standing, pixels=None))
        for step in one.history
    ]
    assert button(replace(one, history=tuple(held)), 3).label == "Go on from update 0"
    assert button(replace(one, history=tuple(held)), 5).label == "Go on from update 4"


def test_where_all_updates_are_made_it_says_what_to_do():
    made = button(drawn())
    assert made.disabled
    assert made.help == "All updates are made. Choose more above."


def test_a_frame_of_another_film_is_not_taken_for_one_of_this():
    one = drawn()
    other = drawn(case(replace(OWN, seed=1)))
    assert paint_film._name(one) != paint_film._name(other)
