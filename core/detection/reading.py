"""The raw answer of a detector as `Looked`: one reader for each family, and nothing is left out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.deltas import decode
from core.detection.darknet import decode_heads
from core.detection.grid import COURSE, FINER, Grid
from core.detection.looked import Family, HeadGrid, Looked
from core.errors import SettingError
from core.images.resize import Placed
from core.images.tiles import Tile
from core.networks.darknet_layers import Head
from core.networks.yolo import taken_apart


def read_darknet(
    outputs: Sequence[Float[Tensor, "1 _ _ _"]], heads: Sequence[Head], placed: Placed, tile: Tile | None = None
) -> Looked:
    """The maps of a Darknet network for one input.

    Raises:
        SettingError: there is not one map for each head.
    """
    height, width = placed.image.shape[2:]
    decoded = decode_heads(outputs, heads, height=height, width=width)
    raw = [
        output[0].unflatten(0, (len(head.anchors), 5 + head.classes)).permute(2, 3, 0, 1).flatten(0, 2)
        for output, head in zip(outputs, heads, strict=True)
    ]
    grids = (
        HeadGrid(
            rows=output.shape[2],
            columns=output.shape[3],
            stride=float(head.stride),
            anchors=head.anchors,
            family=Family.YOLO,
            scale_x_y=head.scale_x_y,
        )
        for output, head in zip(outputs, heads, strict=True)
    )
    return Looked(
        placement=placed.placement,
        size=(height, width),
        tile=tile,
        boxes=decoded.boxes,
        objectness=decoded.objectness,
        classes=decoded.class_probabilities,
        raw=torch.cat(raw),
        cells=torch.stack((decoded.head, decoded.row, decoded.col, decoded.anchor), dim=1),
        heads=tuple(grids),
    )


def read_grid(output: Float[Tensor, "1 channels rows cols"], placed: Placed, tile: Tile | None = None) -> Looked:
    """The output of one of the lab's own heads, for an input of any size. Boxes are ordered (A, rows, cols).

    Raises:
        SettingError: its cells are neither 16 nor 32 pixels wide.
    """
    height, width = placed.image.shape[2:]
    rows, columns = output.shape[2:]
    grid = _grid(rows, columns, height, width)
    answer, count = taken_apart(output, len(grid.shapes)), len(grid.shapes)
    offsets = answer.offsets[0].permute(0, 2, 3, 1).reshape(-1, 4)
    confidence = answer.confidence[0].flatten()
    classes = answer.classes[0].flatten(1).T
    index = (torch.arange(side, device=output.device) for side in (count, rows, columns))
    anchor, row, column = (one.flatten() for one in torch.meshgrid(*index, indexing="ij"))
    stride = height / rows
    return Looked(
        placement=placed.placement,
        size=(height, width),
        tile=tile,
        boxes=decode(grid.anchors(output.device), offsets),
        objectness=confidence.sigmoid(),
        classes=classes.softmax(dim=1).repeat(count, 1),
        raw=torch.cat((offsets, confidence[:, None], classes.repeat(count, 1)), dim=1),
        cells=torch.stack((torch.zeros_like(row), row, column, anchor), dim=1),
        heads=(
            HeadGrid(
                rows=rows,
                columns=columns,
                stride=stride,
                anchors=tuple((stride * wide, stride * high) for wide, high in grid.shapes),
                family=Family.OFFSETS,
                softmax=True,
            ),
        ),
    )


def _grid(rows: int, columns: int, height: int, width: int) -> Grid:
    """The grid of the lab's own head whose cells are as large as these."""
    for known in (COURSE, FINER):
        if round(height / rows) == known.height / known.rows and round(width / columns) == known.width / known.cols:
            return Grid(rows=rows, cols=columns, height=height, width=width, shapes=known.shapes)
    raise SettingError(
        f"An output of {rows} × {columns} cells for {height} × {width} pixels is none of the lab's own heads.",
        "Choose an input size that is a multiple of 32.",
    )
