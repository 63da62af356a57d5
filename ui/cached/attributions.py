"""Cached doors into the experiments of the attribution page. What they give is frozen and shared, not copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import IntegrationSettings, Rule
from core.images.decode import decode
from core.images.photo import Photo
from ui import preload
from ui.cached import drawings
from ui.cached.queue import Version, needs, through_engine, version
from viz import images
from viz.attributions import ColourMap, blurred, over, percentile_clipped
from viz.attributions import veil as veiled

if TYPE_CHECKING:
    from core.attribution.faithfulness import Kind
    from core.engine import Ticket
    from core.experiments.attribution import Explanation
    from core.experiments.axioms import Saturation
    from core.experiments.integration import BlackObject, Gaps, Walk
    from core.experiments.opened import Opened
    from core.experiments.regions import BoxMap, RegionMap
    from core.experiments.trust import Control, Fall, SanityAnswer

SEGMENTER = "lab-fcn"  # the one that `core.experiments.regions` asks
CARD_BLUR, CARD_CLIP = 1.5, 99.0  # px, and the percentile that gets full colour, as the page begins
MEAN_PHOTO = Path(__file__).resolve().parents[2] / "assets" / "photos" / "mean_photo.png"


def opened(photo: Photo, model: str) -> Opened:
    """The photo after its one pass through a classifier.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _opened(photo.digest, version(model), photo, ticket))


