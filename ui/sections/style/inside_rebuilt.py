"""Pictures rebuilt from noise: a photo from the content of one layer each, a texture from the style of more and more layers.

They are made some updates at a time, so that every control is heard between two parts; the one under way is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.experiments.style_alone import content_alone, middle, style_alone
from core.images.photo import Photo
from core.style.settings import StyleSettings
from ui import cached, controls, growing, messages, parts
from ui.cached import drawings, efforts, style_insides
from ui.sections.saliency.imagine_drawn import picture
from ui.sections.style import inside_away, inside_presets, inside_rebuilt_words
from ui.sections.style.inside_case import Sight
from viz.images import Picture, encode, fit

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.effort import Effort
    from core.experiments.style_inside import Rebuilt

TALLEST = 300  # px
NARROW = 180  # px, about: how wide a picture of a row is
BUDGET = 0.25  # seconds of a part: a click is heard after it
PARTS = 100_000  # more than all have: how many they take is known at their end


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One picture to be rebuilt from `original`: its `title`, the `layers` it is measured at, and how."""

    title: str
    layers: tuple[str, ...]
    settings: StyleSettings
    original: Photo


def content(sight: Sight, _: DeltaGenerator) -> list[Cost]:
    """The photo from each content layer, from fine to coarse; returns what is known of the costs."""
    rows = [Row(layer, (layer,), content_alone(sight.card, layer), sight.photo) for layer in sight.layers.content]
    return _show(
        sight,
        rows,
        name="inside-content",
        lead="Noise is changed until the network gives the same maps as for the photo, at one layer alone. No style, and hardly "
        "any total variation.",
        caveat="Noise that remains is not what the network “sees”: it is what this layer does not ask about, and where so few "
        "updates could not get. Another start gives another picture.",
    )


def style(sight: Sight, _: DeltaGenerator) -> list[Cost]:
    """A texture from one style layer, from two, and so on; returns what is known of the costs."""
    names = sight.layers.style
    rows = [
        Row(
            "Layer 1" if count == 1 else f"Layers 1 to {count}",
            names[:count],
            style_alone(sight.card, names[:count]),
            sight.style,
        )
        for count in range(1, len(names) + 1)
    ]
    return _show(
        sight,
        rows,
        name="inside-style",
        lead="Noise is changed until its Gram matrices are those of the style, at more and more layers. No content.",
        caveat="That a texture looks right to people is not what was measured. The loss can be next to nothing while a pattern "
        "with long lines falls apart, for a Gram matrix knows no places.",
    )


def _show(sight: Sight, rows: Sequence[Row], *, name: str, lead: str, caveat: str) -> list[Cost]:
    made = [style_insides.rebuilding(sight.card.key, row.original, row.settings) for row in rows]
    hidden = controls.hidden(inside_presets.KEY)
    of = f"{name} {cached.version(sight.card.key)} {rows[0].original.digest}"
    st.caption(lead)

    def draw(_: int) -> None:
        with parts.hideable("rebuilt"):
            _stage(rows, made, of, hidden=hidden)
        with parts.hideable("numbers"):
            inside_rebuilt_words.verdict(rows, made, hidden=hidden)
        going = next((one for one in made if one.answer is None), None)
        if going is not None:
            efforts.advanced(going, BUDGET)
            if _whole(made):
                growing.stop(name, of)
                st.rerun()  # the page itself: it draws all, and the clock stands still

    if _whole(made):
        growing.still(0, draw)
    else:
        growing.filled(name, of, PARTS, draw)
    with parts.hideable("formulas"):
        inside_rebuilt_words.formula(rows, made, hidden=hidden)
    parts.caveat(caveat)
    with parts.hideable("export"):
        inside_away.rebuilt(sight, rows, made, name)
    return [one.answer.cost for one in made if one.answer]


def _whole(made: Sequence[Effort[Rebuilt]]) -> bool:
    return all(one.answer for one in made)


def _stage(rows: Sequence[Row], made: Sequence[Effort[Rebuilt]], of: str, *, hidden: bool) -> None:
    """The original and every picture, each as far as it is."""
    grid = st.grid(len(rows) + 1, min_column_width=130, gap="medium")
    original, side = rows[0].original, rows[0].settings.side
    with grid.cell().container():
        parts.picture(
            drawings.drawn(f"{of} original", lambda: picture(small(original, side))),
            "The original",
            f"{messages.escape(original.name)}, {side} px as all of these",
            alt=f"The original: {original.name}",
            tallest=TALLEST,
        )
    for row, effort in zip(rows, made, strict=True):
        with grid.cell().container():
            _one(row, effort, of, hidden=hidden)


def _one(row: Row, effort: Effort[Rebuilt], of: str, *, hidden: bool) -> None:
    """A picture that is there, or as it stands now, or its place."""
    found = effort.answer
    if found is not None:
        note = "?" if hidden else inside_rebuilt_words.told(found, texture=bool(row.settings.style_layers))
        made = drawings.drawn(f"{of} {row.layers}", lambda: picture(found.canvas))
        _picture(row, made, note)
        return
    history = effort.history
    if not history:
        high, wide = middle(row.original.pixels).shape[:2]
        st.skeleton(height=min(TALLEST, round(NARROW * high / wide)))
        st.caption(f"**{row.title}** · waits")
        return
    newest = history[-1]
    _picture(row, encode(picture(newest.canvas.numpy())), f"update {newest.index} of {row.settings.steps}")


def small(original: Photo, side: int) -> np.ndarray:
    """A photo (3, h, w) in [0, 1] as it is rebuilt, at most `side` pixels long."""
    return np.asarray(fit(middle(original.pixels), side)).transpose(2, 0, 1) / 255


def _picture(row: Row, made: Picture, note: str) -> None:
    parts.picture(made, row.title, note, alt=f"Rebuilt from {', '.join(row.layers)}", tallest=TALLEST)
