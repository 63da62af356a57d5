"""The controls of the assignment: which rule goes with which anchors, and its thresholds."""

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings
from core.boxes.settings import AssignmentSettings, Rule
from ui.sections.anchors import generator, rule


def page() -> None:
    import streamlit as st

    from ui.sections.anchors import rule

    st.session_state["made"] = rule.controls()


def opened(**query: str | list[str]) -> AppTest:
    at = AppTest.from_function(page)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def made(at: AppTest) -> tuple[AnchorSettings, AssignmentSettings]:
    assert not at.exception
    return at.session_state["made"]


def test_it_opens_with_the_course():
    assert made(opened()) == (AnchorSettings(), AssignmentSettings(rule=Rule.CELL, positive=0.5))


@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_yolos_rule_is_offered_with_yolos_grid_alone(gen):
    offered = opened(gen=gen).button_group(key="rule").options
    assert offered == (list(rule.RULES) if gen == "YOLO grid" else [rule.GREEDY, rule.THRESHOLDS])


@pytest.mark.parametrize("gen", ["Every pixel", "Pyramid"])
def test_without_yolos_grid_its_rule_gives_way_to_the_textbooks(gen):
    at = opened()
    at.button_group(key="gen").set_value(gen).run()
    settings, how = made(at)
    assert settings.generator is generator.GENERATORS[gen]
    assert how.rule is Rule.GREEDY
    assert at.button_group(key="rule").value == rule.GREEDY
    at.button_group(key="gen").set_value("YOLO grid").run()
    assert made(at)[1].rule is Rule.CELL, "the grid is back, and with it its rule"


def test_a_rule_that_was_chosen_meanwhile_stays_when_the_grid_is_back():
    at = opened(gen="Pyramid")
    at.button_group(key="rule").set_value(rule.THRESHOLDS).run()
    at.button_group(key="gen").set_value("YOLO grid").run()
    assert made(at)[1].rule is Rule.THRESHOLDS


@pytest.mark.parametrize("gen", ["Every pixel", "Pyramid"])
def test_another_rule_stays_when_the_anchors_change(gen):
    at = opened(rule=rule.THRESHOLDS)
    at.button_group(key="gen").set_value(gen).run()
    assert made(at)[1].rule is Rule.THRESHOLDS


@pytest.mark.parametrize("gen", generator.GENERATORS)
@pytest.mark.parametrize("name", rule.RULES)
def test_a_link_opens_its_rule_where_its_anchors_allow_it(gen, name):
    allowed = gen == "YOLO grid" or name != rule.CELL
    settings, how = made(opened(gen=gen, rule=name))
    assert settings.generator is generator.GENERATORS[gen]
    assert how.rule is (rule.RULES[name] if allowed else Rule.GREEDY)


@pytest.mark.parametrize("name", [rule.GREEDY, rule.CELL])
def test_one_threshold_for_the_textbook_and_for_yolo(name):
    at = opened(rule=name, threshold="0.35")
    assert made(at)[1] == AssignmentSettings(rule=rule.RULES[name], positive=0.35)
    assert "limits" not in [slider.key for slider in at.slider]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [(None, (0.3, 0.7)), ((0.1, 0.9), (0.1, 0.9)), ((0.4, 0.4), (0.4, 0.4)), ((0.0, 1.0), (0.0, 1.0))],
    ids=str,
)
def test_two_thresholds_leave_room_between_them(limits, expected):
    at = opened(rule=rule.THRESHOLDS)
    if limits:
        at.slider(key="limits").set_value(limits).run()
    assert made(at)[1] == AssignmentSettings(rule=Rule.THRESHOLDS, negative=expected[0], positive=expected[1])
    assert "threshold" not in [slider.key for slider in at.slider]


def test_both_thresholds_come_from_a_link():
    for limits in (["0.2", "0.6"], ["0.6", "0.2"]):
        how = made(opened(rule=rule.THRESHOLDS, limits=limits))[1]
        assert (how.negative, how.positive) == (0.2, 0.6), "in any order"


def test_every_rule_says_what_it_does():
    assert set(rule.LESSONS) == set(rule.RULES.values()) == set(Rule)


def test_every_control_has_a_key_that_a_link_carries():
    keys = set()
    for name in rule.RULES:
        at = opened(rule=name)
        keys |= {widget.key for widget in (*at.slider, *at.button_group)}
    assert keys - set(generator.KEYS) == set(rule.KEYS)


@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_the_anchors_open_beside_a_rule_as_they_do_alone(gen):
    assert made(opened(gen=gen))[0] == AnchorSettings(generator=generator.GENERATORS[gen])
