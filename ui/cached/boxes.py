"""Cached doors of Anchors & IoU: overlaps, descents, anchors, and what an assignment makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from ui import preload
from ui.cached.queue import needs, through_engine

if TYPE_CHECKING:
    from core.boxes.layout import AnchorSettings, Level
    from core.boxes.settings import AssignmentSettings, Box, DescentSettings
    from core.engine import Ticket
    from core.experiments.anchors import Descents, Overlap
    from core.experiments.assignment import Anchors, Assignment, Matched, Offsets, Placed


def measure(a: Box, b: Box) -> Overlap:
    """All four overlap measures of two boxes. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import anchors

    return anchors.measure(a, b)


def descents(start: Box, target: Box, settings: DescentSettings) -> Descents:
    """The descent of the four losses from `start` to `target`."""
    return through_engine(lambda ticket: _descents(start, target, settings, ticket))


@st.cache_resource(max_entries=128, show_spinner=False)  # frozen to its leaves, so one copy serves all sessions
def _descents(start: Box, target: Box, settings: DescentSettings, _ticket: Ticket | None) -> Descents:
    needs(_ticket)
    from core.experiments import anchors

    return anchors.descents(start, target, settings)


def anchors(settings: AnchorSettings, photo: Photo) -> Anchors:
    """All anchors of `settings` on the photo: how many, how large, how dense.

    Raises:
        SettingError: they would be too many.
    """
    return through_engine(lambda ticket: _anchors(settings, photo.height, photo.width, ticket))


@st.cache_resource(max_entries=128, show_spinner=False)
def _anchors(settings: AnchorSettings, height: int, width: int, _ticket: Ticket | None) -> Anchors:
    needs(_ticket)
    from core.experiments import assignment

    return assignment.anchors(settings, height=height, width=width)


def assign(truths: tuple[Box, ...], settings: AnchorSettings, how: AssignmentSettings, photo: Photo) -> Assignment:
    """What a rule makes of the anchors of `settings` and the boxes `truths` on the photo.

    Raises:
        SettingError: too many anchors, or a rule that does not fit them.
    """
    return through_engine(lambda ticket: _assign(truths, settings, how, photo.height, photo.width, ticket))


@st.cache_resource(max_entries=48, show_spinner=False)  # of 2.5 million anchors each takes 3 MB
def _assign(
    truths: tuple[Box, ...],
    settings: AnchorSettings,
    how: AssignmentSettings,
    height: int,
    width: int,
    _ticket: Ticket | None,
) -> Assignment:
    needs(_ticket)
    from core.experiments import assignment

    return assignment.assign(truths, settings, how, height=height, width=width)


def at_place(levels: tuple[Level, ...], truths: tuple[Box, ...], x: float, y: float) -> tuple[Placed, ...]:
    """The anchors of the place nearest to a point of the photo. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import assignment

    return assignment.at_place(levels, truths, x=x, y=y)


def pick(answer: Assignment, truths: tuple[Box, ...], index: int) -> Matched:
    """One anchor, and what the rule made of it. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import assignment

    return assignment.pick(answer, truths, index)


def offsets(anchor: Box, truth: Box) -> Offsets:
    """The four numbers from an anchor to a box, and the way there. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import assignment

    return assignment.offsets(anchor, truth)
