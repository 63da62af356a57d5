"""The attack watched live: what is drawn before, while and after it runs."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.adversarial.settings import LEVEL, AttackSettings
from core.experiments.aims import STANDARD
from tests.ui.sections.saliency.fool_cases import PGD, asked, made
from ui.live import Phase, Shown
from ui.sections.saliency import fool_live


def app() -> None:
    import streamlit as st

    from tests.ui.sections.saliency.fool_cases import asked, made
    from ui import live
    from ui.sections.saliency import fool_live

    phase = live.Phase(st.session_state["phase"])
    steps = made().steps[: st.session_state["count"]]
    scene = fool_live.on_class(asked(st.session_state["set"]))
    fool_live.draw(scene, live.Shown(phase, steps[-1] if steps else None, steps), 20)


def drawn(phase: str, count: int, settings: AttackSettings = STANDARD) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["phase"], at.session_state["count"], at.session_state["set"] = phase, count, settings
    at.run()
    assert not at.exception
    return at


def test_nothing_is_drawn_before_the_first_step():
    at = drawn("ready", 0)
    assert not at.caption


def test_until_the_first_step_comes_the_clean_picture_is_there():
    at = drawn("running", 0)
    assert [one.value for one in at.caption] == ["**Clean** · cat 100.0\u00a0%"]


def test_as_long_as_nothing_has_changed_no_grey_square_is_shown():
    words = " ".join(one.value for one in drawn("running", 1).caption)
    assert "**Clean** · " in words
    assert "No change yet" in words
    assert "The change" not in words


@pytest.mark.parametrize("phase", ["done", "stopped"])
def test_a_film_that_was_drawn_with_other_settings_says_so(phase):
    at = drawn(phase, len(made().steps), replace(STANDARD, epsilon=LEVEL))
    assert [one.value for one in at.caption] == [
        ":material/history: **Drawn with epsilon 8/255**, not with what is set now. Start again for epsilon 1/255."
    ]


def test_a_film_whose_settings_were_moved_on_the_way_says_so():
    steps = made().steps
    moved = (*steps[:-1], replace(steps[-1], settings=replace(STANDARD, epsilon=2 * LEVEL)))
    told = fool_live.stale(STANDARD, Shown(Phase.DONE, moved[-1], moved))
    assert "It began with epsilon 8/255, and was moved to epsilon 2/255 on the way" in told
    assert "Drawn with epsilon 2/255" in told
    assert "Drawn" not in fool_live.stale(moved[-1].settings, Shown(Phase.DONE, moved[-1], moved))


def test_another_seed_during_a_run_says_that_it_waits_for_the_next():
    steps = made(PGD).steps
    shown = Shown(Phase.RUNNING, steps[-1], steps)
    assert "from the next start on" in fool_live.stale(replace(PGD, random_start=True), shown)
    assert fool_live.stale(replace(PGD, epsilon=LEVEL), shown) == ""
    assert fool_live.stale(replace(PGD, seed=4), shown) == "", "without a random start a seed means nothing"


def test_while_it_runs_the_newest_picture_is_there_with_its_answer():
    at = drawn("running", 3)
    words = " ".join(one.value for one in at.caption)
    assert "Adversarial" in words
    assert "The change × 20" in words
    assert f"at most {made().steps[2].levels} of 255 levels" in words


def test_after_the_end_the_whole_run_is_a_film():
    at = drawn("done", len(made().steps))
    assert not at.caption
    assert not at.get("imgs")


def test_the_curves_go_as_far_as_the_run():
    steps = made().steps[:3]
    lines = fool_live.lines(steps, asked())
    assert [one.name for one in lines[:2]] == ["cat", "parachute"]
    assert all(len(one.points) == 3 for one in lines)
    assert lines[0].points[0][1] > 0.9
