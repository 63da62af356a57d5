"""Cached doors to the segmenter's page: a network is asked once, and every opacity and threshold reads that answer again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import Plan, SegmentSettings
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version
from viz import images
from viz.class_maps import Screen, screen
from viz.masks import painted, palette

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.segmented import Segmented
    from core.experiments.segmenting import SegmentStep
    from core.experiments.tile_looks import TileLook
    from core.steps import Run
    from core.zoo.model_card import ModelCard

WHOLE = SegmentSettings()
"""The photo in one pass."""


def segmented(photo: Photo, model: str, settings: SegmentSettings = WHOLE) -> Segmented:
    """The class of every pixel and how sure that is: the door behind which a segmenter runs to its end.

    Raises:
        WeightsMissingError: its weights are not on this machine.
        SettingError: it would take too many passes.
    """
    return through_engine(lambda ticket: _segmented(photo.digest, version(model), settings, photo, ticket))


@st.cache_resource(max_entries=8, show_spinner=False)  # up to 40 MB each, as a rule 4; frozen, so one copy serves all
def _segmented(
    digest: str, version: Version, settings: SegmentSettings, _photo: Photo, _ticket: Ticket | None
) -> Segmented:
    needs(_ticket)
    from core.experiments import segmenting

    return segmenting.segment(_photo, version[0], settings)


def plan(photo: Photo, model: str, settings: SegmentSettings) -> Plan:
    """The tiles and the passes that the settings mean. So cheap that it is neither cached nor queued.

    Raises:
        SettingError: it would take too many passes.
    """
    preload.wait()
    from core.experiments import segmenting

    return segmenting.plan_of(photo, model, settings)


def begin(photo: Photo, model: str) -> Callable[[SegmentSettings], Run[SegmentStep]]:
    """What begins a segmentation that is watched, a tile a step."""

    def run(settings: SegmentSettings) -> Run[SegmentStep]:
        from core.experiments import segmenting

        return segmenting.segmenting(photo, model, settings)

    return run


@dataclass(frozen=True, slots=True, eq=False)
class Sureness:
    """How sure a network is of each pixel that kept its probabilities, in half precision: good to 0.001.

    `margin` (rows, columns) is how much more probable the best class is than the second, `entropy` is in bits, at most
    `most`; `mean` is its mean.
    """

    margin: np.ndarray
    entropy: np.ndarray
    mean: float
    most: float


def sureness(found: Segmented, photo: Photo) -> Sureness:
    """How sure the network is of each pixel."""
    return _sureness(_answer(found, photo), found)


@st.cache_resource(max_entries=8, show_spinner=False)  # up to 10 MB each, as a rule 1; frozen
def _sureness(key: str, _found: Segmented) -> Sureness:
    sure = _found.certainty()
    most = math.log2(len(_found.names)) if len(_found.names) > 1 else 1.0
    return Sureness(sure.margin.half().numpy(), sure.entropy.half().numpy(), float(sure.entropy.mean()), most)


def maps(found: Segmented, photo: Photo) -> Screen:
    """The maps of an answer as a browser paints them."""
    return _maps(_answer(found, photo), found, sureness(found, photo))


@st.cache_resource(max_entries=16, show_spinner=False)  # up to 1 MB each; frozen
def _maps(key: str, _found: Segmented, _sure: Sureness) -> Screen:
    table = _found.table(top=len(_found.names))
    shares = np.zeros_like(table.shares)
    np.put_along_axis(shares, table.labels.astype(np.intp), table.shares, axis=0)
    every = _found.every * table.every
    return screen(key, _found.classes, _sure.margin, _sure.entropy, shares, most=_sure.most, every=every)


def card(photo: Photo, model: str) -> tuple[images.Picture, tuple[str, ...]]:
    """The photo under its class map, cut for a card, and the classes that are painted, the largest first.

    Raises:
        ModelError: its weights are not on this machine, or damaged.
    """
    found = segmented(photo, model)
    colours = palette(found.names)
    return _card(_answer(found, photo), photo, found), tuple(one.label for one in found.regions if one.index in colours)


@st.cache_data(max_entries=32, show_spinner=False)
def _card(key: str, _photo: Photo, _found: Segmented) -> images.Picture:
    small = np.asarray(images.fit(_photo.pixels, 720))
    made = painted(small, _found.classes, palette(_found.names), opacity=0.6)
    return images.encode(images.cover(np.asarray(made), 480, 300))


def _answer(found: Segmented, photo: Photo) -> str:
    """What tells an answer from all others."""
    key = repr((photo.digest, version(found.model), found.settings))
    return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()


def tile_look(photo: Photo, model: str, settings: SegmentSettings, place: int) -> TileLook:
    """One tile by itself, as the network is shown it, and what it says of it.

    Raises:
        WeightsMissingError: its weights are not on this machine.
        SettingError: there is no such tile.
    """
    return through_engine(lambda ticket: _tile_look(photo.digest, version(model), settings, place, photo, ticket))


@st.cache_resource(max_entries=24, show_spinner=False)  # at most 11 MB each, and mostly a tenth of that; frozen
def _tile_look(
    digest: str, version: Version, settings: SegmentSettings, place: int, _photo: Photo, _ticket: Ticket | None
) -> TileLook:
    needs(_ticket)
    from core.experiments import tile_looks

    return tile_looks.look_at(_photo, version[0], settings, place)


def shown_size(card: ModelCard, height: int, width: int, scale: float = 1.0) -> tuple[int, int]:
    """Height and width in which a network is shown a picture. Nothing is computed, so it is neither cached nor queued."""
    preload.wait()
    import torch

    from core.experiments.segmenting import as_seen

    rows, columns = as_seen(card, torch.empty(1, 3, height, width, device="meta"), scale).shape[2:]
    return rows, columns
