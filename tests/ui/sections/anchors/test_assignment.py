"""The assignment: its figures and words are those of the rule, and its table holds what the page shows."""

import csv
import io
import re

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings, find
from core.boxes.settings import AssignmentSettings, Labelled, Rule
from core.experiments.assignment import Assignment, assign
from core.images.samples import sample
from ui.components.truth_editor import Change
from ui.sections.anchors import assignment, generator, rule, truths

ALLOWED = [
    (gen, name) for gen in generator.GENERATORS for name in rule.RULES if gen == "YOLO grid" or name != rule.CELL
]
every_rule = pytest.mark.parametrize(("gen", "name"), ALLOWED)
TWINS = "left 20, 20, 120, 120; right 22, 20, 122, 120"


def page() -> None:
    import streamlit as st

    from ui import cached
    from ui.sections.anchors import assignment, offsets, rule, truths

    photo = cached.sample(st.session_state.setdefault("photo", "cat"))
    settings, how = rule.controls()
    objects = truths.typed(photo)
    answer = cached.assign(truths.boxes(objects), settings, how, photo)
    picked = offsets.picked(photo, objects, settings, answer)
    assignment.stage(photo, objects, settings, how, answer, picked)
    assignment.figures(objects, how, answer)
    if answer.activations:
        assignment.nine(objects, answer)
    assignment.maps(photo, objects, settings, how, answer)
    assignment.take_away(photo, objects, how, answer)


def opened(photo: str = "cat", **query: str | list[str]) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    at.session_state["photo"] = photo
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def figures(at: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def expected(at: AppTest, gen: str, name: str, photo: str) -> tuple[Assignment, AssignmentSettings]:
    """What core says of the objects in the field and the default controls of this rule."""
    high = 0.7 if name == rule.THRESHOLDS else 0.5
    how = AssignmentSettings(rule=rule.RULES[name], positive=high)
    scene = sample(photo)
    objects = truths.read(at.text_input(key="truth").value, scene.width, scene.height)
    settings = AnchorSettings(generator=generator.GENERATORS[gen])
    return assign(truths.boxes(objects), settings, how, height=scene.height, width=scene.width), how


@every_rule
@pytest.mark.parametrize("photo", ["cat", "overlap"])
def test_the_figures_are_what_core_says(gen, name, photo):
    at = opened(photo, gen=gen, rule=name)
    answer, how = expected(at, gen, name, photo)
    found = figures(at)
    covered = sum(one.iou >= how.positive for one in answer.best)
    assert found["Objects covered"][0] == f"{covered} of {len(answer.best)}"
    counts = [found[name][0] for name in ("Positive", "Ignored", "Background")]
    assert counts == [f"{number:,}" for number in answer.counts]
    assert found["Positive"][1].startswith(f"{answer.counts[0] / sum(answer.counts):.2%} of ")
    assert rule.LESSONS[how.rule] in [caption.value for caption in at.caption]


@every_rule
def test_objects_that_no_anchor_fits_are_named_with_their_best(gen, name):
    at = opened(gen=gen, rule=name, truth="sliver 10, 10, 11, 290; cat 0, 0, 401, 300")
    answer, _ = expected(at, gen, name, "cat")
    words = next(warning.value for warning in at.warning if "No anchor reaches" in warning.value)
    assert f"sliver \\({answer.best[0].iou:.2f}\\)" in words
    assert "Change sizes or ratios" in words


def test_names_of_objects_are_shown_as_text():
    at = opened(truth="![x](y) *b* 10, 10, 14, 290; <i>|$ 10, 10, 14, 290")
    shown = " ".join(element.value for element in (*at.warning, *at.markdown))
    assert "![x](" not in shown
    assert "<i>" not in shown.replace("\\<i\\>", "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (rule.CELL, "It is told two different answers, so one of the two is lost."),
        (rule.GREEDY, "The one with the larger IoU gets it, the other its next best."),
        (rule.THRESHOLDS, "It learns the one it overlaps more."),
    ],
)
def test_two_objects_that_want_one_anchor_are_named_with_it(name, words):
    at = opened(rule=name, truth=TWINS)
    answer, _ = expected(at, "YOLO grid", name, "cat")
    assert answer.rivals == ((0, 1),)
    (warning,) = [warning.value for warning in at.warning if "want the same anchor" in warning.value]
    anchor = answer.activations[0].flat_index if answer.activations else answer.best[0].index
    assert warning.startswith(f"**left and right want the same anchor**, number {anchor:,}. {words}")


def test_objects_apart_are_no_rivals():
    at = opened(truth="left 20, 20, 120, 120; right 322, 20, 422, 120")
    assert not any("want the same anchor" in warning.value for warning in at.warning)


