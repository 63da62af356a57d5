"""Cached doors into core: every experiment goes through here, and the only cache decorators of the app are here.

Photos are never hashed by Streamlit (it samples large arrays): the digest is the key and the photo itself rides along
as an argument that is not hashed. Torch is imported inside the doors, after the shell has painted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from core.images.samples import SAMPLES
from core.images.samples import sample as load_sample
from ui import networks, preload
from viz import images
from viz.anchors import map_picture
from viz.boxes import overlap_picture
from viz.crowds import crowd_picture
from viz.detections import Tagged, detection_picture
from viz.heatmaps import overlay, tiles
from viz.masks import coloured, colours

if TYPE_CHECKING:
    from core.boxes.crowd_settings import CrowdSettings
    from core.boxes.files import BoxTable, Reading
    from core.boxes.layout import AnchorSettings, Level
    from core.boxes.nms_settings import NmsSettings
    from core.boxes.settings import AssignmentSettings, Box, DescentSettings, Labelled
    from core.device import DeviceInfo
    from core.engine import Ticket
    from core.experiments.anchors import Descents, Overlap
    from core.experiments.assignment import Anchors, Assignment, Matched, Offsets, Placed
    from core.experiments.candidates import Candidates
    from core.experiments.models import Found, Maps, Regions, Things
    from core.experiments.nms import Point, Race, Why
    from core.experiments.overview import Look

T = TypeVar("T")


Version = tuple[str, tuple[int, ...] | None]
"""A network by its key, and what changes when its file is replaced: answers of the old file are not given again."""


def version(model: str) -> Version:
    """The network `model` as a part of a key."""
    return model, networks.stamp(model)


# Photos and pictures ---------------------------------------------------------------------------------------------


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
def sample(key: str) -> Photo:
    """The sample photo `key`: one read-only copy for all sessions."""
    return load_sample(key)


@st.cache_data(max_entries=1, show_spinner=False)
def sample_thumbnails() -> list[dict[str, str]]:
    """Key, name and thumbnail of every sample, for the tray."""
    return [{"key": row.key, "name": row.title, "thumbnail": thumbnail(sample(row.key))} for row in SAMPLES]


def thumbnail(photo: Photo) -> str:
    """A square thumbnail as a data URL."""
    return _thumbnail(photo.digest, photo)


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(digest: str, _photo: Photo) -> str:
    return images.data_url(images.cover(_photo.pixels, 128, 128))


def picture(photo: Photo, longest: int = 960) -> images.Picture:
    """The photo itself, encoded for the page."""
    return _picture(photo.digest, longest, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _picture(digest: str, longest: int, _photo: Photo) -> images.Picture:
    return images.encode(images.fit(_photo.pixels, longest))


def overlap_card(photo: Photo, a: Box, b: Box) -> images.Picture:
    """The photo with two boxes on it, cut for a card."""
    return _overlap_card(photo.digest, a, b, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _overlap_card(digest: str, a: Box, b: Box, _photo: Photo) -> images.Picture:
    return images.encode(images.cover(np.asarray(overlap_picture(_photo.pixels, a, b)), 480, 300))


def crowd_card(photo: Photo, box: Box) -> images.Picture:
    """The photo with one object found many times, cut for a card."""
    return _crowd_card(photo.digest, box, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _crowd_card(digest: str, box: Box, _photo: Photo) -> images.Picture:
    return images.encode(images.cover(np.asarray(crowd_picture(_photo.pixels, box)), 480, 300))


def photo_card(photo: Photo) -> images.Picture:
    """The photo alone, cut for a card."""
    return _photo_card(photo.digest, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _photo_card(digest: str, _photo: Photo) -> images.Picture:
    return images.encode(images.cover(_photo.pixels, 480, 300))


def cam_card(photo: Photo, model: str, answer: Look) -> images.Picture:
    """The photo under the Grad-CAM map of `answer`, cut for a card."""
    return _cam_card(photo.digest, version(model), answer.target, photo, answer)


@st.cache_data(max_entries=32, show_spinner=False)
def _cam_card(digest: str, version: Version, target: str, _photo: Photo, _answer: Look) -> images.Picture:
    made = overlay(_photo.pixels, _answer.cam, _answer.seen, opacity=0.75)
    return images.encode(images.cover(np.asarray(made), 480, 300))


def cam_picture(photo: Photo, model: str, answer: Look) -> images.Picture:
    """The photo under the Grad-CAM map of `answer`, which `model` gave."""
    return _cam_picture(photo.digest, version(model), answer.target, photo, answer)


@st.cache_data(max_entries=64, show_spinner=False)
def _cam_picture(digest: str, version: Version, target: str, _photo: Photo, _answer: Look) -> images.Picture:
    small = images.fit(_photo.pixels, 960)
    factor = small.width / _photo.width
    x1, y1, x2, y2 = (side * factor for side in _answer.seen)
    return images.encode(overlay(np.asarray(small), _answer.cam, (x1, y1, x2, y2), opacity=0.75))


def thing_picture(photo: Photo, shown: tuple[Found, ...]) -> images.Picture:
    """The photo with the things `shown` in boxes, a colour for each class, numbered in that order."""
    return _thing_picture(photo.digest, shown, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _thing_picture(digest: str, shown: tuple[Found, ...], _photo: Photo) -> images.Picture:
    small = images.fit(_photo.pixels, 960)
    return images.encode(_boxed(np.asarray(small), shown, (0, 0, _photo.width, _photo.height)))


def thing_card(photo: Photo, shown: tuple[Found, ...]) -> images.Picture:
    """The same, cut for a card."""
    return _thing_card(photo.digest, shown, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _thing_card(digest: str, shown: tuple[Found, ...], _photo: Photo) -> images.Picture:
    part = images.centre(_photo.width, _photo.height, 480 / 300)
    return images.encode(_boxed(np.asarray(images.cover(_photo.pixels, 480, 300)), shown, part))


def _boxed(pixels: np.ndarray, shown: tuple[Found, ...], part: Box) -> Image.Image:
    """A picture of a part of the photo, with what is to be seen there of the things, in boxes cut at its edges."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = part
    wide, high = width / (right - left), height / (bottom - top)
    of, tagged = colours(tuple(dict.fromkeys(one.index for one in shown))), []
    for number, one in enumerate(shown, start=1):
        x1, x2 = (min(max((side - left) * wide, 0.0), float(width)) for side in one.box[::2])
        y1, y2 = (min(max((side - top) * high, 0.0), float(height)) for side in one.box[1::2])
        if x1 < x2 and y1 < y2:
            tagged.append(Tagged((x1, y1, x2, y2), f"{number} {one.label} {one.score:.0%}", of[one.index]))
    return detection_picture(pixels, tagged)


