"""What rebuilt pictures say in numbers, and the loss they are made by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui import parts
from ui.sections.style.inside_words import gathered, tex

if TYPE_CHECKING:
    from core.experiments.effort import Effort
    from core.experiments.style_inside import Rebuilt
    from ui.sections.style.inside_rebuilt import Row


def told(found: Rebuilt, *, texture: bool) -> str:
    """The line under a finished picture: how much of its loss is left, and where it counts how far off its values are."""
    left = f"{parts.percent(found.left)} of its loss is left"
    return left if texture else f"{left}, values {parts.percent(found.far)} off"


def verdict(rows: Sequence[Row], made: Sequence[Effort[Rebuilt]], *, hidden: bool) -> None:
    """Four numbers, and what the finest and the deepest of the finished pictures say together; `hidden` while that is asked."""
    finished = [(row, one.answer) for row, one in zip(rows, made, strict=True) if one.answer]
    cells = parts.four(150)
    cells[0].metric("Rebuilt", f"{len(finished)} of {len(rows)}")
    cells[1].metric("Updates of each", f"{rows[0].settings.steps}")
    if not finished:
        return
    (first, early), (last, late) = finished[0], finished[-1]
    for cell, row, found in ((cells[2], first, early), (cells[3], last, late))[: len(finished)]:
        cell.metric(
            f"Left, {row.title}",
            "?" if hidden else parts.percent(found.left),
            help="The share of the loss of the noise that is left after the last update.",
        )
    if len(finished) > 1 and not hidden:
        st.markdown(sentence(first, early, last, late), width=760)


def sentence(first: Row, early: Rebuilt, last: Row, late: Rebuilt) -> str:
    """Two finished pictures compared, with their numbers."""
    if first.settings.style_layers:
        return (
            f"{first.title}: {parts.percent(early.left)} of the loss is left; {last.title.lower()}: {parts.percent(late.left)}. "
            f"Neither is a copy of the style: place by place their values are {parts.percent(early.far, 0)} and "
            f"{parts.percent(late.far, 0)} off. What agrees is which maps are active together."
        )
    return (
        f"Rebuilt from {first.title}, the values are {parts.percent(early.far)} off those of the photo; from {last.title}, "
        f"{parts.percent(late.far)}. What a layer does not tell apart can't be rebuilt from it."
    )


def formula(rows: Sequence[Row], made: Sequence[Effort[Rebuilt]], *, hidden: bool) -> None:
    """The loss, and what became of it in the deepest picture that is finished; not while that is asked, `hidden`."""
    parts.section("The formula", "The network stays as it is, and the picture is what learns.")
    texture = bool(rows[0].settings.style_layers)
    if texture:
        loss = r"E = \tfrac{1}{L} \sum_{l=1}^{L} \frac{\overline{(G^l - A^l)^2}}{\overline{(A^l)^2}}"
        said = "G are the Gram matrices of the picture, A those of the style, L layers count alike. Gatys et al., 2016, equation 5."
    else:
        loss = r"E = \frac{\overline{(F - P)^2}}{\overline{P^2}}"
        said = "F are the maps of the picture, P those of the photo, all at one layer. Gatys et al., 2016, equation 1."
    weight = f"{rows[0].settings.total_variation:g}"
    lines = [
        rf"x \leftarrow \operatorname*{{arg\,min}}_x \; E(x) + {weight} \cdot \tfrac1N\,\mathrm{{TV}}(x)",
        loss,
    ]
    finished = [(row, one.answer) for row, one in zip(rows, made, strict=True) if one.answer]
    if finished and not hidden:
        row, found = finished[-1]
        lines.append(rf"\text{{{row.title}}}: \quad E = {tex(found.began)} \;\to\; {tex(found.ended)}")
    st.latex(gathered(lines))
    st.caption(
        f"{said} Each loss is relative to the mean square of what is wanted. TV is the total variation of N values."
    )


def rows_of(rows: Sequence[Row], made: Sequence[Effort[Rebuilt]]) -> list[dict[str, str | float | int]]:
    """A row for each finished picture."""
    return [
        {
            "layers": " ".join(row.layers),
            "updates": found.updates,
            "first loss": found.began,
            "last loss": found.ended,
            "left": found.left,
            "mean difference": found.far,
        }
        for row, found in ((row, one.answer) for row, one in zip(rows, made, strict=True))
        if found
    ]
