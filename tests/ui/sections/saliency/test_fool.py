"""The view Fool on the lab's own network: a result at once, controls that hear each other, a box instead of a class."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.adversarial.settings import Attack, Goal
from core.experiments.aims import STANDARD, drawn_class, rivals
from core.images.samples import sample
from tests.ui.sections.saliency.fool_cases import MODEL, asked, cat, made, towards
from ui import frame, growing
from ui.cached import adversarial, efforts
from ui.sections.saliency import fool_case, fool_controls, fool_curve, fool_live, fool_more, fool_result

WAIT = 120


def app() -> None:
    from core.images.samples import sample
    from ui.sections.saliency import fool

    fool.fool(sample("cat"))


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """One view without the frame of the page, and without the work that fills in by a timer."""
    monkeypatch.setattr(frame, "send_to", lambda *files, **takes: None)
    monkeypatch.setattr(growing, "filled", lambda name, of, total, draw: draw(0))
    monkeypatch.setattr(fool_result, "AT_ONCE", math.inf)


def opened(**state: object) -> AppTest:
    at = AppTest.from_function(app, default_timeout=WAIT)
    for key, value in state.items():
        at.session_state[key] = value
    at.run()
    assert not at.exception
    assert not at.error, [one.value for one in at.error]
    return at


def said(at: AppTest) -> str:
    return " ".join(one.value for one in [*at.markdown, *at.caption])


@pytest.fixture(scope="module")
def plain():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "send_to", lambda *files, **takes: None)
        patch.setattr(growing, "filled", lambda name, of, total, draw: draw(0))
        patch.setattr(fool_result, "AT_ONCE", math.inf)
        yield opened()


def test_a_result_is_there_at_once_and_says_that_it_holds(plain):
    words = said(plain)
    assert "became" in words
    assert "holds as a picture of 8 bits" in words
    assert "Verified" in words
    assert {one.label for one in plain.metric} == {"L∞, the largest", "L2, the length", "L0, the pixels", "SSIM"}


def test_epsilon_stands_first_and_at_most_four_controls_are_in_view(plain):
    labels = [one.label for one in [*plain.slider, *plain.selectbox]]
    assert "Epsilon, in 1/255" in labels
    assert {"Attack", "Target", "Network"} <= set(labels)
    assert plain.slider(key="eps").value == fool_controls.LEVELS


def test_the_bill_counts_the_attack(plain):
    assert any("forward and" in one.value and "backward pass" in one.value for one in plain.caption)


def test_the_standard_attack_is_what_the_controls_say_before_anybody_moves_one():
    found: dict[str, object] = {}
    original = fool_case.choose

    def spied(*given):
        found["asked"] = original(*given)
        return found["asked"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fool_case, "choose", spied)
        opened()
    assert found["asked"].settings == STANDARD
    assert found["asked"].aim == towards()


def test_epsilon_0_is_the_clean_answer():
    at = opened(eps=0)
    assert "No pixel changed" in said(at)
    assert "became" not in said(at)


def test_deepfool_goes_away_from_the_answer_and_says_so():
    at = opened(attack="DeepFool: nearest border", target="horse")
    assert "DeepFool goes to the nearest other class" in said(at)


def test_a_target_of_another_network_falls_back_to_the_first():
    at = opened(target="goldfish")
    assert at.selectbox(key="target").value == fool_controls.LEAST


def test_without_a_bound_there_is_no_epsilon():
    at = opened(free=True)
    assert at.slider(key="eps").disabled
    assert "no bound" in said(at)


def test_a_prediction_keeps_the_result_back():
    at = opened(**{"fooling-hidden": True})
    assert "waits until you reveal" in said(at)
    assert not at.metric


def test_every_class_and_every_rank_can_be_a_target():
    choices = fool_controls.aims(cat())
    first = [fool_controls.LEAST, fool_controls.AWAY, fool_controls.CHANCE_CLASS, "Second guess"]
    assert list(choices)[:4] == first
    assert set(cat().classes) <= set(choices)
    assert choices["horse"].label == cat().classes.index("horse")
    assert choices[fool_controls.AWAY].goal is Goal.AWAY
    assert choices[fool_controls.AWAY].label == cat().guesses[0].index


def test_the_attacks_have_one_label_each():
    assert sorted(one.value for one in fool_controls.ATTACKS.values()) == sorted(one.value for one in Attack)


def test_a_box_instead_falls_below_the_threshold():
    at = opened(vanish=True, attack="PGD, L∞: small steps", eps=4)
    assert "the detector overlooks the cat" in said(at)
    assert at.selectbox(key="victim").value == "1"
    assert not [one for one in at.selectbox if one.label == "Target"]
    assert "DeepFool: nearest border" not in at.selectbox(key="attack").options


def by_itself(name: str, of: str, total: int, draw: Callable[[int], None]) -> None:
    """One part of the work that begins by itself."""
    if not growing.progress(name, of).going:
        growing.begin(name, of)
    draw(1)


def test_the_rows_that_are_there_are_drawn_and_the_others_are_to_come(monkeypatch):
    st.cache_resource.clear()
    for row in rivals(towards(), STANDARD, cat().guesses[0].index)[:2]:
        efforts.advanced(adversarial.trial(sample("cat"), MODEL, *row), math.inf)
    words = said(opened())
    assert "Gradient ascent" in words
    assert "3 to come" in words


def test_the_whole_table_and_the_curve_end_with_the_smallest_epsilon(monkeypatch):
    monkeypatch.setattr(growing, "filled", by_itself)
    monkeypatch.setattr(fool_more, "BUDGET", 60.0)
    at = opened(attack="PGD, L∞: small steps", eps=4, updates=8)
    words = said(at)
    assert "to come" not in words
    assert "as the smallest" in words or "Not even" in words
    assert fool_curve.LIMIT == 16


def test_a_part_of_the_work_is_a_few_updates_and_not_a_whole_attack(monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setattr(growing, "filled", by_itself)
    monkeypatch.setattr(fool_more, "BUDGET", 1e-9)
    at = opened()
    assert "| Gradient ascent" not in said(at)
    for _ in range(9):  # the clean picture, four updates, and the end of it
        at.run()
    assert "| Gradient ascent" in said(at)


def test_a_long_attack_comes_in_parts_and_then_the_rest_of_the_page(monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setattr(growing, "filled", by_itself)
    monkeypatch.setattr(fool_more, "BUDGET", 60.0)
    monkeypatch.setattr(fool_result, "AT_ONCE", 0.0)
    monkeypatch.setattr(fool_result, "BUDGET", 0.0)
    at = opened(eps=7)
    assert "of at most 20 updates are made" in said(at)
    assert not at.metric
    for _ in range(6):
        at.run()
    assert "of at most" not in said(at)
    assert at.metric


def test_what_takes_many_steps_waits_for_a_click(monkeypatch):
    monkeypatch.setattr(growing, "filled", lambda *given: pytest.fail("it began by itself"))
    at = opened(updates=fool_more.AT_ONCE + 1)
    assert "Waits for a click on Compare attacks" in said(at)
    assert [one.label for one in at.button if one.key == "fool-more-start"] == ["Compare attacks"]


def test_while_an_attack_is_watched_nothing_else_is_begun(monkeypatch):
    monkeypatch.setattr(growing, "filled", lambda name, *rest: pytest.fail("it began"))
    monkeypatch.setattr(efforts, "advanced", lambda *given: pytest.fail("it went on"))
    fool_more.more(asked(), made(), waits=True)


def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of the live view that goes on and on."""
    monkeypatch.setattr(fool_live, "watch", lambda scene, factor: True)


