"""A run that is watched: its buttons, its place in the queue, its settings, its end. Each run of a test's page is one tick."""

import gc
import math
import weakref
from threading import Thread

import pytest
from streamlit.testing.v1 import AppTest

from core.device import best_device
from core.engine import ENGINE
from core.steps import Step
from ui import live, watched
from ui.live import Phase

HELD = "live-toy"


def app() -> None:
    import time
    from dataclasses import dataclass

    import streamlit as st

    from core.errors import SettingError
    from core.steps import Step
    from ui import live

    state = st.session_state

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Count(Step):
        value: int

    class Heavy:
        """What a run holds in memory."""

    def count(add: int):
        heavy = Heavy()
        state.heavy = heavy if state.get("holds") else None
        value = 0
        for index in range(state.get("steps", 1000) + 1):
            if index == state.get("breaks"):
                raise state.get("error") or SettingError("It broke.", "Try another.")
            time.sleep(0.03 if index > 1 else 0)
            add = (yield Count(index=index, value=value)) or add
            value += add
        del heavy

    def begin(add: int):
        if state.get("missing"):
            raise SettingError("It is not there.", "Fetch it.")
        return count(add)

    def draw(shown) -> None:
        if state.get("undrawable"):
            raise ValueError("no picture")
        st.code(f"{shown.phase.value} {shown.newest and shown.newest.value} of {len(shown.history)}")

    def resume(step: Count):
        def run(add: int):
            value = step.value
            for index in range(step.index + 1, state.get("steps", 1000) + 1):
                value += add
                add = (yield Count(index=index, value=value)) or add

        return run

    if "back" in state:
        live.go_back("toy", state.pop("back"))
    state.before = live.going("toy", state.get("of", "a"))
    shown = live.watch(
        "toy",
        state.get("of", "a"),
        begin,
        state.get("add", 1),
        draw,
        total=state.get("steps"),
        what="Counting",
        resume=resume,
    )
    st.text(shown.phase.value)


@pytest.fixture(autouse=True)
def slots(monkeypatch):
    """One slot, an empty queue before and after."""
    monkeypatch.setattr(ENGINE, "_slots", lambda device: 1)
    lanes = ENGINE._lanes
    lanes.clear()
    yield
    lanes.clear()


def visitor(**state) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    for name, value in state.items():
        at.session_state[name] = value
    return at.run()


@pytest.fixture
def at() -> AppTest:
    return visitor()


def press(at: AppTest, which: str) -> AppTest:
    at.button(key=f"toy-{which}").click().run()
    assert not at.exception
    return at


def to_the_end(at: AppTest) -> AppTest:
    """Look until it goes on no more."""
    for _ in range(100):
        if not shown(at)[0].going:
            return at
        at.run()
    raise AssertionError("it goes on and on")


def shown(at: AppTest) -> tuple[Phase, int | None]:
    """The phase and the value of the newest step, as drawn and as returned to the page."""
    assert not at.exception
    phase, value, *_ = at.code[0].value.split()
    assert at.text[0].value == phase
    return Phase(phase), None if value == "None" else int(value)


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def line(at: AppTest) -> str:
    return at.caption[0].value


def lane() -> list:
    return ENGINE._lanes[best_device().type]


def test_nothing_runs_before_start_and_its_place_is_drawn(at):
    assert shown(at) == (Phase.READY, None)
    assert buttons(at) == ["Start"]
    assert not at.caption
    assert lane() == []


def test_the_first_picture_after_start_has_had_an_update(at):
    assert shown(press(at, "start")) == (Phase.RUNNING, 1)
    assert buttons(at) == ["Pause", "Stop"]
    assert line(at) == "Step 1"
    assert len(lane()) == 1


def test_it_goes_on_with_every_tick(at):
    press(at, "start")
    values = [shown(at.run())[1] for _ in range(3)]
    assert values == sorted({1, *values})[1:]
    assert "steps a second" in line(at) or "s a step" in line(at)


def test_settings_act_from_the_next_step(at):
    before = shown(press(at, "start"))[1]
    at.session_state["add"] = 1000
    assert shown(at.run()) == (Phase.RUNNING, before + 1000)
    assert shown(at.run())[1] == before + 2000


