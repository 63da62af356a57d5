"""Judge the networks that paint in one pass: `python -m training.painters --data DATA`, a few minutes on two cores.

Prints the losses that they were taught by, as means over the validation photos, which none of them has seen, and over three
sample photos: of the painted picture, and beside it of the photo itself, which is what is left without a network.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from core.device import best_device
from core.images.normalise import to_tensor
from core.images.octaves import fitted
from core.images.samples import sample
from core.images.styles import style_picture
from core.networks.chain import Chain
from core.style.fast import painted
from core.style.features import features_of
from core.zoo.cache import load
from core.zoo.model_card import ModelCard
from core.zoo.painters import ROWS, style_of
from training.command import attempted
from training.data import read
from training.painting import PaintingRecipe, Teacher, photos_to_judge
from training.report import markdown
from training.style import TRUNK

SIDE, SAMPLE_SIDE = 320, 480
"""Pixels of the longest side of the photos, and of the samples."""

SAMPLES = ("cat", "astronaut", "coffee")


@dataclass(frozen=True, slots=True)
class Judged:
    """Mean losses of the paintings of so many photos, and of the photos themselves, whose content loss is 0."""

    photos: int
    content: float
    style: float
    total_variation: float
    style_before: float
    total_variation_before: float


def judge(row: ModelCard, photos: Sequence[Float[Tensor, "1 3 _ _"]], side: int) -> Judged:
    """Paint photos in [0, 1] with `side` pixels on their longest side, and measure."""
    network, trunk = load(row.key), load(TRUNK)
    assert isinstance(trunk.module, Chain)
    style = to_tensor(style_picture(style_of(row)).pixels, trunk.device)
    teacher = Teacher(features_of(trunk.module), style, PaintingRecipe().style_side)
    before, after = [], []
    with torch.no_grad():
        for photo in photos:
            given = fitted(photo.to(network.device), side)
            made = painted(network.module, photo.to(network.device), side=side)
            before.append(torch.stack(teacher.losses(given, given)))
            after.append(torch.stack(teacher.losses(made, given)))
    content, own, variation = torch.stack(after).mean(dim=0).tolist()
    _, style_before, variation_before = torch.stack(before).mean(dim=0).tolist()
    return Judged(len(photos), content, own, variation, style_before, variation_before)


def table(found: dict[str, Judged]) -> str:
    """A row for each painter and set of photos."""
    head = ["Painter", "photos", "content", "style", "of the photo", "total variation", "of the photo"]
    rows: list[list[object]] = [
        [name, one.photos, one.content, one.style, one.style_before, one.total_variation, one.total_variation_before]
        for name, one in found.items()
    ]
    return markdown(head, rows)


def main(arguments: list[str] | None = None) -> int:
    """Judge as the command line says; return 0, or 1 after saying why it could not."""
    parser = argparse.ArgumentParser(prog="python -m training.painters", description="Judge what paints in one pass.")
    parser.add_argument("--data", type=Path, required=True, help="folder of photos (JPEG) with a folder val in it")
    options = parser.parse_args(arguments)
    return attempted(lambda: _judge(options.data))


def _judge(data: Path) -> None:
    device = best_device()
    photos = [read(file)[None].float() / 255 for file in photos_to_judge(data)]
    samples = [to_tensor(sample(key).pixels, device) for key in SAMPLES]
    found = {row.key: judge(row, photos, SIDE) for row in ROWS}
    on_samples = {f"{row.key}, {', '.join(SAMPLES)}": judge(row, samples, SAMPLE_SIDE) for row in ROWS}
    print(table({**found, **on_samples}))


if __name__ == "__main__":
    sys.exit(main())
