"""How maps are shown: colours, sign, clipping, one scale; and a map as a veil or over its photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import Method
from viz.attributions import ColourMap, blurred, difference

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation

KEYS = ("colours", "sign", "clip", "blur", "opacity", "scale", "difference")


class Sign(Enum):
    """What is shown of a signed map."""

    BOTH = "Both signs"
    FOR = "For the class"
    MAGNITUDE = "Magnitude"


@dataclass(frozen=True, slots=True)
class Display:
    """How maps are shown. `clip` is the percentile of the magnitudes that gets full colour.

    `blur` is the standard deviation, in pixels of the network's input, by which maps of pixels are blurred before: single pixels
    of full colour are hardly seen.
    """

    colours: ColourMap = ColourMap.VIRIDIS
    sign: Sign = Sign.BOTH
    clip: float = 99.0
    blur: float = 1.5
    opacity: float = 0.75
    same_scale: bool = False
    difference: bool = False


def controls(far: DeltaGenerator) -> Display:
    """The controls, in a popover."""
    titles = {one.value: one for one in ColourMap if not one.signed}
    standard = Display()
    with far:
        colours = st.selectbox(
            "Colours", list(titles), key="colours", bind="query-params", help="Of maps without a sign."
        )
        sign = st.segmented_control(
            "Signed maps",
            [one.value for one in Sign],
            default=standard.sign.value,
            required=True,
            key="sign",
            bind="query-params",
        )
        clip = st.slider(
            "Full colour from the percentile",
            90.0,
            100.0,
            standard.clip,
            0.5,
            key="clip",
            bind="query-params",
            help="Of maps of pixels: a few extreme ones would darken all others. 100 cuts nothing.",
        )
        blur = st.slider(
            "Blur maps of pixels by",
            0.0,
            5.0,
            standard.blur,
            0.5,
            key="blur",
            bind="query-params",
            format="%.1f px",
            help="Single pixels of full colour are hardly seen. 0 shows them as they are.",
        )
        opacity = st.slider("Opacity", 0.2, 1.0, standard.opacity, 0.05, key="opacity", bind="query-params")
        scale = st.toggle("Same scale for both classes", key="scale", bind="query-params")
        difference = st.toggle("Show the difference of the two classes", key="difference", bind="query-params")
    return Display(
        titles.get(colours or "", standard.colours),
        next((one for one in Sign if one.value == sign), standard.sign),
        float(clip),
        float(blur),
        float(opacity),
        bool(scale),
        bool(difference),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A map ready to be coloured: `values` in [0, 1], or in [-1, 1] where `signed`; 1 stands for `most` in its own unit."""

    values: np.ndarray
    signed: bool
    colours: ColourMap
    most: float


def shown(explanations: Sequence[Explanation], display: Display) -> list[Shown]:
    """The maps of one method for several classes, scaled: each by its own largest value, or all by one."""
    maps = [
        blurred(_signed_or_not(one, display.sign), 0 if one.method.coarse else display.blur) for one in explanations
    ]
    signed = any(bool((one < 0).any()) for one in maps)
    limits = [
        _limit(one, method.coarse, display.clip)
        for one, method in zip(maps, (e.method for e in explanations), strict=True)
    ]
    if display.same_scale:
        limits = [max(limits)] * len(limits)
    colours = ColourMap.RED_BLUE if signed else display.colours
    return [
        Shown(np.clip(one / limit, -1, 1) if limit > 0 else one, signed, colours, limit)
        for one, limit in zip(maps, limits, strict=True)
    ]


def apart(first: Explanation, second: Explanation, display: Display) -> tuple[np.ndarray, float]:
    """The first map less the second (h, w), blurred and clipped as maps are, in [-1, 1]; and what 1 stands for."""
    blur = 0 if first.method.coarse else display.blur
    values = difference(*(blurred(_signed_or_not(one, display.sign), blur) for one in (first, second)))
    most = _limit(values.values, first.method.coarse, display.clip)
    return (np.clip(values.values / most, -1, 1), most * values.scale) if most else (values.values, 0.0)


def _signed_or_not(explanation: Explanation, sign: Sign) -> np.ndarray:
    if sign is Sign.BOTH or not explanation.method.signed:
        return explanation.map
    return np.abs(explanation.map) if sign is Sign.MAGNITUDE else np.maximum(explanation.map, 0)


def _limit(values: np.ndarray, coarse: bool, clip: float) -> float:
    magnitudes = np.abs(values)
    return float(magnitudes.max() if coarse else np.percentile(magnitudes, clip))


def words(method: Method, layer: str | None) -> str:
    """A method with its layer, in short."""
    return f"{method.title} at {layer}" if layer else method.title
