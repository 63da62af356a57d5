import json

import numpy as np
import pytest
from PIL import Image
from torchvision.models.segmentation import FCN_ResNet50_Weights

from core.networks.lab_classifier import CLASSES
from core.networks.vision_classes import SEGMENTED
from training.data import Split, animals, read
from training.scenes import UNJUDGED, mask_classes, read_mask, scenes
from training.voc import CLASSES as CLASSES_OF_VOC
from training.voc import convert


def photo(name: str, *objects: tuple[str, tuple[int, int, int, int]], size=(500, 375)):
    """A photo as VOCDetection gives it: numbers are words, pixels are counted from 1."""
    boxes = [
        {"name": label, "bndbox": dict(zip(("xmin", "ymin", "xmax", "ymax"), map(str, box), strict=True))}
        for label, box in objects
    ]
    return Image.new("RGB", size, "green"), {"annotation": {"filename": f"{name}.jpg", "object": boxes}}


def test_keeps_the_photos_with_an_animal_and_all_that_is_on_them(tmp_path):
    photos = [
        photo("1", ("dog", (1, 1, 250, 375)), ("sofa", (1, 1, 500, 375))),
        photo("2", ("person", (1, 1, 300, 300))),
        photo("3", ("sheep", (101, 51, 400, 300)), size=(400, 500)),
    ]
    assert convert(photos, tmp_path, Split.TRAIN) == 2
    notes = json.loads((tmp_path / "voc_animals/train/annotations.json").read_text())["images"]
    assert [row["image"] for row in notes] == ["1.jpg", "3.jpg"]
    assert [thing["label"] for thing in notes[0]["objects"]] == ["dog", "sofa"]
    assert (notes[1]["width"], notes[1]["height"]) == (256, 320)


def test_boxes_follow_the_photo_to_its_new_size(tmp_path):
    convert([photo("1", ("dog", (1, 1, 500, 375)), ("cat", (251, 1, 500, 375)))], tmp_path, Split.VALIDATION)
    dog, cat = json.loads((tmp_path / "voc_animals/val/annotations.json").read_text())["images"][0]["objects"]
    assert dog["box"] == [0, 0, 320, 240]
    assert cat["box"] == [160, 0, 320, 240]


def test_what_is_written_is_what_training_reads(tmp_path):
    image, notes = photo("1", ("horse", (51, 26, 450, 350)))
    image.paste("red", (50, 25, 450, 350))
    convert([(image, notes)], tmp_path, Split.TRAIN)
    (example,) = animals(tmp_path, Split.TRAIN)
    assert CLASSES[example.label] == "horse"
    x1, y1, x2, y2 = (round(value) for value in example.box)
    pixels = read(example.file).permute(1, 2, 0).numpy().astype(int)
    red = pixels[:, :, 0] > pixels[:, :, 1]
    assert red[y1:y2, x1:x2].mean() > 0.98
    assert red.sum() == np.clip(red.sum(), 0.97 * (x2 - x1) * (y2 - y1), 1.03 * (x2 - x1) * (y2 - y1))


def test_masks_follow_the_photo_and_keep_their_numbers(tmp_path):
    mask = np.zeros((375, 500), np.uint8)
    mask[100:200, 50:250], mask[200:210, 50:250] = CLASSES_OF_VOC.index("dog"), 255
    outlined = Image.fromarray(mask, "L").convert("P")
    outlined.putpalette([7, 9, 200] * 256)
    folder = tmp_path / "SegmentationClass"
    folder.mkdir()
    outlined.save(folder / "1.png")
    photos = [photo("1", ("dog", (51, 101, 250, 210))), photo("2", ("cat", (1, 1, 9, 9)))]
    convert(photos, tmp_path, Split.TRAIN, folder)
    names = mask_classes(tmp_path, Split.TRAIN)
    first, second = scenes(tmp_path, Split.TRAIN)
    assert names.index("dog") == 12
    assert second.mask is None
    small = read_mask(first, names, 240, 320)
    assert set(small.unique().tolist()) == {0, SEGMENTED.index("dog"), UNJUDGED}
    assert (small == SEGMENTED.index("dog")).float().mean() == pytest.approx(100 * 200 / (375 * 500), rel=0.03)


def test_the_names_of_the_masks_are_torchvisions():
    theirs = FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1.meta["categories"]
    assert [name.strip("_") for name in theirs] == CLASSES_OF_VOC
