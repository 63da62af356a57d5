"""PASCAL VOC's annotations: their pixels, parts and difficult objects, and those without meaning."""

import pytest
import torch

from core.errors import PhotoError, SettingError
from tests.core.boxes.truth_texts import HEIGHT, WIDTH, boxes, read, thing, voc


def test_a_pixel_of_voc_is_one_pixel_wide():
    assert boxes(read(voc(thing(1, 1, 1, 1), thing(1, 1, WIDTH, HEIGHT)))) == [[0, 0, 1, 1], [0, 0, WIDTH, HEIGHT]]


def test_difficult_objects_of_voc_stay_difficult():
    marks = ("<difficult>1</difficult>", "<difficult>0</difficult>", "", "<difficult/>")
    reading = read(voc(*(thing(1, 1, 9, 9, more=mark) for mark in marks)))
    assert reading.difficult.tolist() == [True, False, False, False]
    truths = reading.truths(("cat", "dog"))
    assert truths.labels.tolist() == [1] * 4
    assert truths.difficult is not None
    assert truths.difficult.tolist() == [True, False, False, False]
    assert torch.equal(truths.boxes, torch.from_numpy(reading.table.boxes))
    with pytest.raises(SettingError, match="“dog” is none of the 1 classes"):
        reading.truths(("cat",))


def test_the_box_of_a_part_is_not_the_box_of_its_object():
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    assert boxes(read(voc(thing(11, 21, 30, 40, more=part)))) == [[10, 20, 30, 40]]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (thing(9, 1, 3, 9), "the right edge 3 is left of the left edge 8."),
        (thing("nan", 1, 3, 9), "the xmin “nan” is not a number."),
        (thing(1, 1, "", 9), "the xmax is missing."),
        (thing(1, 1, 1e9, 9), "the right edge is at 1000000000, more than 1,000,000 pixels away."),
        (thing(600, 1, 700, 9), "the box lies wholly outside the photo."),
        (thing(1, 1, 9, 9, more="<difficult>x</difficult>"), "its mark “difficult” is “x”, neither 0 nor 1."),
        (thing(1, 1, 9, 9, name="d" * 101), "the label has 101 letters; the most is 100."),
        ("<object><name>dog</name></object>", "its bndbox is missing."),
    ],
)
def test_a_bad_object_of_voc_is_left_out_and_told(bad, said):
    reading = read(voc(thing(1, 1, 9, 9), bad))
    assert reading.problems == (f"Object 2: {said}",)
    assert (len(reading.table.labels), reading.left_out) == (1, 1)


def test_a_namespace_is_refused_since_it_is_repeated_in_the_name_of_every_element():
    text = voc(thing(1, 1, 9, 9)).replace("<annotation", f'<annotation xmlns:a="{"u" * 1000}"', 1)
    with pytest.raises(PhotoError, match="declares a namespace"):
        read(text)
