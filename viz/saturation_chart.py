"""A function of one number with the way from a baseline to x on it, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from viz import plot
from viz.colours import BOX_B, POSITIVE, SHARED

SLOPE = 0.45
"""How far the piece of the tangent reaches to each side of x, in units of x."""


def saturation_chart(curve: Sequence[tuple[float, float]], *, x: float, baseline: float, gradient: float) -> str:
    """The curve, the way from `baseline` to `x` along it, its rise at the right, and the tangent at `x`; as SVG.

    `x` and `baseline` lie within the curve, whose places rise; `gradient` is the slope at `x`.
    """
    places = [place for place, _ in curve]
    values = [value for _, value in curve]
    left, right = places[0], places[-1]
    low, high = min(values) - 0.25, max(values) + 0.5

    def spot(place: float, value: float) -> tuple[float, float]:
        return plot.x((place - left) / (right - left)), plot.y((value - low) / (high - low))

    value, start = (_at(curve, place) for place in (x, baseline))
    first, last = sorted((baseline, x))
    way = [(first, _at(curve, first)), *(one for one in curve if first < one[0] < last), (last, _at(curve, last))]
    drawn = _line([spot(*one) for one in curve], plot.GREY, 2)
    drawn += _line([spot(*one) for one in way], POSITIVE.colour, 5)
    drawn += _rise(spot(right, start), spot(right, value), spot(baseline, start), spot(x, value))
    drawn += _tangent(spot(x - SLOPE, value - SLOPE * gradient), spot(x + SLOPE, value + SLOPE * gradient))
    drawn += _dot(spot(baseline, start), "x′", POSITIVE.colour, hollow=True)
    drawn += _dot(spot(x, value), "x", POSITIVE.colour, hollow=False)
    ticks = [(number - left) / (right - left) for number in range(round(left), round(right) + 1)]
    return plot.chart(
        drawn,
        x_name="input",
        y_name="f = 1 − ReLU(1 − x)",
        x_ticks=[(part, f"{left + part * (right - left):g}".replace("-", "−")) for part in ticks],
        y_ticks=[((tick - low) / (high - low), f"{tick}".replace("-", "−")) for tick in (-1, 0, 1)],
    )


def _at(curve: Sequence[tuple[float, float]], place: float) -> float:
    """The value at a place, on straight lines between the points of the curve."""
    for (before, low), (after, high) in pairwise(curve):
        if before <= place <= after:
            return low + (high - low) * (place - before) / (after - before)
    raise ValueError(f"{place} lies outside the curve")


def _line(spots: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def _rise(
    foot: tuple[float, float], top: tuple[float, float], baseline: tuple[float, float], end: tuple[float, float]
) -> str:
    """How far f rises: a bar at the right, and thin lines from both points to it."""
    thin = "".join(
        f'<line x1="{one[0]:.1f}" x2="{foot[0]:.1f}" y1="{one[1]:.1f}" y2="{one[1]:.1f}" stroke="{SHARED.colour}" '
        'stroke-dasharray="2 4"/>'
        for one in (baseline, end)
    )
    return (
        f'{thin}<line class="rise" x1="{foot[0]:.1f}" x2="{top[0]:.1f}" y1="{foot[1]:.1f}" y2="{top[1]:.1f}" '
        f'stroke="{SHARED.colour}" stroke-width="6"/>'
    )


def _tangent(before: tuple[float, float], after: tuple[float, float]) -> str:
    return (
        f'<line class="tangent" x1="{before[0]:.1f}" x2="{after[0]:.1f}" y1="{before[1]:.1f}" y2="{after[1]:.1f}" '
        f'stroke="{BOX_B.colour}" stroke-width="2.5" stroke-dasharray="7 4"/>'
    )


def _dot(at: tuple[float, float], name: str, colour: str, *, hollow: bool) -> str:
    fill = "none" if hollow else colour
    return (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="6" fill="{fill}" stroke="{colour}" stroke-width="2.5"/>'
        f'<text x="{at[0]:.1f}" y="{at[1] - 12:.1f}" text-anchor="middle" font-size="14">{name}</text>'
    )
