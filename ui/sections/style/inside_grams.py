"""Gram matrices: which maps of a layer are active together in the style, and which in the photo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import parts
from ui.cached import style_insides
from ui.components.matrix_view import Matrix, Scene, matrix_view
from ui.sections.style import inside_away, inside_case, inside_cell, inside_painting
from ui.sections.style.inside_case import Sight
from ui.sections.style.inside_cell import Latest

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.style_inside import Grams


def show(sight: Sight, more: DeltaGenerator) -> list[Cost]:
    """The three matrices, and the two maps of the cell that is picked; returns what they cost. Controls go into `more`."""
    with more:
        names = sight.layers.style
        layer = inside_case.layer(inside_case.GRAM_LAYER, names, names[0])
        same = inside_case.same_scale()
        made = inside_painting.painting(sight)
        if inside_case.painted(made is not None):
            sight = replace(sight, painting=made)
    st.caption(f"**{layer}** · {sight.meaning(layer)}")
    found = style_insides.grams(sight.card.key, layer, sight.style, sight.photo, sight.painting)
    latest = Latest()
    drawn = scene(sight, found, same=same)
    with parts.hideable("gram"):
        matrix_view(
            "gram-view",
            drawn,
            inside_cell.picked(found),
            lambda cell: inside_cell.pick(found, cell),
        )
        st.caption(ordered(found, sight.role))
    inside_cell.shown(sight, found, latest, same=same)
    parts.caveat(
        "Two pictures with the same matrices need not look alike, and a Gram matrix is not what people mean by style: it has no "
        "composition, no subject and no meaning. It is a mean over all places, so it can't say where anything is."
    )
    if latest.pair is None:
        return [found.cost]
    with parts.hideable("export"):
        inside_away.grams(sight, found, drawn.matrices, latest)
    return [found.cost, latest.pair.cost]


def scene(sight: Sight, found: Grams, *, same: bool) -> Scene:
    """What the browser draws."""
    tops = [float(one.max(initial=0.0)) for one in (found.style, found.ours)]
    if same:
        tops = [max(tops)] * 2
    apart = found.ours - found.style
    return Scene(
        f"{sight.name} {found.layer} {same}",
        tuple(str(channel) for channel in found.channels),
        (
            Matrix("Style", found.style, tops[0]),
            Matrix(sight.role.capitalize(), found.ours, tops[1]),
            Matrix(f"{sight.role.capitalize()} less style", apart, float(np.abs(apart).max(initial=0.0)), signed=True),
        ),
    )


def ordered(found: Grams, role: str) -> str:
    """What is shown, and in which order."""
    shown = (
        f"The {len(found.channels)} strongest of {found.count} maps"
        if len(found.channels) < found.count
        else "All maps"
    )
    return (
        f"{shown}, in the order of the style's diagonal, the strongest at the top left. Red: more together in the {role}; blue: "
        "more in the style. Colours follow the square root of the values, so that faint cells are seen too."
    )
