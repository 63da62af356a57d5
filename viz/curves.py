"""How many objects some anchor covers, over the IoU that counts as covered: a chart as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from viz import plot
from viz.colours import POSITIVE


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
    line = " ".join(f"{plot.x(iou):.1f},{plot.y(share / 100):.1f}" for iou, share in steps(best))
    here = coverage(best, threshold)
    x, y = plot.x(threshold), plot.y(here / 100)
    side = "end" if threshold > 0.6 else "start"
    return plot.chart(
        f'{plot.upright(threshold)}<polyline points="{line}" fill="none" stroke="{POSITIVE.colour}" stroke-width="2.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{POSITIVE.colour}"/>'
        f'<text x="{x + (-10 if side == "end" else 10):.1f}" y="{y + (-9 if here < 50 else 20):.1f}" text-anchor="{side}" '
        f'font-weight="600">{here:.0f} % at {threshold:.2f}</text>',
        x_name="IoU threshold",
        y_name="objects covered",
        x_ticks=[(tenth / 10, f"{tenth / 10:g}") for tenth in range(0, 11, 2)],
        y_ticks=[(share / 100, f"{share} %") for share in (0, 25, 50, 75, 100)],
    )