def test_settings_of_a_pause_act_when_it_goes_on(at):
    before = shown(press(at, "start"))[1]
    press(at, "pause")
    at.session_state["add"] = 1000
    assert shown(at.run()) == (Phase.PAUSED, before)
    assert shown(press(at, "resume")) == (Phase.RUNNING, before + 1000)


def test_a_pause_keeps_everything_and_frees_the_slot(at):
    press(at, "start")
    value = shown(press(at.run(), "pause"))[1]
    assert buttons(at) == ["Resume", "Stop"]
    assert line(at) == f"Paused at step {value}"
    assert lane() == []
    assert shown(at.run()) == (Phase.PAUSED, value)
    assert shown(press(at, "resume")) == (Phase.RUNNING, value + 1)
    assert buttons(at) == ["Pause", "Stop"]


def test_stop_keeps_the_picture_and_the_history_and_frees_the_slot(at):
    press(at, "start")
    value = shown(press(at.run(), "stop"))[1]
    assert shown(at.run()) == (Phase.STOPPED, value)
    assert at.code[0].value.endswith(f"of {value + 1}")
    assert buttons(at) == ["Start again"]
    assert line(at) == f"Stopped at step {value}"
    assert lane() == []


def test_stop_ends_a_pause_too(at):
    press(press(at, "start"), "pause")
    assert shown(press(at, "stop"))[0] is Phase.STOPPED


def test_start_again_begins_at_the_beginning(at):
    press(press(at, "start").run(), "stop")
    assert shown(press(at, "start")) == (Phase.RUNNING, 1)
    assert at.code[0].value.endswith("of 2")


def test_the_end_takes_the_timer_and_the_lease_away():
    at = to_the_end(press(visitor(steps=4), "start"))
    assert shown(at) == (Phase.DONE, 4)
    assert line(at) == "Done after 4 steps"
    assert buttons(at) == ["Start again"]
    assert lane() == []
    assert not at.session_state[HELD]._going


@pytest.mark.parametrize(
    ("error", "words"),
    [(None, "**It broke.** Try another."), (ZeroDivisionError(), "**Counting failed.** Change a setting")],
    ids=["known", "unknown"],
)
def test_an_error_is_told_once_in_words_and_the_last_picture_stays(error, words, caplog):
    at = to_the_end(press(visitor(breaks=3, error=error), "start"))
    for _ in range(2):
        assert shown(at.run()) == (Phase.FAILED, 2)
        assert len(at.error) == 1
        assert at.error[0].value.startswith(words)
        assert buttons(at) == ["Start again"]
    assert lane() == []
    assert [record.message for record in caplog.records if record.name == "ui.messages"] == (
        ["Counting failed"] if error else []
    )
    at.session_state["breaks"] = None
    assert shown(press(at, "start")) == (Phase.RUNNING, 1)
    assert not at.error


def test_a_run_that_cannot_begin_says_why():
    at = press(visitor(missing=True), "start")
    assert shown(at) == (Phase.FAILED, None)
    assert at.error[0].value.startswith("**It is not there.**")
    assert lane() == []


def test_an_error_in_the_picture_stays_in_its_place_and_the_run_goes_on(at):
    press(at, "start")
    at.session_state["undrawable"] = True
    at.run()
    assert "The picture of the run failed" in at.error[0].value
    assert buttons(at) == ["Pause", "Stop"]
    at.session_state["undrawable"] = False
    assert shown(at.run())[0] is Phase.RUNNING
    assert not at.error


def test_something_else_ends_the_old_run_and_frees_its_slot_and_memory():
    at = press(visitor(holds=True), "start")
    heavy, run = weakref.ref(at.session_state["heavy"]), weakref.ref(at.session_state[HELD]._stepper)
    at.session_state["heavy"] = None
    gc.collect()
    assert heavy() is not None
    at.session_state["of"] = "b"
    assert shown(at.run()) == (Phase.READY, None)
    assert lane() == []
    gc.collect()
    assert heavy() is None
    assert run() is None
    at.session_state["of"] = "a"
    assert shown(at.run()) == (Phase.READY, None)


