"""Overlap-add in the browser: what it is given, and what is taken from it."""

import math

import pytest

from core.segmentation.transposed_settings import TransposeSettings
from ui.components import overlap_add
from viz.colours import BOX_B, RED_BLUE, VIRIDIS

SETTINGS = TransposeSettings(input=((0.0, 1.0), (2.0, 3.0)), kernel=((0.1, -1.0),), stride=2, padding=0)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(overlap_add, "_component", lambda **given: options.update(given))
    return options


def show(step: int = 4, *, veiled: bool = False) -> list[int]:
    """Mounts the component. What the page is told from then on."""
    steps: list[int] = []
    overlap_add.overlap_add("lay", SETTINGS, step=step, on_step=steps.append, veiled=veiled)
    return steps


def told(mounted, visitor, message: object) -> list[int]:
    """What the page hears of `message`."""
    steps = show()
    visitor.session["lay"] = {"step": message}
    mounted["on_step_change"]()
    return steps


def test_the_browser_is_given_the_exact_numbers(mounted):
    assert show(3, veiled=True) == []
    assert mounted["key"] == "lay"
    assert mounted["data"] == {
        "input": ((0, 1), (2, 3)),
        "kernel": ((0.1, -1),),
        "stride": 2,
        "padding": 0,
        "veiled": True,
        "step": 3,
        "revision": 0,
        "ramps": (VIRIDIS, RED_BLUE),
        "hit": BOX_B.colour,
    }


@pytest.mark.parametrize("step", [0, 1, 4])
def test_where_the_slider_came_to_rest_reaches_the_page(mounted, visitor, step):
    assert told(mounted, visitor, {"value": step, "revision": 7}) == [step]
    show()
    assert mounted["data"]["revision"] == 7


@pytest.mark.parametrize("step", [-1, 5, 10**400, 1.0, math.nan, True, "1", None, [1], {"value": 1}])
def test_a_step_that_is_none_is_ignored(mounted, visitor, step):
    assert told(mounted, visitor, {"value": step, "revision": 1}) == []


@pytest.mark.parametrize("message", [None, {}, [], 1, "1", {"value": "1"}, {"value": True, "revision": -1}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, message):
    assert told(mounted, visitor, message) == []
    show()
    assert mounted["data"]["revision"] == 0


def test_before_the_first_message_nothing_is_reported(mounted, visitor):
    steps = show()
    visitor.session["lay"] = {}
    mounted["on_step_change"]()
    assert steps == []
