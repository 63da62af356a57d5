"""Precision against recall as SVG: the zigzag, its envelope with the area below it shaded, and the point of one confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viz import plot
from viz.colours import POSITIVE, SERIES

_ZIGZAG = SERIES[1]
_ELEVEN = 11


@dataclass(frozen=True, slots=True)
class Points:
    """The curve: recall and precision after each detection, by falling score, and the envelope at each."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    envelope: tuple[float, ...]

    def height(self, recall: float) -> float:
        """The envelope at a recall: the best precision at this recall or a higher one, 0 behind the last."""
        return next(
            (high for reached, high in zip(self.recall, self.envelope, strict=True) if reached >= recall - 1e-9), 0.0
        )

    @property
    def steps(self) -> list[tuple[float, float]]:
        """The corners of the envelope from recall 0 on; none where nothing is found."""
        corners: list[tuple[float, float]] = []
        last = 0.0
        for recall, height in zip(self.recall, self.envelope, strict=True):
            if recall > last:
                corners += [(last, height), (recall, height)]
                last = recall
        return corners


def precision_recall(points: Points, shown: int, *, words: str, eleven: bool = False) -> str:
    """The curve, with a point after the first `shown` detections, and `words` beside it; as SVG.

    With `eleven` the area gives way to the heights at recall 0, 0.1, ..., 1, which the older AP takes the mean of.
    """
    zigzag = list(zip(points.recall, points.precision, strict=True))
    drawn = "" if eleven else _area(points.steps)
    drawn += _line(zigzag, _ZIGZAG.colour, 1.5, _ZIGZAG.dash, opacity=0.9)
    drawn += _line(points.steps, POSITIVE.colour, 2.5)
    if eleven:
        drawn += _heights(points)
    drawn += _point(zigzag, shown, words)
    ticks = [(part, f"{part:g}") for part in (0, 0.25, 0.5, 0.75, 1)]
    return plot.chart(drawn, x_name="recall", y_name="precision", x_ticks=ticks, y_ticks=ticks)


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "", opacity: float = 1) -> str:
    if not points:
        return ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{_corners(points)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'opacity="{opacity}"{dashes}/>'
    )


def _area(steps: Sequence[tuple[float, float]]) -> str:
    if not steps:
        return ""
    closed = [(0.0, 0.0), *steps, (steps[-1][0], 0.0)]
    edges = "".join(
        f'<line x1="{plot.x(a[0]):.1f}" x2="{plot.x(a[0]):.1f}" y1="{plot.y(min(a[1], b[1])):.1f}" y2="{plot.y(0):.1f}" '
        f'stroke="{POSITIVE.colour}" opacity=".35"/>'
        for a, b in pairwise(steps)
        if a[0] == b[0] and a[0] > 0
    )
    return f'<polygon points="{_corners(closed)}" fill="{POSITIVE.colour}" opacity=".2"/>{edges}'


def _heights(points: Points) -> str:
    tops = [(place / (_ELEVEN - 1), points.height(place / (_ELEVEN - 1))) for place in range(_ELEVEN)]
    return "".join(
        f'<line x1="{plot.x(at):.1f}" x2="{plot.x(at):.1f}" y1="{plot.y(0):.1f}" y2="{plot.y(high):.1f}" '
        f'stroke="{POSITIVE.colour}" opacity=".4"/>'
        f'<circle cx="{plot.x(at):.1f}" cy="{plot.y(high):.1f}" r="3.5" fill="{POSITIVE.colour}"/>'
        for at, high in tops
    )


def _point(zigzag: Sequence[tuple[float, float]], shown: int, words: str) -> str:
    """Where the confidence stands; before the first detection recall is 0, and precision is not there."""
    if not zigzag or not shown:
        return f'<text x="{plot.x(0.03):.1f}" y="{plot.y(0.06):.1f}" font-weight="600">{words}</text>'
    recall, precision = zigzag[min(shown, len(zigzag)) - 1]
    x, y = plot.x(recall), plot.y(precision)
    side = "end" if recall > 0.55 else "start"
    below = precision > 0.25  # where only the shade of the area is
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#FFFFFF" stroke="#15151B" stroke-width="1"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{_ZIGZAG.colour}"/>'
        f'<text x="{x + (-10 if side == "end" else 10):.1f}" y="{y + (20 if below else -10):.1f}" text-anchor="{side}" '
        f'font-weight="600">{words}</text>'
    )


def _corners(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{plot.x(a):.1f},{plot.y(b):.1f}" for a, b in points)
