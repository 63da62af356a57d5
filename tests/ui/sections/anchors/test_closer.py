"""The closer look: one view at a time, and only those that the rule has an answer for."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.sections.anchors import offsets, rule
from ui.sections.anchors.closer import DECISION, FIT, KEY, OFFSETS


def page() -> None:
    import streamlit as st

    from ui import cached
    from ui.sections.anchors import closer, offsets, rule, truths

    photo = cached.sample(st.session_state.setdefault("photo", "cat"))
    settings, how = rule.controls()
    objects = truths.of(photo)
    answer = cached.assign(truths.boxes(objects), settings, how, photo)
    picked = offsets.picked(photo, objects, settings, answer)
    closer.closer(photo, objects, settings, how, answer, picked)
    st.button("pick", on_click=offsets.pick, args=(5,))


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def seen(at: AppTest) -> set[str]:
    """What is drawn, by a mark that only this view has."""
    words = " ".join(element.value for element in (*at.markdown, *at.caption))
    marks = {FIT: "Objects covered", DECISION: "is activated", OFFSETS: "Girshick"}
    return {view for view, mark in marks.items() if mark in words}


def test_it_opens_on_how_well_the_anchors_fit():
    assert seen(opened()) == {FIT}


@pytest.mark.parametrize("view", [FIT, DECISION, OFFSETS])
def test_only_the_chosen_view_is_drawn(view):
    at = opened()
    at.button_group(key=KEY).set_value(view).run()
    assert seen(at) == {view}
    assert seen(opened(look=view)) == {view}


@pytest.mark.parametrize("name", [rule.GREEDY, rule.THRESHOLDS])
def test_how_yolo_decides_is_there_with_its_rule_only(name):
    at = opened(look=DECISION)
    assert DECISION in at.button_group(key=KEY).options
    at.button_group(key="rule").set_value(name).run()
    assert not at.exception
    assert DECISION not in at.button_group(key=KEY).options
    assert seen(at) == {FIT}
    assert seen(opened(look=DECISION, rule=name)) == {FIT}


@pytest.mark.parametrize("words", ["", "nonsense", "%00"])
def test_words_that_name_no_view_open_the_first(words):
    assert seen(opened(look=words)) == {FIT}


def test_an_anchor_that_is_clicked_opens_what_is_predicted():
    at = opened(look=DECISION)
    at.button[-1].click().run()
    assert seen(at) == {OFFSETS}
    assert at.session_state[offsets.KEY] == 5
    assert any("Anchor 5 and" in caption.value for caption in at.caption)
