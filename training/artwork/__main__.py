"""Draw the styles that ship with the lab: `python -m training.artwork --out assets/styles`, or some of them by name."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy.random import Generator
from PIL import Image

from training.artwork.brush import brush
from training.artwork.canvas import Canvas, seen
from training.artwork.dots import dots
from training.artwork.glass import glass
from training.artwork.hatching import hatching
from training.artwork.marbling import marbling
from training.artwork.mosaic import mosaic
from training.artwork.watercolour import watercolour
from training.artwork.waves import waves
from training.artwork.woodcut import woodcut
from training.checkpoints import write_whole

SEED = 7
QUALITY = 88

WORKS: dict[str, Callable[[Generator], Canvas]] = {
    "brush": brush,
    "dots": dots,
    "glass": glass,
    "hatching": hatching,
    "marbling": marbling,
    "mosaic": mosaic,
    "watercolour": watercolour,
    "waves": waves,
    "woodcut": woodcut,
}
"""Each picture by its name, which is that of its file."""


def drawn(name: str) -> UInt8[np.ndarray, "512 512 3"]:
    """The picture called `name`; the same on every machine, but for the last digits of its numbers."""
    return seen(WORKS[name](np.random.default_rng(SEED)))


def encoded(picture: UInt8[np.ndarray, "512 512 3"]) -> bytes:
    """The file of a picture, as it ships."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Draw as the command line says; return 0."""
    parser = argparse.ArgumentParser(prog="python -m training.artwork", description="Draw the styles of the lab.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(WORKS)}; all if none is given")
    parser.add_argument("--out", type=Path, required=True, help="folder of the JPEG files")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(WORKS)
    if unknown:
        parser.error(f"no picture is called {', '.join(sorted(unknown))}")
    for name in options.names or WORKS:
        write_whole(options.out / f"{name}.jpg", encoded(drawn(name)))
        print(f"{options.out / name}.jpg", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
