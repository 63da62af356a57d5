"""Before a network has looked, the photo alone; afterwards nothing more, until it is another photo or another view."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.images.samples import sample
    from ui import first_look

    state = st.session_state
    photo, stage = sample(state.get("photo", "cat")), st.empty()
    first_look.waiting(state.get("view", "look"), photo, stage, narrow=state.get("narrow", True))
    if state.get("answer"):
        first_look.looked(state.get("view", "look"), photo)


def opened(**state) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    for name, value in state.items():
        at.session_state[name] = value
    return seen(at)


def seen(at: AppTest) -> AppTest:
    assert not at.run().exception
    return at


def shown(at: AppTest) -> tuple[int, int]:
    """How many photos and how many empty places."""
    return len(at.get("image")), len(at.get("skeleton"))


@pytest.mark.parametrize(("narrow", "places"), [(True, (1, 1)), (False, (1, 0))])
def test_the_photo_is_there_at_once_and_a_place_beside_it_where_something_will_be(narrow, places):
    at = opened(narrow=narrow)
    assert shown(at) == places
    assert "a network is about to look" in " ".join(one.value for one in (*at.markdown, *at.caption))


def test_it_is_there_until_an_answer_was():
    at = seen(opened())
    assert shown(at) == (1, 1), "a run of the page that was broken off has not looked"
    at.session_state["answer"] = True
    assert shown(seen(at)) == (1, 1)
    assert shown(seen(at)) == (0, 0)


@pytest.mark.parametrize(("name", "value"), [("photo", "coffee"), ("view", "fool")])
def test_another_photo_and_another_view_wait_for_a_look_of_their_own(name, value):
    at = seen(opened(answer=True))
    at.session_state[name] = value
    assert shown(seen(at)) == (1, 1)
    assert shown(seen(at)) == (0, 0)
