"""Cached pictures: the samples, photos as pages, trays and cards show them, and what was found drawn on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.photo import Photo
from core.images.samples import SAMPLES
from core.images.samples import sample as load_sample
from ui.cached.queue import Version, version
from viz import images
from viz.anchors import map_picture
from viz.boxes import overlap_picture
from viz.colours import MANY
from viz.crowds import crowd_picture
from viz.detections import Tagged, detection_picture
from viz.heatmaps import overlay, tiles
from viz.masks import coloured, colours

if TYPE_CHECKING:
    from core.boxes.layout import AnchorSettings
    from core.boxes.settings import Box
    from core.experiments.assignment import Anchors, Assignment
    from core.experiments.models import Found, Maps, Regions
    from core.experiments.overview import Look


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
    whole, of = (0, 0, _photo.width, _photo.height), colours(_classes(shown))
    return images.encode(_boxed(np.asarray(small), shown, whole, of, ".0%"))


def thing_card(photo: Photo, shown: tuple[Found, ...]) -> images.Picture:
    """What the detector's page opens with, in its colours and with its scores, cut for a card."""
    return _thing_card(photo.digest, shown, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _thing_card(digest: str, shown: tuple[Found, ...], _photo: Photo) -> images.Picture:
    part = images.centre(_photo.width, _photo.height, 480 / 300)
    of = {index: MANY[place % len(MANY)].colour for place, index in enumerate(_classes(shown))}
    return images.encode(_boxed(np.asarray(images.cover(_photo.pixels, 480, 300)), shown, part, of, ".2f"))


def _classes(shown: tuple[Found, ...]) -> tuple[int, ...]:
    """The classes of what is shown, each once, in that order."""
    return tuple(dict.fromkeys(one.index for one in shown))


def _boxed(pixels: np.ndarray, shown: tuple[Found, ...], part: Box, of: dict[int, str], score: str) -> Image.Image:
    """A part of the photo with what is to be seen there of the things: each in the colour of its class, cut at the edges.

    `score` is the format of the scores.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = part
    wide, high = width / (right - left), height / (bottom - top)
    tagged = []
    for number, one in enumerate(shown, start=1):
        x1, x2 = (min(max((side - left) * wide, 0.0), float(width)) for side in one.box[::2])
        y1, y2 = (min(max((side - top) * high, 0.0), float(height)) for side in one.box[1::2])
        if x1 < x2 and y1 < y2:
            tagged.append(Tagged((x1, y1, x2, y2), f"{number} {one.label} {one.score:{score}}", of[one.index]))
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
