"""An attack on a box, in words, pictures and rows."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.adversarial.settings import Attack, AttackSettings
from core.experiments.aims import STANDARD
from core.experiments.candidates import check_grid_head
from tests.snippets import run
from tests.ui.sections.saliency.fool_cases import PGD, STILL, boxed
from ui.sections.saliency import fool_away, fool_box, fool_box_away, fool_box_pictures
from viz import images


def test_a_box_that_falls_below_is_overlooked():
    case, outcome = boxed()
    said = fool_box.verdict(outcome, case.clean.sure)
    assert outcome.vanished
    assert f"cat {outcome.before.score:.2f}" in said
    assert "overlooks the cat" in said
    assert "holds as a picture of 8 bits" in said


def test_a_box_that_stays_is_a_failure():
    case, outcome = boxed(STILL)
    assert "the attack failed" in fool_box.verdict(outcome, case.clean.sure)


def test_a_thing_that_another_anchor_finds_again_is_not_overlooked():
    case, outcome = boxed()
    again = replace(outcome, left=replace(outcome.before, score=0.8))
    assert "another one finds the cat again with 0.80" in fool_box.verdict(again, case.clean.sure)


def test_a_box_that_was_never_drawn_needs_no_attack():
    case, outcome = boxed()
    faint = replace(outcome, before=replace(outcome.before, score=0.3))
    assert "already" in fool_box.verdict(faint, case.clean.sure)


def test_the_chart_has_the_threshold_and_falls_below_it():
    case, outcome = boxed()
    (chart,) = fool_box_pictures.reel("key", case, outcome.steps, 20).charts
    assert chart.levels[0].value == case.aim.threshold
    assert chart.series[0].values[0] > chart.levels[0].value > chart.series[0].values[-1]


def test_before_and_after_have_the_shape_of_the_photo():
    case, outcome = boxed()
    before, after = (images.decode(one) for one in fool_box_pictures.pictures(case, outcome))
    assert before.size == after.size
    assert before.width / before.height == pytest.approx(case.photo.width / case.photo.height, rel=0.01)


def test_the_rows_and_the_run_are_the_steps():
    _, outcome = boxed()
    rows = fool_box_away.rows(outcome)
    assert rows[0]["score"] == pytest.approx(outcome.before.score, abs=1e-3)
    assert rows[-1]["below on 8 bits"] is True
    assert Image.open(io.BytesIO(fool_away.animation(outcome, 5))).n_frames == len(outcome.steps)


@pytest.mark.parametrize(
    ("settings", "around"),
    [
        (PGD, True),
        (replace(STANDARD, steps=5), False),
        (AttackSettings(attack=Attack.PGD_L2, epsilon=1.0, steps=4, round_inside=True), True),
        (STILL, True),
    ],
    ids=["PGD", "the course's, one anchor", "PGD in L2, rounding inside", "within nothing"],
)
def test_the_lines_make_the_attack_and_find_what_is_left(settings, around):
    case, outcome = boxed(settings, around=around)
    said = run(fool_box_away.lines(case, outcome))
    assert said["score"] == pytest.approx(outcome.score, abs=5e-3)
    assert said["updates"] == outcome.updates
    assert said["levels"] == pytest.approx(outcome.distances.levels, abs=0.01)
    assert said["L2"] == pytest.approx(outcome.distances.l2, rel=5e-3, abs=1e-6)
    if outcome.things:
        assert said[f"1 {outcome.things[0].label}"] == pytest.approx(outcome.things[0].score, abs=5e-3)


def test_only_detectors_that_can_be_followed_to_an_anchor_are_offered():
    assert len(fool_box.DETECTORS) == 2
    for key in fool_box.DETECTORS.values():
        check_grid_head(key)


def live_app() -> None:
    import streamlit as st

    from tests.ui.sections.saliency.fool_cases import boxed
    from ui import live
    from ui.sections.saliency import fool_box, fool_live

    case, outcome = boxed()
    steps = outcome.steps[: st.session_state["count"]]
    shown = live.Shown(live.Phase(st.session_state["phase"]), steps[-1] if steps else None, steps)
    fool_live.draw(fool_box.scene(case), shown, 20)


@pytest.mark.parametrize(
    ("phase", "count", "words"),
    [
        ("running", 0, ["**Clean** · cat "]),
        ("running", 3, ["**Adversarial** · score ", "**The change × 20** · at most ", "threshold 0.5"]),
        ("done", 100, []),
    ],
)
def test_the_run_on_a_box_is_watched_like_that_on_a_class(phase, count, words):
    at = AppTest.from_function(live_app, default_timeout=120)
    at.session_state["phase"], at.session_state["count"] = phase, count
    at.run()
    assert not at.exception
    assert not at.error
    said = " ".join(one.value for one in at.caption)
    assert all(part in said for part in words)
    assert bool(said) == bool(words)


def test_the_chart_of_a_run_has_the_threshold():
    case, outcome = boxed()
    score, threshold = fool_box.scene(case).lines(outcome.steps[:3])
    assert [y for _, y in score.points] == [float(step.answer[0]) for step in outcome.steps[:3]]
    assert {y for _, y in threshold.points} == {case.aim.threshold}


def held_app() -> None:
    from dataclasses import replace

    import streamlit as st

    from tests.ui.sections.saliency.fool_cases import PGD, boxed
    from ui.sections.saliency import fool_box

    case, _ = boxed()
    moved = replace(case, settings=replace(PGD, epsilon=st.session_state["epsilon"]))
    shown, _ = fool_box.result(moved, going=st.session_state["going"])
    st.text(f"{255 * shown.settings.epsilon:.0f}")


def test_while_a_run_goes_on_the_last_result_stays_and_says_so():
    at = AppTest.from_function(held_app, default_timeout=120)
    at.session_state["epsilon"], at.session_state["going"] = PGD.epsilon, False
    at.run()
    assert (at.text[0].value, list(at.caption)) == ("4", [])
    at.session_state["epsilon"], at.session_state["going"] = PGD.epsilon / 2, True
    at.run()
    assert at.text[0].value == "4"
    assert "This is the result with epsilon 4/255" in at.caption[0].value
    at.session_state["going"] = False
    at.run()
    assert (at.text[0].value, list(at.caption)) == ("2", [])


def choosing_app() -> None:
    import streamlit as st

    from core.images.samples import sample
    from ui.sections.saliency import fool_box

    cells = [st.container() for _ in range(4)]
    asked = fool_box.choose(sample("cat"), cells, st.container())
    st.text("nothing to attack" if asked is None else f"box {asked.aim.number} above {asked.aim.threshold:g}")


def choosing(monkeypatch, things: tuple, victim: str | None = None) -> AppTest:
    case, _ = boxed()
    monkeypatch.setattr(fool_box.adversarial, "boxes", lambda photo, model: replace(case.clean, things=things))
    at = AppTest.from_function(choosing_app, default_timeout=120)
    if victim is not None:
        at.session_state[fool_box.VICTIM] = victim
    assert not at.run().exception
    return at


def test_where_no_box_is_found_the_words_say_which_photo_has_one(monkeypatch):
    at = choosing(monkeypatch, ())
    assert "finds no box on this photo. Choose the photo of the cat" in at.info[0].value
    assert at.text[0].value == "nothing to attack"


@pytest.mark.parametrize(("victim", "number"), [(None, 0), ("2", 1), ("9", 0)])
def test_the_best_box_is_attacked_or_the_chosen_one_where_this_photo_has_it(monkeypatch, victim, number):
    case, _ = boxed()
    thing = case.clean.things[0]
    at = choosing(monkeypatch, (thing, replace(thing, score=0.51)), victim)
    assert at.selectbox(key=fool_box.VICTIM).options == ["1", "2"]
    assert at.text[0].value == f"box {number} above {case.clean.sure:g}"
    assert any(caption.value == f"{thing.label} {(thing.score, 0.51)[number]:.2f}" for caption in at.caption)
