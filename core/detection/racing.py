"""From all that a detector says of a photo, in one look or in tiles, to the candidates that race on the photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from core.boxes.evaluation import Detections
from core.boxes.nms_settings import MOST_BOXES
from core.detection.detecting_settings import Labels
from core.detection.looked import Looked
from core.detection.tiling import Merge, merge
from core.errors import SettingError
from core.images.tiles import Tile

EDGE = 0.02
"""A box that ends within this share of a tile's side from its edge is a piece of a thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Racers:
    """Candidates by falling score, in pixels of the photo and cut at its edges. `rows` are the look and anchor of each.

    `below` is how many others score at least `LEAST`, but less than the confidence.
    """

    found: Detections
    rows: Int64[Tensor, "n 2"]
    below: int


def racers(
    looks: Sequence[Looked], *, confidence: float, labels: Labels = Labels.BEST, wanted: Sequence[int] = ()
) -> Racers:
    """What scores at least `confidence` and is of a class of `wanted`, of any if there are none; the surest 2,000."""
    parts = [look.candidates(labels) for look in looks]
    # In NumPy: on a busy machine torch's threads wait for each other longer than all of this takes.
    boxes, scores, names, anchors = (
        np.concatenate([column.numpy() for column in columns])
        for columns in zip(*((found.boxes, found.scores, found.labels, one) for found, one in parts), strict=True)
    )
    place = np.repeat(np.arange(len(parts)), [len(one) for _, one in parts])
    asked = np.isin(names, np.array(wanted)) if wanted else np.ones(len(names), bool)
    sure = scores >= confidence
    order = np.flatnonzero(asked & sure)
    order = order[np.argsort(-scores[order], kind="stable")[:MOST_BOXES]]
    chosen = (torch.from_numpy(column[order]) for column in (boxes, scores, names))
    rows = torch.from_numpy(np.stack((place[order], anchors[order]), axis=1))
    return Racers(Detections(*chosen), rows, int((asked & ~sure).sum()))


def merged_looks(
    found: Detections, look: Int64[Tensor, " n"], tiles: Sequence[Tile], *, iou_threshold: float, per_class: bool
) -> Merge:
    """The race of candidates in pixels of the photo, each seen in the tile number `look`; rows are those of `found`.

    Raises:
        SettingError: there is no tile, or the threshold is outside [0, 1].
    """
    if not tiles:
        raise SettingError("There are no tiles to merge.", "Look at the photo in tiles first.")
    parts, places = [], []
    for number, tile in enumerate(tiles):
        mine = (look == number).nonzero().flatten()
        corner = found.boxes.new_tensor((tile.x, tile.y) * 2)
        labels = found.labels[mine] if per_class else torch.zeros_like(mine)
        parts.append((tile, Detections(found.boxes[mine] - corner, found.scores[mine], labels)))
        places.append(mine)
    side = max(max(tile.width, tile.height) for tile in tiles)
    merged = merge(parts, iou_threshold=iou_threshold, edge=EDGE * side)
    back = torch.cat(places).numpy()
    winner, overlap = np.empty_like(merged.winner), np.empty_like(merged.overlap)
    winner[back], overlap[back] = back[merged.winner], merged.overlap
    return Merge(back[merged.kept], winner, overlap)
