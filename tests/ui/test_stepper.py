"""The step of a scrubber: in the session, in the URL, and never beyond the last one."""

import pytest
from streamlit.testing.v1 import AppTest

from ui import stepper
from ui.stepper import Fixed, Scene, Track, scrub


def scene(*lengths: int) -> Scene:
    tracks = tuple(
        Track(f"track {row}", "#0072B2", "", ((0.0, 0.0, 1.0, 1.0),) * length, (0.5,) * length)
        for row, length in enumerate(lengths)
    )
    return Scene("data:,", 10, 10, (Fixed("goal", "#009E73", "", (0.0, 0.0, 5.0, 5.0)),), tracks, "IoU")


@pytest.fixture
def shown(monkeypatch) -> list[tuple]:
    """What the browser was given: (key, scene, step, keep) of every call."""
    calls: list[tuple] = []
    monkeypatch.setattr(stepper, "scrubber", lambda *given: calls.append(given))
    return calls


def test_a_scrubber_opens_where_the_page_says(visitor, shown):
    assert scrub(scene(11, 11), key="step", opening=3) == 3
    assert visitor.url == {}, "the default is not in the URL"
    assert shown[0][2] == 3


def test_the_step_that_was_let_go_is_kept_and_shown_in_the_url(visitor, shown):
    scrub(scene(11), key="step", opening=3)
    keep = shown[0][3]
    keep(8)
    assert scrub(scene(11), key="step", opening=3) == 8
    assert visitor.url == {"step": "8"}
    keep(3)
    assert scrub(scene(11), key="step", opening=3) == 3
    assert visitor.url == {}


def test_a_link_opens_at_its_step(visitor, shown):
    visitor.url["step"] = "7"
    assert scrub(scene(11), key="step", opening=3) == 7
    assert scrub(scene(11), key="step", opening=3) == 7
    assert visitor.url == {"step": "7"}


@pytest.mark.parametrize("named", ["-1", "1e9", "seven", "", "7.5", " 7", "9" * 5000, "²", "½", "0x7"])
def test_a_link_that_names_no_step_opens_where_the_page_says(visitor, shown, named):
    visitor.url["step"] = named
    assert scrub(scene(11), key="step", opening=3) == 3
    assert visitor.url == {}


@pytest.mark.parametrize("named", ["10", "11", "99999999"])
def test_a_step_beyond_the_last_is_the_last(visitor, shown, named):
    visitor.url["step"] = named
    assert scrub(scene(11, 5), key="step", opening=3) == 10
    assert visitor.url == {"step": "10"}


def test_a_shorter_run_moves_the_step_back(visitor, shown):
    visitor.url["step"] = "40"
    assert scrub(scene(51), key="step", opening=3) == 40
    assert scrub(scene(11), key="step", opening=3) == 10


def test_two_scrubbers_have_a_step_each(visitor, shown):
    visitor.url["one"] = "4"
    assert scrub(scene(11), key="one", opening=0) == 4
    assert scrub(scene(11), key="two", opening=2) == 2


def page() -> None:
    import streamlit as st

    from ui.stepper import Scene, Track, scrub

    boxes = tuple((float(index), 0.0, 10.0, 10.0) for index in range(6))
    track = Track("1 − IoU", "#0072B2", "", boxes, (0.1,) * 6)
    st.code(scrub(Scene("data:,", 10, 10, (), (track,), "IoU"), key="step", opening=2), language=None)


def test_it_mounts_on_a_page():
    at = AppTest.from_function(page)
    at.query_params["step"] = "5"
    at.run()
    assert not at.exception
    assert at.code[0].value == "5"
    assert len(at.get("bidi_component")) == 1
