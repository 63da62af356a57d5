"""One number of a run so far, step by step, as SVG: drawn anew with every step, so it has to be there at once."""

from __future__ import annotations

from collections.abc import Sequence

from viz import plot
from viz.colours import BOX_A


def rising_chart(points: Sequence[tuple[int, float]], total: int, *, name: str) -> str:
    """`points` are steps and what was measured there, in order; the axis goes to `total` from the beginning; as SVG.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError("a chart needs at least one point")
    values = [value for _, value in points]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    places = [(plot.x(min(1.0, step / max(1, total))), plot.y((value - low) / span)) for step, value in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return plot.chart(
        f'<polyline points="{line}" fill="none" stroke="{BOX_A.colour}" stroke-width="2.5" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BOX_A.colour}"/>',
        x_name="step",
        y_name=name,
        x_ticks=[(part, f"{round(part * total)}") for part in (0.0, 0.5, 1.0)],
        y_ticks=[((value - low) / span, _told(value)) for value in sorted({low, 0.0, high})],
    )


def _told(value: float) -> str:
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")
