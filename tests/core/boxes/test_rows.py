"""What files of boxes have in common: rows that are kept or told, numbers, words and limits."""

import math

import pytest

from core.boxes.rows import (
    MOST_BYTES,
    MOST_PROBLEMS,
    BadRowError,
    Sorter,
    box_of,
    category_names,
    check_rows,
    counted,
    document,
    identity,
    label_of,
    number,
    one_line,
    parsed,
    quoted,
    sides_of,
    text_of,
    whole,
)
from core.errors import PhotoError


def fails():
    raise BadRowError("it is bad.")


def test_a_sorter_keeps_good_rows_counts_all_bad_ones_and_tells_of_five():
    sorter = Sorter[int]()
    sorter.add("Line 1", lambda: 7)
    for line in range(2, 10):
        sorter.add(f"Line {line}", fails)
    assert (sorter.rows, sorter.left_out) == ([7], 8)
    assert sorter.problems == [f"Line {line}: it is bad." for line in range(2, 2 + MOST_PROBLEMS)]
    sorter.check_some()


def test_without_a_good_row_the_problems_are_all_there_is():
    sorter = Sorter[int]()
    sorter.add("Line 1", fails)
    with pytest.raises(
        PhotoError, match=r"no box for photo “a” that can be used\. Line 1: it is bad\. A note\. Correct"
    ):
        sorter.check_some("a", "A note.")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b" " * (MOST_BYTES + 1), "This file has 5.0 MB; the most is 5 MB. Smaller."),
        (b"\xff\xfe", "This file is not text in UTF-8. Other."),
        (b"a\0", "This file is not text. Other."),
    ],
)
def test_what_is_no_text_or_too_much_is_refused_with_the_advice_of_the_reader(data, said):
    with pytest.raises(PhotoError) as caught:
        text_of(data, small="Smaller.", kind="Other.")
    assert str(caught.value) == said


def test_a_text_loses_the_mark_that_some_editors_begin_it_with():
    assert text_of(b"\xef\xbb\xbfa", small="", kind="") == "a"


@pytest.mark.parametrize("text", ["[", '{"a": nul}', "[" * 10**5])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(PhotoError, match="JSON"):
        document(text)


@pytest.mark.parametrize(("text", "value"), [("1", 1.0), ("-.5e1", -5.0), ("+2.", 2.0)])
def test_numbers_are_read_as_people_write_them(text, value):
    assert parsed(text, "score") == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1_0", "0x1", "٣", "1,5", "9" * 61])
def test_what_is_no_number_is_told(text):
    with pytest.raises(BadRowError, match=r"the score .*is (missing|not a number)"):
        parsed(text, "score")


def test_a_comma_is_a_point_where_that_is_allowed():
    assert parsed("1,5", "score", decimal_comma=True) == 1.5


@pytest.mark.parametrize("value", [None, True, "1", math.nan, []])
def test_what_is_no_number_in_json_is_told(value):
    with pytest.raises(BadRowError):
        number(value, "score")


def test_whole_numbers_may_be_written_with_a_point():
    assert [whole(value) for value in (17, 17.0, 17.5, True, "17", None, math.inf)] == [17, 17, *[None] * 5]
    assert counted({"id": 3.0}, "id") == 3
    with pytest.raises(BadRowError, match="its id is not a whole number from 0 on"):
        counted({"id": -1}, "id")


def test_a_photo_is_known_by_a_number_or_a_name_in_one_line():
    assert [identity(one) for one in (4.0, 4, "a\nb", " ", None, "x" * 101)] == ["4", "4", "a b", None, None, None]


def test_categories_without_id_or_name_are_told():
    sorter = Sorter[int]()
    assert category_names([{"id": 17, "name": "cat"}, 5], sorter) == {17: "cat"}
    assert sorter.problems == ["Category 2: it has neither an id nor a name."]


@pytest.mark.parametrize(
    ("numbers", "sizes", "box"),
    [
        ([1, 2, 3, 4], False, (1, 2, 3, 4)),
        ([1, 2, 3, 4], True, (1, 2, 4, 6)),
        ([0, 0, 1 / 3, 1], True, (0, 0, 0.333333, 1)),
    ],
)
def test_boxes_are_whole_millionths_of_a_pixel(numbers, sizes, box):
    assert box_of([float(one) for one in numbers], sizes=sizes) == box


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([3, 0, 1, 1], "the right edge 1 is left of the left edge 3"),
        ([0, 0, 1, 1e-7], "the box is empty"),
        ([0, 0, math.inf, 1], "the right edge is at inf"),
        ([0, -2e6, 1, 1], "the top edge is at -2000000"),
    ],
)
def test_a_box_without_meaning_is_told(numbers, said):
    with pytest.raises(BadRowError, match=said):
        box_of([float(one) for one in numbers], sizes=False)


@pytest.mark.parametrize("bbox", [None, [1, 2, 3], [1, 2, 3, "4"]])
def test_a_bbox_is_four_numbers(bbox):
    with pytest.raises(BadRowError):
        sides_of({"bbox": bbox})


def test_labels_are_one_line_and_not_too_long():
    assert (label_of(" a\nb "), label_of(" "), one_line("a\u202eb")) == ("a b", "object", "a b")
    for value in (5, "x" * 101):
        with pytest.raises(BadRowError):
            label_of(value)


def test_what_is_quoted_is_short():
    assert quoted("x" * 24) == f"“{'x' * 24}”"
    assert quoted("x" * 5000) == f"“{'x' * 23}…”"


def test_too_many_rows_are_refused():
    check_rows(5000)
    with pytest.raises(PhotoError, match="more than 5,000 boxes"):
        check_rows(5001)
