"""Cached doors to the segmenter's page: a network is asked once, and every opacity and threshold reads that answer again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.photo import Photo
from core.segmentation.mask_files import MaskReading, read_mask
from core.segmentation.settings import Plan, SegmentSettings
from core.segmentation.transposed_settings import Grid, TransposeSettings
from core.segmentation.truths import TruthMask
from core.zoo.catalog import card as find
from core.zoo.segmenters import LAB_FCN
from ui import preload
from ui.cached import Version, needs, through_engine, version
from viz import images
from viz.class_maps import Screen, screen
from viz.masks import painted, palette
from viz.images import Picture, encode

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.judging_masks import Judged
    from core.experiments.judging_strides import Grades
    from core.experiments.mask_errors import BoxedMask, NearEdge
    from core.experiments.segmented import Segmented
    from core.experiments.segmenting import SegmentStep
    from core.experiments.strides import Strides
    from core.experiments.transposing import Enlarged, Reached, Transposing
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


def strides(photo: Photo) -> Strides:
    """The lab's FCN at 32s, 16s and 8s, its scores enlarged in four ways, and the kernels that do it.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _strides(photo.digest, version(LAB_FCN.key), photo, ticket))


@st.cache_resource(max_entries=16, show_spinner=False)  # about 1 MB each; frozen
def _strides(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Strides:
    needs(_ticket)
    from core.experiments import strides

    return strides.strides(_photo)


def known_truth(photo: Photo) -> TruthMask | None:
    """The mask of a drawn scene, or an outline drawn by eye on a sample photo; None for any other photo."""
    preload.wait()
    from core.experiments import judging_masks

    return judging_masks.known_truth(photo)


def judged(found: Segmented, photo: Photo, truth: TruthMask) -> Judged:
    """A segmentation of `photo` beside the truth.

    Raises:
        SettingError: the truth has another size than the photo, or too many names.
    """
    key = judging_key(found, photo, truth)
    return through_engine(lambda ticket: _judged(key, found, truth, ticket))


def judging_key(found: Segmented, photo: Photo, truth: TruthMask) -> tuple[object, ...]:
    """What tells one judgement from every other."""
    digest = hashlib.blake2b(truth.numbers.tobytes(), digest_size=16).hexdigest()
    return (photo.digest, version(found.model), found.settings, digest, truth.numbers.shape, truth.names)


@st.cache_resource(max_entries=16, show_spinner=False)  # about 1 MB each
def _judged(key: tuple[object, ...], _found: Segmented, _truth: TruthMask, _ticket: Ticket | None) -> Judged:
    needs(_ticket)
    from core.experiments import judging_masks

    return judging_masks.judge(_found, _truth)


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
def judged_strides(photo: Photo, found: Strides, truth: TruthMask) -> Grades:
    """Every depth and way of `photo` beside the truth.
def voc_names() -> tuple[str, ...]:
    """PASCAL VOC's 21 classes in the order of their numbers, as networks of the catalogue know them."""
    preload.wait()
    return find("lraspp").classes


def errors_near(found: Segmented, photo: Photo, truth: TruthMask, radius: float) -> NearEdge:
    """How many of the wrong pixels of a segmentation lie within `radius` px of a true contour.

    Raises:
        SettingError: the truth has another size than the photo, or too many names.
    """
    digest = hashlib.blake2b(truth.numbers.tobytes(), digest_size=16).hexdigest()
    key = (photo.digest, version(LAB_FCN.key), digest, truth.numbers.shape, truth.names)
    return through_engine(lambda ticket: _judged_strides(key, found, truth, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)  # a few numbers each
def _judged_strides(key: tuple[object, ...], _found: Strides, _truth: TruthMask, _ticket: Ticket | None) -> Grades:
    needs(_ticket)
    from core.experiments import judging_strides

    return judging_strides.judge_strides(_found, _truth)


def resolution_picture(photo: Photo, what: str, make: Callable[[], Image.Image]) -> Picture:
    """A picture of the lab's FCN on `photo`, drawn and encoded where it is not known yet; `what` tells them apart."""
    return _resolution_picture(photo.digest, version(LAB_FCN.key), what, make)


@st.cache_data(max_entries=128, show_spinner=False)  # up to 100 kB each
def _resolution_picture(digest: str, version: Version, what: str, _make: Callable[[], Image.Image]) -> Picture:
    return encode(_make())
def transposing(settings: TransposeSettings) -> Transposing:
    """A transposed convolution of typed numbers, with the other ways to its output."""
    return through_engine(lambda ticket: _transposing(settings, ticket))


@st.cache_resource(max_entries=32, show_spinner=False)  # up to 2 MB each; frozen
def _transposing(settings: TransposeSettings, _ticket: Ticket | None) -> Transposing:
    needs(_ticket)
    from core.experiments import transposing

    return transposing.transposing(settings)


def reached(rows: int, columns: int, stride: int, side: int) -> Reached:
    """How evenly a kernel covers the output. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import transposing

    return transposing.reached(rows, columns, stride, side)


def bilinear(size: int) -> Grid:
    """The kernel that interpolates. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import transposing

    return transposing.bilinear(size)


def enlarging(patch: Grid, factor: int) -> Enlarged:
    """A patch `factor` times as large, by the bilinear kernel and by interpolation."""
    return through_engine(lambda ticket: _enlarging(patch, factor, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)  # up to 70 KB each; frozen
def _enlarging(patch: Grid, factor: int, _ticket: Ticket | None) -> Enlarged:
    needs(_ticket)
    from core.experiments import transposing

    return transposing.enlarging(patch, factor)
    of = judged(found, photo, truth)
    return through_engine(lambda ticket: _errors_near(judging_key(found, photo, truth), radius, of, ticket))


@st.cache_data(max_entries=64, show_spinner=False)
def _errors_near(key: tuple[object, ...], radius: float, _of: Judged, _ticket: Ticket | None) -> NearEdge:
    needs(_ticket)
    from core.experiments import mask_errors

    return mask_errors.near_edge(_of, radius)


def boxes_of(found: Segmented, photo: Photo, truth: TruthMask, label: str) -> tuple[BoxedMask, ...]:
    """The true regions of a class and the found ones as boxes.

    Raises:
        SettingError: the truth has another size than the photo, or too many names.
    """
    of = judged(found, photo, truth)
    return through_engine(lambda ticket: _boxes_of(judging_key(found, photo, truth), label, of, ticket))


@st.cache_data(max_entries=64, show_spinner=False)
def _boxes_of(key: tuple[object, ...], label: str, _of: Judged, _ticket: Ticket | None) -> tuple[BoxedMask, ...]:
    needs(_ticket)
    from core.experiments import mask_errors

    return mask_errors.boxed(_of, label)


def mask_reading(data: bytes, name: str, photo: Photo) -> MaskReading:
    """The mask of a photo in a visitor's file.

    Raises:
        PhotoError: it is none, or not one of this photo.
    """
    return _mask_reading(hashlib.blake2b(data, digest_size=16).hexdigest(), name, photo.digest, data, photo)


@st.cache_resource(max_entries=8, show_spinner=False)  # up to 3 MB each
def _mask_reading(file: str, name: str, digest: str, _data: bytes, _photo: Photo) -> MaskReading:
    return read_mask(_data, name, _photo)
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