def test_the_second_visitor_waits_computes_nothing_and_begins_when_it_is_free(at):
    press(at, "start")
    other = press(visitor(), "start")
    for _ in range(2):
        assert shown(other.run()) == (Phase.WAITING, None)
        assert line(other) == ":material/hourglass_empty: 1 run before yours. It starts by itself."
        assert buttons(other) == ["Cancel"]
    third = press(visitor(), "start")
    assert "2 runs before yours" in line(third)
    press(at, "stop")
    assert shown(other.run()) == (Phase.RUNNING, 1)
    assert "1 run before yours" in line(third.run())


def test_cancel_gives_the_place_up(at):
    press(at, "start")
    other = press(press(visitor(), "start"), "cancel")
    assert shown(other) == (Phase.READY, None)
    assert buttons(other) == ["Start"]
    assert len(lane()) == 1


def test_cancel_of_a_run_that_waits_to_go_on_leaves_it_paused(at):
    press(press(at, "start"), "pause")
    other = press(visitor(), "start")
    assert shown(press(at, "resume")) == (Phase.WAITING, 1)
    assert shown(press(at, "cancel")) == (Phase.PAUSED, 1)
    assert shown(other.run())[0] is Phase.RUNNING


def test_a_run_that_nobody_looks_at_loses_its_turn_and_waits_for_another_when_it_is_looked_at(at, monkeypatch):
    press(at, "start")
    other = press(visitor(), "start")
    assert shown(other)[0] is Phase.WAITING
    now = ENGINE._clock()
    monkeypatch.setattr(ENGINE, "_clock", lambda: now + watched.LEASE - 1)
    assert shown(other.run())[0] is Phase.WAITING
    monkeypatch.setattr(ENGINE, "_clock", lambda: now + watched.LEASE + 1)
    assert shown(other.run()) == (Phase.RUNNING, 1)
    assert shown(at.run()) == (Phase.WAITING, 1)
    press(other, "pause")
    assert shown(at.run())[0] is Phase.RUNNING


def test_a_run_forgotten_for_long_is_ended_when_somebody_starts(monkeypatch):
    at, fresh = press(visitor(holds=True), "start"), press(visitor(of="fresh"), "start")
    forgotten = at.session_state[HELD]
    forgotten.seen -= watched.ABANDONED + 1
    press(visitor(), "start")
    assert forgotten.phase is Phase.STOPPED
    assert shown(at.run())[0] is Phase.STOPPED
    assert shown(fresh.run())[0] is Phase.RUNNING


def test_a_forgotten_pause_cannot_go_on_and_takes_no_place(at):
    press(press(at, "start"), "pause")
    at.session_state[HELD].seen -= watched.ABANDONED + 1
    press(press(visitor(), "start"), "stop")
    assert shown(press(at, "resume")) == (Phase.STOPPED, 1)
    assert lane() == []


def test_a_page_that_runs_for_another_control_does_not_wait_for_a_slow_step(at):
    value = shown(press(at, "start"))[1]
    held = at.session_state[HELD]
    held._slow, held._ticked = True, math.inf
    assert shown(at.run()) == (Phase.RUNNING, value)
    held._ticked = -math.inf
    assert shown(at.run()) == (Phase.RUNNING, value + 1)


def test_a_pause_waits_for_the_step_under_way_so_that_what_is_drawn_stays(at):
    held = press(at, "start").session_state[HELD]
    with held._inside:
        waiting = Thread(target=held.pause)
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        assert held.phase is Phase.PAUSED
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_tick_of_a_run_that_was_paused_takes_no_step(at):
    held = press(press(at, "start"), "pause").session_state[HELD]
    before = held.shown().newest
    held._take_steps(held._stepper, 1.0)
    assert held.shown().newest is before


def test_what_stands_above_a_run_knows_whether_it_goes_on(at):
    assert not at.session_state["before"]
    assert press(at, "start").session_state["before"]
    assert not press(at, "pause").session_state["before"]
    assert press(at, "resume").session_state["before"]
    at.session_state["of"] = "b"
    assert not at.run().session_state["before"]


