"""Typed boxes: what is read, what is refused and in which words; presets and links."""

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.errors import SettingError
from core.images.photo import from_pixels
from ui import controls
from ui.controls import read, written

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
    assert f"'{typed}'" in caught.value.problem
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
    good = on_photo and min(x2 - x1, y2 - y1) >= controls.LEAST_SIDE
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

    from ui import controls

    width = st.session_state.get("width", 100)
    st.code(controls.box("Box A", key="a", default=(10, 10, 20, 20), width=width, height=100), language=None)


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


def rows() -> None:
    import streamlit as st

    from ui import controls
    from ui.controls import Preset

    pills = {
        "Low": Preset(question="What is low?", answer="This.", settings={"level": 10}),
        "High": Preset(question="What is high?", answer="That.", settings={"level": 90, "twice": True}),
    }
    name = controls.presets("try", pills, default="Low")
    level = st.slider("Level", 0, 100, 50, key="level", bind="query-params")
    twice = st.toggle("Twice", key="twice", bind="query-params")
    st.code(f"{name} {level} {twice}", language=None)


def test_a_preset_moves_its_settings_and_asks_its_question():
    at = AppTest.from_function(rows).run()
    assert value(at) == "Low 50 False"
    at.button_group(key="try").set_value("High").run()
    assert value(at) == "High 90 True"
    assert "**What is high?**" in [words.value for words in at.markdown]


def test_what_a_preset_does_not_name_stays():
    at = AppTest.from_function(rows).run()
    at.toggle(key="twice").set_value(True).run()
    at.button_group(key="try").set_value("High").run()
    at.button_group(key="try").set_value("Low").run()
    assert value(at) == "Low 10 True"


def test_a_link_may_name_a_preset_alone():
    at = AppTest.from_function(rows)
    at.query_params["try"] = "High"
    assert value(at.run()) == "High 90 True"


def test_what_a_link_names_itself_wins_over_its_preset():
    at = AppTest.from_function(rows)
    at.query_params["try"] = "High"
    at.query_params["level"] = "33"
    assert value(at.run()) == "High 33 True"


def test_a_link_to_a_preset_that_does_not_exist_opens_the_first():
    at = AppTest.from_function(rows)
    at.query_params["try"] = "Higher"
    assert value(at.run()) == "Low 50 False"


def test_a_preset_of_a_link_is_applied_once():
    at = AppTest.from_function(rows)
    at.query_params["try"] = "High"
    at.run()
    at.slider(key="level").set_value(20).run()
    assert value(at) == "High 20 True"


def test_a_link_holds_what_the_session_holds(visitor):
    visitor.session.update({"a": "1, 2, 3, 4", "steps": 150, "empty": None, "other": 1})
    assert controls.link("a", "steps", "empty", "absent") == {"a": "1, 2, 3, 4", "steps": "150"}


def test_a_link_holds_what_stands_in_the_url_alone(visitor):
    """Such as the network, whose choice is kept for each task under keys of its own."""
    visitor.session.update({"model_in_url": "resnet50", "photo_in_url": None, "photo": "cat"})
    assert controls.link("model", "photo", "absent") == {"model": "resnet50", "photo": "cat"}


def test_a_link_holds_every_value_of_a_choice_of_several(visitor):
    visitor.session.update({"shapes": ["1 × 1", "2 × 2"], "scales": (0.25, 0.75), "ratios": []})
    assert controls.link("shapes", "scales", "ratios") == {
        "shapes": ["1 × 1", "2 × 2"],
        "scales": ["0.25", "0.75"],
        "ratios": [],
    }


def samples() -> None:
    import streamlit as st

    from ui import controls, photo
    from ui.controls import Preset

    pills = {
        "Any": Preset(question="What is on any photo?", answer="This."),
        "Rocket": Preset(question="What is a rocket?", answer="That.", settings={"level": 90}, photo="rocket"),
    }
    chosen = photo.current()
    name = controls.presets("case", pills, default="Any")
    level = st.slider("Level", 0, 100, 50, key="level", bind="query-params")
    st.code(f"{name} {level} {chosen.name}", language=None)


def test_a_question_about_a_sample_brings_it():
    at = AppTest.from_function(samples).run()
    assert value(at) == "Any 50 Cat"
    at.button_group(key="case").set_value("Rocket").run()
    assert value(at) == "Rocket 90 Rocket"
    assert at.query_params["photo"] == "rocket"


def test_a_link_to_a_question_about_a_sample_brings_it():
    at = AppTest.from_function(samples)
    at.query_params["case"] = "Rocket"
    assert value(at.run()) == "Rocket 90 Rocket"
    assert "**What is a rocket?**" in [words.value for words in at.markdown]


def test_a_question_about_a_sample_ends_when_another_photo_is_chosen():
    at = AppTest.from_function(samples).run()
    at.button_group(key="case").set_value("Rocket").run()
    at.session_state["photo"] = "coffee"
    assert value(at.run()) == "Any 90 Coffee"
    assert at.button_group(key="case").value == "Any"
    assert "**What is a rocket?**" not in [words.value for words in at.markdown]


def test_a_question_about_a_sample_ends_with_a_photo_of_ones_own():
    at = AppTest.from_function(samples).run()
    at.button_group(key="case").set_value("Rocket").run()
    at.session_state["own_photos"] = {"mine": from_pixels(np.zeros((20, 20, 3), np.uint8), "mine.png")}
    at.session_state["photo"] = "mine"
    assert value(at.run()) == "Any 90 mine.png"


def test_a_question_about_any_photo_stays_with_another_one():
    at = AppTest.from_function(samples).run()
    at.session_state["photo"] = "coffee"
    assert value(at.run()) == "Any 50 Coffee"


def test_a_photo_that_a_link_names_itself_ends_its_question():
    at = AppTest.from_function(samples)
    at.query_params.update(case="Rocket", photo="coffee")
    assert value(at.run()) == "Any 50 Coffee"


def test_the_photo_of_a_question_can_be_named_too():
    at = AppTest.from_function(samples)
    at.query_params.update(case="Rocket", photo="rocket", level="20")
    assert value(at.run()) == "Rocket 20 Rocket"


def descent() -> None:
    import streamlit as st

    from ui import controls

    settings = controls.descent(cells=tuple(st.columns(2)), steps_key="steps", rate_key="rate")
    st.code(f"{settings.steps} {settings.learning_rate}", language=None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "200 0.35"),
        ({"steps": "400", "rate": "1.0"}, "400 1.0"),
        ({"steps": "1e9", "rate": "-3"}, "200 0.35"),
        ({"steps": "-1", "rate": "nan"}, "200 0.35"),
        ({"steps": "many", "rate": "inf"}, "200 0.35"),
        ({"steps": "9" * 400, "rate": ""}, "200 0.35"),
    ],
    ids=str,
)
def test_sliders_read_the_url_and_open_at_their_defaults_where_it_makes_no_sense(query, expected):
    at = AppTest.from_function(descent)
    at.query_params.update(query)
    assert value(at.run()) == expected
