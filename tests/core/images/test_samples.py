"""The sample photos and their hand-drawn truth."""

import json

import numpy as np
import pytest
import skimage.data

from core.errors import PhotoError
from core.images import samples
from core.images.samples import FILES, GROUND_TRUTH, SAMPLES, Sample, outlined, sample
from core.images.scenes import Scene, draw

ORIGINALS = {
    "cat": skimage.data.chelsea,
    "astronaut": skimage.data.astronaut,
    "coffee": skimage.data.coffee,
    "motorcycle": lambda: skimage.data.stereo_motorcycle()[0],
    "rocket": skimage.data.rocket,
}
MAIN = {"cat": "cat", "astronaut": "person", "coffee": "cup", "motorcycle": "motorcycle", "rocket": "rocket"}


def test_the_tray_has_nine_samples_in_order():
    assert SAMPLES[0] == Sample("cat", "Cat")
    assert [row.title for row in SAMPLES] == [
        "Cat",
        "Astronaut",
        "Coffee",
        "Motorcycle",
        "Rocket",
        "Crowd",
        "Overlap",
        "Scales",
        "Triangle",
    ]
    assert [row.key for row in SAMPLES] == [row.title.lower() for row in SAMPLES]


@pytest.mark.parametrize("key", FILES)
def test_a_sample_has_the_pixels_that_scikit_image_gives(key):
    assert np.array_equal(sample(key).pixels, ORIGINALS[key]())


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_every_sample_has_truth_inside_its_picture(row):
    photo = sample(row.key)
    truth = photo.truth
    assert photo.name == row.title
    assert len(truth.labels) == len(truth.boxes) >= (1 if row.key == "triangle" else 2)
    assert (truth.boxes[:, :2] >= 0).all()
    assert (truth.boxes[:, 2:] <= (photo.width, photo.height)).all()
    assert (truth.boxes[:, 2:] - truth.boxes[:, :2] >= 8).all()


@pytest.mark.parametrize("key", FILES)
def test_the_first_box_is_the_main_object(key):
    assert sample(key).truth.labels[0] == MAIN[key]


def test_boxes_lie_where_the_objects_are():
    cat = sample("cat")
    x1, y1, x2, y2 = cat.truth.boxes[3].astype(int)
    redness = cat.pixels[:, :, 0].astype(int) - cat.pixels[:, :, 2]
    nose = redness[y1:y2, x1:x2]
    assert nose[12:24, 22:42].mean() > redness.mean() + 20
    cup = sample("coffee")
    x1, y1, x2, _ = cup.truth.boxes[0].astype(int)
    rim = cup.pixels[y1 : y1 + 8, (x1 + x2) // 2 - 5 : (x1 + x2) // 2 + 5].mean()
    assert rim > cup.pixels[y1 - 8 : y1, (x1 + x2) // 2 - 5 : (x1 + x2) // 2 + 5].mean() + 60
    rocket = sample("rocket")
    x1, y1, x2, y2 = rocket.truth.boxes[0].astype(int)
    assert rocket.pixels[y1:y2, x1:x2].mean() > rocket.pixels[y1:y2, x2 + 10 : x2 + 40].mean() + 50


def test_the_truth_file_names_the_photos_and_nothing_else():
    rows = json.loads(GROUND_TRUTH.read_text(encoding="utf-8"))
    assert list(rows) == list(FILES)
    for row in (row for photo in rows.values() for row in photo):
        assert set(row) == {"label", "box"}
        assert all(isinstance(edge, int) for edge in row["box"])


@pytest.mark.parametrize("key", ["cat", "astronaut"])
def test_an_outline_fills_the_box_of_its_object(key):
    found = outlined(key)
    assert found is not None
    label, mask = found
    photo = sample(key)
    assert photo.truth is not None
    assert (label, mask.shape) == (photo.truth.labels[0], (photo.height, photo.width))
    rows, columns = np.nonzero(mask)
    drawn = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    np.testing.assert_allclose(drawn, photo.truth.boxes[0], atol=4)


def test_where_nobody_drew_an_outline_there_is_none():
    assert outlined("coffee") is None
    assert outlined("overlap") is None


@pytest.mark.parametrize("scene", Scene)
def test_a_scene_of_the_tray_is_the_one_that_is_drawn(scene):
    size = {"width": 500, "height": 333} if scene is Scene.TRIANGLE else {}
    assert sample(scene.value).digest == draw(scene, **size).digest


def test_the_triangle_is_the_worked_example_of_the_course():
    photo = sample("triangle")
    assert (photo.width, photo.height) == (500, 333)
    assert photo.truth.labels == ("triangle",)
    assert photo.truth.boxes.tolist() == [[156, 97, 351, 270]]


@pytest.mark.parametrize("key", ["", "Cat", "../cat", "dog"])
def test_an_unknown_key_is_answered_with_the_choices(key):
    with pytest.raises(PhotoError) as caught:
        sample(key)
    assert all(row.key in caught.value.advice for row in SAMPLES)


def test_a_missing_photo_is_told_by_its_title(monkeypatch, tmp_path):
    monkeypatch.setattr(samples, "data_folder", lambda: tmp_path)
    with pytest.raises(PhotoError, match="“Rocket” is missing"):
        sample("rocket")


def test_without_scikit_image_the_scenes_are_offered(monkeypatch):
    monkeypatch.setattr(samples, "find_spec", lambda _: None)
    with pytest.raises(PhotoError, match="Choose a drawn scene"):
        sample("cat")
    assert sample("crowd").truth.labels