def test_while_a_run_goes_on_nothing_is_computed_and_the_last_result_says_what_it_is_of(monkeypatch):
    at = opened()
    watched(monkeypatch)
    monkeypatch.setattr(efforts, "advanced", lambda *given: pytest.fail("it was computed"))
    at.slider(key="eps").set_value(1).run()
    assert not at.exception
    words = said(at)
    assert (
        "**This is the result with epsilon 8/255.** That with epsilon 1/255 comes when the run below has ended" in words
    )
    assert "more than 8 levels of 255" in words


def test_a_run_of_something_that_has_no_result_yet_is_alone(monkeypatch):
    watched(monkeypatch)
    monkeypatch.setattr(efforts, "advanced", lambda *given: pytest.fail("it was computed"))
    at = opened(eps=5)
    assert "The result comes when the run below has ended" in said(at)
    assert not at.metric


def test_a_class_by_chance_is_drawn_by_its_number_and_another_by_a_click():
    at = opened(target=fool_controls.CHANCE_CLASS, lot=7)
    names, drawn = cat().classes, drawn_class(cat().probabilities, 7)
    assert f"towards {names[drawn]}" in said(at).lower() or f"{names[drawn]} ·" in said(at)
    at.button(key="fool-draw").click().run()
    assert not at.exception
    assert at.number_input(key="lot").value == 8
    assert f"{names[drawn_class(cat().probabilities, 8)]} ·" in said(at)


def test_a_link_names_the_class_by_chance():
    at = AppTest.from_function(app, default_timeout=WAIT)
    at.query_params.update({"target": fool_controls.CHANCE_CLASS, "lot": "3"})
    at.run()
    assert not at.exception
    assert at.number_input(key="lot").value == 3
    assert f"{cat().classes[drawn_class(cat().probabilities, 3)]} ·" in said(at)


def test_a_network_of_few_classes_has_none_by_chance():
    few = replace(cat(), probabilities=cat().probabilities[:5], classes=cat().classes[:5], guesses=())
    assert fool_controls.CHANCE_CLASS not in fool_controls.aims(replace(few, guesses=cat().guesses[:1]))
