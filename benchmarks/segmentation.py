"""Segmentation: what tiles cost beside the passes that they can't do without.

The lab's FCN on a photo of 1,024 x 683 px, cut into tiles that share a quarter: every tile is cut out, made as large as
the network takes it, passed, enlarged, weighted and added, and what the page shows of each step is made. The peer is the
same number of bare passes of the same network on an input of its size. Tiles of 224 px are the network's own size; larger ones
are seen smaller, and their scores are enlarged to more pixels, for which there is no aim.
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from torch import Tensor

from benchmarks.harness import Row, interleave, report
from core.experiments.segmenting import segment
from core.images.normalise import normalise
from core.images.photo import Photo, from_pixels
from core.images.resize import stretch
from core.images.samples import sample
from core.segmentation.settings import Plan, SegmentSettings, planned
from core.segmentation.tiled import tiled
from core.zoo.cache import load

MODEL = "lab-fcn"
CPU = torch.device("cpu")
WIDTH, HEIGHT = 1024, 683
SIDES = ((224, 1.15), (448, None))
"""Tiles in pixels, and the aim: at most this many times as long as the bare passes."""

ROUNDS = 9


def large_photo() -> Photo:
    """A sample photo, repeated until it is large enough."""
    pixels = sample("cat").pixels
    times = (-(-HEIGHT // pixels.shape[0]), -(-WIDTH // pixels.shape[1]), 1)
    return from_pixels(np.tile(pixels, times)[:HEIGHT, :WIDTH].copy(), "large")


def rows(photo: Photo, side: int, aim: float | None) -> list[Row]:
    """The tiled pass of the core, and the experiment with its class map, bill and answer, each beside the bare passes."""
    network, settings = load(MODEL, CPU), SegmentSettings(tile=side)
    plan: Plan = planned(photo.height, photo.width, network.card.class_count, settings)
    place = torch.rand(1, 3, network.card.resize, network.card.resize)

    def ask(image: Tensor, scale: float) -> Tensor:
        size = round(network.card.resize * scale)
        with torch.inference_mode():
            return network.module(normalise(stretch(image, height=size, width=size).image))[0]

    def ours() -> object:
        *_, last = tiled(photo.pixels, ask, plan, settings)
        return last.scores

    def answer() -> object:
        return segment(photo, MODEL, settings)

    def peer() -> None:
        with torch.inference_mode():
            for _ in range(plan.passes):
                network.module(place)

    what, name = f"{plan.passes} tiles of {side} px", f"{plan.passes} bare passes"
    return [
        Row(f"{what}, scores of {WIDTH:,} x {HEIGHT:,} px", *interleave(ours, peer, rounds=ROUNDS), name, aim),
        Row(f"{what}, the whole answer", *interleave(answer, peer, rounds=ROUNDS), name),
    ]


def main() -> None:
    """Measure on the CPU."""
    photo = large_photo()
    report([row for side, aim in SIDES for row in rows(photo, side, aim)], sys.argv[1:])


if __name__ == "__main__":
    main()
