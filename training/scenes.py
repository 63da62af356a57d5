"""Photos with everything that is marked on them: boxes of people and animals, and the class of each pixel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset
from torchvision import tv_tensors
from torchvision.transforms import v2

from core.detection.loss import Objects
from core.errors import StartError
from core.images import imagenet
from core.images.resize import stretch
from core.networks.vision_classes import DETECTED, SEGMENTED
from training.crops import Annotated
from training.data import ANIMAL_PHOTOS, Split, read
from training.pictures import random_seed

UNJUDGED = 255
"""The class of pixels that nobody gave one: they count neither as right nor as wrong."""

LEAST_SIDE = 4.0
"""Boxes that are thinner in pixels of the input, after a crop, are left out."""

GREY = {tv_tensors.Image: [round(255 * value) for value in imagenet.MEAN], tv_tensors.Mask: UNJUDGED}


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo, what is marked on it of the classes that detectors tell apart, and the file of its mask."""

    file: Path
    objects: tuple[Annotated, ...]
    mask: Path | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture as the network takes it, with its objects in pixels and the class of each pixel."""

    picture: Float[Tensor, "3 h w"]
    objects: Objects
    mask: UInt8[Tensor, "h w"]


def scenes(data: Path, split: Split) -> list[Scene]:
    """The animal photos of PASCAL VOC.

    Raises:
        StartError: they are not in the folder.
    """
    root = data / ANIMAL_PHOTOS / split.value
    found = []
    for row in _notes(data, split)["images"]:
        objects = tuple(
            Annotated(one["label"], tuple(one["box"])) for one in row["objects"] if one["label"] in DETECTED
        )
        mask = (root / "masks" / row["image"]).with_suffix(".png")
        found.append(Scene(root / "images" / row["image"], objects, mask if mask.is_file() else None))
    return found


def mask_classes(data: Path, split: Split) -> tuple[str, ...]:
    """The names behind the numbers of the masks; none where there are no masks.

    Raises:
        StartError: the photos are not in the folder.
    """
    return tuple(_notes(data, split).get("mask_classes", ()))


def _notes(data: Path, split: Split) -> dict[str, Any]:
    file = data / ANIMAL_PHOTOS / split.value / "annotations.json"
    if not file.is_file():
        raise StartError(f"There are no animal photos in {data}.", f"Unpack them to {ANIMAL_PHOTOS}/, or --download.")
    return json.loads(file.read_text(encoding="utf-8"))


def check_masks(scenes: Sequence[Scene], names: Sequence[str]) -> None:
    """Without a mask the segmenter would learn nothing, and nobody would notice.

    Raises:
        StartError: no photo has one.
    """
    if not names or not any(scene.mask for scene in scenes):
        raise StartError(
            "None of the animal photos has a mask, so the segmenter would learn nothing.",
            "Delete their folder and run with --download, which makes the masks too.",
        )


def read_mask(scene: Scene, names: Sequence[str], height: int, width: int) -> UInt8[Tensor, "height width"]:
    """The class of each pixel as an index of `SEGMENTED`: what we do not tell apart is background.

    Without a mask every pixel is `UNJUDGED`.
    """
    if scene.mask is None:
        return torch.full((height, width), UNJUDGED, dtype=torch.uint8)
    ours = np.full(256, UNJUDGED, np.uint8)
    for number, name in enumerate(names):
        ours[number] = SEGMENTED.index(name) if name in SEGMENTED else 0
    with Image.open(scene.mask) as image:
        return torch.from_numpy(ours[np.array(image)])


def as_objects(scene: Scene) -> Objects:
    """The boxes of a scene in pixels of its photo."""
    boxes = torch.tensor([thing.box for thing in scene.objects], dtype=torch.float32).reshape(-1, 4)
    return Objects(boxes, torch.tensor([DETECTED.index(thing.name) for thing in scene.objects], dtype=torch.int64))


def judged(scene: Scene, names: Sequence[str], side: int) -> Marked:
    """A photo as the app shows it to the network: squeezed into a square; its mask as large as the photo."""
    photo = read(scene.file)
    placed = stretch(photo[None].float() / 255, height=side, width=side)
    objects = as_objects(scene)
    moved = Objects(placed.placement.forward_boxes(objects.boxes), objects.classes)
    picture = v2.functional.normalize(placed.image[0], list(imagenet.MEAN), list(imagenet.STD))
    return Marked(picture, moved, read_mask(scene, names, *photo.shape[1:]))


@lru_cache(maxsize=4)
def augmentation(side: int) -> v2.Transform:
    """Other light, other crops, smaller on a grey ground, mirrored, some blurred, squeezed into a square."""
    return v2.Compose(
        [
            v2.RandomApply([v2.ColorJitter(0.35, 0.35, 0.35, 0.05)], p=0.6),
            v2.RandomGrayscale(p=0.05),
            v2.RandomZoomOut(fill=GREY, side_range=(1.0, 1.8), p=0.3),
            v2.RandomIoUCrop(min_scale=0.4, trials=15),
            v2.RandomHorizontalFlip(),
            v2.Resize((side, side), antialias=True),
            v2.RandomApply([v2.GaussianBlur(7, sigma=(0.3, 1.5))], p=0.2),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(imagenet.MEAN, imagenet.STD),
        ]
    )


def varied(scene: Scene, names: Sequence[str], side: int) -> Marked:
    """A varied picture of a scene, drawn from torch's global random numbers."""
    photo = read(scene.file)
    objects = as_objects(scene)
    height, width = photo.shape[1:]
    sample = {
        "image": tv_tensors.Image(photo),
        "boxes": tv_tensors.BoundingBoxes(  # pyright: ignore[reportCallIssue] - its overloads differ from what it takes
            objects.boxes, format=tv_tensors.BoundingBoxFormat.XYXY, canvas_size=(height, width)
        ),
        "labels": objects.classes,
        "mask": tv_tensors.Mask(read_mask(scene, names, height, width)),
    }
    out = augmentation(side)(sample)
    boxes, labels = _still_there(out["boxes"].as_subclass(Tensor), out["labels"], side)
    return Marked(out["image"].as_subclass(Tensor), Objects(boxes, labels), out["mask"].as_subclass(Tensor))


def _still_there(
    boxes: Float[Tensor, "n 4"], labels: Int64[Tensor, " n"], side: int
) -> tuple[Float[Tensor, "m 4"], Int64[Tensor, " m"]]:
    """What is left of the boxes on the picture, and is not too thin."""
    cut = boxes.clamp(0, side)
    thick = ((cut[:, 2:] - cut[:, :2]) >= LEAST_SIDE).all(dim=1)
    return cut[thick], labels[thick]


@dataclass(frozen=True, slots=True)
class EpochScenes(Dataset[Marked]):
    """The pictures of one epoch from `start` on; picture k depends on seed, epoch and k alone."""

    scenes: Sequence[Scene]
    names: Sequence[str]
    order: Sequence[int]
    side: int
    seed: int
    epoch: int
    start: int = 0

    def __len__(self) -> int:
        return len(self.order) - self.start

    def __getitem__(self, index: int) -> Marked:
        position = self.start + index
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_seed(self.seed, self.epoch, position))
            return varied(self.scenes[self.order[position]], self.names, self.side)
