"""Cached doors of NMS: boxes before a suppression, every decision of one, and its curve over the threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.boxes.crowd_settings import CrowdSettings
    from core.boxes.files import BoxTable, Reading
    from core.boxes.nms_settings import NmsSettings
    from core.boxes.settings import Labelled
    from core.engine import Ticket
    from core.experiments.candidates import Candidates
    from core.experiments.nms import Point, Race, Why


def candidates(photo: Photo, model: str) -> Candidates:
    """What a detector finds before its suppression.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _candidates(photo.digest, version(model), photo, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)
def _candidates(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Candidates:
    needs(_ticket)
    from core.experiments import candidates

    return candidates.detected(_photo, version[0])


def crowded(objects: tuple[Labelled, ...], settings: CrowdSettings, photo: Photo) -> Candidates:
    """Objects jittered into a crowd.

    Raises:
        SettingError: they would be too many.
    """
    return through_engine(lambda ticket: _crowded(objects, settings, photo.height, photo.width, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)
def _crowded(
    objects: tuple[Labelled, ...], settings: CrowdSettings, height: int, width: int, _ticket: Ticket | None
) -> Candidates:
    needs(_ticket)
    from core.experiments import candidates

    return candidates.crowded(objects, settings, height=height, width=width)


def random_boxes(count: int, seed: int, photo: Photo) -> Candidates:
    """Boxes by chance."""
    return through_engine(lambda ticket: _random_boxes(count, seed, photo.height, photo.width, ticket))


@st.cache_resource(max_entries=32, show_spinner=False)
def _random_boxes(count: int, seed: int, height: int, width: int, _ticket: Ticket | None) -> Candidates:
    needs(_ticket)
    from core.experiments import candidates

    return candidates.random_boxes(count, seed, height=height, width=width)


@st.cache_data(max_entries=16, show_spinner=False)
def read_boxes(data: bytes, image: str | None) -> Reading:
    """The boxes in a visitor's file.

    Raises:
        PhotoError: there are none.
    """
    from core.boxes import files

    return files.read_boxes(data, image)


def race(table: BoxTable, settings: NmsSettings) -> Race:
    """Every decision of a suppression.

    Raises:
        SettingError: there are too many boxes.
    """
    return through_engine(lambda ticket: _race(table.digest, settings, table, ticket))


@st.cache_resource(max_entries=96, show_spinner=False)  # of 2,000 boxes each takes up to 4 MB
def _race(digest: str, settings: NmsSettings, _table: BoxTable, _ticket: Ticket | None) -> Race:
    needs(_ticket)
    from core.experiments import nms

    return nms.race(_table, settings)


def why(found: Race, box: int) -> Why:
    """What became of one box. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import nms

    return nms.why(found, box)


def nms_curve(
    table: BoxTable, settings: NmsSettings, truths: tuple[Labelled, ...], part: int = 0, parts: int = 1
) -> tuple[Point, ...]:
    """What is left at every value of the threshold, however it is set now, or in part 0, 1, ... at every `parts`-th."""
    still = replace(settings, iou_threshold=0.5, sigma=0.5)  # the curve has all values of these
    return through_engine(lambda ticket: _nms_curve(table.digest, still, truths, part, parts, table, ticket))


@st.cache_resource(max_entries=512, show_spinner=False)  # frozen: nothing to copy each time the threshold moves
def _nms_curve(
    digest: str,
    settings: NmsSettings,
    truths: tuple[Labelled, ...],
    part: int,
    parts: int,
    _table: BoxTable,
    _ticket: Ticket | None,
) -> tuple[Point, ...]:
    needs(_ticket)
    from core.experiments import nms

    return nms.curve(_table, settings, truths, nms.swept(settings)[part::parts])
