"""Cached doors into the experiments of looking and of imagining. What they give is frozen and shared, not copied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.adversarial.visualisation_settings import Raised, VisualisationSettings
from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import BaselineSettings, Channels, Measure
from core.images.photo import Photo
from ui import preload
from ui.cached import attributions
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.adversarial.class_visualisation import VisualisationStep
    from core.engine import Ticket
    from core.experiments.attribution import Explanation
    from core.experiments.effort import Effort
    from core.experiments.imagining import Closing, DrawnStep, Imagined, Subject
    from core.experiments.looking import Covered
    from core.experiments.opened import Opened
    from core.experiments.tangents import Tangent
    from core.steps import Run

# Looking -----------------------------------------------------------------------------------------------------------


def magnitude(explanation: Explanation, channels: Channels) -> np.ndarray:
    """How much each pixel matters (h, w), whatever its sign. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import looking

    return looking.magnitude(explanation, channels)


def cover(
    photo: Photo,
    model: str,
    explanation: Explanation,
    settings: AttributionSettings,
    share: float,
    fill: BaselineSettings,
) -> Covered:
    """What is left of the answer when the pixels that a map puts first are painted over. `settings` are those of the map."""
    first = attributions.opened(photo, model)
    return through_engine(
        lambda ticket: _cover(
            photo.digest,
            version(model),
            explanation.method,
            explanation.target,
            settings,
            share,
            fill,
            first,
            explanation,
            ticket,
        )
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _cover(
    digest: str,
    version: Version,
    method: Method,
    target: int,
    settings: AttributionSettings,
    share: float,
    fill: BaselineSettings,
    _opened: Opened,
    _explanation: Explanation,
    _ticket: Ticket | None,
) -> Covered:
    needs(_ticket)
    from core.experiments import looking

    return looking.cover(_opened, target, looking.magnitude(_explanation, settings.channels), share, fill)


def tangent(photo: Photo, model: str, target: int, measure: Measure, longest: float) -> Tangent:
    """What the gradient promises along a step of up to `longest`, and what the network then says."""
    first = attributions.opened(photo, model)
    return through_engine(
        lambda ticket: _tangent(photo.digest, version(model), target, measure, longest, first, ticket)
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _tangent(
    digest: str,
    version: Version,
    target: int,
    measure: Measure,
    longest: float,
    _opened: Opened,
    _ticket: Ticket | None,
) -> Tangent:
    needs(_ticket)
    from core.experiments import tangents

    return tangents.tangent(_opened, target, AttributionSettings(measure=measure), longest)


# Imagining ---------------------------------------------------------------------------------------------------------


def imagined(
    model: str, settings: VisualisationSettings, side: int, photo: Photo | None = None, layer: str | None = None
) -> Imagined:
    """A finished run: of a class, or of what `layer` sees in `photo`.

    Raises:
        WeightsMissingError: the network's weights are not on this machine.
    """
    named = photo.digest if photo else None
    return through_engine(lambda ticket: _imagined(version(model), settings, side, named, layer, photo, ticket))


def imagining(
    model: str, settings: VisualisationSettings, side: int, photo: Photo | None = None, layer: str | None = None
) -> Effort[Imagined]:
    """The same as one effort for all visitors, to be advanced."""
    preload.wait()
    return _imagining(version(model), settings, side, photo.digest if photo else None, layer, photo)


@st.cache_resource(max_entries=32, show_spinner=False)
def _imagining(
    version: Version,
    settings: VisualisationSettings,
    side: int,
    digest: str | None,
    layer: str | None,
    _photo: Photo | None,
) -> Effort[Imagined]:
    from core.experiments import imagining

    return imagining.imagining(_subject(version[0], side, _photo, layer), settings)


@st.cache_resource(max_entries=32, show_spinner=False)  # 40 pictures of 160 x 160 are 3 MB
def _imagined(
    version: Version,
    settings: VisualisationSettings,
    side: int,
    digest: str | None,
    layer: str | None,
    _photo: Photo | None,
    _ticket: Ticket | None,
) -> Imagined:
    needs(_ticket)
    from core.experiments import imagining

    return imagining.imagined(_subject(version[0], side, _photo, layer), settings)


def closing(
    model: str,
    settings: VisualisationSettings,
    canvas: np.ndarray,
    layer: str | None = None,
) -> Closing:
    """What the network says of a picture (3, h, w) in [0, 1] that was drawn with these settings."""
    seen = hashlib.blake2b(canvas.tobytes(), digest_size=16).hexdigest()
    asked = (settings.target, settings.raised)
    return through_engine(
        lambda ticket: _closing(version(model), asked, seen, canvas.shape, layer, settings, canvas, ticket)
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _closing(
    version: Version,
    asked: tuple[int, Raised],
    seen: str,
    shape: tuple[int, ...],
    layer: str | None,
    _settings: VisualisationSettings,
    _canvas: np.ndarray,
    _ticket: Ticket | None,
) -> Closing:
    needs(_ticket)
    from core.experiments import imagining

    return imagining.closing(_subject(version[0], max(shape), None, layer), _settings, _canvas)


def begin(
    model: str, side: int, photo: Photo | None = None, layer: str | None = None
) -> Callable[[VisualisationSettings], Run[DrawnStep]]:
    """What begins the same run to be watched, with settings."""

    def run(settings: VisualisationSettings) -> Run[DrawnStep]:
        from core.experiments import imagining

        return imagining.imagine(_subject(model, side, photo, layer), settings)

    return run


def kept(step: DrawnStep) -> DrawnStep:
    """What the history of a watched run holds of a step."""
    from core.experiments import imagining

    return imagining.kept(step)


def frames(steps: Sequence[VisualisationStep]) -> np.ndarray:
    """The pictures (n, h, w, 3) of a watched run, uint8, of one size. Neither cached nor queued: whoever packs them caches."""
    from core.experiments import imagining

    return imagining.pictures(steps)


def _subject(model: str, side: int, photo: Photo | None, layer: str | None) -> Subject:
    from core.experiments.imagining import Subject

    return Subject(model=model, side=side, photo=photo, layer=layer)
