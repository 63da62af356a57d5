"""Gaps over points: what the chart is given, what its caption says, and that measuring begins and ends with a click."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.completeness import STEPS, GapPoint
from core.attribution.settings import Rule
from ui.sections.attribution import gaps


def points(**relative: tuple[float | None, ...]) -> list[GapPoint]:
    """Gaps of some rules at the first numbers of points; what is not named is 1."""
    found = []
    count = max(map(len, relative.values()))
    for rule in Rule:
        values = relative.get(rule.name, (1.0,) * count)
        found += [
            GapPoint(index=0, rule=rule, steps=steps, gap=0.0, relative=value)
            for steps, value in zip(STEPS, values, strict=False)
        ]
    return found


def test_the_numbers_of_points_are_those_of_core():
    assert gaps.COUNTS == STEPS


@pytest.mark.parametrize(
    ("values", "enough"),
    [
        ((0.5, 0.04, 0.03), 16),
        ((0.01, 0.5, 0.03), 32),
        ((0.01, 0.01, 0.06), None),
        ((0.05, 0.05), 8),
        ((0.01, None), None),
        ((), None),
    ],
)
def test_enough_is_where_the_gap_stays_small(values, enough):
    """A gap that is small once and grows again was luck."""
    made = [one for one in points(LEFT=values) if one.rule is Rule.LEFT] if values else []
    assert gaps.enough_from(made) == enough


def test_the_caption_names_the_rules_that_are_there_first():
    said = gaps.told(points(LEFT=(0.5, 0.04, 0.03), GAUSS_LEGENDRE=(0.2, 0.01, 0.001), MIDPOINT=(0.5, 0.5, 0.01)), 0)
    assert "Within 5 % from 16 points on: Left sum and Gauss–Legendre." in said
    assert "Right sum and Trapezoids do not up to 32." in said


def test_where_no_rule_is_enough_the_best_end_is_told():
    said = gaps.told(points(LEFT=(0.5, 0.04, 0.3), RIGHT=(0.5, 0.04, 0.21)), 0)
    assert "No rule stays within 5 % up to 32 points; the best of them ends at 21\u00a0%." in said


def test_while_it_measures_the_caption_counts_and_judges_nothing():
    said = gaps.told(points(LEFT=(0.01,)), 25)
    assert "25 measurements to come" in said
    assert "Within" not in said


def test_each_rule_has_a_curve_with_its_points():
    lines = gaps.lines(points(LEFT=(0.5, None), RIGHT=(0.25, 0.125)))
    assert [line.name for line in lines] == [rule.title for rule in Rule]
    assert lines[0].points == ((8.0, 0.5), (16.0, None))
    assert lines[1].points == ((8.0, 0.25), (16.0, 0.125))


def app() -> None:
    from core.attribution.methods import AttributionSettings
    from tests.ui.sections.attribution.path_cases import SATURATING
    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import gaps
    from ui.sections.attribution.way import Way

    gaps.gaps(real(), Way(AttributionSettings(), real().photo), SATURATING)


@pytest.fixture
def asked(monkeypatch):
    """What the page asks for, answered at once."""
    asked = []

    def answer(photo, model, target, settings, steps, rule, other):
        asked.append((steps, rule))
        return SimpleNamespace(points=(GapPoint(index=0, rule=rule, steps=steps, gap=0.1, relative=1 / steps),))

    monkeypatch.setattr(gaps.attributions, "gaps", answer)
    return asked


def test_nothing_is_measured_before_a_click_and_the_price_is_told(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    assert not at.exception
    assert asked == []
    assert any("2,520 pictures" in one.value for one in at.caption)
    assert not at.get("image")


def test_a_click_measures_every_rule_from_coarse_to_fine(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button(key="gaps-start").click().run()
    assert asked == [(8, Rule.LEFT)]  # one at a time: between two every control is heard
    assert at.button(key="gaps-stop").label == "Stop"
    at.run()
    assert asked == [(8, Rule.LEFT), (8, Rule.LEFT), (8, Rule.RIGHT)]
    for _ in range(28):
        at.run()
    assert not at.exception
    assert at.session_state[gaps.NAME].done == 30
    assert asked[-30:] == [(steps, rule) for steps in STEPS for rule in Rule]
    assert at.get("image")
    assert any("Within 5 % from 32 points on: Left sum and Right sum and" in one.value for one in at.caption)
    assert not [one for one in at.button if one.key in ("gaps-start", "gaps-stop")]


def test_a_stop_keeps_what_is_there_and_the_rest_can_follow(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button(key="gaps-start").click().run()
    for _ in range(6):
        at.run()
    at.button(key="gaps-stop").click().run()
    assert at.session_state[gaps.NAME].done == 7
    asked.clear()
    at.run()
    assert asked == [(8, rule) for rule in Rule] + [(16, Rule.LEFT), (16, Rule.RIGHT)]
    assert at.button(key="gaps-start").label == "Measure the rest"
    at.button(key="gaps-start").click().run()
    assert at.session_state[gaps.NAME].done == 8


def test_equal_scores_have_no_gap_to_draw(asked, monkeypatch):
    def nothing(photo, model, target, settings, steps, rule, other):
        return SimpleNamespace(points=(GapPoint(index=0, rule=rule, steps=steps, gap=0.0, relative=None),))

    monkeypatch.setattr(gaps.attributions, "gaps", nothing)
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button(key="gaps-start").click().run()
    assert not at.exception
    assert any("one score" in one.value for one in at.caption)
    assert not at.get("image")
