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

ALIKE = 0.05
"""Entries that are no farther apart, relative to the larger, are told as the same."""

NOTHING = 1e-9
"""What is below this is nothing."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Three figures with a real minus; what is very small or large as in "2.77 · 10⁻⁵"."""
    mantissa, power = _figures(value)
    raised = f" · 10{str(power).translate(_RAISED)}" if power else ""
    return f"{mantissa}{raised}".replace("-", "−")


def tex(value: float) -> str:
    """The same for a formula."""
    mantissa, power = _figures(value)
    return rf"{mantissa} \cdot 10^{{{power}}}" if power else mantissa


def _figures(value: float) -> tuple[str, int]:
    """Three figures and a power of ten, 0 for what is read easily without."""
    if value == 0:
        return "0", 0
    if 1e-3 <= abs(value) < 1e4:
        return (f"{value:#.3g}".rstrip(".") if abs(value) < 999.5 else f"{value:.0f}"), 0
    mantissa, _, power = f"{value:.2e}".partition("e")
    return mantissa, int(power)


def figures(found: Grams, pair: Pair, cell: Cell, role: str) -> None:
    """The style loss of the layer and both entries of the cell, each checked against the maps themselves.

    `role` is what is compared with the style: the photo, or a painting.
    """
    cells, entries = parts.four(150), (float(found.style[cell]), float(found.ours[cell]))
    cells[0].metric(
        "Style loss here",
        number(found.loss),
        delta=f"{found.layer}, all {found.count} maps",
        delta_color="gray",
        delta_arrow="off",
        help=f"What this layer adds to the style loss of the {role}. 0 is the same matrix as the style's.",
    )
    for place, (side, entry, again) in enumerate(zip(("style", role), entries, pair.entries(), strict=True), 1):
        agrees = math.isclose(entry, again, rel_tol=AGREES, abs_tol=NOTHING)
        cells[place].metric(
            f"This cell, {side}",
            number(entry),
            delta="the mean again" if agrees else f"the mean gives {number(again)}",
            delta_color="green" if agrees else "red",
            delta_arrow="off",
            help="Checked: the mean of the product below, over the number of maps, is the entry of the matrix.",
        )
    cells[3].metric(f"{role.capitalize()} less style", number(entries[1] - entries[0]))


def verdict(found: Grams, cell: Cell, role: str) -> str:
    """What the entries of a cell say, in a sentence with their numbers."""
    row, column = (found.channels[place] for place in cell)
    style, ours = float(found.style[cell]), float(found.ours[cell])
    which = f"Map {row} is active" if row == column else f"Maps {row} and {column} are active together"
    if math.isclose(style, ours, rel_tol=ALIKE, abs_tol=NOTHING):
        return f"{which} about as much in the {role} as in the style: {number(ours)} and {number(style)}."
    less = ours < style
    return (
        f"{which} {'less' if less else 'more'} in the {role} than in the style: {number(ours)} against {number(style)}. "
        f"A painting is pushed to have {'more' if less else 'fewer'} such places, wherever they are."
    )


def gram_formula(found: Grams, pair: Pair, cell: Cell, role: str) -> None:
    """The entry and the style loss of the layer, with their numbers."""
    parts.section("The formula", "An entry is a mean over all places; the loss compares all entries at once.")
    row, column = (found.channels[place] for place in cell)
    entries = [
        rf"{letter}_{{{row},{column}}} = \tfrac{{1}}{{{found.count}}} \cdot {tex(float(side.product.mean()))} = {tex(entry)}"
        for letter, side, entry in zip("AG", (pair.style, pair.ours), pair.entries(), strict=True)
    ]
    style, photo = found.energies
    lines = [
        r"G_{ij} = \frac{1}{c\,h\,w} \sum_{k=1}^{h w} F_{ik}\, F_{jk}",
        *entries,
        rf"E = \frac{{2\,\overline{{(G - A)^2}}}}{{\overline{{A^2}} + \overline{{P^2}}}} = {tex(found.loss)}",
        rf"\overline{{(G - A)^2}} = {tex(found.distance)}",
        rf"\overline{{A^2}} = {tex(style)} \qquad \overline{{P^2}} = {tex(photo)}",
    ]
    st.latex(gathered(lines))
    sizes = " and ".join(f"{one.maps.shape[2]} × {one.maps.shape[1]}" for one in (pair.style, pair.ours))
    own = "P that of the photo" if role == "painting" else "and P is G itself here, as a painting begins with the photo"
    st.caption(
        f"A is the matrix of the style, G that of the {role}, {own}. F are the {found.count} maps, on {sizes} places. Gatys "
        "et al., 2016, equations 3 to 5; here each loss is relative to the mean square of A and P, so that one weight means "
        "the same at every layer."
    )


def gathered(lines: Sequence[str]) -> str:
    """Lines of a formula below each other, centred."""
    return r"\begin{gathered} " + r" \\[6pt] ".join(lines) + r" \end{gathered}"
