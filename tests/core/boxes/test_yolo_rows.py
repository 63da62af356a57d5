"""YOLO's lines: names and scores, lines without meaning, and round trips."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.files import BoxTable
from core.boxes.truth_files import read_names, read_truths, yolo_text
from core.errors import PhotoError
from tests.core.boxes.truth_texts import HEIGHT, WIDTH, boxes, read


def test_yolos_classes_are_named_where_the_names_reach():
    text = "1 0.5 0.5 0.2 0.2\n\n17 .5 .5 .2 .2\n0.0 0.5 0.5 1 1\n"
    assert read(text, names=("cat", "dog")).table.labels == ("dog", "class 17", "cat")


def test_a_sixth_number_of_yolo_is_passed_over_and_told():
    reading = read("0 0.5 0.5 0.2 0.2 0.93\r\n0 0.5 0.5 0.2 0.2\r\n")
    assert reading.table.scores.tolist() == [1, 1]
    assert reading.notes == (
        "A sixth number is a detector's score: it is passed over, since every object here counts as sure.",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0.5 0.5 0.2", "it has 4 numbers; a box has a class, a centre x and y, a width and a height."),
        ("0 " + "0.5 " * 8, "it has 9 numbers; a box has a class, a centre x and y, a width and a height."),
        ("0 nan 0.5 0.2 0.2", "the centre x “nan” is not a number."),
        ("0 0.5 inf 0.2 0.2", "the centre y “inf” is not a number."),
        ("0 0.5 0.5 0 0.2", "the box is empty, since its left and right edges are both 250."),
        ("0 0.5 0.5 0.2 -0.1", "the bottom edge 149.85 is above the top edge 183.15."),
        ("0 250 166 100 80", "the centre x “250” is no share of the photo, which would be from 0 to 1."),
        ("0 1.5 0.5 0.2 0.2", "the box lies wholly outside the photo."),
        ("1.5 0.5 0.5 0.2 0.2", "the class “1.5” is not a whole number from 0 on."),
        ("-1 0.5 0.5 0.2 0.2", "the class “-1” is not a whole number from 0 on."),
        ("1e300 0.5 0.5 0.2 0.2", "the class “1e300” is not a whole number from 0 on."),
        ("dog 0.5 0.5 0.2 0.2", "the class “dog” is not a number."),
        ("0 0.5 0.5 0.2 0.2 high", "the score “high” is not a number."),
    ],
)
def test_a_bad_line_of_yolo_is_left_out_and_told(line, said):
    reading = read(f"0 0.5 0.5 0.2 0.2\n{line}\n")
    assert reading.problems == (f"Line 2: {said}",)
    assert (len(reading.table.labels), reading.left_out) == (1, 1)


SHARES = st.floats(0, 1, allow_nan=False)
ROWS = st.lists(
    st.tuples(SHARES, SHARES, SHARES, SHARES, st.sampled_from(("cat", "=1", "class 17", "日本"))), min_size=1
)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, width=st.integers(1, 1600), height=st.integers(1, 1600), scores=st.booleans())
def test_what_is_written_for_yolo_is_read_back_exactly(rows, width, height, scores):
    corners = np.array([row[:4] for row in rows]) * (width, height, width, height)
    least = np.minimum(corners[:, :2], (width - 0.01, height - 0.01))
    whole = np.concatenate((least, np.minimum(least + 0.01 + corners[:, 2:], (width, height))), axis=1)
    table = BoxTable(whole, np.linspace(0, 1, len(rows)), tuple(row[4] for row in rows))
    written = yolo_text(table, width=width, height=height, names=("dog", "cat"), scores=scores)
    names = read_names(written.names.encode())
    assert names[:2] == ("dog", "cat")
    back = read_truths(written.boxes.encode(), width=width, height=height, names=names)
    np.testing.assert_allclose(back.table.boxes, table.boxes, rtol=1e-6, atol=1e-9)
    assert back.table.labels == table.labels
    assert (back.problems, bool(back.notes)) == ((), scores)


def test_a_box_over_the_edge_is_written_cut_and_one_outside_not_at_all():
    table = BoxTable(np.array([[-5.0, 10, 20, 30], [600, 10, 700, 20]]), np.ones(2), ("cat", "dog"))
    written = yolo_text(table, width=WIDTH, height=HEIGHT)
    assert boxes(read(written.boxes)) == [[0, 10, 20, 30]]
    assert written.names == "cat\ndog\n"


def test_classes_are_counted_as_in_the_names_given_also_where_two_are_equal():
    table = BoxTable(np.array([[0.0, 0, 9, 9], [0, 0, 9, 9], [0, 0, 9, 9]]), np.ones(3), ("cat", "dog", "ant"))
    written = yolo_text(table, width=9, height=9, names=("dog", "dog", "cat"))
    assert [line[0] for line in written.boxes.splitlines()] == ["2", "0", "3"]
    assert read_names(written.names.encode()) == ("dog", "dog", "cat", "ant")


def test_names_are_one_in_each_line():
    assert read_names(b"cat\r\n\r\n dog \n\n") == ("cat", "class 1", "dog")
    assert read_names(b" \n") == ()
    with pytest.raises(PhotoError, match="Line 2: the label has 101 letters"):
        read_names(b"cat\n" + b"x" * 101)
