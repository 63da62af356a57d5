"""Challenges: solved by what the visitor placed, by exactly what they ask, and for the whole session."""

import itertools
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.anchors import measure
from core.images.samples import SAMPLES, sample
from ui.sections.anchors.boxes import Pair, by_hand, pairs
from ui.sections.anchors.challenges import Saved, are_twins

PAIR = Pair((0.0, 0.0, 10.0, 10.0), (5.0, 0.0, 15.0, 10.0))


def saved(iou: float, giou: float) -> Saved:
    return Saved(PAIR, iou, giou)


@pytest.mark.parametrize(
    ("one", "two", "twins"),
    [
        ((0.30, 0.20), (0.30, 0.10), True),
        ((0.30, 0.20), (0.31, 0.25), True),
        ((0.30, 0.20), (0.311, 0.10), False),
        ((0.30, 0.20), (0.30, 0.151), False),
        ((0.30, 0.20), (0.30, 0.20), False),
        ((0.0, -0.3), (0.0, -0.8), False),
        ((0.0, -0.3), (0.005, -0.8), False),
        ((0.005, -0.3), (0.005, -0.8), True),
        ((0.10, 0.05), (0.11, 0.0), True),
    ],
)
def test_twins_have_equal_iou_above_zero_and_different_giou(one, two, twins):
    assert are_twins(saved(*one), saved(*two)) is twins
    assert are_twins(saved(*two), saved(*one)) is twins


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_no_two_presets_are_twins(row):
    """Else two clicks and no thought would solve the third challenge."""
    found = [measure(pair.a, pair.b) for pair in pairs(sample(row.key)).values()]
    rows = [saved(overlap.iou, overlap.giou) for overlap in found]
    assert not any(are_twins(one, two) for one, two in itertools.combinations(rows, 2))


def page() -> None:
    import numpy as np
    import streamlit as st

    from core.experiments.anchors import measure
    from core.images.photo import from_pixels
    from ui.sections.anchors.boxes import Pair
    from ui.sections.anchors.challenges import challenges

    photo = from_pixels(np.zeros((100, 100, 3), np.uint8), "blank")
    pair = Pair(st.session_state["a"], st.session_state["b"])
    challenges(photo, pair, measure(pair.a, pair.b))


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(page)


def place(at: AppTest, a, b) -> AppTest:
    at.session_state["a"], at.session_state["b"] = tuple(map(float, a)), tuple(map(float, b))
    at.run()
    assert not at.exception
    return at


def solved(at: AppTest) -> list[bool]:
    """Of the three challenges, in order."""
    return [
        "check_circle" in words.value for words in at.markdown if re.search("check_circle|radio_button", words.value)
    ]


def test_at_first_nothing_is_solved(at):
    assert solved(place(at, (0, 0, 10, 10), (50, 50, 60, 60))) == [False, True, False], "GIoU is below 0 by hand"
    fresh = AppTest.from_function(page)
    assert solved(place(fresh, (0, 0, 30, 30), (0, 0, 30, 30))) == [False, False, False]


@pytest.mark.parametrize(
    ("height", "done"), [(50, True), (50.9, True), (49.1, True), (51.1, False), (48.9, False), (100, False)]
)
def test_an_iou_of_one_half_within_a_hundredth_solves_the_first(at, height, done):
    """B lies inside A, so the IoU is its height over 100."""
    assert solved(place(at, (0, 0, 20, 100), (0, 0, 20, height)))[0] is done


def test_a_giou_below_zero_solves_the_second(at):
    assert solved(place(at, (0, 0, 20, 20), (0, 0, 20, 40)))[1] is False
    assert solved(place(at, (0, 0, 20, 20), (30, 30, 60, 60)))[1] is True


def test_what_was_solved_stays_solved(at):
    place(at, (0, 0, 20, 100), (0, 0, 20, 50))
    assert solved(place(at, (0, 0, 20, 100), (0, 0, 20, 90))) == [True, False, False]


@pytest.mark.parametrize("name", ["Half aside", "Apart", "Crossed"])
def test_a_preset_solves_nothing(at, blank, name):
    pair = pairs(blank(100, 100))[name]
    assert not by_hand(blank(100, 100), pair)
    assert solved(place(at, pair.a, pair.b)) == [False, False, False]


def test_a_challenge_says_where_the_boxes_stand_now(at):
    words = [caption.value for caption in place(at, (0, 0, 20, 20), (20, 20, 40, 40)).caption]
    assert "Now 0.000." in words
    assert ":green[Solved.] Now −0.500." in words


SHIFTED = ((0, 0, 20, 20), (10, 0, 30, 20))  # IoU 1/3, GIoU 1/3
INSIDE = ((0, 0, 30, 30), (0, 0, 10, 30))  # IoU 1/3, GIoU 1/3
CORNER = ((0, 0, 40, 40), (11.716, 11.716, 51.716, 51.716))  # IoU 1/3, GIoU below it


def save(at: AppTest, a, b) -> AppTest:
    place(at, a, b)
    at.button(key="save-pair").click().run()
    assert not at.exception
    return at


def test_two_saved_pairs_with_equal_iou_and_different_giou_solve_the_third(at):
    assert solved(save(at, *SHIFTED))[2] is False
    assert solved(save(at, *INSIDE))[2] is False
    assert solved(save(at, *CORNER))[2] is True
    marks = [caption.value for caption in at.caption if caption.value.startswith("**Pair")]
    assert [":green[equal IoU]" in mark for mark in marks] == [True, False, True]


def test_a_pair_is_saved_once(at):
    save(at, *SHIFTED)
    save(at, *SHIFTED)
    assert len(at.session_state["saved_pairs"]) == 1


def test_the_oldest_saved_pairs_leave(at):
    for side in range(10, 20):
        save(at, (0, 0, 20, 20), (0, 0, side, 20))
    assert [row.pair.b[2] for row in at.session_state["saved_pairs"]] == [14, 15, 16, 17, 18, 19]


def test_saved_pairs_can_be_cleared_and_the_solution_stays(at):
    save(at, *SHIFTED)
    save(at, *CORNER)
    at.button(key="clear-pairs").click().run()
    assert at.session_state["saved_pairs"] == []
    assert solved(at)[2] is True
    assert [button.key for button in at.button] == ["save-pair"]