def test_yolos_rule_is_told_with_the_numbers_of_the_golden_example():
    at = opened("triangle", rule=rule.CELL)
    (words,) = [element.value for element in at.markdown if "is activated" in element.value]
    assert words == (
        "**triangle** has its centre at (253.5, 183.5). Cell [3, 3] is 20.5000 px away, the next cell 34.0714 px. "
        "Anchor 2 of the cell is activated: IoU 0.7454, number **122** of 441."
    )
    (table,) = [element.value for element in at.markdown if element.value.startswith("| number | anchor |")]
    golden = ["0.1007", "0.4029", "0.7454", "0.5733", "0.3971", "0.5918", "0.5216", "0.6619", "0.4799"]
    assert re.findall(r"0\.\d{4}", table) == golden
    assert re.findall(r"\*\*(.*?)\*\*", table) == ["0.7454"]


def test_the_table_of_a_crowd_stays_narrow():
    at = opened(rule=rule.CELL, truth="; ".join(f"o{row} {row}, 0, {row + 20}, 20" for row in range(12)))
    (table,) = [element.value for element in at.markdown if element.value.startswith("| number | anchor |")]
    assert {line.count("|") for line in table.splitlines()} == {3 + assignment.MOST_COLUMNS}


def test_a_single_cell_has_no_next_one():
    at = opened(rule=rule.CELL, grid="1", shapes="1 × 1")
    words = [element.value for element in at.markdown if "is activated" in element.value]
    assert " ".join(words).count("is activated") == 4
    assert not any("the next cell" in one for one in words)


@every_rule
def test_the_table_has_a_line_for_each_object_with_its_best_anchor(gen, name):
    at = opened(gen=gen, rule=name)
    answer, _ = expected(at, gen, name, "cat")
    objects = truths.of(sample("cat"))
    table = assignment.rows(objects, answer)
    assert [line["object"] for line in table] == [one.label for one in objects]
    for line, one in zip(table, objects, strict=True):
        assert tuple(line[side] for side in ("x1", "y1", "x2", "y2")) == one.box
        level, *place = find(answer.levels, line["best_anchor"])
        corners = tuple(line[f"anchor_{side}"] for side in ("x1", "y1", "x2", "y2"))
        assert corners == pytest.approx(level.box(*place), abs=0.01)
    assert sum(line["anchors_that_learn"] for line in table) == answer.counts[0]


@pytest.fixture
def files(monkeypatch) -> dict[str, bytes]:
    """Name and content of every file that is offered, made as a click makes it."""
    made: dict[str, bytes] = {}

    def button(label, data, name, mime, **options):
        content = data()
        made[name] = content if isinstance(content, bytes) else content.encode()

    monkeypatch.setattr("streamlit.download_button", button)
    return made


@every_rule
def test_the_files_can_be_made(files, gen, name):
    opened("rocket", gen=gen, rule=name)
    assert Image.open(io.BytesIO(files["assignment.png"])).size == (640, 427)
    lines = list(csv.DictReader(io.StringIO(files["assignment.csv"].decode())))
    assert [line["object"] for line in lines] == [one.label for one in truths.of(sample("rocket"))]
    assert b'"rule"' in files["assignment.json"]


def test_objects_that_were_dragged_are_typed_into_the_field(visitor):
    assignment._changed(Change((Labelled("box 2", (1.0, 2.0, 30.04, 40.0)),)))
    assert visitor.session == {truths.KEY: "box 2 1, 2, 30, 40"}


def placed(gen: str) -> Assignment:
    scene = sample("cat")
    settings = AnchorSettings(generator=generator.GENERATORS[gen])
    how = AssignmentSettings(rule=Rule.THRESHOLDS, positive=0.7)
    return assign(truths.boxes(truths.of(scene)), settings, how, height=scene.height, width=scene.width)


@pytest.mark.parametrize("gen", ["YOLO grid", "Pyramid"])
def test_places_travel_to_the_browser_with_their_state(gen):
    answer = placed(gen)
    places = assignment._locations(answer)
    assert len(places) == sum(level.rows * level.cols for level in answer.levels)
    assert {state for *_, state in places} == set(assignment.STATES)
    first = answer.levels[0]
    assert places[0][:2] == (round(first.step_x / 2, 1), round(first.step_y / 2, 1))


def test_where_every_pixel_is_a_place_none_travels():
    assert assignment._locations(placed("Every pixel")) == ()


def test_a_list_is_written_as_a_sentence():
    assert assignment._listed(["a"]) == "a"
    assert assignment._listed(["a", "b"]) == "a and b"
    assert assignment._listed(["a", "b", "c"]) == "a, b and c"
