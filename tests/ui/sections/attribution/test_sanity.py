"""The sanity check starts with a click, and its maps come one by one."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.sections.attribution.trust_cases import checked, real
from ui.cached import attributions
from ui.sections.attribution import sanity


def view() -> None:
    import streamlit as st

    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import sanity

    answer = sanity.sanity(real())
    st.session_state["drawn"] = [*st.session_state.get("drawn", []), len(answer.found)]
    sanity.more(real(), answer)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The door without a network: which methods it was asked for, and with which settings."""
    calls: list[str] = []

    def one(photo, model, target, method, settings):
        assert settings is sanity.SETTINGS
        if method.title not in calls:
            calls.append(method.title)
        return checked(method, 1.0, 0.8, 0.6)

    monkeypatch.setattr(attributions, "sanity", one)
    real()
    return calls


def test_nothing_is_computed_before_the_click(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    assert not at.exception
    assert asked == []
    assert at.session_state["drawn"] == [0]
    assert "16 steps" in at.caption[-1].value


def test_after_the_click_each_map_appears_as_it_is_done(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    at.button(key="forget").click().run()
    assert not at.exception
    assert at.session_state["drawn"] == [0, 0, 1, 2, 3, 4]
    assert asked == ["Grad-CAM", "Guided backpropagation", "Deconvnet", "Gradient"]
    assert any("stayed much alike" in one.value for one in at.markdown)
    assert any("2 stages for 4 maps took 0.0 s" in one.value for one in at.caption)


def test_a_map_that_is_added_later_is_computed_without_another_click(asked):
    at = AppTest.from_function(view, default_timeout=120).run()
    at.button(key="forget").click().run()
    at.multiselect(key="checked").select("CAM").run()
    assert asked[-1] == "CAM"
    assert at.session_state["drawn"][-1] == 5


def test_the_settings_are_as_light_as_the_words_say():
    assert (sanity.SETTINGS.integration.steps, sanity.SETTINGS.noise.samples) == (16, 10)
    assert "16 steps" in sanity.LIGHT
    assert "10 samples" in sanity.LIGHT
