"""Which anchors are these: the place that is typed or pointed at, its figures, and the table to take away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings, Convention, Generator, levels
from core.boxes.settings import Labelled
from core.errors import SettingError
from core.experiments.assignment import at_place
from core.images.samples import sample
from tests.sessions import link
from ui.sections.anchors import generator, which

OBJECTS = (Labelled("dog", (10.0, 20.0, 60.0, 70.0)), Labelled("cat", (60.0, 10.0, 90.0, 60.0)))


@pytest.mark.parametrize(
    "words", ["20, 30.5", "20 30.5", "(20, 30.5)", "[20;30.5]", " 20,30.50 ", "+20, 30.5", "20., 30.5", "20,,30.5"]
)
def test_a_place_is_read_however_a_person_types_it(blank, words):
    assert which._read(words, blank(100, 80)) == (20, 30.5)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", "A place needs x and y, got “”."),
        ("20", "A place needs x and y, got “20”."),
        ("20, 30, 40", "A place needs x and y, got “20, 30, 40”."),
        ("here", "A place needs x and y, got “here”."),
        ("20, thirty", "A place needs x and y, got “20, thirty”."),
        ("nan, 20", "A place must lie on the photo, 100 × 80 px, got “nan, 20”."),
        ("-1, 20", "A place must lie on the photo, 100 × 80 px, got “-1, 20”."),
        ("101, 20", "A place must lie on the photo, 100 × 80 px, got “101, 20”."),
        ("20, 80.5", "A place must lie on the photo, 100 × 80 px, got “20, 80.5”."),
    ],
)
def test_what_is_no_place_on_the_photo_is_refused_with_its_value(blank, words, problem):
    with pytest.raises(SettingError) as caught:
        which._read(words, blank(100, 80))
    assert caught.value.problem == problem
    assert caught.value.advice == "Type two numbers, such as 50, 40."


@given(x=st.integers(0, 16000), y=st.integers(0, 16000))
def test_a_place_is_read_back_as_it_is_written(x, y):
    class Anything:
        width = height = 1600

    assert which._read(which._written((x / 10, y / 10)), Anything()) == (x / 10, y / 10)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", ["cat", "rocket", "triangle"])
def test_the_table_holds_the_anchors_of_the_place_and_their_objects(row):
    photo = sample(row)
    (grid,) = levels(AnchorSettings(), height=photo.height, width=photo.width)
    placed = at_place((grid,), tuple(one.box for one in OBJECTS), x=70.0, y=30.0)
    table = which.rows(placed, OBJECTS)
    assert len(table) == 9
    for line, one in zip(table, placed, strict=True):
        box = tuple(line[side] for side in ("x1", "y1", "x2", "y2"))
        assert box == grid.box(*grid.at(line["anchor"]))
        assert (line["row"], line["column"]) == grid.cell(70.0, 30.0)
        assert line["width"] == pytest.approx(box[2] - box[0])
        assert line["height"] == pytest.approx(box[3] - box[1])
        assert line["object"] == OBJECTS[one.truth].label
        assert line["iou"] == one.iou


def test_without_objects_the_table_has_none_to_name():
    (grid,) = levels(AnchorSettings(), height=80, width=100)
    assert {line["object"] for line in which.rows(at_place((grid,), (), x=1.0, y=1.0), ())} == {""}


@pytest.mark.parametrize("kind", [Generator.GRID, Generator.PYRAMID])
def test_only_the_textbooks_anchors_have_another_convention(blank, kind):
    settings = AnchorSettings(generator=kind)
    assert which._other(blank(100, 80), settings) == ()
    assert which._titles(settings) == ("", "")


@pytest.mark.parametrize("convention", Convention)
def test_both_conventions_of_the_textbooks_width_stand_side_by_side(blank, convention):
    photo = blank(100, 80)
    other = next(one for one in Convention if one is not convention)
    settings = AnchorSettings(generator=Generator.PIXEL, convention=convention)
    counterpart = AnchorSettings(generator=Generator.PIXEL, convention=other)
    (grid,) = levels(counterpart, height=80, width=100)
    assert which._other(photo, settings) == (tuple((shape.width, shape.height) for shape in grid.shapes),)
    assert which._titles(settings) == which._titles(counterpart)[::-1]


def page() -> None:
    import streamlit as st

    from ui import cached
    from ui.sections.anchors import generator, truths, which

    photo = cached.sample(st.session_state.setdefault("photo", "triangle"))
    settings = generator.controls()
    objects = truths.typed(photo)
    point = which.typed(photo, objects)
    which.stage(photo, objects, settings, point)
    answer = cached.anchors(settings, photo)
    placed = cached.at_place(answer.levels, truths.boxes(objects), *point)
    which.figures(answer, placed)
    which.density(photo, settings, answer)
    which.take_away(photo, objects, settings, answer, point, placed)
    st.session_state["point"] = point


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def figures(at: AppTest) -> dict[str, tuple[str, str]]:
    assert not at.exception
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def test_the_place_is_at_first_the_middle_of_the_first_object():
    at = opened()
    assert at.text_input(key="at").value == "253.5, 183.5"
    assert at.session_state["point"] == (253.5, 183.5)


def test_without_objects_the_place_is_the_middle_of_the_photo():
    at = opened(truth=";")
    assert at.session_state["point"] == (250, 166.5)
    assert figures(at)["Best IoU here"] == ("0.0000", "no match at 0.5")


def test_the_figures_are_those_of_the_golden_example():
    found = figures(opened())
    assert found["Anchors"] == ("441", "49 places")
    assert found["Memory"][0] == "7.1 kB"
    assert found["Best IoU here"] == ("0.7454", "a match at 0.5")


@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_the_figures_are_what_core_says(gen):
    at = opened(gen=gen, at="100, 120")
    grids = levels(AnchorSettings(generator=generator.GENERATORS[gen]), height=333, width=500)
    total = sum(grid.count for grid in grids)
    best = max(one.iou for one in at_place(grids, [(156.0, 97.0, 351.0, 270.0)], x=100.0, y=120.0))
    found = figures(at)
    assert found["Anchors"] == (f"{total:,}", f"{sum(grid.rows * grid.cols for grid in grids):,} places")
    assert found["Best IoU here"][0] == f"{best:.4f}"
    assert any(f"all {total:,} of them" in caption.value for caption in at.caption)


def test_a_bad_place_is_explained_and_the_last_one_stays():
    at = opened(at="100, 120")
    at.text_input(key="at").input("1000, 120").run()
    assert at.session_state["point"] == (100, 120)
    (error,) = at.error
    assert "A place must lie on the photo, 500 × 333 px, got “1000, 120”." in error.value


def test_another_photo_brings_its_own_place():
    at = opened(at="490, 330")
    at.session_state["photo"] = "coffee"
    at.run()
    x1, y1, x2, y2 = sample("coffee").truth.boxes[0].tolist()
    assert at.session_state["point"] == ((x1 + x2) / 2, (y1 + y2) / 2)


def test_a_place_of_a_link_comes_along_with_its_photo():
    at = opened()
    at.session_state["photo"] = "coffee"
    at.session_state["at"] = at.query_params["at"] = "590, 390"
    at.run()
    assert at.session_state["point"] == (590, 390)


def test_a_point_that_was_let_go_is_typed_into_the_field(visitor):
    which._moved((12.04, 99.96))
    assert visitor.session == {which.KEY: "12, 100"}


def test_the_link_carries_place_objects_and_anchors():
    query = link(opened(at="100, 120", grid="9", gen="YOLO grid"))
    assert query.items() >= {"at": "100, 120", "grid": "9", "truth": "triangle 156, 97, 351, 270"}.items()
    assert query["shapes"] == list(generator.SHAPES)
