"""State in the URL that no widget holds: who wins, and when."""

import pytest
from streamlit.testing.v1 import AppTest

from ui import address


def test_an_empty_url_has_changed_nothing(visitor):
    assert address.changed("photo") is None


def test_a_link_wins_once(visitor):
    visitor.url["photo"] = "coffee"
    assert address.changed("photo") == "coffee"
    assert address.changed("photo") is None


def test_what_was_shown_is_not_a_change(visitor):
    address.show("photo", "rocket")
    assert visitor.url == {"photo": "rocket"}
    assert address.changed("photo") is None


def test_the_back_button_is_a_change(visitor):
    address.show("photo", "rocket")
    visitor.url["photo"] = "coffee"
    assert address.changed("photo") == "coffee"


def test_a_default_leaves_the_url(visitor):
    address.show("photo", "rocket")
    address.show("photo", None)
    assert visitor.url == {}
    address.show("photo", None)
    assert visitor.url == {}


def test_the_same_link_may_be_followed_again_after_the_default_was_shown(visitor):
    visitor.url["photo"] = "coffee"
    address.changed("photo")
    address.show("photo", None)
    visitor.url["photo"] = "coffee"
    assert address.changed("photo") == "coffee"


def test_names_do_not_disturb_each_other(visitor):
    address.show("photo", "rocket")
    visitor.url["step"] = "7"
    assert address.changed("photo") is None
    assert address.changed("step") == "7"
    address.show("step", None)
    assert visitor.url == {"photo": "rocket"}


def test_an_empty_value_in_a_link_is_a_value(visitor):
    visitor.url["step"] = ""
    assert address.changed("step") == ""


def test_a_url_that_says_it_already_is_not_written_again(visitor, monkeypatch):
    """A write is a message to the browser, on every rerun."""
    writes = []

    class Url(dict):
        def __setitem__(self, name, value):
            writes.append(name)
            super().__setitem__(name, value)

    monkeypatch.setattr("streamlit.query_params", Url(photo="rocket"))
    address.show("photo", "rocket")
    assert writes == []
    address.show("photo", "cat")
    assert writes == ["photo"]


@pytest.mark.parametrize(
    ("told", "held"), [("7", 7), ("0", 0), ("-1", 3), ("7.5", 3), ("x", 3), ("", 3), ("9" * 9, 3), ("²", 3)]
)
def test_a_number_of_the_url_that_is_none_gives_the_default(visitor, told, held):
    visitor.url["step"] = told
    assert address.number("step", 3) == held


def test_without_a_number_there_is_the_default(visitor):
    assert address.number("step", None) is None
    assert address.number("step", 3) == 3


def test_what_was_kept_holds_until_the_url_changes(visitor):
    visitor.url["step"] = "7"
    assert address.number("step", 3) == 7
    address.keep("step", 5)
    assert address.number("step", 3) == 5
    address.show("step", "5")
    visitor.url["step"] = "2"
    assert address.number("step", 3) == 2


def page() -> None:
    import streamlit as st

    from ui import address

    followed = address.changed("step")
    if followed is not None:
        st.session_state["step"] = followed
    st.slider("Step", 0, 9, key="slider", on_change=lambda: st.session_state.update(step=str(st.session_state.slider)))
    address.show("step", st.session_state.get("step"))
    st.code(st.session_state.get("step"), language=None)


def test_in_a_running_app_the_url_follows_the_session_and_a_new_url_is_followed():
    at = AppTest.from_function(page)
    at.query_params["step"] = "3"
    assert at.run().code[0].value == "3"
    at.slider(key="slider").set_value(7).run()
    assert at.code[0].value == "7"
    assert at.query_params == {"step": "7"}
    at.query_params["step"] = "3"
    assert at.run().code[0].value == "3"
    assert not at.exception
