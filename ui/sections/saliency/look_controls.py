"""What the view Look asks for: the method, the number it explains, how colours become one value, what is covered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, BaselineSettings, Channels, Measure, SmoothGradSettings

T = TypeVar("T")

SLOPE, MEASURED, STRENGTH, SPREAD, SHARE, FILL, REACH = (
    "slope",
    "measured",
    "strength",
    "spread",
    "share",
    "fill",
    "reach",
)
STEP = "along"
KEYS = (SLOPE, MEASURED, STRENGTH, SPREAD, SHARE, FILL, REACH, STEP)

METHODS = {one.title: one for one in (Method.GRADIENT, Method.SMOOTH_GRAD, Method.GRADIENT_X_INPUT)}
MEASURES = {one.title: one for one in (Measure.SCORE, Measure.CROSS_ENTROPY)}
CHANNELS = {"Largest": Channels.LARGEST, "Length (L2)": Channels.LENGTH}
FILLS = {
    "Grey": BaselineSettings(kind=Baseline.COLOUR),
    "Mean colour": BaselineSettings(kind=Baseline.MEAN_COLOUR),
}
SHARES = {f"{percent:g} %": percent / 100 for percent in (0.5, 1, 2, 5, 10, 15, 20, 30, 40, 50)}
"""Of the pixels."""

REACHES = {f"{length:g}": length for length in (0.1, 0.5, 2.0, 8.0)}
"""Lengths of the longest step, L2 over all values in [0, 1]."""

SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Gaze:
    """What is asked: by `method`, with `settings`; `share` of the pixels are covered with `fill`."""

    method: Method
    settings: AttributionSettings
    share: float
    fill: BaselineSettings

    @property
    def measure(self) -> Measure:
        """The number that is explained."""
        return self.settings.measure


def controls(cell: DeltaGenerator, near: DeltaGenerator, far: DeltaGenerator) -> Gaze:
    """The method and how much is covered in a cell each, the rest in `far`."""
    method = METHODS.get(cell.selectbox("Method", list(METHODS), key=SLOPE, bind="query-params") or "", Method.GRADIENT)
    cell.caption(method.lesson)
    share = near.select_slider(
        "Cover the top",
        list(SHARES),
        value="5 %",
        key=SHARE,
        bind="query-params",
        help="Of all pixels of the network's picture, those that matter most by the map.",
    )
    with far:
        measure = _one("What is explained", MEASURES, MEASURED)
        st.caption(measure.lesson)
        channels = _one("Channels of a pixel", CHANNELS, STRENGTH)
        st.caption(channels.lesson)
        level = st.slider(
            "Noise of SmoothGrad",
            0.05,
            0.5,
            0.15,
            0.05,
            key=SPREAD,
            bind="query-params",
            help=f"The standard deviation, as a share of the photo's range of values; {SAMPLES} noisy copies.",
        )
        fill = _one("Cover with", FILLS, FILL)
    noise = SmoothGradSettings(level=float(level), samples=SAMPLES)
    return Gaze(
        method,
        AttributionSettings(measure=measure, channels=channels, noise=noise),
        SHARES[share if share in SHARES else "5 %"],
        fill,
    )


def reach() -> float:
    """How far the walk along the gradient goes: the L2 length of its longest step."""
    return _one("Longest step t", REACHES, REACH, "0.5", "The L2 length of the change, over all values in [0, 1].")


def _one(label: str, rows: Mapping[str, T], key: str, default: str = "", words: str | None = None) -> T:
    """One of a few, by its name; the first by default."""
    first = default or next(iter(rows))
    chosen = st.segmented_control(
        label, list(rows), default=first, required=True, key=key, bind="query-params", help=words
    )
    return rows[chosen if chosen in rows else first]