def region_picture(photo: Photo, model: str, answer: Regions, shown: tuple[int, ...]) -> images.Picture:
    """The photo with the areas of the classes `shown` coloured and numbered in that order."""
    return _region_picture(photo.digest, version(model), shown, photo, answer)


@st.cache_data(max_entries=32, show_spinner=False)
def _region_picture(
    digest: str, version: Version, shown: tuple[int, ...], _photo: Photo, _answer: Regions
) -> images.Picture:
    small = np.asarray(images.fit(_photo.pixels, 960))
    return images.encode(coloured(small, _answer.classes, colours(shown)))


def map_tiles(photo: Photo, model: str, answer: Maps) -> images.Picture:
    """The feature maps of `answer` beside each other."""
    return _map_tiles(photo.digest, version(model), answer.layer, answer)


@st.cache_data(max_entries=64, show_spinner=False)
def _map_tiles(digest: str, version: Version, layer: str, _answer: Maps) -> images.Picture:
    names = [str(channel) for channel in _answer.channels]
    return images.encode(tiles(_answer.maps, columns=4, names=names))


def backdrop(photo: Photo, longest: int = 960) -> str:
    """The photo as a data URL, for browser components that draw on it."""
    return _backdrop(photo.digest, longest, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _backdrop(digest: str, longest: int, _photo: Photo) -> str:
    return images.data_url(images.fit(_photo.pixels, longest), quality=85)


def density_picture(photo: Photo, settings: AnchorSettings, answer: Anchors) -> images.Picture:
    """The map of how many anchors lie over each point of the photo."""
    return _density_picture(settings, photo.height, photo.width, answer)


@st.cache_data(max_entries=64, show_spinner=False)
def _density_picture(settings: AnchorSettings, height: int, width: int, _answer: Anchors) -> images.Picture:
    return images.encode(map_picture(_answer.over, float(_answer.over.max())))


def fit_picture(truths: tuple[Box, ...], settings: AnchorSettings, photo: Photo, answer: Assignment) -> images.Picture:
    """The map of the best IoU at each place, from 0 to 1; no rule changes it."""
    return _fit_picture(truths, settings, photo.height, photo.width, answer)


@st.cache_data(max_entries=64, show_spinner=False)
def _fit_picture(
    truths: tuple[Box, ...], settings: AnchorSettings, height: int, width: int, _answer: Assignment
) -> images.Picture:
    return images.encode(map_picture(_answer.heat, 1.0))


# Experiments -------------------------------------------------------------------------------------------------------


def device() -> DeviceInfo:
    """What to show about the device that experiments run on."""
    preload.wait()
    from core.device import best_device, describe

    return describe(best_device())


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


def look(photo: Photo, model: str) -> Look:
    """What a classifier sees on the photo.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _look(photo.digest, version(model), photo, ticket))


@st.cache_data(max_entries=128, show_spinner=False)
def _look(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Look:
    needs(_ticket)
    from core.experiments import overview

    return overview.look(_photo, version[0])


def things(photo: Photo, model: str) -> Things:
    """What a detector finds on the photo.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _things(photo.digest, version(model), photo, ticket))


