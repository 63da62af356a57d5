import shutil
from collections import Counter

import pytest
import torch

from core.errors import StartError
from core.networks.lab_classifier import CLASSES
from training.data import Split, animals, epoch_order, read, things, whole_photos
from training.labels import CUT_OUT, FOLDERS


def test_finds_every_photo_with_the_class_of_its_folder(drawn):
    found = things(drawn, Split.TRAIN)
    assert Counter(CLASSES[example.label] for example in found) == {folder.counts_as: 6 for folder in FOLDERS}
    assert all(example.box is None and example.file.is_file() for example in found)


def test_finds_imagenette_as_torchvision_unpacks_it(drawn, tmp_path):
    for folder in FOLDERS:
        source = drawn / "imagenette160" / "val" / folder.name
        target = tmp_path / "imagenette2-160" / "val" / folder.wordnet
        shutil.copytree(source, target)
        for photo in list(target.iterdir()):
            photo.rename(photo.with_suffix(".JPEG"))
    assert Counter(example.label for example in things(tmp_path, Split.VALIDATION)) == Counter(
        example.label for example in things(drawn, Split.VALIDATION)
    )


def test_finds_every_animal_with_its_box(drawn):
    found = animals(drawn, Split.VALIDATION)
    assert Counter(CLASSES[example.label] for example in found) == dict.fromkeys(CUT_OUT, 2)
    for example in found:
        x1, y1, x2, y2 = example.box
        assert (x2 - x1, y2 - y1) == (70, 60)
        assert example.whole
        assert read(example.file).shape == (3, 100, 120)


def test_a_whole_photo_knows_every_class_on_it(tmp_path, drawn):
    root = tmp_path / "voc_animals" / "val"
    shutil.copytree(drawn / "voc_animals" / "val", root)
    (root / "annotations.json").write_text(
        '{"images": [{"image": "dog-0.jpg", "width": 120, "height": 100, "objects": ['
        '{"label": "cat", "box": [0, 0, 50, 50]}, {"label": "dog", "box": [60, 0, 120, 90]},'
        '{"label": "sofa", "box": [0, 0, 120, 100]}]}, {"image": "x.jpg", "width": 9, "height": 9, "objects": []}]}'
    )
    ((example, present),) = whole_photos(tmp_path, Split.VALIDATION)
    assert CLASSES[example.label] == "dog"
    assert {CLASSES[index] for index in present} == {"cat", "dog"}
    assert not any(example.whole for example in animals(tmp_path, Split.VALIDATION))


def test_a_grey_photo_has_three_channels(tmp_path):
    from PIL import Image

    Image.new("L", (20, 10), 99).save(tmp_path / "grey.jpg")
    assert torch.equal(read(tmp_path / "grey.jpg"), torch.full((3, 10, 20), 99, dtype=torch.uint8))


@pytest.mark.parametrize("find", [things, animals, whole_photos])
def test_a_folder_without_photos_says_what_is_missing(find, tmp_path):
    with pytest.raises(StartError, match="--download"):
        find(tmp_path, Split.TRAIN)


def test_an_epoch_takes_as_many_of_each_class_whatever_there_is():
    labels = [0] * 50 + [1] * 3 + [2] * 10
    order = epoch_order(labels, [10, 10, 8, 10], seed=1, epoch=0)
    assert Counter(labels[index] for index in order) == {0: 10, 1: 10, 2: 8}
    times = Counter(order)
    assert {times[index] for index in range(50)} <= {0, 1}
    assert {times[index] for index in (50, 51, 52)} == {3, 4}
    assert {times[index] for index in range(53, 63)} == {0, 1}


def test_the_order_repeats_for_a_seed_and_changes_with_the_epoch():
    labels = [0] * 40 + [1] * 40
    first = epoch_order(labels, [20, 20], seed=1, epoch=0)
    assert first == epoch_order(labels, [20, 20], seed=1, epoch=0)
    assert first != epoch_order(labels, [20, 20], seed=1, epoch=1)
    assert first != epoch_order(labels, [20, 20], seed=2, epoch=0)
