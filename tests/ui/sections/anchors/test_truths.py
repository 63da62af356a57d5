"""Objects as text: what is written is read back, what is no object is refused, and another photo brings its own."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.boxes.settings import LONGEST_LABEL, MOST_OBJECTS, Labelled
from core.errors import SettingError
from core.images.samples import SAMPLES, sample
from ui.sections.anchors import truths
from ui.sections.anchors.truths import LONGEST_TEXT, of, read, written

WIDTH, HEIGHT = 451, 300
BOX = (1.0, 2.5, 30.0, 40.0)


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_the_objects_of_every_sample_are_read_back_as_they_are_written(row):
    photo = sample(row.key)
    assert read(written(of(photo)), photo.width, photo.height) == of(photo)


LABELS = [
    "cat",
    "box 3",
    "space shuttle",
    "route 66",
    "7",
    "-1",
    "3.5",
    "1, 2",
    "Žluťoučký kůň",
    "猫",
    "😀",
    "a-b_c",
    "x)y",
]


@pytest.mark.parametrize("label", LABELS)
def test_odd_names_are_read_back(label):
    objects = (Labelled(label, BOX), Labelled("other", (0.0, 0.0, 451.0, 300.0)))
    assert read(written(objects), WIDTH, HEIGHT) == objects


TENTHS = st.integers(0, 3000)
LETTERS = st.text(st.characters(categories=("L", "N", "S")), min_size=1, max_size=LONGEST_LABEL)


@given(label=LETTERS, xs=st.sets(TENTHS, min_size=2, max_size=2), ys=st.sets(TENTHS, min_size=2, max_size=2))
def test_any_name_of_letters_and_any_box_are_read_back(label, xs, ys):
    (x1, x2), (y1, y2) = sorted(xs), sorted(ys)
    objects = (Labelled(label, (x1 / 10, y1 / 10, (x2 + 10) / 10, (y2 + 10) / 10)),)
    assert read(written(objects), WIDTH, HEIGHT + 1) == objects


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("1, 2.5, 30, 40", "box 1"),
        ("  1 2.5 30 40  ", "box 1"),
        ("cat: 1,2.5,30,40", "cat"),
        ("cat (1, 2.5, 30, 40)", "cat"),
        ("space shuttle [1 2.5 30 4e1]", "space shuttle"),
        (f"{'x' * 50} 1, 2.5, 30, 40", "x" * LONGEST_LABEL),
    ],
)
def test_an_object_is_read_however_a_person_types_it(words, label):
    assert read(words, WIDTH, HEIGHT) == (Labelled(label, BOX),)


def test_objects_without_a_name_are_called_by_their_number():
    found = read("1,2,30,40; cat 1,2,30,40;; 5,6,70,80", WIDTH, HEIGHT)
    assert [one.label for one in found] == ["box 1", "cat", "box 3"]


@pytest.mark.parametrize("words", ["", "  ", ";", " ; ;; "])
def test_no_object_at_all_is_an_answer(words):
    assert read(words, WIDTH, HEIGHT) == ()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("cat", "box 1 needs four numbers, got “cat”."),
        ("cat 1, 2, 3", "box 1 needs four numbers, got “cat 1, 2, 3”."),
        ("cat 1, 2, 30, 4O", "cat needs four numbers, got “1, 2, 30, 4O”."),
        ("a 1,2,30,40; b one, two", "box 2 needs four numbers, got “b one, two”."),
        ("cat 1, 2, 1e999, 40", "cat needs four finite numbers, got “1, 2, 1e999, 40”."),
        ("nan, nan, nan, nan", "box 1 needs four finite numbers, got “nan, nan, nan, nan”."),
        ("cat 30, 2, 1, 40", "cat must lie on the photo, 451 × 300 px"),
        ("cat -1, 2, 30, 40", "cat must lie on the photo, 451 × 300 px"),
        ("cat 1, 2, 452, 40", "cat must lie on the photo, 451 × 300 px"),
        ("a 1,2,30,40; dog 1, 2, 30, 300.1", "dog must lie on the photo, 451 × 300 px"),
        ("cat 1, 2, 1.5, 40", "cat must be at least 1 px wide and high, got “1, 2, 1.5, 40”."),
    ],
)
def test_what_is_no_object_is_refused_by_its_name_and_value(words, problem):
    with pytest.raises(SettingError) as caught:
        read(words, WIDTH, HEIGHT)
    assert caught.value.problem.startswith(problem)
    assert caught.value.advice == "Type left, top, right, bottom, such as 0, 0, 225, 150."


def test_as_many_as_fit_are_read_and_one_more_is_refused():
    assert len(read("1,2,30,40;" * MOST_OBJECTS, WIDTH, HEIGHT)) == MOST_OBJECTS
    with pytest.raises(
        SettingError, match=f"At most {MOST_OBJECTS} objects fit on the page, got {MOST_OBJECTS + 1}. Delete some"
    ):
        read("1,2,30,40;" * (MOST_OBJECTS + 1), WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "words",
    [
        " " * LONGEST_TEXT + "x",
        "x" + " " * LONGEST_TEXT + "x",
        " (" * 999,
        "1 " * 999,
        "1" * LONGEST_TEXT,
        "1" * 1999 + "!",
    ],
    ids=lambda words: repr(words[:2] + words[-1]),
)
def test_what_fits_into_the_field_is_refused_in_no_time(words):
    """A pattern that tries every way to share out the spaces took six seconds, and the whole server waited."""
    start = time.thread_time()
    with pytest.raises(SettingError):
        read(words, WIDTH, HEIGHT)
    assert time.thread_time() - start < 0.5


@given(st.text(max_size=80))
def test_any_text_makes_objects_on_the_photo_or_a_refusal(words):
    with suppress(SettingError):
        for one in read(words, WIDTH, HEIGHT):
            x1, y1, x2, y2 = one.box
            assert 0 <= x1 < x2 <= WIDTH
            assert 0 <= y1 < y2 <= HEIGHT
            assert 0 < len(one.label) <= LONGEST_LABEL


def test_the_longest_objects_fit_into_the_field():
    """Else the browser would cut what Python writes."""
    full = tuple(Labelled("x" * LONGEST_LABEL, (1111.1, 1111.1, 1555.5, 1555.5)) for _ in range(MOST_OBJECTS))
    assert len(written(full)) <= LONGEST_TEXT


@pytest.mark.parametrize("size", [(16, 16), (16, 1600), (1600, 16), (17, 33)], ids=str)
def test_a_photo_of_which_nothing_is_known_has_an_object_in_its_middle(blank, size):
    (one,) = of(blank(*size))
    assert one.label == "object"
    assert read(written((one,)), *size) == (one,)
    x1, y1, x2, y2 = one.box
    assert abs((x1 + x2) / 2 - size[0] / 2) <= 1
    assert abs((y1 + y2) / 2 - size[1] / 2) <= 1


def test_objects_of_one_name_are_numbered():
    assert [one.label for one in of(sample("cat"))] == ["cat", "eye 1", "eye 2", "nose"]
    assert [one.label for one in of(sample("overlap"))] == ["circle 1", "circle 2", "square", "star"]


def test_a_photo_with_more_objects_than_fit_shows_the_first(blank):
    photo = blank(100, 100, boxes=[[row, 0, row + 10, 10] for row in range(MOST_OBJECTS + 3)])
    assert [one.label for one in of(photo)] == [f"thing {row}" for row in range(MOST_OBJECTS)]


def test_the_boxes_alone_keep_their_order():
    assert truths.boxes(read("a 1,2,30,40; b 5,6,70,80", WIDTH, HEIGHT)) == ((1, 2, 30, 40), (5, 6, 70, 80))


def test_objects_that_were_dragged_are_typed_into_the_field(visitor):
    truths.keep((Labelled("cat", (1.0, 2.04, 30.0, 40.0)),))
    assert visitor.session == {truths.KEY: "cat 1, 2, 30, 40"}


def field() -> None:
    import streamlit as st

    from core.images.samples import sample
    from ui.sections.anchors import truths

    photo = sample(st.session_state.get("photo", "triangle"))
    st.code(truths.written(truths.typed(photo)), language=None)


OWN = {key: written(of(sample(key))) for key in ("triangle", "coffee")}


def shown(at: AppTest) -> str:
    assert not at.exception
    return at.code[0].value


def test_the_field_opens_with_what_is_on_the_photo():
    at = AppTest.from_function(field).run()
    assert shown(at) == at.text_input(key="truth").value == OWN["triangle"] == "triangle 156, 97, 351, 270"


def test_typed_objects_are_taken_and_words_that_make_none_leave_them():
    at = AppTest.from_function(field).run()
    assert shown(at.text_input(key="truth").input("moon 1, 2, 30, 40").run()) == "moon 1, 2, 30, 40"
    at.text_input(key="truth").input("sun <b> 1, 2, 3").run()
    assert shown(at) == "moon 1, 2, 30, 40"
    assert at.text_input(key="truth").value == "sun <b> 1, 2, 3", "what was typed stays, to be mended"
    (error,) = at.error
    assert re.search(r"needs four numbers, got “sun \\<b\\> 1, 2, 3”", error.value)


def test_objects_of_a_link_are_taken():
    at = AppTest.from_function(field)
    at.query_params["truth"] = "moon 1, 2, 30, 40"
    assert shown(at.run()) == "moon 1, 2, 30, 40"


def test_another_photo_brings_its_own_objects():
    at = AppTest.from_function(field).run()
    at.text_input(key="truth").input("moon 1, 2, 30, 40").run()
    at.session_state["photo"] = "coffee"
    assert shown(at.run()) == OWN["coffee"]
    at.session_state["photo"] = "triangle"
    assert shown(at.run()) == OWN["triangle"]


def test_objects_of_a_link_come_along_with_its_photo():
    at = AppTest.from_function(field).run()
    at.session_state["photo"] = "coffee"
    at.session_state["truth"] = at.query_params["truth"] = "moon 1, 2, 500, 390"
    assert shown(at.run()) == "moon 1, 2, 500, 390"
    at.session_state["photo"] = "triangle"
    assert shown(at.run()) == OWN["triangle"], "the link was followed once"


def test_last_objects_that_are_not_on_a_smaller_photo_give_way_to_its_own():
    at = AppTest.from_function(field)
    at.session_state["photo"] = "coffee"
    at.run().text_input(key="truth").input("moon 1, 2, 590, 390").run()
    at.session_state["photo"] = "triangle"
    at.session_state["truth"] = at.query_params["truth"] = "oops"
    assert shown(at.run()) == OWN["triangle"]
    assert len(at.error) == 1
