"""What is predicted at an anchor: which one is shown, how long it stays picked, and the four numbers."""

import math
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings, find, levels
from core.boxes.settings import AssignmentSettings, Box, Labelled
from core.experiments import assignment
from ui.sections.anchors import offsets

BEST = "122"  # of the golden example


def page() -> None:
    import streamlit as st

    from ui import cached
    from ui.sections.anchors import offsets, rule, truths

    photo = cached.sample(st.session_state.setdefault("photo", "triangle"))
    settings, how = rule.controls()
    objects = truths.typed(photo)
    answer = cached.assign(truths.boxes(objects), settings, how, photo)
    picked = offsets.picked(photo, objects, settings, answer)
    st.button("Pick", key="pick", on_click=offsets.pick, args=(st.session_state.get("index", 0),))
    st.code("none" if picked is None else str(picked.index), language=None)
    if picked:
        offsets.offsets(photo, objects, picked)


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def picked(at: AppTest) -> str:
    assert not at.exception
    return at.code[0].value


def pick(at: AppTest, index: int) -> AppTest:
    at.session_state["index"] = index
    at.run()
    return at.button(key="pick").click().run()


def test_at_first_it_is_the_best_anchor_of_the_first_object():
    at = opened()
    assert picked(at) == BEST
    assert "anchor" not in at.query_params


def test_an_anchor_of_a_link_is_shown_and_stays_in_the_url():
    at = opened(anchor="100")
    assert picked(at) == "100"
    assert picked(at.run()) == "100"
    assert at.query_params["anchor"] == "100"


@pytest.mark.parametrize(
    "named",
    [
        "",
        "-1",
        "441",
        "99999999",
        "999999999",
        "9" * 5000,
        "1e2",
        "100.0",
        "0x64",
        " 100",
        "best",
        "²",
        "½",
        "nan",
        "\0",
    ],
    ids=lambda named: repr(named[:12]),
)
def test_an_anchor_that_does_not_exist_is_ignored(named):
    at = opened(anchor=named)
    assert picked(at) == BEST
    assert "anchor" not in at.query_params
    assert not at.error


@pytest.mark.parametrize("index", [0, 100, 440])
def test_an_anchor_that_was_clicked_is_shown(index):
    at = pick(opened(), index)
    assert picked(at) == str(index)
    assert at.query_params["anchor"] == str(index)


def test_it_stays_while_objects_move():
    at = pick(opened(), 100)
    at.text_input(key="truth").input("triangle 10, 20, 300, 200").run()
    assert picked(at) == "100"
    at.text_input(key="truth").input("a 10, 20, 300, 200; b 300, 20, 400, 200").run()
    assert picked(at) == "100"


def test_it_stays_while_the_rule_changes():
    at = pick(opened(), 100)
    at.button_group(key="rule").set_value("Textbook").run()
    assert picked(at) == "100"


def test_without_a_pick_the_best_anchor_follows_the_object():
    at = opened()
    at.text_input(key="truth").input("triangle 10, 20, 60, 60").run()
    assert picked(at) != BEST


@pytest.mark.parametrize(("key", "value"), [("grid", 9), ("size", 1.5)])
def test_it_is_forgotten_when_the_anchors_change(key, value):
    at = pick(opened(), 100)
    at.slider(key=key).set_value(value).run()
    assert picked(at) != "100"
    assert "anchor" not in at.query_params
    at.slider(key=key).set_value(7 if key == "grid" else 1.0).run()
    assert picked(at) == BEST


def test_it_is_forgotten_with_another_photo():
    at = pick(opened(), 100)
    at.session_state["photo"] = "coffee"
    at.run()
    assert picked(at) != "100"
    assert "anchor" not in at.query_params


def test_without_objects_there_is_nothing_to_show():
    at = opened(gen="Pyramid", truth=";")
    assert picked(at) == "none"
    at.text_input(key="truth").input("moon 10, 20, 300, 200").run()
    assert picked(at) != "none"


