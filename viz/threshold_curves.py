"""Curves over a threshold, as SVG: what is left, and how good that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz import plot
from viz.colours import Stroke


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its name, its stroke, and its points from left to right; where y is None there is a gap."""

    name: str
    stroke: Stroke
    points: tuple[tuple[float, float | None], ...]


def threshold_curves(
    lines: Sequence[Line], *, at: float, x_name: str, x_most: float, y_most: float, y_name: str
) -> str:
    """The curves from 0 to `x_most` and from 0 to `y_most`, with a mark at `at` and the values there; as SVG."""
    high = y_most or 1.0
    drawn = "".join(_curve(line, x_most, high) + _mark(line, at, x_most, high) for line in lines)
    return plot.chart(
        plot.upright(min(1.0, at / x_most)) + drawn,
        x_name=x_name,
        y_name=y_name,
        x_ticks=[(part, f"{part * x_most:g}") for part in (0, 0.2, 0.4, 0.6, 0.8, 1)],
        y_ticks=[(part, _tick(part * high)) for part in (0, 0.25, 0.5, 0.75, 1)],
    )


def value_at(line: Line, at: float) -> float | None:
    """The value of the last point that is not right of `at`."""
    before = [y for x, y in line.points if x <= at + 1e-9]
    return before[-1] if before else None


def _curve(line: Line, x_most: float, high: float) -> str:
    runs: list[list[str]] = [[]]
    for x, y in line.points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append(f"{plot.x(x / x_most):.1f},{plot.y(y / high):.1f}")
    dash = f' stroke-dasharray="{line.stroke.dash}"' if line.stroke.dash else ""
    return "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{line.stroke.colour}" stroke-width="2.5"{dash}/>'
        for run in runs
        if run
    )


def _mark(line: Line, at: float, x_most: float, high: float) -> str:
    value = value_at(line, at)
    if value is None:
        return ""
    x, y = plot.x(min(1.0, at / x_most)), plot.y(value / high)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{line.stroke.colour}"/>'


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"
