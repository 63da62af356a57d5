"""Charts that belong to the page: transparent, one thin grid, the colours of the running theme."""

from __future__ import annotations

from collections.abc import Sequence
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
    figure = Figure(
        Scatter(
            x=steps,
            y=shares,
            mode="lines+markers",
            # at a threshold just above an object's best IoU that object is gone: the share belongs to what lies left of a step
            line={"shape": "vh", "width": 2},
            # one trace with sizes, so that the mark has the colour of the theme
            marker={"size": [11 if step == threshold else 0 for step in steps]},
            hovertemplate="%{y:.0f} % at %{x:.2f}<extra></extra>",
        )
    )
    styled(figure, height=220)
    figure.update_xaxes(range=[0, 1.01], title="IoU threshold", tickformat=".1f")
    figure.update_yaxes(range=[0, 104], ticksuffix=" %")
    return figure


def styled(figure: Figure, *, height: int) -> Figure:
    """`figure` itself, in the house style. Say what y is in a caption above the chart, not in a rotated title."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        dragmode=False,
        showlegend=len(figure.data) > 1,  # pyright: ignore[reportArgumentType]
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
    )
    axis = {"zeroline": False, "linecolor": _AXIS, "ticks": "", "automargin": True, "fixedrange": True, "nticks": 6}
    figure.update_xaxes(**axis, showgrid=False, showline=True, title_standoff=8)
    figure.update_yaxes(**axis, showgrid=True, gridcolor=_GRID, showline=False)
    return figure
