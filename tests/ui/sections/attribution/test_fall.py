"""Deletion and insertion: what is judged, in which order it fills in, and what the film shows."""

import json
from collections.abc import Iterator
from itertools import groupby

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.attribution.methods import Method
from tests.ui.sections.attribution.trust_cases import fallen, judged, real
from ui.cached import attributions
from ui.sections.attribution import fall
from ui.sections.attribution.fall import CONTROLS, reel, strokes, wanted

MAP = np.ones((3, 3), np.float32)


def view() -> None:
    import streamlit as st

    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import fall

    case = real()
    asked = fall.methods(case, st.container())
    shown = fall.watched(asked, st.container())
    titles = fall.wanted(asked, shown)
    found = fall.judged(case, titles)
    st.session_state["drawn"] = [*st.session_state.get("drawn", []), [one.title for one in found]]
    fall.fall(case, found, shown, titles)
    fall.more(case, titles)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The doors without networks: whose curves they were asked for, in order. Each takes longer than the page waits."""
    calls: list[str] = []
    st.cache_data.clear()  # of pictures that pages of other tests have made of the same photo
    st.cache_resource.clear()

    def one(photo, model, target, by, kind, key):
        if f"{key} {kind.value}" not in calls:
            calls.append(f"{key} {kind.value}")
        return fallen(kind, 1.0, 0.5, 0.0)

    explanation = judged("Grad-CAM", (1.0, 0.0), (0.0, 1.0), MAP).explanation
    monkeypatch.setattr(attributions, "fall", one)
    monkeypatch.setattr(attributions, "explain", lambda *_: explanation)
    monkeypatch.setattr(fall, "PATIENCE", -1.0)
    real()
    yield calls
    st.cache_data.clear()
    st.cache_resource.clear()


def test_what_is_seen_comes_first_then_the_random_control_then_the_rest():
    methods = [Method.GRAD_CAM, Method.GRADIENT]
    assert wanted(methods, "Grad-CAM") == ["Grad-CAM", CONTROLS[0], "Gradient", CONTROLS[1]]
    assert wanted(methods, CONTROLS[1]) == [CONTROLS[1], CONTROLS[0], "Grad-CAM", "Gradient"]
    assert sorted(wanted(methods, CONTROLS[0])) == sorted(["Grad-CAM", "Gradient", *CONTROLS])


def test_the_page_is_drawn_after_each_and_every_one_is_there_in_the_end(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    assert not at.exception
    drawn = [found for found, _ in groupby(at.session_state["drawn"])]
    assert [len(found) for found in drawn] == [0, 1, 2, 3, 4, 5, 6]
    assert drawn[1] == ["Grad-CAM"]
    assert drawn[2] == ["Grad-CAM", CONTROLS[0]]
    assert len(at.session_state["drawn"]) == 1 + 3 * 6, "after every part a moved control is heard"
    assert asked[:4] == [
        "Grad-CAM deletion",
        "Grad-CAM insertion",
        f"{CONTROLS[0]} deletion",
        f"{CONTROLS[0]} insertion",
    ]
    assert len(asked) == 12


def test_what_has_been_judged_is_not_waited_for_again(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    before = len(at.session_state["drawn"])
    at.selectbox(key="watched").select(CONTROLS[0]).run()
    assert len(at.session_state["drawn"]) == before + 1


def test_a_method_that_is_added_is_judged_alone(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    before = len(asked)
    at.multiselect(key="judged").select("Gradient").run()
    assert asked[before:] == ["Gradient deletion", "Gradient insertion"]


def test_a_link_with_methods_that_the_network_lacks_falls_back(asked):
    at = AppTest.from_function(view, default_timeout=120)
    at.session_state["judged"] = ["No such method"]
    at.session_state["watched"] = "Another"
    at.run()
    assert not at.exception
    assert at.selectbox(key="watched").value == "Grad-CAM"


def test_the_film_has_the_pictures_of_one_and_the_curves_of_all():
    found = [
        judged("Grad-CAM", (1.0, 0.2, 0.0), (0.0, 0.8, 1.0), MAP),
        judged(CONTROLS[0], (1.0, 0.5, 0.0), (0.0, 0.5, 1.0)),
    ]
    film = reel(real(), found, found[0], strokes([one.title for one in found]))
    assert [panel.title for panel in film.panels] == ["Deletion: Grad-CAM", "Insertion: Grad-CAM"]
    assert film.panels[0].notes == ("cat 100.0\u00a0%", "cat 20.0\u00a0%", "cat 0.0\u00a0%")
    deletion, insertion = film.charts
    assert [one.name for one in deletion.series] == ["Grad-CAM, AUC 0.350", "Random pixels, AUC 0.500"]
    assert insertion.series[0].values == (0.0, 0.8, 1.0)
    assert deletion.xs == (0.0, 50.0, 100.0)
    assert film.steps[1] == "50 % of the pixels"
    assert json.dumps(film.steps)


def test_every_curve_has_a_stroke_of_its_own_and_only_the_controls_are_grey():
    titles = [method.title for method in Method][: fall.MOST]
    given = strokes([*titles, *CONTROLS])
    assert len(set(given.values())) == len(given) == fall.MOST + 2
    assert [given[title].colour == fall.GREY for title in (*titles, *CONTROLS)] == [False] * fall.MOST + [True, True]
    assert strokes([titles[1], *CONTROLS])[CONTROLS[0]] == given[CONTROLS[0]]


def test_the_names_of_the_controls_are_those_of_the_experiment():
    from core.experiments.trust import Control

    assert tuple(one.title for one in Control) == CONTROLS
