"""Work part by part: one part a run, a stop keeps what is done, another question begins anew, an error ends it."""

import pytest
from streamlit.testing.v1 import AppTest

from ui import growing

NAME = "work"


def app() -> None:
    import streamlit as st

    from core.errors import SettingError
    from ui import growing

    of = st.session_state.get("of", "a")
    st.button("Begin", on_click=growing.begin, args=("work", of), key="begin")
    st.button("Stop", on_click=growing.stop, args=("work", of), key="stop")

    def draw(count: int) -> None:
        if count == st.session_state.get("breaks"):
            raise SettingError("It broke.", "Try another.")
        st.code(str(count))

    growing.growing("work", of, 3, draw)


def filling() -> None:
    import streamlit as st

    from core.errors import SettingError
    from ui import growing

    def draw(count: int) -> None:
        if count == st.session_state.get("breaks"):
            raise st.session_state.get("error") or SettingError("It broke.", "Try another.")
        st.code(str(count))

    growing.filled("work", st.session_state.get("of", "a"), st.session_state.get("total", 3), draw)


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(app, default_timeout=120).run()


def shown(at: AppTest) -> list[str]:
    assert not at.exception
    return [one.value for one in at.code]


def test_nothing_is_done_before_it_begins(at):
    assert shown(at) == ["0"]
    assert shown(at.run()) == ["0"]


def test_each_run_does_one_part_and_the_last_ends_it(at):
    assert [shown(at.button(key="begin").click().run()), shown(at.run()), shown(at.run())] == [["1"], ["2"], ["3"]]
    assert not at.session_state[NAME].going
    assert shown(at.run()) == ["3"]


def test_a_stop_keeps_what_is_done_and_it_can_go_on(at):
    at.button(key="begin").click().run()
    assert shown(at.button(key="stop").click().run()) == ["1"]
    assert shown(at.run()) == ["1"]
    assert shown(at.button(key="begin").click().run()) == ["2"]


def test_another_question_begins_anew(at):
    at.button(key="begin").click().run()
    at.session_state["of"] = "b"
    assert shown(at.run()) == ["0"]


def test_an_error_ends_it_and_stays_in_sight(at):
    at.session_state["breaks"] = 2
    at.button(key="begin").click().run()
    at.run()
    assert shown(at) == ["1"]
    assert "It broke" in at.error[0].value
    assert not at.session_state[NAME].going
    assert "It broke" in at.run().error[0].value


def test_what_fills_begins_by_itself_and_is_whole_at_once_the_next_time():
    at = AppTest.from_function(filling, default_timeout=120)
    assert [shown(at.run()) for _ in range(4)] == [["1"], ["2"], ["3"], ["3"]]
    at.session_state["of"] = "b"
    assert shown(at.run()) == ["1"]
    at.session_state["of"] = "a"
    assert shown(at.run()) == ["3"]


def test_what_has_one_part_is_drawn_in_one_go():
    at = AppTest.from_function(filling, default_timeout=120)
    at.session_state["total"] = 1
    assert shown(at.run()) == ["1"]
    at.session_state["of"] = "b"
    assert shown(at.run()) == ["1"]


def test_an_error_ends_the_filling_and_is_told():
    at = AppTest.from_function(filling, default_timeout=120)
    at.session_state["breaks"] = 2
    for _ in range(3):
        at.run()
    assert shown(at) == ["1"]
    assert "It broke" in at.error[0].value


def test_an_error_that_core_does_not_know_is_logged_and_told_without_its_words(caplog):
    at = AppTest.from_function(filling, default_timeout=120)
    at.session_state["breaks"], at.session_state["error"] = 2, RuntimeError("a path of the server")
    for _ in range(3):
        at.run()
    assert shown(at) == ["1"]
    assert not at.exception
    assert at.error[0].value.startswith("**This part failed.** Change a setting")
    assert "a path of the server" in caplog.text


def test_a_tick_that_came_with_a_move_of_the_visitor_runs_the_page_and_does_no_part(at, monkeypatch):
    """The browser sends then a number that is not that of the last part."""
    said = iter([None, 0, None])
    monkeypatch.setattr(growing, "clock", lambda key, turn, pause: next(said))
    assert shown(at.button(key="begin").click().run()) == ["1"]
    assert shown(at.run()) == ["2"]
    assert next(said, "all were asked") == "all were asked"


def test_the_clock_is_told_which_part_is_seen(at, monkeypatch):
    turns = []
    monkeypatch.setattr(growing, "clock", lambda key, turn, pause: turns.append((key, turn)))
    at.button(key="begin").click().run()
    at.run()
    assert turns == [("work-clock", 1), ("work-clock", 2)]
