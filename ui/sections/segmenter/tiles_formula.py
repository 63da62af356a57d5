"""The formulas of the view with the numbers of this photo: how many tiles, and what an average is made of."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.images.tiles import Window, window
from core.segmentation.settings import Plan, SegmentSettings
from ui import parts

_WINDOWS = {
    Window.FLAT: r"w(i) = 1",
    Window.LINEAR: r"w(i) = 2 \min(u,\, 1 - u), \quad u = \tfrac{i + 1/2}{SIDE}",
    Window.HANN: r"w(i) = \sin^2(\pi u), \quad u = \tfrac{i + 1/2}{SIDE}",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """A row or column of the photo in two tiles: its place in each, its weight in each, and which way it is counted."""

    at: int
    places: tuple[int, int]
    weights: tuple[float, float]
    axis: str


def formula(plan: Plan, settings: SegmentSettings) -> None:
    """How many tiles there are, how scores are averaged, and the weights of one place."""
    parts.section("In numbers", "How many tiles it takes, and what the class of a pixel is decided by.")
    left, right = st.columns(2, gap="large")
    with left:
        unit = f", in cells of {plan.factor} × {plan.factor} px" if plan.factor > 1 else ""
        st.caption(f"**How many** · tiles across and down{unit}, and passes of the network")
        for line in counted(plan, settings):
            st.latex(line)
    with right:
        st.caption("**What is averaged** · the scores of each class before the softmax, over the tiles on a pixel")
        st.latex(r"s_c(p) = \frac{\sum_k w_k(p)\, s_{k,c}(p)}{\sum_k w_k(p)}")
        st.latex(r"\hat{c}(p) = \arg\max_c\, s_c(p)")
        st.latex(_WINDOWS[settings.window].replace("SIDE", str(plan.tiles[0].width)))
        st.caption(example(shared(plan, settings), "grid of cells" if plan.factor > 1 else "photo"))


def counted(plan: Plan, settings: SegmentSettings) -> tuple[str, ...]:
    """The numbers of tiles and passes in LaTeX, in cells of the plan's grid."""
    size = max(plan.columns, plan.rows) if settings.tile is None else max(1, settings.tile // plan.factor)
    step = size - int(size * settings.overlap)
    lines = []
    for name, side, count in (
        ("across", plan.columns, len({tile.x for tile in plan.tiles})),
        ("down", plan.rows, len({tile.y for tile in plan.tiles})),
    ):
        inner = rf"\frac{{\max(0,\, {side} - {size})}}{{{size} - {size - step}}}"
        lines.append(rf"n_\text{{{name}}} = 1 + \left\lceil {inner} \right\rceil = {count}")
    tiles, scales = len(plan.tiles), len(settings.scales)
    mirror = 2 if settings.flip else 1
    lines.append(
        rf"{tiles} \cdot {scales}_\text{{sizes}} \cdot {mirror}_\text{{mirror}} = {plan.passes} \text{{ passes}}"
    )
    return tuple(lines)


def shared(plan: Plan, settings: SegmentSettings) -> Shared | None:
    """A place that the first two tiles of a row share, or of a column; a quarter into what they share. None without one."""
    for axis, starts, side in (
        ("column", sorted({tile.x for tile in plan.tiles}), plan.tiles[0].width),
        ("row", sorted({tile.y for tile in plan.tiles}), plan.tiles[0].height),
    ):
        if len(starts) < 2 or starts[0] + side <= starts[1]:
            continue
        at = starts[1] + (starts[0] + side - starts[1]) // 4
        fall = window(side, side, settings.window)[side // 2]
        fall = fall / fall.max()
        places = (at - starts[0], at - starts[1])
        return Shared(at, places, (float(fall[places[0]]), float(fall[places[1]])), axis)
    return None


def example(found: Shared | None, of: str = "photo") -> str:
    """The weights of such a place in words; `of` says what its columns and rows are counted on."""
    if found is None:
        return "No pixel lies in two tiles here, so there is nothing to average: every pixel has the class of its one tile."
    first, second = found.weights
    share = first / (first + second)
    return (
        f"{found.axis.capitalize()} {found.at:,} of the {of} is {found.axis} {found.places[0]:,} of one tile with weight "
        f"{first:.3f}, and {found.axis} {found.places[1]:,} of the next with {second:.3f}: the first decides "
        f"{parts.percent(share)} of its score, the second {parts.percent(1 - share)}."
    )
