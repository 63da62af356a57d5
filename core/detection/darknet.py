"""From the raw maps of a Darknet network to boxes with a class and a score.

Each cell of a map speaks for `anchors` boxes: four offsets, how sure it is that there is an object, and of each class by
itself how likely it is. Classes do not compete: two may be likely at once.

    Redmon and Farhadi, YOLO9000, 2017, section 2, "Direct location prediction"; YOLOv3, 2018, sections 2.1 and 2.2
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.evaluation import Detections
from core.detection.detecting_settings import Labels
from core.detection.looked import surest
from core.errors import SettingError
from core.networks.darknet_layers import Head


class HeadAnswer(NamedTuple):
    """A raw map, taken apart without a copy: offsets (tx, ty, tw, th), and the logits of objectness and of each class."""

    offsets: Float[Tensor, "n anchors 4 rows cols"]
    objectness: Float[Tensor, "n anchors rows cols"]
    classes: Float[Tensor, "n anchors classes rows cols"]


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """All boxes of one picture: head by head, in each the rows, in these the cells, in these the anchors.

    Boxes `(x1, y1, x2, y2)` are in pixels of the input, and may reach over its edges. Objectness and probabilities are in
    [0, 1]. The last four say where a box comes from.
    """

    boxes: Float[Tensor, "k 4"]
    objectness: Float[Tensor, " k"]
    class_probabilities: Float[Tensor, "k classes"]
    head: Int64[Tensor, " k"]
    anchor: Int64[Tensor, " k"]
    row: Int64[Tensor, " k"]
    col: Int64[Tensor, " k"]

    @property
    def scores(self) -> Float[Tensor, "k classes"]:
        """Of every box the score of each class: objectness times the probability of the class."""
        return self.objectness[:, None] * self.class_probabilities


def head_answer(output: Float[Tensor, "n channels rows cols"], head: Head) -> HeadAnswer:
    """The raw map of a head, taken apart. They are views: nothing is copied.

    Raises:
        SettingError: the map is not one of this head.
    """
    if output.shape[1] != head.channels:
        raise SettingError(
            f"a map of this head has {head.channels} channels, got {output.shape[1]}.", "Give its own map."
        )
    apart = output.unflatten(1, (len(head.anchors), 5 + head.classes))
    return HeadAnswer(apart[:, :, :4], apart[:, :, 4], apart[:, :, 5:])


def decode_heads(
    outputs: Sequence[Float[Tensor, "n _ _ _"]], heads: Sequence[Head], *, height: int, width: int, picture: int = 0
) -> Decoded:
    """Every box that the heads speak of on one picture of a batch, sure or not; the input is `height` x `width` pixels.

    Raises:
        SettingError: there is not one map for each head, or one is not of its head.
    """
    if len(outputs) != len(heads) or not heads:
        raise SettingError(f"{len(heads)} heads need as many maps, got {len(outputs)}.", "Give one map for each head.")
    parts = [
        _decoded(head_answer(output[picture : picture + 1], head), head, number, height=height, width=width)
        for number, (output, head) in enumerate(zip(outputs, heads, strict=True))
    ]
    return Decoded(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def ranked(
    decoded: Decoded, *, least: float = 0.01, labels: Labels = Labels.BEST
) -> tuple[Detections, Int64[Tensor, " n"]]:
    """What scores at least `least`, the best first, before any suppression; and for each of them its row in `decoded`.

    The score is the objectness times the probability of the class. Boxes are as they are in `decoded`, not cut off. A box
    that is no number, such as broken weights give, is left out.
    """
    return surest(decoded.boxes, decoded.objectness, decoded.class_probabilities, least=least, labels=labels)


def detections(decoded: Decoded, *, least: float = 0.01, labels: Labels = Labels.BEST) -> Detections:
    """The same without the rows."""
    return ranked(decoded, least=least, labels=labels)[0]


def _decoded(answer: HeadAnswer, head: Head, number: int, *, height: int, width: int) -> tuple[Tensor, ...]:
    """The columns of `Decoded` for one head."""
    offsets, objectness, classes = (part[0] for part in answer)
    anchors, rows, cols = objectness.shape
    row, col, anchor = _places(rows, cols, anchors, offsets.device)
    offsets = offsets.permute(2, 3, 0, 1).reshape(-1, 4)
    shapes = offsets.new_tensor(head.anchors)[anchor]
    shift = offsets[:, :2].sigmoid() * head.scale_x_y - (head.scale_x_y - 1) / 2
    centre = (torch.stack((col, row), dim=1) + shift) * offsets.new_tensor((width / cols, height / rows))
    # exp overflows float32 at 88.7; as in `core.boxes.deltas`, growth ends where corners would not be finite.
    reach = math.log(torch.finfo(offsets.dtype).max) / 2
    half = offsets[:, 2:].clamp(max=reach).exp() * shapes / 2
    return (
        torch.cat((centre - half, centre + half), dim=1),
        objectness.permute(1, 2, 0).flatten().sigmoid(),
        classes.permute(2, 3, 0, 1).flatten(0, 2).sigmoid(),
        torch.full_like(anchor, number),
        anchor,
        row,
        col,
    )


def _places(rows: int, cols: int, anchors: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Row, column and anchor of each box of a map, in the order of `Decoded`."""
    counts = (torch.arange(count, device=device) for count in (rows, cols, anchors))
    row, col, anchor = torch.meshgrid(*counts, indexing="ij")
    return row.flatten(), col.flatten(), anchor.flatten()
