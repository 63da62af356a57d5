import json

import numpy as np
from PIL import Image

from core.networks.lab_classifier import CLASSES
from training.data import Split, animals, read
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
