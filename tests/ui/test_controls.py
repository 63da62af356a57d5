"""The row of questions, and links to a state."""

import numpy as np
from streamlit.testing.v1 import AppTest

from core.images.photo import from_pixels
from ui import controls


def value(at: AppTest) -> str:
    assert not at.exception
    return at.code[0].value


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