@st.cache_resource(max_entries=24, show_spinner=False)
def _opened(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Opened:
    needs(_ticket)
    from core.experiments import opened

    return opened.open_photo(_photo, version[0])


def explain(
    photo: Photo,
    model: str,
    method: Method,
    target: int,
    settings: AttributionSettings,
    *,
    layer: str | None = None,
    other: Photo | None = None,
) -> Explanation:
    """What a method says of a class; the photo passes the network first, if it has not yet."""
    first, named = opened(photo, model), other.digest if other else None
    settings, layer = method.read(settings), layer if method.layered else None
    return through_engine(
        lambda ticket: _explain(
            photo.digest, version(model), method, target, settings, layer, named, first, other, ticket
        )
    )


@st.cache_resource(max_entries=160, show_spinner=False)
def _explain(
    digest: str,
    version: Version,
    method: Method,
    target: int,
    settings: AttributionSettings,
    layer: str | None,
    named: str | None,
    _opened: Opened,
    _other: Photo | None,
    _ticket: Ticket | None,
) -> Explanation:
    needs(_ticket)
    from core.experiments import attribution

    return attribution.explain(_opened, method, target, settings, layer=layer, other=_other)


def slope_card(photo: Photo, model: str) -> images.Picture:
    """The photo in grey under the gradient of the first guess, cut for a card."""
    first = opened(photo, model)
    found = explain(photo, model, Method.GRADIENT, first.guesses[0].index, AttributionSettings())

    def made() -> Image.Image:
        values = percentile_clipped(blurred(found.map, CARD_BLUR), CARD_CLIP)
        height, width = values.shape
        layer = veiled(values, ColourMap.VIRIDIS, (width, height), smooth=True, signed=False)
        grey = np.repeat(np.asarray(images.to_image(photo.pixels).convert("L"))[..., None], 3, axis=2)
        return images.cover(np.asarray(over(grey, layer, first.seen, 1.0)), 480, 300)

    return drawings.drawn(f"{photo.digest} {version(model)} slope", made)


def walk(photo: Photo, model: str, target: int, settings: AttributionSettings, other: Photo | None = None) -> Walk:
    """The path of integrated gradients, with all its pictures."""
    first, named = opened(photo, model), other.digest if other else None
    return through_engine(
        lambda ticket: _walk(photo.digest, version(model), target, settings, named, first, other, ticket)
    )


@st.cache_resource(max_entries=12, show_spinner=False)
def _walk(
    digest: str,
    version: Version,
    target: int,
    settings: AttributionSettings,
    named: str | None,
    _opened: Opened,
    _other: Photo | None,
    _ticket: Ticket | None,
) -> Walk:
    needs(_ticket)
    from core.experiments import integration

    return integration.walk(_opened, target, settings, _other)


def gaps(
    photo: Photo,
    model: str,
    target: int,
    settings: AttributionSettings,
    steps: int,
    rule: Rule,
    other: Photo | None = None,
) -> Gaps:
    """How complete one rule is with so many points; the rule and the points of the settings don't matter."""
    first, named = opened(photo, model), other.digest if other else None
    still = replace(settings, integration=IntegrationSettings())
    return through_engine(
        lambda ticket: _gaps(photo.digest, version(model), target, still, steps, rule, named, first, other, ticket)
    )


@st.cache_resource(max_entries=512, show_spinner=False)
def _gaps(
    digest: str,
    version: Version,
    target: int,
    settings: AttributionSettings,
    steps: int,
    rule: Rule,
    named: str | None,
    _opened: Opened,
    _other: Photo | None,
    _ticket: Ticket | None,
) -> Gaps:
    needs(_ticket)
    from core.experiments import integration

    return integration.gaps(_opened, target, settings, steps, _other, rules=(rule,))


def black_object(photo: Photo, model: str, target: int, settings: AttributionSettings) -> BlackObject:
    """The photo with its most important part painted black, and what two baselines say of it."""
    first = opened(photo, model)
    return through_engine(lambda ticket: _black_object(photo.digest, version(model), target, settings, first, ticket))


@st.cache_resource(max_entries=16, show_spinner=False)
def _black_object(
    digest: str,
    version: Version,
    target: int,
    settings: AttributionSettings,
    _opened: Opened,
    _ticket: Ticket | None,
) -> BlackObject:
    needs(_ticket)
    from core.experiments import integration

    return integration.black_object(_opened, target, settings)


def saturation(x: float, baseline: float) -> Saturation:
    """A function that saturates, and what three methods say of it. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import axioms

    return axioms.saturation(x, baseline)


@st.cache_resource(max_entries=1, show_spinner=False)
def mean_photo() -> Photo:
    """The mean of the photos that the lab's classifier learned from: one read-only copy for all sessions."""
    return decode(MEAN_PHOTO.read_bytes(), "Mean of the training photos")


def fall(photo: Photo, model: str, target: int, by: Explanation | Control, kind: Kind, key: str) -> Fall:
    """The probability while pixels go or come. `key` tells maps apart: of one photo, model and class, what made them."""
    first = opened(photo, model)
    return through_engine(
        lambda ticket: _fall(photo.digest, version(model), target, kind.value, key, first, by, kind, ticket)
    )


@st.cache_resource(max_entries=240, show_spinner=False)
def _fall(
    digest: str,
    version: Version,
    target: int,
    kind: str,
    key: str,
    _opened: Opened,
    _by: Explanation | Control,
    _kind: Kind,
    _ticket: Ticket | None,
) -> Fall:
    needs(_ticket)
    from core.experiments import trust

    return trust.fall(_opened, target, _by, _kind)


def sanity(photo: Photo, model: str, target: int, method: Method, settings: AttributionSettings) -> SanityAnswer:
    """A method's map while a copy of the network forgets stage after stage."""
    first = opened(photo, model)
    return through_engine(lambda ticket: _sanity(photo.digest, version(model), target, method, settings, first, ticket))


@st.cache_resource(max_entries=96, show_spinner=False)
def _sanity(
    digest: str,
    version: Version,
    target: int,
    method: Method,
    settings: AttributionSettings,
    _opened: Opened,
    _ticket: Ticket | None,
) -> SanityAnswer:
    needs(_ticket)
    from core.experiments import trust

    return trust.sanity(_opened, target, method, settings)


def box_map(photo: Photo, chosen: int, model: str) -> BoxMap:
    """Where the score of one detection comes from."""
    return through_engine(lambda ticket: _box_map(photo.digest, version(model), chosen, photo, ticket))


@st.cache_resource(max_entries=48, show_spinner=False)
def _box_map(digest: str, version: Version, chosen: int, _photo: Photo, _ticket: Ticket | None) -> BoxMap:
    needs(_ticket)
    from core.experiments import regions

    return regions.box_map(_photo, chosen, version[0])


def region_map(photo: Photo, index: int | None) -> RegionMap:
    """Where the score of a class over its region comes from, with the lab's segmenter."""
    return through_engine(lambda ticket: _region_map(photo.digest, version(SEGMENTER), index, photo, ticket))


@st.cache_resource(max_entries=24, show_spinner=False)
def _region_map(digest: str, version: Version, index: int | None, _photo: Photo, _ticket: Ticket | None) -> RegionMap:
    needs(_ticket)
    from core.experiments import regions

    return regions.region_map(_photo, index)
