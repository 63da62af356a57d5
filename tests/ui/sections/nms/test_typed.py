"""Boxes as a link holds them: what is written is read back, and what is no box is told by its number."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.files import BoxTable
from core.boxes.settings import LONGEST_LABEL
from core.errors import SettingError
from core.experiments.candidates import random_boxes
from ui.sections.nms import typed
from ui.sections.nms.typed import LONGEST, read, written


def table(*rows: tuple[str, float, tuple[float, float, float, float]]) -> BoxTable:
    return BoxTable(
        np.array([row[2] for row in rows], float), np.array([row[1] for row in rows]), tuple(row[0] for row in rows)
    )


def back(given_table: BoxTable) -> BoxTable:
    words = written(given_table)
    assert words is not None
    return read(words)


def assert_same(one: BoxTable, other: BoxTable) -> None:
    np.testing.assert_allclose(one.boxes, other.boxes, rtol=5e-6, atol=1e-6)
    np.testing.assert_allclose(one.scores, other.scores, rtol=5e-4)


def test_a_table_is_written_as_a_person_would():
    boxes = table(("dog", 0.9, (40, 30, 200, 180)), ("cat", 0.7, (45.5, 32.25, 210, 190)))
    assert written(boxes) == "dog 0.9 40, 30, 200, 180; cat 0.7 45.5, 32.25, 210, 190"


SIDE = st.floats(-1e6, 999_998, allow_subnormal=False)
BOX = st.tuples(SIDE, SIDE, st.floats(1e-6, 1e4), st.floats(1e-6, 1e4)).map(
    lambda drawn: (
        round(drawn[0], 6),
        round(drawn[1], 6),
        round(min(1e6, drawn[0] + drawn[2] + 2e-6), 6),
        round(min(1e6, drawn[1] + drawn[3] + 2e-6), 6),
    )
)
ROW = st.tuples(st.text(max_size=30), st.floats(0, 1, allow_subnormal=False), BOX)


@settings(deadline=None, max_examples=300)
@given(row=ROW)
def test_any_box_is_read_back(row):
    """Also a label of any letters, the smallest score, the farthest side and the thinnest box."""
    boxes = table(row)
    if written(boxes) is not None:
        assert_same(back(boxes), boxes)
        assert written(back(boxes)) == written(boxes), "and the link no longer changes"


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-5, 1e-12, 0.12345, 0.99999, 1 / 3])
def test_a_score_has_four_digits_and_never_an_exponent(value):
    boxes = table(("dog", value, (1, 2, 3, 4)))
    assert float(back(boxes).scores[0]) == pytest.approx(value, rel=5e-4)
    assert "e-" not in (written(boxes) or "")


@pytest.mark.parametrize(
    "box", [(0.00001, 0, 1e6, 1234.56), (-1e6, -999_999, -1, 0), (1000.001, 5, 1000.002, 6), (999_999, 0, 1e6, 1)]
)
def test_the_smallest_and_the_farthest_sides_are_read_back(box):
    assert_same(back(table(("dog", 0.5, box))), table(("dog", 0.5, box)))


def test_a_box_thinner_than_six_digits_stays_a_box():
    x1, _, x2, _ = back(table(("dog", 0.5, (1000.001, 5, 1000.002, 6)))).boxes[0]
    assert (x1, x2) == (1000.001, 1000.002)


@pytest.mark.parametrize(
    "label", ["circle 2", "7", "circle2", "3 4 5", "C+", "-", "hôtel 中文 🐕", "a.b", "0.5", "x1: 1"]
)
def test_a_name_is_read_back_also_with_numbers_at_its_end(label):
    assert back(table((label, 0.9, (1, 2, 3, 4)), (label, 0.1, (1, 2, 3, 5)))).labels == (label, label)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("a;b", "a b"),
        ("a, b", "a b"),
        ("a\tb  c", "a b c"),
        (" ; , ", "box"),
        ("", "object"),
        ("x" * 200, "x" * LONGEST_LABEL),
        ("x" * 23 + " y", "x" * 23),
        (";" * 30 + "dog", "dog"),
    ],
)
def test_a_name_loses_what_separates_boxes_and_what_is_too_long(label, expected):
    """A table calls an empty name "object"."""
    assert back(table((label, 0.9, (1, 2, 3, 4)))).labels == (expected,)


def test_a_box_without_a_name_is_called_box():
    assert read("0.9 1, 2, 3, 4; ; 0.8 1 2 3 5").labels == ("box", "box")


def test_spaces_commas_and_lines_separate_numbers():
    found = read(" dog  0.9 1,2 , 3\n4 ;;cat .5 +1.0,2.,3 4;")
    assert found.labels == ("dog", "cat")
    assert found.scores.tolist() == [0.9, 0.5]
    assert found.boxes.tolist() == [[1, 2, 3, 4], [1, 2, 3, 4]]


@pytest.mark.parametrize("words", ["", "   ", ";", " ; ;\n; "])
def test_no_words_are_no_boxes(words):
    assert read(words).labels == ()
    assert read(words).boxes.shape == (0, 4)


def test_no_boxes_are_no_words():
    assert written(typed.EMPTY) == ""


def test_what_is_too_long_for_a_link_is_not_written():
    few, many = (random_boxes(count, 0, height=300, width=451).table for count in (20, 100))
    assert len(written(few) or "") <= LONGEST
    assert written(many) is None


GOOD = "dog 0.9 1, 2, 3, 4"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("dog", "Box 2 needs a name, a score and four numbers, got “dog”"),
        ("dog 0.9 1, 2, 3", "Box 2 needs a name, a score and four numbers"),
        ("cat5 0.9 1, 2, 3", "Box 2 needs a name, a score and four numbers"),
        ("dog 0.9 1, 2, 3, four", "Box 2 needs a name, a score and four numbers"),
        ("dog 0.9 1, 2, 3, nan", "Box 2 needs a name, a score and four numbers"),
        ("dog 0.9 1, 2, 3, inf", "Box 2 needs a name, a score and four numbers"),
        ("dog 0.9 1, 2, 3, 1e5", "Box 2 needs a name, a score and four numbers"),
        ("dog 0.9 1, 2, 3, ٤", "Box 2 needs a name, a score and four numbers"),
        ("dog 1.1 1, 2, 3, 4", "Box 2: the score must be from 0 to 1, got 1.1"),
        ("dog -0.1 1, 2, 3, 4", "Box 2: the score must be from 0 to 1, got -0.1"),
        ("dog 0.9 1, 2, 3, 2000000", "Box 2: a coordinate is farther out than 1,000,000 px"),
        ("dog 0.9 -1000001, 2, 3, 4", "Box 2: a coordinate is farther out than 1,000,000 px"),
        (f"dog 0.9 1, 2, 3, {'9' * 400}", "Box 2: a coordinate is farther out than 1,000,000 px"),
        ("dog 0.9 3, 2, 1, 4", "Box 2: left must be less than right and top less than bottom, got 3, 2, 1, 4"),
        ("dog 0.9 1, 4, 3, 4", "Box 2: left must be less than right and top less than bottom, got 1, 4, 3, 4"),
    ],
)
def test_a_part_that_is_no_box_is_told_by_its_number(part, words):
    with pytest.raises(SettingError) as error:
        read(f"{GOOD};;{part}; {GOOD}")
    assert words in error.value.problem
    assert len(error.value.problem) < 200


@pytest.mark.parametrize(
    "words",
    [
        "1" * 100_000,
        "1 " * 50_000,
        "1." * 50_000,
        "a" * 100_000,
        " " * 99_999 + "x",
        "," * 100_000,
        (GOOD + "; ") * 5_000,
        "1" * 2 * LONGEST,
        "1 " * LONGEST,
        "1." * LONGEST,
        "a " * LONGEST,
        " , " * (LONGEST // 2) + "x",
        "-" * 2 * LONGEST,
    ],
    ids=lambda words: f"{words[:3]!r} {len(words)}",
)
def test_hostile_text_is_refused_within_a_second(words):
    began = time.thread_time()
    with pytest.raises(SettingError):
        read(words)
    assert time.thread_time() - began < 1


def test_boxes_are_never_cut_off_in_silence():
    """The cut could run through a number, and "180" would be "18"."""
    with pytest.raises(SettingError, match="have 4,898 letters; the most is 4,000"):
        read("; ".join([GOOD] * 245))
    assert len(read("; ".join([GOOD] * 200)).labels) == 200


def test_a_problem_is_told_only_of_what_is_no_candidate():
    assert typed.problem(0.0, (0, 0, 1, 1)) == typed.problem(1.0, (-1e6, -1e6, 1e6, 1e6)) == ""
    for score, box in [(float("nan"), (0, 0, 1, 1)), (0.5, (float("nan"), 0, 1, 1)), (0.5, (0, 0, float("inf"), 1))]:
        assert typed.problem(score, box)
