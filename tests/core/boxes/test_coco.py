"""COCO's annotations: which photo is read, crowds, and entries without meaning."""

import math
import time

import pytest

from core.boxes.rows import MOST_BYTES
from core.errors import PhotoError
from tests.core.boxes.truth_texts import IMAGES, annotation, boxes, coco, read, refused


def test_a_crowd_of_coco_is_left_out_and_told():
    reading = read(coco(annotation(iscrowd=0), annotation(iscrowd=1, bbox=None)))
    assert (len(reading.table.labels), reading.left_out) == (1, 0)
    assert reading.notes == ("1 object marked as a crowd, not as one thing each: left out.",)
    assert "1 object marked as a crowd" in refused(coco(annotation(iscrowd=1)))


@pytest.mark.parametrize(
    ("image", "chosen", "left"),
    [
        (None, "val/b.jpg", 1),
        ("9", "val/b.jpg", 1),
        ("b.jpg", "val/b.jpg", 1),
        ("val/b.jpg", "val/b.jpg", 1),
        ("c.jpg", "c.jpg", 2),
        ("7", "7", 3),
    ],
)
def test_a_photo_of_coco_is_chosen_by_id_or_file_name_else_the_first_with_objects(image, chosen, left):
    entries = [annotation(image_id=key, bbox=[at, 1, 9, 9]) for key, at in ((7, 3), (9, 1), (4, 2))]
    reading = read(coco(*entries, images=IMAGES), image=image)
    assert (reading.images, reading.image) == (("val/b.jpg", "c.jpg", "7"), chosen)
    assert [box[0] for box in boxes(reading)] == [left]


def test_a_photo_that_the_file_does_not_mark_is_told():
    said = refused(coco(annotation(), images=IMAGES), image="nothing.jpg")
    assert said == "This file marks nothing on photo “nothing.jpg”. It speaks of “1”."


def test_two_photos_of_one_name_are_called_by_their_ids():
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}]
    assert read(coco(annotation(), annotation(image_id=2), images=images)).images == ("1", "2")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bbox": [1, 2, 3]}, "its bbox is not a list of four numbers."),
        ({"bbox": [math.nan, 2, 3, 4]}, "the left edge is not a number."),
        ({"bbox": [1, 2, 0, 4]}, "the box is empty, since its left and right edges are both 1."),
        ({"bbox": [1, 2, math.inf, 4]}, "the right edge is at inf, more than 1,000,000 pixels away."),
        ({"category_id": "cat"}, "its category_id is not a whole number from 0 on."),
        ({"image_id": None}, "it does not name its photo by an image_id."),
    ],
)
def test_a_bad_annotation_of_coco_is_left_out_and_told(changes, said):
    reading = read(coco(annotation(), annotation(**changes)))
    assert reading.problems == (f"Entry 2: {said}",)
    assert (len(reading.table.labels), reading.left_out) == (1, 1)


def test_an_annotation_may_name_its_class_itself():
    reading = read(coco(annotation(category_name="a cup"), annotation()))
    assert reading.table.labels[0] == "a cup"
    assert reading.table.labels[1] != "a cup"


def test_a_file_of_very_many_photos_is_read_soon():
    count = 25_000
    images = [{"id": key, "file_name": f"{key}.jpg"} for key in range(count)]
    entries = [{"image_id": key, "category_id": 1, "bbox": [1, 1, 2, 2]} for key in range(count)]
    text = coco(*entries, images=images)
    assert len(text) < MOST_BYTES
    started = time.process_time()
    assert read(text, image=f"{count - 1}.jpg").image == f"{count - 1}.jpg"
    assert time.process_time() - started < 30  # a search among all photos for each entry takes minutes


def test_more_annotations_than_any_file_of_5_megabytes_needs_are_refused_at_once():
    with pytest.raises(PhotoError, match="more than 100,000 annotations"):
        read('{"annotations": [' + "{}," * 100_000 + "{}]}")
