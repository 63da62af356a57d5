"""Photos with everything that is marked on them."""

import json
from dataclasses import replace

import pytest
import torch
from PIL import Image

from core.errors import StartError
from core.networks.vision_classes import DETECTED, SEGMENTED
from training.data import Split
from training.scenes import UNJUDGED, EpochScenes, check_masks, judged, mask_classes, read_mask, scenes, varied


def test_a_scene_has_the_objects_that_detectors_know_and_its_mask(tmp_path):
    root = tmp_path / "voc_animals" / "train"
    (root / "masks").mkdir(parents=True)
    objects = [{"label": "cat", "box": [1, 2, 30, 40]}, {"label": "sofa", "box": [0, 0, 50, 50]}]
    rows = [{"image": name, "width": 60, "height": 50, "objects": objects} for name in ("a.jpg", "b.jpg")]
    (root / "annotations.json").write_text(json.dumps({"images": rows}))
    Image.new("L", (60, 50)).save(root / "masks" / "a.png")
    first, second = scenes(tmp_path, Split.TRAIN)
    assert [(thing.name, thing.box) for thing in first.objects] == [("cat", (1, 2, 30, 40))]
    assert (first.mask is not None, second.mask) == (True, None)
    assert mask_classes(tmp_path, Split.TRAIN) == ()


def test_photos_that_are_not_there_are_asked_for(tmp_path):
    with pytest.raises(StartError, match="no animal photos"):
        scenes(tmp_path, Split.TRAIN)


def test_a_mask_holds_our_classes_and_what_we_do_not_know_is_background(drawn, tmp_path):
    scene = scenes(drawn, Split.TRAIN)[0]
    names = mask_classes(drawn, Split.TRAIN)
    mask = read_mask(scene, names, 100, 120)
    (thing,) = scene.objects
    x1, y1, x2, y2 = (int(value) for value in thing.box)
    assert (mask[y1:y2, x1:x2] == SEGMENTED.index(thing.name)).all()
    assert mask.float().sum() == SEGMENTED.index(thing.name) * (x2 - x1) * (y2 - y1)
    other = Image.new("L", (4, 1))
    for x, value in enumerate((3, 255, 15, 200)):
        other.putpixel((x, 0), value)
    other.save(tmp_path / "other.png")
    strange = type(scene)(scene.file, (), tmp_path / "other.png")
    assert read_mask(strange, names, 1, 4).tolist() == [[0, UNJUDGED, 1, UNJUDGED]]
    without = type(scene)(scene.file, (), None)
    assert (read_mask(without, names, 5, 6) == UNJUDGED).all()


def test_a_photo_is_judged_as_the_app_shows_it(drawn):
    scene = scenes(drawn, Split.VALIDATION)[0]
    shown = judged(scene, mask_classes(drawn, Split.VALIDATION), 60)
    assert shown.picture.shape == (3, 60, 60)
    assert shown.mask.shape == (100, 120), "the mask stays as large as the photo"
    expected = torch.tensor([scene.objects[0].box]) * torch.tensor([60 / 120, 60 / 100] * 2)
    torch.testing.assert_close(shown.objects.boxes, expected)
    assert shown.objects.classes.tolist() == [DETECTED.index(scene.objects[0].name)]


@pytest.mark.parametrize("seed", range(12))
def test_boxes_and_masks_vary_with_the_picture(drawn, seed):
    """What is drawn fills its box, so that box and mask stay one however the picture is cropped, shrunk or mirrored."""
    torch.manual_seed(seed)
    scene = scenes(drawn, Split.TRAIN)[seed]
    found = varied(scene, mask_classes(drawn, Split.TRAIN), 96)
    assert found.picture.shape == (3, 96, 96)
    inside = torch.zeros(96, 96, dtype=torch.bool)
    for x1, y1, x2, y2 in found.objects.boxes.round().long().tolist():
        inside[y1:y2, x1:x2] = True
    drawn_there = (found.mask > 0) & (found.mask != UNJUDGED)
    assert (inside ^ drawn_there).float().mean() < 0.05


def test_a_picture_depends_on_seed_epoch_and_place_alone(drawn):
    names, every = mask_classes(drawn, Split.TRAIN), scenes(drawn, Split.TRAIN)
    pictures = EpochScenes(every, names, list(range(8)), 48, seed=1, epoch=2)
    fifth = pictures[5].picture
    torch.rand(3)
    later = EpochScenes(every, names, list(range(8)), 48, seed=1, epoch=2, start=4)
    assert torch.equal(later[1].picture, fifth)
    assert len(later) == 4
    assert not torch.equal(EpochScenes(every, names, list(range(8)), 48, seed=1, epoch=3)[5].picture, fifth)


def test_photos_without_any_mask_are_refused_before_a_segmenter_learns_nothing(drawn):
    every, names = scenes(drawn, Split.TRAIN), mask_classes(drawn, Split.TRAIN)
    check_masks(every, names)
    bare = [replace(scene, mask=None) for scene in every]
    for without in ((bare, names), (every, ()), ([], names)):
        with pytest.raises(StartError, match="None of the animal photos has a mask"):
            check_masks(*without)
