"""How far sums are from complete as their points grow, as SVG: both axes logarithmic, one curve for each rule."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz import plot
from viz.colours import Stroke
from viz.threshold_curves import Line

RULES = (
    Stroke("#8A8A96", "2 5"),
    Stroke("#D55E00", "10 4 2 4"),
    Stroke("#0072B2", "14 4"),
    Stroke("#CC79A7", "6 5"),
    Stroke("#009E73"),
)
"""Five rules told apart by colour and dash."""

LEAST, MOST = 1e-5, 10.0
"""Gaps that are drawn, as shares: what lies outside stands at the border."""


def gap_chart(
    lines: Sequence[Line], *, first: float, last: float, wanted: float, at: tuple[float, float] | None = None
) -> str:
    """Gaps (shares above 0, or None) over numbers of points from `first` to `last`; as SVG.

    A dashed line lies at the gap that is `wanted`, and a ring at `at`, the number of points and the gap of what is set.
    """
    gaps = [y for line in lines for _, y in line.points if y is not None] + [wanted] + ([at[1]] if at else [])
    low, high = _decades(gaps)

    def x(count: float) -> float:
        return plot.x(math.log(min(max(count, first), last) / first) / math.log(last / first))

    def part(gap: float) -> float:
        return (math.log10(min(max(gap, 10.0**low), 10.0**high)) - low) / (high - low)

    drawn = _wanted(plot.y(part(wanted)), wanted)
    for line in lines:
        drawn += _curve(line, [(x(count), plot.y(part(gap))) for count, gap in line.points if gap is not None])
    if at:
        drawn += (
            f'<circle class="set" cx="{x(at[0]):.1f}" cy="{plot.y(part(at[1])):.1f}" r="8" fill="none" '
            f'stroke="{plot.GREY}" stroke-width="2"/>'
        )
    counts = [first * 2**power for power in range(round(math.log2(last / first)) + 1)]
    across = math.log(last / first)
    return plot.chart(
        drawn,
        x_name="points of the sum",
        y_name="gap, in % of f(x) − f(x′)",
        x_ticks=[(math.log(count / first) / across, f"{count:g}") for count in counts],
        y_ticks=[((power - low) / (high - low), _percent(10.0**power)) for power in range(low, high + 1)],
    )


def _decades(gaps: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all gaps, at least two of them."""
    inside = [min(max(gap, LEAST), MOST) for gap in gaps]
    low, high = math.floor(math.log10(min(inside))), math.ceil(math.log10(max(inside)))
    return min(low, high - 2), high


def _wanted(y: float, wanted: float) -> str:
    right = plot.LEFT + plot.WIDTH
    return (
        f'<line class="wanted" x1="{plot.LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{plot.GREY}" '
        f'stroke-dasharray="3 3"/><text x="{right}" y="{y - 4:.1f}" text-anchor="end">{_percent(wanted)} %</text>'
    )


def _curve(line: Line, spots: Sequence[tuple[float, float]]) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dash = f' stroke-dasharray="{line.stroke.dash}"' if line.stroke.dash else ""
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.stroke.colour}"/>' for x, y in spots)
    return f'<polyline points="{points}" fill="none" stroke="{line.stroke.colour}" stroke-width="2"{dash}/>{dots}'


def _percent(share: float) -> str:
    return f"{share * 100:,g}"
