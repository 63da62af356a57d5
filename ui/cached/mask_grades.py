"""Cached doors to the grading of segmentations: the truth of a photo, and a class map beside it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.segmentation.mask_files import MaskReading, read_mask
from core.segmentation.truths import TruthMask
from core.zoo.catalog import card as find
from ui import preload
from ui.cached.queue import needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.judging_masks import Judged
    from core.experiments.mask_errors import BoxedMask, NearEdge
    from core.experiments.segmented import Segmented


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


def voc_names() -> tuple[str, ...]:
    """PASCAL VOC's 21 classes in the order of their numbers, as networks of the catalogue know them."""
    preload.wait()
    return find("lraspp").classes


def errors_near(found: Segmented, photo: Photo, truth: TruthMask, radius: float) -> NearEdge:
    """How many of the wrong pixels of a segmentation lie within `radius` px of a true contour.

    Raises:
        SettingError: the truth has another size than the photo, or too many names.
    """
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