def test_the_buttons_of_a_phase_leave_the_places_of_the_others_empty(at):
    """Five places in one row, in every phase, so that nothing below moves."""
    places = []
    for which in ("start", "pause", "resume", "stop"):
        press(at, which)
        row = next(block for block in at.main.children.values() if len(block.children) == 5)
        places.append([bool(getattr(one, "children", None)) for one in row.children.values()])
    assert places == [
        [False, False, True, False, True],
        [False, False, False, True, True],
        [False, False, True, False, True],
        [True, False, False, False, False],
    ]


@pytest.mark.parametrize(("late", "runs"), [(0, 1), (1, 2)])
def test_a_tick_that_waited_behind_the_page_makes_the_page_run_once_more(visitor, monkeypatch, late, runs):
    """The browser may not know that the page had ended; a tick of its turn is just a tick."""
    reruns = []
    held = watched.Watched("a", None, "Counting")
    held.turn = 5
    monkeypatch.setattr(live, "clock", lambda key, turn, pause: turn - 1 - late)
    monkeypatch.setattr(live.st, "rerun", lambda: reruns.append(True))
    live._tick("toy", held, Phase.READY, lambda settings: iter(()), lambda shown: None, None)
    assert 1 + len(reruns) == runs
    assert held.turn == 6


def test_what_lies_between_two_parts_of_a_run_is_noted_but_not_what_lies_before_the_first(monkeypatch):
    noted = []
    monkeypatch.setattr(watched.between, "note", noted.append)
    held = watched.Watched("a", None, "Counting")
    held.start()
    for in_page in (True, False, False):
        held.line_up()
        held.advance(lambda settings: iter(Step(index=index) for index in range(99)), in_page=in_page)
    assert len(noted) == 2
    assert all(0 <= seconds < 1 for seconds in noted)
    held.stop()


def ended(**state) -> AppTest:
    return to_the_end(press(visitor(steps=12, **state), "start"))


def test_a_run_goes_on_from_a_step_of_its_history_and_keeps_what_was_before():
    at = ended()
    at.session_state["back"], at.session_state["add"] = 5, 100
    assert shown(at.run())[0] is Phase.RUNNING
    assert line(at).startswith("Step ")
    to_the_end(at)
    assert shown(at) == (Phase.DONE, 5 + 7 * 100)
    history = at.session_state[HELD].shown().history
    assert [step.value for step in history] == [0, 1, 2, 3, 4, 5, *(5 + 100 * more for more in range(1, 8))]


def test_while_it_waits_to_go_on_the_step_it_goes_on_from_is_seen():
    at = ended()
    other = ENGINE.lease(best_device().type, seconds=60.0)
    other.renew()
    at.session_state["back"] = 5
    assert shown(at.run()) == (Phase.WAITING, 5)
    press(at, "cancel")
    assert shown(at) == (Phase.PAUSED, 5)
    other.cancel()
    press(at, "resume")
    assert shown(to_the_end(at)) == (Phase.DONE, 12)


def test_a_run_that_was_to_go_on_and_is_stopped_before_is_ready_anew():
    at = ended()
    other = ENGINE.lease(best_device().type, seconds=60.0)
    other.renew()
    at.session_state["back"] = 5
    press(press(at.run(), "cancel"), "stop")
    assert shown(at) == (Phase.READY, None)
    other.cancel()
    assert shown(press(at, "start")) == (Phase.RUNNING, 1)


def test_start_again_begins_at_the_beginning_also_after_going_back():
    at = ended()
    at.session_state["back"] = 5
    to_the_end(at.run())
    assert shown(press(at, "start")) == (Phase.RUNNING, 1)


@pytest.mark.parametrize("index", [-1, 99])
def test_a_step_that_the_history_does_not_hold_changes_nothing(index):
    at = ended()
    at.session_state["back"] = index
    assert shown(at.run()) == (Phase.DONE, 12)


def test_there_is_nothing_to_go_back_to_before_a_run(at):
    at.session_state["back"] = 0
    assert shown(at.run()) == (Phase.READY, None)
