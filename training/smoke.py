"""Drawn pictures in place of the photos: enough to see in a minute that every part of the training runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from core.networks.lab_classifier import CLASSES
from training.data import ANIMAL_PHOTOS, IMAGENETTE, Split
from training.labels import CUT_OUT, FOLDERS

COUNTS = {Split.TRAIN: 6, Split.VALIDATION: 2}
"""Pictures of each class."""

MASKED = (
    "background",
    *(f"other {number}" for number in range(1, 15)),
    "person",
    "dog",
    "cat",
    "horse",
    "cow",
    "sheep",
)
"""What the numbers of the masks stand for; people are 15, as in PASCAL VOC."""


def draw_data(data: Path, *, seed: int = 0) -> None:
    """A data folder with a few pictures of each class: a colour and stripes of its own for each, under noise."""
    rng = np.random.default_rng(seed)
    for split, count in COUNTS.items():
        for folder in FOLDERS:
            target = data / IMAGENETTE[0] / split.value / folder.name
            target.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                _stripes(rng, CLASSES.index(folder.counts_as), 80, 64).save(target / f"{number}.jpg")
        _draw_animals(rng, data / ANIMAL_PHOTOS / split.value, count)


def _draw_animals(rng: np.random.Generator, root: Path, count: int) -> None:
    for folder in ("images", "masks"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        for name in CUT_OUT:
            photo = Image.new("RGB", (120, 100), "grey")
            x, y = (int(value) for value in rng.integers(0, 40, 2))
            photo.paste(_stripes(rng, CLASSES.index(name), 70, 60), (x, y))
            file = f"{name}-{number}.jpg"
            photo.save(root / "images" / file)
            mask = Image.new("L", (120, 100), 0)
            mask.paste(MASKED.index(name), (x, y, x + 70, y + 60))
            mask.save((root / "masks" / file).with_suffix(".png"))
            objects = [{"label": name, "box": [x, y, x + 70, y + 60]}]
            rows.append({"image": file, "width": 120, "height": 100, "objects": objects})
    notes = {"mask_classes": MASKED, "images": rows}
    (root / "annotations.json").write_text(json.dumps(notes), encoding="utf-8")


def _stripes(rng: np.random.Generator, index: int, width: int, height: int) -> Image.Image:
    angle = np.pi * index / len(CLASSES)
    y, x = np.mgrid[:height, :width]
    wave = 0.5 + 0.5 * np.sin((x * np.cos(angle) + y * np.sin(angle)) * (0.3 + 0.05 * (index % 5)))
    colour = np.array([(index * 37) % 256, (index * 91) % 256, (index * 151) % 256])
    pixels = wave[:, :, None] * colour + rng.normal(0, 12, (height, width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
