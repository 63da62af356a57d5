"""The photos: where they lie, what each example shows, and which of them an epoch takes.

A data folder holds `imagenette160/{train,val}/<class>/*.jpg` and `voc_animals/{train,val}/{images/*.jpg,
annotations.json}`; Imagenette may also lie as torchvision unpacks it (`imagenette2-160/`, folders by WordNet id).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image
from torch import Tensor

from core.errors import StartError
from training.crops import Annotated, Box, area, cut_out
from training.labels import CUT_OUT, label

IMAGENETTE = ("imagenette160", "imagenette2-160", "imagenette2-320", "imagenette2")
ANIMAL_PHOTOS = "voc_animals"
ENOUGH = 0.2
"""The part of a photo that an object must fill for the whole photo to be a picture of it."""


class Split(Enum):
    """Which photos: those the network learns from, or those it is judged by. The value is the folder's name."""

    TRAIN = "train"
    VALIDATION = "val"


@dataclass(frozen=True, slots=True)
class Example:
    """A photo and the index of its class; with a box where the class is that of an object on it.

    `whole` says that the object is large and no other class is on the photo, so that all of it may be shown.
    """

    file: Path
    label: int
    box: Box | None = None
    whole: bool = False


def things(data: Path, split: Split) -> list[Example]:
    """The photos of Imagenette, in the order of their paths.

    Raises:
        StartError: they are not in the folder.
    """
    root = next((data / name for name in IMAGENETTE if (data / name / split.value).is_dir()), None)
    if root is None:
        raise StartError(f"There is no Imagenette in {data}.", f"Unpack it to {IMAGENETTE[0]}/, or add --download.")
    folders = sorted(path for path in (root / split.value).iterdir() if path.is_dir())
    return [
        Example(file, label(folder.name))
        for folder in folders
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in (".jpg", ".jpeg")
    ]


def animals(data: Path, split: Split) -> list[Example]:
    """Every animal and person on the VOC photos that is large enough and alone enough to be cut out.

    Raises:
        StartError: they are not in the folder.
    """
    examples: list[Example] = []
    for file, size, objects in _annotated(data, split):
        alone = len({thing.name for thing in objects} & set(CUT_OUT)) == 1
        for thing in cut_out(objects, CUT_OUT):
            large = area(thing.box) >= ENOUGH * size
            examples.append(Example(file, label(thing.name), thing.box, whole=alone and large))
    return examples


def whole_photos(data: Path, split: Split) -> list[tuple[Example, frozenset[int]]]:
    """The VOC photos uncut, each as an example of its largest animal or person, and all our classes that are on it.

    Raises:
        StartError: they are not in the folder.
    """
    photos: list[tuple[Example, frozenset[int]]] = []
    for file, _, objects in _annotated(data, split):
        ours = sorted((thing for thing in objects if thing.name in CUT_OUT), key=lambda thing: -area(thing.box))
        if ours:
            photos.append((Example(file, label(ours[0].name)), frozenset(label(thing.name) for thing in ours)))
    return photos


def _annotated(data: Path, split: Split) -> Iterator[tuple[Path, int, list[Annotated]]]:
    """Each VOC photo: its file, its size in pixels, and the objects on it."""
    root = data / ANIMAL_PHOTOS / split.value
    if not (root / "annotations.json").is_file():
        raise StartError(f"There are no animal photos in {data}.", f"Unpack them to {ANIMAL_PHOTOS}/, or --download.")
    for row in json.loads((root / "annotations.json").read_text(encoding="utf-8"))["images"]:
        objects = [Annotated(thing["label"], tuple(thing["box"])) for thing in row["objects"]]
        yield root / "images" / row["image"], row["width"] * row["height"], objects


def read(file: Path) -> UInt8[Tensor, "3 h w"]:
    """The pixels of a JPEG, RGB."""
    with Image.open(file) as image:
        pixels = np.array(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)


def epoch_order(labels: Sequence[int], counts: Sequence[int], *, seed: int, epoch: int) -> list[int]:
    """Which examples an epoch takes, and in which order: `counts[i]` of class i, for each class that has any.

    A class with more examples is drawn from without repetition; one with fewer is repeated as evenly as can be. The
    same seed and epoch give the same order.
    """
    rng = np.random.default_rng((seed, epoch))
    chosen: list[int] = []
    for index, count in enumerate(counts):
        members = np.flatnonzero(np.asarray(labels) == index)
        if members.size:
            rounds = -(-count // members.size)
            drawn = np.concatenate([rng.permutation(members) for _ in range(rounds)])[:count]
            chosen.extend(drawn.tolist())
    return [chosen[at] for at in rng.permutation(len(chosen))]
