"""Detections of overlapping tiles, merged into those of the whole photo.

A thing on the border of two tiles is found twice, and one of the two may be a piece of it, cut where its tile ends. The
IoU of half a cat and the cat is at most a half, so a piece is judged by how much of it lies in the other box; of two
pieces by the smaller one. Where the other box is not a piece and smaller, it is another thing on top of it.

Akyon et al., Slicing Aided Hyper Inference, 2022, section 3, which takes the intersection over the smaller area for all
boxes: that also removes a small thing in front of a large one of its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.candidates import candidates, read_only
from core.boxes.candidates import overlap as iou_of
from core.boxes.evaluation import Detections
from core.errors import SettingError
from core.images.tiles import Tile

PIECE = 0.5
"""What a piece's score counts in the race: it wins only against whole boxes that are less than half as sure."""


@dataclass(frozen=True, slots=True, eq=False)
class Merge:
    """Who stays: `kept`, by falling score. Boxes are counted part by part, in the order in which the parts were given.

    Of each box the `winner` decided it (itself where it is kept) by `overlap`: their IoU, or where one of the two is a
    piece the share of that piece. It is 0 where the box is kept.
    """

    kept: Int64[np.ndarray, " k"]
    winner: Int64[np.ndarray, " n"]
    overlap: Float[np.ndarray, " n"]


def merged(parts: Sequence[tuple[Tile, Detections]], *, iou_threshold: float, edge: float) -> Detections:
    """The detections of all tiles in pixels of the photo, the best first, without those that a better one stands for.

    Boxes come in pixels of their tile. One that ends within `edge` pixels of a side of its tile that is not a side of
    the photo is a piece. Class by class the best box wins, with half its score for a piece, and removes all that it
    overlaps by more than `iou_threshold`: by IoU, or where one of the two is a piece by the share of that piece. Scores
    stay as they are. The photo is what the tiles cover together; their order does not matter.

    Raises:
        SettingError: there is no tile, or a setting is outside its range.
    """
    rows = torch.from_numpy(merge(parts, iou_threshold=iou_threshold, edge=edge).kept.copy())
    every = _together(parts)
    rows = rows.to(every.boxes.device)
    return Detections(every.boxes[rows], every.scores[rows], every.labels[rows])


def merge(parts: Sequence[tuple[Tile, Detections]], *, iou_threshold: float, edge: float) -> Merge:
    """The same as the rows that stay, and who decided each of the others.

    Raises:
        SettingError: as for `merged`.
    """
    if not parts:
        raise SettingError("There are no tiles to merge.", "Give at least one, with empty detections if need be.")
    if not 0 <= iou_threshold <= 1:
        raise SettingError(f"iou_threshold must lie in [0, 1], got {iou_threshold}.")
    if not edge >= 0:
        raise SettingError(f"edge must be at least 0 pixels, got {edge}.")
    order = sorted(range(len(parts)), key=lambda place: parts[place][0])
    starts = np.cumsum([0, *(len(found.boxes) for _, found in parts)])
    given = np.concatenate([np.arange(starts[place], starts[place + 1]) for place in order])
    ordered = [parts[place] for place in order]
    cut = torch.cat([_cut(found.boxes, tile, _photo(ordered), edge) for tile, found in ordered]).cpu().numpy()
    every = _together(ordered)
    winner, overlaps = _race(every.boxes, every.scores, every.labels, cut, iou_threshold)
    kept = np.flatnonzero(winner == np.arange(len(winner)))
    strength = every.scores.cpu().numpy()
    racing = np.argsort(-_strength(strength, cut), kind="stable")
    kept = racing[np.isin(racing, kept)]
    kept = kept[np.argsort(-strength[kept], kind="stable")]
    back, share = np.empty_like(winner), np.empty_like(overlaps)
    back[given], share[given] = given[winner], overlaps
    return Merge(read_only(given[kept]), read_only(back), read_only(share))


def _together(parts: Sequence[tuple[Tile, Detections]]) -> Detections:
    """All boxes in pixels of the photo."""
    boxes = torch.cat([found.boxes + found.boxes.new_tensor((tile.x, tile.y) * 2) for tile, found in parts])
    return Detections(
        boxes, torch.cat([found.scores for _, found in parts]), torch.cat([found.labels for _, found in parts])
    )


def _strength(scores: np.ndarray, cut: np.ndarray) -> np.ndarray:
    return scores * np.where(cut, PIECE, 1).astype(scores.dtype)


def _photo(parts: Sequence[tuple[Tile, Detections]]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all tiles together."""
    every = [tile for tile, _ in parts]
    left, top = min(tile.x for tile in every), min(tile.y for tile in every)
    return left, top, max(tile.x + tile.width for tile in every), max(tile.y + tile.height for tile in every)


def _cut(boxes: Tensor, tile: Tile, photo: tuple[int, int, int, int], edge: float) -> Tensor:
    """Which boxes of a tile end at a side of it that lies inside the photo."""
    left, top, right, bottom = photo
    near = torch.stack(
        (
            boxes[:, 0] <= edge,
            boxes[:, 1] <= edge,
            boxes[:, 2] >= tile.width - edge,
            boxes[:, 3] >= tile.height - edge,
        ),
        dim=1,
    )
    inner = (tile.x > left, tile.y > top, tile.x + tile.width < right, tile.y + tile.height < bottom)
    return (near & near.new_tensor(inner)).any(dim=1)


def _race(
    boxes: Tensor, scores: Tensor, labels: Tensor, cut: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray]:
    """For each box who decided it and their overlap, by falling score in the race, ties in the order given."""
    racers = candidates(boxes, scores, labels)
    left = np.argsort(-_strength(racers.scores, cut), kind="stable")
    winner, overlaps = np.arange(len(racers)), np.zeros(len(racers), racers.sides.dtype)
    while len(left):
        best, left = left[0], left[1:]
        rivals = racers.classmates(int(best), left)
        shared = _shared(racers.sides[:, best], racers.sides[:, rivals], bool(cut[best]), cut[rivals])
        lost = shared > threshold
        winner[rivals[lost]], overlaps[rivals[lost]] = best, shared[lost]
        left = left[~np.isin(left, rivals[lost])]
    return winner, overlaps


def _shared(winner: np.ndarray, others: np.ndarray, winner_cut: bool, others_cut: np.ndarray) -> np.ndarray:
    """IoU, and where one of two is a piece the share of it that lies in the other."""
    x1, y1, x2, y2, area = winner
    width = np.maximum(np.minimum(x2, others[2]) - np.maximum(x1, others[0]), 0)
    height = np.maximum(np.minimum(y2, others[3]) - np.maximum(y1, others[1]), 0)
    smallest = np.minimum(np.where(winner_cut, area, np.inf), np.where(others_cut, others[4], np.inf))
    piece = winner_cut | others_cut
    return np.where(piece, width * height / smallest, iou_of(winner, others))
