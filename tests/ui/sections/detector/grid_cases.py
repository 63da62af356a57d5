"""Answers of detectors for the tests of the view: the lab's on the cat, and a made-up pyramid of two heads on a wide photo."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch

from core.detection.detecting_settings import FindSettings, SeeSettings
from core.detection.reading import read_darknet
from core.experiments.cost import Cost
from core.experiments.detecting import Detected, Seen, found, see
from core.images.resize import letterbox
from core.images.samples import sample
from core.networks.darknet_layers import Head
from ui.sections.detector.inside_grid import Grids, grids

NAMES = ("cup", "dog_1", "tv & radio")
WIDE = (100, 200)
"""Height and width of the photo under the pyramid: letterboxed, so a quarter of the grid lies above it and a quarter below."""


@cache
def lab(key: str = "lab-yolo-14", photo: str = "cat", size: int | None = None) -> Grids:
    """What a lab detector says of a sample."""
    made = grids(see(sample(photo), key, SeeSettings(size=size)))
    assert made is not None
    return made


@cache
def pyramid(scale_x_y: float = 1.0) -> Grids:
    """Two heads of YOLO, 2 x 2 and 4 x 4 cells with two anchors each, on an input of 64 px; chance wrote the maps."""
    made = grids(pyramid_seen(scale_x_y))
    assert made is not None
    return made


def pyramid_seen(scale_x_y: float = 1.0) -> Seen:
    """The same as the network says it."""
    chance = torch.Generator().manual_seed(7)
    heads = [
        Head(stride=stride, anchors=anchors, classes=len(NAMES), scale_x_y=scale_x_y)
        for stride, anchors in ((32, ((30.0, 20.0), (50.0, 60.0))), (16, ((8.0, 10.0), (20.0, 12.0))))
    ]
    maps = [2 * torch.randn(1, head.channels, 64 // head.stride, 64 // head.stride, generator=chance) for head in heads]
    placed = letterbox(torch.zeros(1, 3, *WIDE), height=64, width=64)
    cost = Cost(device="CPU", forward=1, backward=0, milliseconds=1.0, megabytes=0.0)
    return Seen(NAMES, (read_darknet(maps, heads, placed),), suppresses_itself=False, cost=cost)


@cache
def unsaid() -> Grids:
    """The lab's numbers on the cat as SSD would read them: no objectness, and the fifth number is that of the background."""
    seen = lab().seen
    look = seen.looks[0]
    assert look.raw is not None
    classes = look.raw[:, 4:].softmax(dim=1)[:, 1:]
    made = grids(replace(seen, looks=(replace(look, objectness=torch.ones(len(look.boxes)), classes=classes),)))
    assert made is not None
    return made


def chosen(made: Grids, **settings: object) -> Detected:
    """The things that settings find in it."""
    where = made.look.placement
    return found(made.seen, (where.photo_height, where.photo_width), FindSettings(**settings))
