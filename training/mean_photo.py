"""The mean of the photos a classifier learned from: `python -m training.mean_photo --data DATA --out FILE.png`.

It is a baseline of integrated gradients: as bright everywhere as a photo mostly is there, and nothing on it. Every photo of
Imagenette's training part and every animal or person cut out of VOC's counts once, made square as the app does it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from core.images.resize import centre_crop
from training.command import attempted
from training.data import Example, Split, animals, things
from training.pictures import validation_picture

SIDE, RESIZE = 224, 240


def mean_photo(examples: Sequence[Example]) -> Float[Tensor, "3 side side"]:
    """The mean of the examples' pictures, in [0, 1]. It is summed in float64, so the order of the photos hardly matters."""
    total = torch.zeros(3, SIDE, SIDE, dtype=torch.float64)
    for example in examples:
        total += centre_crop(validation_picture(example)[None].float() / 255, resize=RESIZE, crop=SIDE).image[0]
    return (total / len(examples)).float()


def main(arguments: list[str] | None = None) -> int:
    """Average and write as the command line says; return 0, or 1 after saying why it could not."""
    parser = argparse.ArgumentParser(prog="python -m training.mean_photo", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the photos")
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    options = parser.parse_args(arguments)
    return attempted(lambda: _write(options.data, options.out))


def _write(data: Path, out: Path) -> None:
    examples = [*things(data, Split.TRAIN), *animals(data, Split.TRAIN)]
    pixels = (mean_photo(examples) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(out, optimize=True)
    print(f"{out}: the mean of {len(examples):,} pictures")


if __name__ == "__main__":
    raise SystemExit(main())