GRID = levels(AnchorSettings(), height=333, width=500)
TRUTH = (156.0, 97.0, 351.0, 270.0)


def matched(index: int, truths: tuple[Box, ...] = (TRUTH,)) -> assignment.Matched:
    answer = assignment.assign(truths, AnchorSettings(), AssignmentSettings(), height=333, width=500)
    return assignment.pick(answer, truths, index)


@pytest.mark.parametrize("index", [0, 100, 122, 440])
def test_the_four_numbers_are_those_of_core(index):
    at = opened(anchor=str(index))
    level, *place = find(GRID, index)
    answer = assignment.offsets(level.box(*place), TRUTH)
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown == {
        name: f"{number:z.3f}".replace("-", "−")
        for name, number in zip(("t_x", "t_y", "t_w", "t_h"), answer.numbers, strict=True)
    }


def test_the_formulas_hold_with_the_numbers_that_stand_in_them():
    """What is printed is computed again, as a reader with a calculator would."""
    at = opened(anchor="100")
    printed = " ".join(latex.value for latex in at.latex)
    number = r"(-?[\d.]+)"
    shifts = re.findall(rf"\\frac\{{{number} - {number}\}}\{{{number}\}} \\Big/ 0\.1 = {number}", printed)
    growths = re.findall(rf"\\ln \\frac\{{{number}\}}\{{{number}\}} \\Big/ 0\.2 = {number}", printed)
    assert (len(shifts), len(growths)) == (2, 2)
    for there, here, side, result in (map(float, row) for row in shifts):
        assert (there - here) / side / 0.1 == pytest.approx(result, abs=0.03)
    for there, here, result in (map(float, row) for row in growths):
        assert math.log(there / here) / 0.2 == pytest.approx(result, abs=0.01)


@pytest.mark.parametrize(
    ("rule", "index", "words"),
    [
        ("YOLO cell", "122", None),
        ("YOLO cell", "100", "The rule left this anchor to the background, so it learns no offsets."),
        ("Two thresholds", "122", None),
        ("Two thresholds", "171", "The rule left this anchor out of the loss, so it learns no offsets."),
    ],
)
def test_an_anchor_that_learns_nothing_is_told_apart(rule, index, words):
    at = opened(rule=rule, anchor=index)
    said = [caption.value for caption in at.caption if "learns no offsets" in caption.value]
    assert [one.split(" These are")[0] for one in said] == ([words] if words else [])


def test_the_anchor_and_its_object_are_named_as_text():
    at = opened(truth="<b>*x* 156, 97, 351, 270", anchor="100")
    (words,) = [caption.value for caption in at.caption if caption.value.startswith("Anchor 100 and ")]
    assert r"\<b\>\*x\*" in words
    assert f"IoU {matched(100).iou:.4f}" in words


def test_the_way_leads_from_the_anchor_to_the_box(blank):
    chosen = matched(100)
    answer = assignment.offsets(chosen.box, TRUTH)
    objects = Labelled("moon", TRUTH)
    scene = offsets._scene(blank(500, 333), objects, chosen, answer)
    (track,) = scene.tracks
    assert track.boxes[0] == pytest.approx(chosen.box, abs=0.051)
    assert track.boxes[-1] == pytest.approx(TRUTH, abs=0.051)
    assert len(track.boxes) == len(track.values) == 101
    assert track.values[-1] == 1
    assert (scene.axis, scene.whole) == ("share", 1.0)
    assert [fixed.box for fixed in scene.fixed] == [TRUTH, pytest.approx(chosen.box, abs=0.051)]


@pytest.mark.parametrize(
    ("named", "shown"), [("30", "30"), ("0", "0"), ("5000", "100"), ("60", None), ("-1", None), ("x", None)]
)
def test_the_share_of_a_link_is_kept_within_the_way(named, shown):
    at = opened(offset=named)
    assert at.query_params.get("offset") == shown, "the default is not in the URL"
