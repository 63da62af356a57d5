"""Curves over a threshold, as SVG: what is left, and how good that is. See `viz.curves` for why not a chart library."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from viz.colours import Stroke

_GREY = "#767682"  # as in viz.curves: readable on both pages
_LEFT, _TOP, _WIDTH, _HEIGHT = 46.0, 14.0, 330.0, 140.0  # of the plot, in a picture of 400 x 210


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
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{_y(part):.1f}" y2="{_y(part):.1f}" stroke="{_GREY}" opacity=".3"/>'
        f'<text x="{_LEFT - 8}" y="{_y(part) + 4:.1f}" text-anchor="end">{_tick(part * high)}</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
    )
    ticks = "".join(
        f'<text x="{_x(part):.1f}" y="{_TOP + _HEIGHT + 17}" text-anchor="middle">{part * x_most:g}</text>'
        for part in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    x = _x(min(1.0, at / x_most))
    drawn = "".join(_curve(line, x_most, high) + _mark(line, at, x_most, high) for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 210" width="800" height="420" font-size="12" '
        f'fill="{_GREY}" font-family="system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif">{grid}{ticks}'
        f'<text x="{_LEFT + _WIDTH / 2}" y="{_TOP + _HEIGHT + 36}" text-anchor="middle">{html.escape(x_name)}</text>'
        f'<text x="{_LEFT}" y="{_TOP - 4}" text-anchor="start">{html.escape(y_name)}</text>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _HEIGHT}" stroke="{_GREY}" stroke-dasharray="3 3"/>'
        f"{drawn}</svg>"
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
            runs[-1].append(f"{_x(x / x_most):.1f},{_y(y / high):.1f}")
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
    x, y = _x(min(1.0, at / x_most)), _y(value / high)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{line.stroke.colour}"/>'


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def _x(part: float) -> float:
    return _LEFT + _WIDTH * part


def _y(part: float) -> float:
    return _TOP + _HEIGHT * (1 - part)
