"""What files of truths have in common: boxes are scaled and cut, and that is told."""

import math

import pytest

from tests.core.boxes.truth_texts import HEIGHT, WIDTH, annotation, boxes, coco, read, thing, voc


@pytest.mark.parametrize("kind", ["voc", "coco"])
def test_boxes_of_a_photo_of_another_size_are_scaled_and_that_is_told(kind):
    if kind == "voc":
        size = f"<size><width>{2 * WIDTH}</width><height>{2 * HEIGHT}</height></size>"
        reading = read(voc(thing(313, 195, 702, 540), size=size))
    else:
        images = [{"id": 1, "width": 2 * WIDTH, "height": 2 * HEIGHT}]
        reading = read(coco(annotation(bbox=[312, 194, 390, 346]), images=images))
    assert boxes(reading) == [[156, 97, 351, 270]]
    (note,) = reading.notes
    assert note == "The file speaks of a photo of 1000 × 666 px; its boxes are scaled to this one of 500 × 333 px."


def test_a_photo_of_another_shape_may_be_another_photo():
    (note,) = read(coco(annotation(), images=[{"id": 1, "width": 1000, "height": 1000}])).notes
    assert note.endswith("The two have different shapes: it may be another photo.")


@pytest.mark.parametrize("sizes", [(0, 0), (math.nan, 9), ("a", 9), (None, 9), (True, 9), (math.inf, 9), (-5, 9)])
def test_a_size_without_meaning_is_passed_over_and_told(sizes):
    images = [{"id": 1, "width": sizes[0], "height": sizes[1]}]
    size = f"<size><width>{sizes[0]}</width><height>{sizes[1]}</height></size>"
    for reading in (read(coco(annotation(), images=images)), read(voc(thing(157, 98, 351, 270), size=size))):
        assert boxes(reading) == [[156, 97, 351, 270]]
        assert "a size without meaning" in reading.notes[0]


def test_boxes_over_the_edge_are_cut_and_told_and_those_outside_are_left_out():
    entries = [annotation(bbox=box) for box in ([-10, -10, 40, 50], [490, 300, 50, 50], [500, 0, 9, 9], [1, 1, 2, 2])]
    reading = read(coco(*entries))
    assert boxes(reading) == [[0, 0, 30, 40], [490, 300, 500, 333], [1, 1, 3, 3]]
    assert reading.notes == ("2 objects reaching over the photo's edge: cut there.",)
    assert reading.problems == ("Entry 3: the box lies wholly outside the photo.",)
    assert reading.left_out == 1


def test_what_was_rounded_over_the_edge_is_cut_without_a_word():
    reading = read("0 0.500001 0.5 1 1")
    assert boxes(reading) == [[0.0005, 0, WIDTH, HEIGHT]]
    assert reading.notes == ()


def test_objects_have_their_labels():
    (one,) = read(coco(annotation())).objects
    assert (one.label, one.box) == ("cat", (156.0, 97.0, 351.0, 270.0))
