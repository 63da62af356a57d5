"""The frame of a chart as SVG: transparent, one thin grid, text in a grey that both themes carry.

A chart whose values follow a slider has to be there at once: drawn this way it costs a millisecond, where a chart library
takes forty in the browser for each change.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

GREY = "#767682"  # 4.5 : 1 on white, 4.1 : 1 on the dark page: a picture does not follow the theme
LEFT, TOP, WIDTH, HEIGHT = 46.0, 14.0, 340.0, 140.0  # of the plot, in a picture of 400 x 210


def chart(
    drawn: str, *, x_name: str, y_name: str, x_ticks: Iterable[tuple[float, str]], y_ticks: Iterable[tuple[float, str]]
) -> str:
    """A picture with what is drawn over the grid. A tick is its place, from 0 to 1 along its axis, and its words."""
    grid = "".join(
        f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(part):.1f}" y2="{y(part):.1f}" stroke="{GREY}" opacity=".3"/>'
        f'<text x="{LEFT - 8}" y="{y(part) + 4:.1f}" text-anchor="end">{html.escape(words)}</text>'
        for part, words in y_ticks
    )
    below = "".join(
        f'<text x="{x(part):.1f}" y="{TOP + HEIGHT + 17}" text-anchor="middle">{html.escape(words)}</text>'
        for part, words in x_ticks
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 210" width="800" height="420" font-size="12" '
        f'fill="{GREY}" font-family="system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif">{grid}{below}'
        f'<text x="{LEFT + WIDTH / 2}" y="{TOP + HEIGHT + 36}" text-anchor="middle">{html.escape(x_name)}</text>'
        f'<text x="{LEFT}" y="{TOP - 4}" text-anchor="start">{html.escape(y_name)}</text>{drawn}</svg>'
    )


def upright(part: float) -> str:
    """The dashed line of a setting."""
    return f'<line x1="{x(part):.1f}" x2="{x(part):.1f}" y1="{TOP}" y2="{TOP + HEIGHT}" stroke="{GREY}" stroke-dasharray="3 3"/>'


def x(part: float) -> float:
    """Where a share of the axis lies, from the left."""
    return LEFT + WIDTH * part


def y(part: float) -> float:
    """Where a share of the axis lies, from the top."""
    return TOP + HEIGHT * (1 - part)
