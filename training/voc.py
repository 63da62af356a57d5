"""From torchvision's VOCDetection to the folder of animal photos that `training.data` reads.

The photos of VOC 2012 on which there is a dog, cat, horse, cow or sheep, resized to 320 pixels on their longest side,
with the boxes of every object in pixels of the resized photo, and the masks of those that VOC has outlined. VOC's own
split: `train` to learn from, `val` to judge by.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from training.checkpoints import write_whole
from training.data import ANIMAL_PHOTOS, Split
from training.labels import ANIMALS

LONGEST = 320
QUALITY = 92
CLASSES = [
    *(
        "background",
        "aeroplane",
        "bicycle",
        "bird",
        "boat",
        "bottle",
        "bus",
        "car",
        "cat",
        "chair",
        "cow",
        "diningtable",
    ),
    *("dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
]
"""The names behind the numbers of VOC's masks; 255 is where nobody judged."""


def convert(
    photos: Iterable[tuple[Image.Image, dict[str, Any]]], data: Path, split: Split, masks: Path | None = None
) -> int:
    """Write the animal photos among `photos` (as VOCDetection gives them) below `data`; return how many there are.

    `masks` is VOC's folder SegmentationClass, with a palette PNG for some of the photos.
    """
    root = data / ANIMAL_PHOTOS / split.value
    for folder in ("images", "masks"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    rows = []
    for image, target in photos:
        notes = target["annotation"]
        objects = [(thing["name"], [float(thing["bndbox"][key]) for key in _CORNERS]) for thing in notes["object"]]
        if not any(name in ANIMALS for name, _ in objects):
            continue
        scale = LONGEST / max(image.size)
        width, height = (max(1, round(side * scale)) for side in image.size)
        file = f"{Path(notes['filename']).stem}.jpg"
        image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC).save(
            root / "images" / file, quality=QUALITY
        )
        if masks and (outlined := masks / f"{Path(notes['filename']).stem}.png").is_file():
            with Image.open(outlined) as mask:
                mask.resize((width, height), Image.Resampling.NEAREST).save(root / "masks" / outlined.name)
        boxes = [{"label": name, "box": _scaled(corners, scale)} for name, corners in objects]
        rows.append({"image": file, "width": width, "height": height, "objects": boxes})
    write_whole(root / "annotations.json", json.dumps({"mask_classes": CLASSES, "images": rows}).encode())
    return len(rows)


_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def _scaled(corners: list[float], scale: float) -> list[float]:
    """VOC counts pixels from 1 and includes the last; ours begin at 0 and end where the box ends."""
    x1, y1, x2, y2 = corners
    return [round(value * scale, 1) for value in (x1 - 1, y1 - 1, x2, y2)]
