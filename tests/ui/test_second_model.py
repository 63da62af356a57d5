"""A second network beside the first: none, one that is here, the first itself, one that is still to be fetched."""

import pytest
from streamlit.testing.v1 import AppTest

from core.zoo.catalog import of
from core.zoo.model_card import Task
from ui import model_picker, networks, second_model


def page() -> None:
    import streamlit as st

    from core.zoo.catalog import of
    from core.zoo.model_card import Task
    from ui import second_model

    cell, below = st.container(), st.container(key="below")
    first = of(Task.SEGMENT)[0] if st.session_state.get("first", True) else None
    other = second_model.beside(first, Task.SEGMENT, key="other", cell=cell, below=below, words="Compare them.")
    st.text(other.key if other else "alone")


FIRST, OTHER, *_ = of(Task.SEGMENT)


@pytest.fixture
def here(monkeypatch) -> set[str]:
    """The networks whose weights are here; what is offered is told as text."""
    import streamlit as st

    keys = {FIRST.key}
    monkeypatch.setattr(networks, "present", lambda card: card.key in keys)
    monkeypatch.setattr(model_picker, "offer", lambda card: st.code(card.key, language=None))
    return keys


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(page, default_timeout=120)


def choose(at: AppTest, title: str) -> str:
    """What stands beside the first network after a choice."""
    at.selectbox(key="other").select(title).run()
    assert not at.exception
    return at.text[0].value


def test_nothing_stands_beside_it_at_first_and_every_network_of_the_task_may(at, here):
    at.run()
    assert at.text[0].value == "alone"
    assert at.selectbox(key="other").value == second_model.NOTHING
    assert at.selectbox(key="other").options == [second_model.NOTHING, *(card.title for card in of(Task.SEGMENT))]
    assert at.selectbox(key="other").help == "Compare them."


def test_one_that_is_here_is_taken_and_let_go_again(at, here):
    here.add(OTHER.key)
    assert choose(at.run(), OTHER.title) == OTHER.key
    assert not at.caption
    assert not at.code
    assert choose(at, second_model.NOTHING) == "alone"


def test_one_that_is_not_here_is_offered_below_and_taken_when_it_has_come(at, here):
    assert choose(at.run(), OTHER.title) == "alone"
    assert at.code[0].value == OTHER.key
    here.add(OTHER.key)
    at.run()
    assert at.text[0].value == OTHER.key
    assert not at.code


def test_the_first_network_is_not_asked_twice(at, here):
    assert choose(at.run(), FIRST.title) == "alone"
    assert at.caption[0].value == f"**{FIRST.title}** is asked already: choose another one to stand beside it."
    assert not at.code


def test_beside_no_network_of_the_catalogue_any_may_stand(at, here):
    """A visitor's own network may be the first one."""
    at.session_state["first"] = False
    assert choose(at.run(), FIRST.title) == FIRST.key
