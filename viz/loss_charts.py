"""Parts of a loss as SVG: who has which share of it, and how its parts fall while a network learns."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from viz import plot
from viz.colours import BOX_A, BOX_B, SHARED, Stroke

GROUPS = (BOX_A, BOX_B, Stroke("#8A8A96"))
"""Positive anchors, hard negatives, easy negatives."""

PARTS = (Stroke("#767682", "2 3"), BOX_A, BOX_B, SHARED)
"""The whole loss, and its parts: confidence, offsets, classes."""

LEAST = 1e-3  # the axis is logarithmic, and ends here
_DARK_INK, _PALE_INK = "#131317", "#FFFFFF"
_NARROW = 0.065  # of a bar: a part that is narrower has no room for its number


def share_bars(rows: Mapping[str, Sequence[float]], groups: Sequence[str]) -> str:
    """A bar from 0 to 100 % for each row, divided into the shares (from 0 to 1) of `groups`; as SVG."""
    legend, x = "", plot.LEFT - 40
    for name, stroke in zip(groups, GROUPS, strict=True):
        legend += (
            f'<rect x="{x}" y="4" width="11" height="11" rx="2" fill="{stroke.colour}"/>'
            f'<text x="{x + 16}" y="14">{html.escape(name)}</text>'
        )
        x += 34 + 6.4 * len(name)
    bars = "".join(_bar(name, shares, 32 + 62 * row) for row, (name, shares) in enumerate(rows.items()))
    height = 32 + 62 * len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 {height}" width="800" height="{2 * height}" '
        f'font-size="12" fill="{plot.GREY}" font-family="system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, '
        f'sans-serif">{legend}{bars}</svg>'
    )


def _bar(name: str, shares: Sequence[float], top: float) -> str:
    drawn, left = f'<text x="6" y="{top + 13}">{html.escape(name)}</text>', 6.0
    for share, stroke, ink in zip(shares, GROUPS, (_PALE_INK, _PALE_INK, _DARK_INK), strict=True):
        wide = 388 * share
        drawn += f'<rect x="{left:.1f}" y="{top + 20}" width="{wide:.1f}" height="26" fill="{stroke.colour}"/>'
        if share >= _NARROW:
            drawn += (
                f'<text x="{left + wide / 2:.1f}" y="{top + 37.5}" text-anchor="middle" font-weight="600" fill="{ink}">'
                f"{'&gt; 99' if 0.995 <= share < 0.9999 else f'{100 * share:.0f}'} %</text>"
            )
        left += wide
    return drawn


def falling_chart(steps: Sequence[int], parts: Mapping[str, Sequence[float]], total: int) -> str:
    """The whole loss and its three parts, a value for each of `steps`, on a logarithmic axis; as SVG.

    The axis of steps goes to `total` from the beginning. Values below 0.001 lie at its lower end.

    Raises:
        ValueError: there are no steps, or a part has another number of values.
    """
    if not steps or any(len(values) != len(steps) for values in parts.values()):
        raise ValueError("each part needs a value for each step, and there must be a step")
    top = max(1, math.ceil(math.log10(max(LEAST, *(max(values) for values in parts.values())))))
    bottom = round(math.log10(LEAST))
    places = [plot.x(min(1.0, step / max(1, total))) for step in steps]
    lines, names, left = "", "", plot.LEFT + 30
    for (name, values), stroke in zip(parts.items(), PARTS, strict=True):
        heights = [plot.y((math.log10(max(LEAST, value)) - bottom) / (top - bottom)) for value in values]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True))
        dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
        lines += (
            f'<polyline points="{points}" fill="none" stroke="{stroke.colour}" stroke-width="2.2"{dash}/>'
            f'<circle cx="{places[-1]:.1f}" cy="{heights[-1]:.1f}" r="3" fill="{stroke.colour}"/>'
        )
        names += (
            f'<line x1="{left}" x2="{left + 14}" y1="6" y2="6" stroke="{stroke.colour}" stroke-width="2.5"{dash}/>'
            f'<text x="{left + 18}" y="10">{html.escape(name)}</text>'
        )
        left += 34 + 6.4 * len(name)
    return plot.chart(
        lines + names,
        x_name="updates",
        y_name="loss",
        x_ticks=[(part, f"{round(part * total)}") for part in (0.0, 0.5, 1.0)],
        y_ticks=[((power - bottom) / (top - bottom), f"{10.0**power:g}") for power in range(bottom, top + 1)],
    )
