"""Cached doors to the depths of the lab's FCN: its scores, the ways to enlarge them, and how good each is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.images.photo import Photo
from core.segmentation.truths import TruthMask
from core.zoo.segmenters import LAB_FCN
from ui.cached.queue import Version, needs, through_engine, version
from viz.images import Picture, encode

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.judging_strides import Grades
    from core.experiments.strides import Strides


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


def judged_strides(photo: Photo, found: Strides, truth: TruthMask) -> Grades:
    """Every depth and way of `photo` beside the truth.

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
