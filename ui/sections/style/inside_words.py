"""The numbers of a cell of the Gram matrices, and the formulas with the numbers of this moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui import parts
from ui.components.matrix_view import Cell

if TYPE_CHECKING:
    from core.experiments.style_inside import Grams, Pair

AGREES = 1e-3
"""How far two ways to the same entry may be apart, relative to the larger: they add in another order."""


def number(value: float) -> str:
    """Three figures, with a real minus."""
    return f"{value:.3g}".replace("-", "−")


def figures(found: Grams, pair: Pair, cell: Cell) -> None:
    """The style loss of the layer and both entries of the cell, each checked against the maps themselves."""
    cells, entries = parts.four(150), (float(found.style[cell]), float(found.ours[cell]))
    cells[0].metric(
        "Style loss here",
        number(found.loss),
        delta=f"{found.layer}, all {found.count} maps",
        delta_color="gray",
        delta_arrow="off",
        help="What this layer adds to the style loss while the painting is still the photo. 0 is the same matrix.",
    )
    for place, (side, entry, again) in enumerate(zip(("style", "photo"), entries, pair.entries(), strict=True), 1):
        agrees = math.isclose(entry, again, rel_tol=AGREES, abs_tol=1e-9)
        cells[place].metric(
            f"This cell, {side}",
            number(entry),
            delta="the mean again" if agrees else f"the mean gives {number(again)}",
            delta_color="green" if agrees else "red",
            delta_arrow="off",
            help="Checked: the mean of the product below, over the number of maps, is the entry of the matrix.",
        )
    cells[3].metric("Photo less style", number(entries[1] - entries[0]))


def verdict(found: Grams, cell: Cell) -> str:
    """What the entries of a cell say, in a sentence with their numbers."""
    row, column = (found.channels[place] for place in cell)
    style, ours = float(found.style[cell]), float(found.ours[cell])
    which = f"Map {row} is" if row == column else f"Maps {row} and {column} are"
    what = "active" if row == column else "active together"
    if math.isclose(style, ours, rel_tol=0.05, abs_tol=1e-9):
        return f"{which} {what} as much on the photo as in the style: {number(ours)} and {number(style)}."
    more = "less" if ours < style else "more"
    push = "more" if ours < style else "fewer"
    return (
        f"{which} {what} {more} on the photo than in the style: {number(ours)} against {number(style)}. A painting is pushed to "
        f"have {push} such places, wherever they are."
    )


def gram_formula(found: Grams, pair: Pair, cell: Cell) -> None:
    """The entry and the style loss of the layer, with their numbers."""
    parts.section("The formula", "An entry is a mean over all places; the loss compares all entries at once.")
    row, column = (found.channels[place] for place in cell)
    lines = [
        r"G_{ij} = \frac{1}{c\,h\,w} \sum_{k=1}^{h w} F_{ik}\, F_{jk} \qquad "
        r"E = \frac{2\,\overline{(G - A)^2}}{\overline{A^2} + \overline{P^2}}",
        *(
            rf"{letter}_{{{row},{column}}} = \tfrac{{1}}{{{found.count}}} \cdot {tex(float(side.product.mean()))} = {tex(entry)}"
            rf" \quad ({side.maps.shape[1]} \times {side.maps.shape[2]} \text{{ places}})"
            for letter, side, entry in zip("AP", (pair.style, pair.ours), pair.entries(), strict=True)
        ),
        rf"E = \frac{{2 \cdot {tex(found.distance)}}}{{{tex(found.energies[0])} + {tex(found.energies[1])}}} = {tex(found.loss)}",
    ]
    st.latex(gathered(lines))
    st.caption(
        "A is the matrix of the style, P that of the photo, G that of the painting, which begins as the photo here: G = P. F are "
        f"the {found.count} maps. Gatys et al., 2016, equations 3 to 5; here each loss is relative to the mean square of A and P, "
        "so that one weight means the same at every layer."
    )


def gathered(lines: Sequence[str]) -> str:
    """Lines of a formula below each other, centred."""
    return r"\begin{gathered} " + r" \\[6pt] ".join(lines) + r" \end{gathered}"


def tex(value: float) -> str:
    """Three figures for a formula."""
    mantissa, _, power = f"{value:.3g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa
