"""What a layer sees: its strongest feature maps on style and photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from ui import cached, messages, parts
from ui.cached import drawings
from ui.sections.style import inside_away, inside_case
from ui.sections.style.inside_case import Sight
from ui.sections.style.inside_words import number
from viz.heatmaps import tiles

if TYPE_CHECKING:
    from PIL import Image

    from core.experiments.cost import Cost
    from core.experiments.models import Maps

COLUMNS = 4


def show(sight: Sight, more: DeltaGenerator) -> list[Cost]:
    """The maps of both, and which of them are the same; returns what they cost. Controls go into `more`."""
    names = [row.name for row in reversed(sight.card.layers)]
    with more:
        layer = inside_case.layer(inside_case.SEEN_LAYER, names, names[0])
        same = inside_case.same_scale()
    st.caption(f"**{layer}** · {sight.meaning(layer)}")
    style, ours = (cached.maps(one, sight.card.key, layer) for one in (sight.style, sight.photo))
    tops = tuple(max(one.high, 0.0) for one in (style, ours))
    if same:
        tops = (max(tops), max(tops))
    left, right = st.columns(2, gap="large")
    with parts.hideable("seen"):
        for cell, role, picture, found, top in (
            (left, "Style", sight.style, style, tops[0]),
            (right, "Photo", sight.photo, ours, tops[1]),
        ):
            with cell:
                _side(sight, role, picture, found, top)
    with parts.hideable("numbers"):
        _figures(style, ours)
    parts.caveat(
        "A bright map says where something was answered to, not what. That a map looks like an edge or an eye is our reading of "
        "a few pictures; another photo may wake it for another reason."
    )
    with parts.hideable("export"):
        inside_away.seen(sight, style, ours, lambda: (sheet(style, tops[0]), sheet(ours, tops[1])))
    return [style.cost, ours.cost]


def sheet(found: Maps, top: float) -> Image.Image:
    """The maps beside each other, numbered, in colours from 0 to `top`."""
    return tiles(values(found) / (top or 1.0), columns=COLUMNS, names=[str(one) for one in found.channels])


def values(found: Maps) -> np.ndarray:
    """The maps (n, h, w) as the layer gives them."""
    return found.maps * (found.high - found.low) + found.low


def shared(style: Maps, ours: Maps) -> list[int]:
    """The maps that are among the strongest of both, the strongest of the style first."""
    return [one for one in style.channels if one in ours.channels]


def _side(sight: Sight, role: str, picture: Photo, found: Maps, top: float) -> None:
    parts.picture(
        drawings.drawn(
            f"seen {cached.version(sight.card.key)} {picture.digest} {found.layer} {top}", lambda: sheet(found, top)
        ),
        role,
        f"{messages.escape(picture.name)}, the {len(found.channels)} strongest of {found.count} maps by their mean, numbered",
        alt=f"The strongest maps of {found.layer} on the {role.lower()}",
        scale=parts.Scale("viridis", "0", "", number(top)),
    )


def _figures(style: Maps, ours: Maps) -> None:
    both = shared(style, ours)
    cells = parts.four(150)
    cells[0].metric("The same maps", f"{len(both)} of {len(style.channels)}")
    cells[1].metric(
        "Strongest, style",
        f"map {style.channels[0]}",
        delta=f"mean {number(style.means[0])}",
        delta_color="gray",
        delta_arrow="off",
    )
    cells[2].metric(
        "Strongest, photo",
        f"map {ours.channels[0]}",
        delta=f"mean {number(ours.means[0])}",
        delta_color="gray",
        delta_arrow="off",
    )
    cells[3].metric("Maps in all", f"{style.count}")
    st.caption(
        f"On both: {', '.join(f'map {one}' for one in both)}." if both else "No map is among the strongest of both."
    )
