"""One number of a run so far, step by step, as SVG: drawn anew with every step, so it has to be there at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz import plot
from viz.colours import BOX_A, Stroke


def rising_chart(
    points: Sequence[tuple[int, float]],
    total: int,
    *,
    name: str,
    stroke: Stroke = BOX_A,
    marks: Sequence[int] = (),
    most: float = math.inf,
    unit: str = "step",
) -> str:
    """`points` are steps and what was measured there, in order; the axis goes to `total` from the beginning; as SVG.

    Each of `marks` is a step at which something changed: a dashed upright. Values above `most` lie at the upper end.
    `unit` is what a step is called.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError("a chart needs at least one point")
    values = [min(value, most) for _, value in points]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0

    def across(step: int) -> float:
        return min(1.0, step / max(1, total))

    steps = [step for step, _ in points]
    places = [(plot.x(across(step)), plot.y((value - low) / span)) for step, value in zip(steps, values, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return plot.chart(
        "".join(plot.upright(across(mark)) for mark in marks)
        + f'<polyline points="{line}" fill="none" stroke="{stroke.colour}" stroke-width="2.5" stroke-linejoin="round"'
        + (f' stroke-dasharray="{stroke.dash}"' if stroke.dash else "")
        + f'/><circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{stroke.colour}"/>',
        x_name=unit,
        y_name=name,
        x_ticks=[(part, f"{round(part * total)}") for part in (0.0, 0.5, 1.0)],
        y_ticks=[((value - low) / span, _told(value)) for value in sorted({low, 0.0, high})],
    )


def _told(value: float) -> str:
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")
