"""Cached doors to the segmenter's page: a network is asked once, and every opacity and threshold reads that answer again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import Plan, SegmentSettings
from core.segmentation.truths import TruthMask
from core.zoo.segmenters import LAB_FCN
from ui import preload
from ui.cached import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.judging_masks import Judged
    from core.experiments.segmented import Segmented
    from core.experiments.segmenting import SegmentStep
    from core.experiments.strides import Strides
    from core.steps import Run

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
    digest = hashlib.blake2b(truth.numbers.tobytes(), digest_size=16).hexdigest()
    key = (photo.digest, version(found.model), found.settings, digest, truth.numbers.shape, truth.names)
    return through_engine(lambda ticket: _judged(key, found, truth, ticket))


@st.cache_resource(max_entries=16, show_spinner=False)  # about 1 MB each
def _judged(key: tuple[object, ...], _found: Segmented, _truth: TruthMask, _ticket: Ticket | None) -> Judged:
    needs(_ticket)
    from core.experiments import judging_masks

    return judging_masks.judge(_found, _truth)
