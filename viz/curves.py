"""Charts that belong to the page, as SVG: transparent, one thin grid, text in a grey that both themes carry.

A chart whose values follow a slider has to be there at once: drawn this way it costs a millisecond, where a chart library
takes forty in the browser for each change.
"""

from __future__ import annotations

from collections.abc import Sequence

from viz.colours import POSITIVE

_GREY = "#767682"  # 4.5 : 1 on white, 4.1 : 1 on the dark page: a picture does not follow the theme
_LEFT, _TOP, _WIDTH, _HEIGHT = 46.0, 12.0, 344.0, 140.0  # of the plot, in a picture of 400 x 196


def coverage(best: Sequence[float], threshold: float) -> float:
    """The share of objects, in percent, whose best anchor reaches `threshold`; `best` is the IoU of each one's. 100 for none."""
    return 100 * sum(iou >= threshold for iou in best) / len(best) if best else 100.0


def steps(best: Sequence[float]) -> list[tuple[float, float]]:
    """The corners of the curve, IoU threshold and percent: it falls just above the best IoU of each object."""
    corners = [(0.0, coverage(best, 0.0))]
    for iou in sorted(set(best)):
        after = 100 * sum(other > iou for other in best) / len(best)
        corners += [(iou, corners[-1][1]), (iou, after)]
    return [*corners, (1.0, corners[-1][1])]


def coverage_curve(best: Sequence[float], threshold: float) -> str:
    """Objects covered, in percent, over the IoU that their best anchor must reach, with a mark at `threshold`; as SVG."""
    line = " ".join(f"{_x(iou):.1f},{_y(share):.1f}" for iou, share in steps(best))
    here = coverage(best, threshold)
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{_y(share)}" y2="{_y(share)}" stroke="{_GREY}" opacity=".3"/>'
        f'<text x="{_LEFT - 8}" y="{_y(share) + 4}" text-anchor="end">{share} %</text>'
        for share in (0, 25, 50, 75, 100)
    )
    ticks = "".join(
        f'<text x="{_x(tenth / 10):.1f}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{tenth / 10:g}</text>'
        for tenth in range(0, 11, 2)
    )
    x, y = _x(threshold), _y(here)
    side = "end" if threshold > 0.6 else "start"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 196" width="800" height="392" font-size="12" fill="{_GREY}" '
        f'font-family="system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif">{grid}{ticks}'
        f'<text x="{_LEFT + _WIDTH / 2}" y="{_TOP + _HEIGHT + 38}" text-anchor="middle">IoU threshold</text>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_TOP + _HEIGHT}" stroke="{_GREY}" stroke-dasharray="3 3"/>'
        f'<polyline points="{line}" fill="none" stroke="{POSITIVE.colour}" stroke-width="2.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{POSITIVE.colour}"/>'
        f'<text x="{x + (-10 if side == "end" else 10):.1f}" y="{y + (-9 if here < 50 else 20):.1f}" text-anchor="{side}" '
        f'font-weight="600">{here:.0f} % at {threshold:.2f}</text></svg>'
    )


def _x(iou: float) -> float:
    return _LEFT + _WIDTH * iou


def _y(share: float) -> float:
    return _TOP + _HEIGHT * (1 - share / 100)
