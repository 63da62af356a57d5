"""Grad-CAM at every layer that has maps, and Guided Grad-CAM as what it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import AttributionSettings, Method
from ui import cached, growing, messages, parts
from ui.cached import attributions, drawings
from ui.sections.attribution import compare, display
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display
from viz import images
from viz.attributions import alone, colour_gradient

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation
    from core.experiments.opened import MappedLayer

COLUMNS, STRIP = 4, "attribution-strip"
SIDE = 224  # px of a map alone
_SEES = (
    (16, "edges and colours"),
    (48, "corners and textures"),
    (112, "patterns and small parts"),
    (180, "parts of things"),
)


METHODS = {method.title: method for method in (Method.GRAD_CAM, Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM)}


def method(cell: DeltaGenerator) -> Method:
    """Which way of weighing the maps of a layer."""
    chosen = cell.selectbox("Method", list(METHODS), key="weighing", bind="query-params")
    return METHODS.get(chosen or "", Method.GRAD_CAM)


def strip(case: Case, method: Method, shown: Display, settings: AttributionSettings) -> list[Explanation]:
    """The map of every layer, the deepest first, each with its size and what one of its cells sees."""
    parts.section(
        "Layer by layer",
        "Deep layers know what, early layers know where. The method is the same at each; only the maps that it weighs differ.",
    )
    layers = list(reversed(case.opened.layers))
    found: list[Explanation] = []

    def draw(done: int) -> None:
        found.clear()
        cells = [cell for _ in range(0, len(layers), COLUMNS) for cell in st.columns(COLUMNS, gap="small")]
        slots = [cell.empty() for cell in cells[: len(layers)]]
        for slot in slots:
            slot.skeleton(height=200)
        for layer, slot in zip(layers[: done * len(layers) // total], slots, strict=False):
            with slot.container():
                found.append(_tile(case, method, layer, shown, settings))

    total = 1 if case.card.bundled else len(layers)  # a map of a large network takes a moment
    growing.filled(STRIP, f"{case.name} {method.value}", total, draw)
    return found


def _tile(case: Case, method: Method, layer: MappedLayer, shown: Display, settings: AttributionSettings) -> Explanation:
    name = None if layer.name == case.opened.deepest else layer.name
    one = attributions.explain(case.photo, case.card.key, method, case.target, settings, layer=name)
    (scaled,) = display.shown([one], shown)
    parts.picture(
        compare.picture(case, one, scaled, settings, shown),
        layer.name,
        meaning(layer, case),
        alt=f"{method.title} of the class {case.label} at the layer {layer.name}",
        tallest=200,
    )
    return one


def meaning(layer: MappedLayer, case: Case) -> str:
    """The size of a layer's maps, how far a cell sees, and what that is enough for."""
    field, side = layer.field, max(case.opened.image.shape[2:])
    sees = "all of the picture" if math.isinf(field.side) or field.side >= 2 * side else f"{field.side:.0f} px"
    what = next((words for most, words in _SEES if field.side <= most), "whole things and what is around them")
    gates = ", and gates have seen all of it" if field.gated and not math.isinf(field.side) else ""
    return f"{field.channels} maps of {field.height} × {field.width}; a cell sees {sees}{gates}: {what}"


def factors(case: Case, shown: Display, settings: AttributionSettings) -> list[Explanation]:
    """Guided backpropagation, Grad-CAM, and their product."""
    if not case.opened.has_relu:
        st.caption("This network has no ReLU, so there is no guided backpropagation to multiply with.")
        return []
    parts.section(
        "Guided Grad-CAM is a product", "Sharp but for every class alike, times coarse but for this class alone."
    )
    columns = st.columns(3, gap="medium")
    slots = [column.empty() for column in columns]
    for slot in slots:
        slot.skeleton(height=220)
    found = []
    words = ("the same edges for nearly every class", "this class, in {} cells", "edges where the class is")
    for method, slot, said in zip((Method.GUIDED, Method.GRAD_CAM, Method.GUIDED_GRAD_CAM), slots, words, strict=True):
        one = attributions.explain(case.photo, case.card.key, method, case.target, settings)
        found.append(one)
        with slot.container():
            parts.picture(
                _factor(case, one, shown, settings),
                method.title,
                said.format(" × ".join(map(str, one.map.shape))),
                alt=f"{method.title} of the class {messages.escape(case.label)}",
                tallest=300,
            )
    return found


def sheet(case: Case, found: Sequence[Explanation], shown: Display, settings: AttributionSettings) -> Image.Image:
    """All that the view shows, up to four in a row: the maps over the photo, and the three factors."""
    first = [compare.picture(case, one, display.shown([one], shown)[0], settings, shown) for one in found]
    factors = [_factor(case, one, shown, settings) for one in found[-3:]] if case.opened.has_relu else []
    tiles = [*first[: len(found) - len(factors)], *factors]
    return images.beside([images.decode(tile) for tile in tiles], across=COLUMNS)


def _factor(case: Case, one: Explanation, shown: Display, settings: AttributionSettings) -> images.Picture:
    key = (
        f"{case.photo.digest} {cached.version(case.card.key)} {one.method.value} {one.target} {settings} {shown} factor"
    )
    if not one.method.coarse:
        return drawings.drawn(key, lambda: colour_gradient(one.raw))
    (scaled,) = display.shown([one], shown)
    side = SIDE, SIDE
    return drawings.drawn(key, lambda: alone(scaled.values, scaled.colours, side, smooth=True, signed=scaled.signed))
