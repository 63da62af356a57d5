"""Cached doors to any network of the zoo: what it makes of a photo, and the device that it runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.device import DeviceInfo
    from core.engine import Ticket
    from core.experiments.models import Maps, Regions, Things
    from core.experiments.overview import Look


def device() -> DeviceInfo:
    """What to show about the device that experiments run on."""
    preload.wait()
    from core.device import best_device, describe

    return describe(best_device())


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
