"""From the raw output of a grid head to what is on the photo: decoded, suppressed, and back in pixels of the photo."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from core.boxes.evaluation import Detections
from core.boxes.nms import trace_nms
from core.detection.decoding import decoded
from core.detection.grid import COURSE, FINER, Grid
from core.errors import SettingError
from core.images.resize import Placement
from core.networks.yolo import taken_apart

OVERLAP = 0.5
"""IoU above which the worse of two boxes of one class is left out."""
GRIDS = (COURSE, FINER)


def grid_of(output: Float[Tensor, "n channels rows cols"]) -> Grid:
    """The grid of the lab's own heads that gives an output of this shape.

    Raises:
        SettingError: none does.
    """
    for grid in GRIDS:
        if output.shape[2:] == (grid.rows, grid.cols):
            return grid
    sizes = " or ".join(f"{grid.rows} x {grid.cols}" for grid in GRIDS)
    raise SettingError(f"an output of {tuple(output.shape[2:])} cells is none of a grid head of {sizes}.")


def detections(
    output: Float[Tensor, "n channels rows cols"],
    grid: Grid,
    picture: int = 0,
    *,
    least: float = 0.01,
    iou_threshold: float = OVERLAP,
) -> Detections:
    """What a head found on one picture of a batch, the best first, on the CPU: boxes in pixels of the input.

    Boxes that score less than `least` are left out, and those that a better one of their class overlaps by more than
    `iou_threshold`.
    """
    raw = decoded(taken_apart(output.detach().cpu(), len(grid.shapes)), grid, picture, least=least)
    return suppressed(raw, iou_threshold)


def suppressed(found: Detections, iou_threshold: float = OVERLAP) -> Detections:
    """The detections without those that a better one of their class overlaps by more than `iou_threshold`."""
    kept = trace_nms(found.boxes, found.scores, iou_threshold=iou_threshold, labels=found.labels).kept
    return Detections(found.boxes[kept], found.scores[kept], found.labels[kept])


def in_photo(found: Detections, placement: Placement) -> Detections:
    """The same detections with boxes in pixels of the photo, cut off at its edges.

    One of which nothing is on the photo is left out: it lies in the bars beside it, or beyond the edge.
    """
    boxes = placement.back_boxes(found.boxes, clip=True)
    there = (boxes[:, :2] < boxes[:, 2:]).all(dim=1)
    return Detections(boxes[there], found.scores[there], found.labels[there])
