"""Typed boxes: what is read, what is refused and in which words."""

import math
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.errors import SettingError
from ui.box_field import LEAST_SIDE, read, written

WIDTH, HEIGHT = 451, 300
TENTHS = st.integers(0, 16000)


@given(xs=st.sets(TENTHS, min_size=2, max_size=2), ys=st.sets(TENTHS, min_size=2, max_size=2))
def test_a_written_box_is_read_back(xs, ys):
    (x1, x2), (y1, y2) = sorted(xs), sorted(ys)
    assume(x2 - x1 >= 10)
    assume(y2 - y1 >= 10)
    box = (x1 / 10, y1 / 10, x2 / 10, y2 / 10)
    assert read(written(box), "Box A", 1600, 1600) == box


def test_a_box_is_written_as_a_person_types_it():
    assert written((84, 54.5, 300.04, 260.96)) == "84, 54.5, 300, 261"
    assert written((10.0, 0.0, 100.0, 200.0)) == "10, 0, 100, 200"


@pytest.mark.parametrize(
    "typed",
    [
        "1, 2, 30, 40",
        "1 2 30 40",
        "1;2;30;40",
        " 1,2 ,30,\t40 ",
        "(1, 2, 30, 40)",
        "[1.0, 2.0, 3e1, 40.]",
        "1,,2,,30,,40,",
        "1\n2\n30\n40",
    ],
)
def test_four_numbers_are_read_however_they_are_separated(typed):
    assert read(typed, "Box A", WIDTH, HEIGHT) == (1, 2, 30, 40)


def test_a_box_may_cover_the_whole_photo():
    assert read("0 0 451 300", "Box A", WIDTH, HEIGHT) == (0, 0, 451, 300)


COUNT, FINITE, PLACE = "needs four numbers", "needs four finite numbers", "must lie on the photo, 451 × 300 px"


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", COUNT),
        ("   ", COUNT),
        ("left, top, right, bottom", COUNT),
        ("1, 2, 30", COUNT),
        ("1, 2, 30, 40, 50", COUNT),
        ("1, 2, 30, forty", COUNT),
        ("1, 2, 30, 0x40", COUNT),
        ("1, 2, 30, 4.0.0", COUNT),
        ("--1, 2, 30, 40", COUNT),
        ("\0, 2, 30, 40", COUNT),
        ("nan, 2, 30, 40", FINITE),
        ("1, 2, inf, 40", FINITE),
        ("-Infinity, 2, 30, 40", FINITE),
        ("1, 2, 1e999, 40", FINITE),
        ("30, 2, 1, 40", PLACE),
        ("1, 40, 30, 2", PLACE),
        ("10, 2, 10, 40", PLACE),
        ("-1, 2, 30, 40", PLACE),
        ("1, 2, 452, 40", PLACE),
        ("1, 2, 30, 300.1", PLACE),
        ("1, 2, 1e300, 40", PLACE),
    ],
)
def test_what_makes_no_box_is_refused_by_the_rule_it_breaks(typed, rule):
    with pytest.raises(SettingError) as caught:
        read(typed, "Box A", WIDTH, HEIGHT)
    assert caught.value.problem.startswith(f"Box A {rule}")
    assert f"“{typed}”" in caught.value.problem
    assert caught.value.advice == "Type left, top, right, bottom, such as 0, 0, 225, 150."


@pytest.mark.parametrize("typed", ["9" * 10_000, "a" * 10_000, "1, " * 5_000, "1, 2, 3, " + "9" * 10_000])
def test_ten_thousand_characters_are_refused_in_a_sentence(typed):
    with pytest.raises(SettingError) as caught:
        read(typed, "Box B", WIDTH, HEIGHT)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=80))
def test_any_text_is_a_box_on_the_photo_or_a_refusal(typed):
    with suppress(SettingError):
        x1, y1, x2, y2 = read(typed, "Box A", WIDTH, HEIGHT)
        assert 0 <= x1 < x2 <= WIDTH
        assert 0 <= y1 < y2 <= HEIGHT


@given(st.lists(st.floats(), min_size=4, max_size=4))
def test_any_four_numbers_are_a_box_on_the_photo_or_a_refusal(numbers):
    x1, y1, x2, y2 = numbers
    on_photo = all(math.isfinite(n) for n in numbers) and 0 <= x1 < x2 <= WIDTH and 0 <= y1 < y2 <= HEIGHT
    good = on_photo and min(x2 - x1, y2 - y1) >= LEAST_SIDE
    typed = ", ".join(map(repr, numbers))
    if good:
        assert read(typed, "Box A", WIDTH, HEIGHT) == (x1, y1, x2, y2)
    else:
        with pytest.raises(SettingError):
            read(typed, "Box A", WIDTH, HEIGHT)


@pytest.mark.parametrize(("width", "height"), [(16, 16), (16, 1600), (1600, 16), (17, 33)])
def test_the_example_in_the_advice_can_be_typed(width, height):
    with pytest.raises(SettingError) as caught:
        read("?", "Box A", width, height)
    example = caught.value.advice.removeprefix("Type left, top, right, bottom, such as ").removesuffix(".")
    assert read(example, "Box A", width, height) == (0, 0, width // 2, height // 2)


def one_box() -> None:
    import streamlit as st

    from ui import box_field

    width = st.session_state.get("width", 100)
    st.code(box_field.box("Box A", key="a", default=(10, 10, 20, 20), width=width, height=100), language=None)


def value(at: AppTest) -> str:
    assert not at.exception
    return at.code[0].value


def test_a_bad_box_is_explained_and_the_last_good_one_stays():
    at = AppTest.from_function(one_box).run()
    assert value(at) == "(10.0, 10.0, 20.0, 20.0)"
    assert value(at.text_input(key="a").input("1, 2, 30, 40").run()) == "(1.0, 2.0, 30.0, 40.0)"
    assert not at.error
    at.text_input(key="a").input("oops").run()
    assert value(at) == "(1.0, 2.0, 30.0, 40.0)"
    assert at.text_input(key="a").value == "oops", "what was typed stays, to be mended"
    (error,) = at.error
    assert "four numbers" in error.value
    assert "oops" in error.value


def test_a_last_good_box_that_is_not_on_a_smaller_photo_gives_way_to_the_default():
    at = AppTest.from_function(one_box).run()
    at.text_input(key="a").input("1, 2, 90, 40").run()
    at.session_state["width"] = 50
    at.text_input(key="a").input("oops").run()
    assert value(at) == "(10, 10, 20, 20)"


def test_what_was_typed_is_shown_as_text():
    at = AppTest.from_function(one_box).run()
    at.text_input(key="a").input("![x](http://x) $1$ <b>").run()
    assert r"\!\[x\]\(http\://x\) \$1\$ \<b\>" in at.error[0].value.replace("\u2060", "")
