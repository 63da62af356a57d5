"""Charts that belong to the page: transparent, one thin grid, the colours of the running theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CONFIG = {"displayModeBar": False, "responsive": True}

_GRID = "rgba(128, 128, 140, 0.18)"  # translucent grey reads on white and on near-black
_AXIS = "rgba(128, 128, 140, 0.55)"


def coverage_curve(best: Sequence[float], threshold: float) -> Figure:
    """The share of objects (percent) whose best anchor reaches each IoU threshold, with a mark at `threshold`."""
    from plotly.graph_objects import Figure, Scatter

    steps = sorted({0.0, 1.0, threshold, *best})
    shares = [100 * sum(iou >= step for iou in best) / max(1, len(best)) for step in steps]
    curve = Scatter(
        x=steps,
        y=shares,
        mode="lines+markers",
        # just above an object's best IoU that object is gone: a share belongs to what lies left of its step
        line={"shape": "vh", "width": 2},
        # one trace with sizes, so that the mark has the colour of the theme
        marker={"size": [11 if step == threshold else 0 for step in steps]},
        hovertemplate="%{y:.0f} % at %{x:.2f}<extra></extra>",
    )
    x = {"range": [0, 1.01], "title": {"text": "IoU threshold", "standoff": 8}, "tickformat": ".1f"}
    return Figure([curve], layout(220, x=x, y={"range": [0, 104], "ticksuffix": " %"}))


def layout(height: int, *, x: Mapping[str, object], y: Mapping[str, object]) -> dict[str, object]:
    """The house style, with what the axes add. Say what y is in a caption above the chart, not in a rotated title.

    Given to a figure as it is made: a dozen updates afterwards would take ten times as long as the figure itself.
    """
    axis = {"zeroline": False, "linecolor": _AXIS, "ticks": "", "automargin": True, "fixedrange": True, "nticks": 6}
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "xaxis": {**axis, "showgrid": False, "showline": True, **x},
        "yaxis": {**axis, "showgrid": True, "gridcolor": _GRID, "showline": False, **y},
    }