@st.cache_data(max_entries=128, show_spinner=False)
def _things(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Things:
    needs(_ticket)
    from core.experiments import models

    return models.things(_photo, version[0])


def regions(photo: Photo, model: str) -> Regions:
    """The class of each pixel of the photo by a segmenter.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _regions(photo.digest, version(model), photo, ticket))


@st.cache_data(max_entries=32, show_spinner=False)
def _regions(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Regions:
    needs(_ticket)
    from core.experiments import models

    return models.regions(_photo, version[0])


def maps(photo: Photo, model: str, layer: str) -> Maps:
    """The feature maps of a layer that answer most to the photo.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _maps(photo.digest, version(model), layer, photo, ticket))


@st.cache_data(max_entries=64, show_spinner=False)
def _maps(digest: str, version: Version, layer: str, _photo: Photo, _ticket: Ticket | None) -> Maps:
    needs(_ticket)
    from core.experiments import models

    return models.maps(_photo, version[0], layer)


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


# The queue ---------------------------------------------------------------------------------------------------------


class _NotCachedError(Exception):
    """There is no cached answer yet, and no ticket to compute one."""


def needs(ticket: Ticket | None) -> None:
    """Say, from inside a cached function, that the answer is to be computed: without a ticket that has to wait."""
    if ticket is None:
        raise _NotCachedError


def through_engine(door: Callable[[Ticket | None], T]) -> T:
    """The cached answer if there is one; else one place in the queue, and then the computation.

    The door is asked twice because nothing may be drawn inside a cached function: the place in the queue is shown here,
    in a slot that is there on a hit too, so that what follows on the page never changes its place.
    """
    preload.wait()
    slot = st.empty()
    try:
        return door(None)
    except _NotCachedError:
        with _turn(slot) as ticket:
            return door(ticket)


@contextmanager
def _turn(slot: DeltaGenerator) -> Iterator[Ticket]:
    from core.device import best_device
    from core.engine import ENGINE

    with ENGINE.join(best_device().type) as ticket:
        if not ticket.wait(0.4):
            while not ticket.wait(0.2):
                slot.caption(f":material/hourglass_empty: Place {ticket.place} in the queue of this server.")
            slot.empty()
        yield ticket
