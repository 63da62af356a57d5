"""What leaves the view Paint: the picture at full size, its losses, its settings, a link, the run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.images.styles import style_picture
from tests.sessions import link
from tests.ui.sections.style.paint_cases import case, drawn, fast
from ui.sections.style import case as cases
from ui.sections.style import paint_away
from ui.sections.style.case import Drawn
from viz import images


def app() -> None:
    import streamlit as st

    from ui.sections.style import paint_away

    paint_away.take_away(st.session_state["drawn"], st.session_state["going"])


def shown(one: Drawn, *, going: bool = False, **state: object) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    for key, value in {"drawn": one, "going": going, **state}.items():
        at.session_state[key] = value
    at.run()
    assert not at.exception
    return at


def test_a_painting_has_five_files_and_one_of_a_single_pass_no_run():
    assert len(shown(drawn()).get("download_button")) == 5
    assert len(shown(fast()).get("download_button")) == 4


def test_while_it_is_painted_nothing_is_taken_away():
    at = shown(drawn(), going=True)
    assert not at.get("download_button")
    assert any("paused or over" in one.value for one in at.caption)


def test_the_picture_is_as_large_as_the_painting():
    assert images.of_canvas(drawn().canvas).size == (96, 64)
    assert any("The picture is 96 × 64 px" in one.value for one in shown(drawn()).caption)


def test_a_row_for_each_step_with_its_losses():
    rows = paint_away.rows(drawn())
    assert [row["update"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[-1]["total"] == drawn().losses.total
    for row in rows:
        whole = row["content"] + 10 * row["style"] + row["total variation"]
        assert whole == pytest.approx(row["total"], rel=1e-4)
    assert paint_away.rows(fast()) == [{"passes forward": 1, "passes back": 0, "milliseconds": 40.0}]


def test_settings_are_plain_enough_for_a_file():
    told = json.loads(json.dumps(paint_away.settings(drawn())))
    assert told["styles"] == ["Waves"]
    assert told["network"] == "lab-trunk"
    assert told["settings"]["style_layers"]["features.1"] == 1
    assert told["losses"]["total"] == drawn().losses.total
    assert json.loads(json.dumps(paint_away.settings(fast())))["losses"] is None


def test_the_run_has_every_step_and_ends_with_the_painting():
    frames = paint_away.frames(drawn())
    assert len(frames) == 7
    assert {frame.size for frame in frames} == {(96, 64)}
    assert np.array_equal(np.asarray(frames[-1]), np.asarray(images.of_canvas(drawn().canvas)))
    large = replace(drawn(), canvas=np.zeros((3, 700, 1000), np.float32))
    assert {frame.size for frame in paint_away.frames(large)} == {(paint_away.SIDE, 224)}


def test_the_link_names_network_and_style_and_what_the_sliders_are_at():
    at = shown(
        drawn(), **{cases.STYLE: 30, cases.SECOND: "Brick", cases.SCALE: "× 2", cases.LAYERS[3]: 2, cases.LAYERS[4]: 2}
    )
    said = link(at)
    assert said[cases.LAYERS[3]] == "2"
    assert cases.LAYERS[4] not in said, "the network has four"
    assert (said["model"], said["style"], said[cases.STYLE], said[cases.SECOND]) == (
        "lab-trunk",
        "waves",
        "30",
        "Brick",
    )
    assert said[cases.SCALE] == "× 2"


def test_a_style_of_ones_own_is_in_no_link():
    mine = replace(style_picture("waves"), name="fabric.jpg")
    of = replace(case(), keys=(mine.digest, mine.digest), styles=(mine, mine))
    one = replace(drawn(), case=of)
    at = shown(one, **{cases.SECOND: mine.name})
    assert mine.name not in str(link(at))
    assert "Your own style is not part of it." in paint_away.missing(one)
    assert paint_away.missing(drawn()) == "A run that was started begins anew."
    assert paint_away.missing(fast()) == ""
