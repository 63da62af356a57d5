"""Detections of tiles merged, beside a loop over every pair."""

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.evaluation import Detections
from core.detection.detector import suppressed
from core.detection.tiling import PIECE, merged
from core.errors import SettingError
from core.images.tiles import Tile, tiles

LEFT, RIGHT = Tile(0, 0, 100, 80), Tile(60, 0, 100, 80)  # of a photo of 160 x 80


def found(*rows: tuple[float, ...]) -> Detections:
    """Rows of x1, y1, x2, y2, score, label."""
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 4], table[:, 5].long())


def rows(detections: Detections) -> list[tuple[float, ...]]:
    columns = (detections.boxes.tolist(), detections.scores.tolist(), detections.labels.tolist())
    return [(*box, round(score, 4), label) for box, score, label in zip(*columns, strict=True)]


def naive(parts, threshold: float, edge: float) -> list[tuple[float, ...]]:
    """One pair after the other, in numbers of Python."""
    right, bottom = (max(t.x + t.width for t, _ in parts), max(t.y + t.height for t, _ in parts))
    left, top = min(t.x for t, _ in parts), min(t.y for t, _ in parts)
    entries = []
    for tile, one in sorted(parts, key=lambda part: part[0]):
        for (x1, y1, x2, y2), score, label in zip(
            one.boxes.tolist(), one.scores.tolist(), one.labels.tolist(), strict=True
        ):
            cut = (x1 <= edge and tile.x > left) or (y1 <= edge and tile.y > top)
            cut = cut or (x2 >= tile.width - edge and tile.x + tile.width < right)
            cut = cut or (y2 >= tile.height - edge and tile.y + tile.height < bottom)
            box = (x1 + tile.x, y1 + tile.y, x2 + tile.x, y2 + tile.y)
            entries.append((box, score, label, cut))
    entries.sort(key=lambda entry: -entry[1] * (PIECE if entry[3] else 1))
    kept = []
    for box, score, label, cut in entries:
        for other, _, name, other_cut in kept:
            w = max(0, min(box[2], other[2]) - max(box[0], other[0]))
            h = max(0, min(box[3], other[3]) - max(box[1], other[1]))
            areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)]
            pieces = [area for area, flag in zip(areas, (cut, other_cut), strict=True) if flag]
            over = min(pieces) if pieces else areas[0] + areas[1] - w * h
            if name == label and w * h / over > threshold:
                break
        else:
            kept.append((box, score, label, cut))
    return [(*box, round(score, 4), label) for box, score, label, _ in sorted(kept, key=lambda entry: -entry[1])]


CORNER = st.integers(0, 59)
CASES = st.tuples(
    st.integers(40, 120),
    st.integers(40, 120),
    st.lists(st.tuples(st.integers(0, 8), CORNER, CORNER, CORNER, CORNER, st.integers(0, 1)), max_size=25),
    st.permutations(range(1, 26)),
)


def made(case) -> list[tuple[Tile, Detections]]:
    """Boxes on whole pixels in the tiles of a photo, with scores all different and in whole parts of 64."""
    height, width, boxes, scores = case
    grid = tiles(height, width, size=60, overlap=20)
    inside: list[list[tuple[float, ...]]] = [[] for _ in grid]
    for (place, x, y, w, h, label), score in zip(boxes, scores, strict=False):
        tile = grid[place % len(grid)]
        x, y = x % tile.width, y % tile.height
        corner = (min(x + w + 1, tile.width), min(y + h + 1, tile.height))
        inside[place % len(grid)].append((x, y, *corner, score / 64, label))
    return [(tile, found(*ones)) for tile, ones in zip(grid, inside, strict=True)]


@settings(deadline=None, max_examples=80)
@given(case=CASES, threshold=st.sampled_from((0.0, 0.3, 0.5, 1.0)), edge=st.sampled_from((0.0, 2.0, 7.0)))
def test_keeps_what_a_loop_over_every_pair_keeps(case, threshold, edge):
    parts = made(case)
    assert rows(merged(parts, iou_threshold=threshold, edge=edge)) == naive(parts, threshold, edge)


@settings(deadline=None, max_examples=40)
@given(case=CASES, seed=st.integers(0, 99))
def test_the_order_of_the_tiles_does_not_matter(case, seed):
    parts = made(case)
    mixed = random.Random(seed).sample(parts, len(parts))
    assert rows(merged(mixed, iou_threshold=0.5, edge=2.0)) == rows(merged(parts, iou_threshold=0.5, edge=2.0))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 1.0])
def test_one_tile_over_the_whole_photo_is_no_tiling(seed, threshold):
    draw = torch.Generator().manual_seed(seed)
    corners = torch.rand(80, 2, generator=draw) * 60
    boxes = torch.cat((corners, corners + 1 + torch.rand(80, 2, generator=draw) * 40), dim=1)
    scores = torch.rand(80, generator=draw).sort(descending=True).values
    one = Detections(boxes, scores, torch.randint(0, 3, (80,), generator=draw))
    whole, expected = (
        merged([(Tile(0, 0, 101, 101), one)], iou_threshold=threshold, edge=5.0),
        suppressed(one, threshold),
    )
    assert torch.equal(whole.boxes, expected.boxes)
    assert torch.equal(whole.scores, expected.scores)
    assert torch.equal(whole.labels, expected.labels)


def test_half_a_cat_is_the_same_cat():
    """Their IoU is 0.44: without the share of the piece both would stay."""
    half, cat = found((60, 10, 100, 70, 0.6, 2)), found((0, 10, 90, 70, 0.8, 2))
    (kept,) = rows(merged([(LEFT, half), (RIGHT, cat)], iou_threshold=0.5, edge=2.0))
    assert kept == (60, 10, 150, 70, 0.8, 2)


def test_a_whole_cat_wins_against_a_piece_that_is_up_to_twice_as_sure():
    piece, cat = (70, 10, 100, 70, 0.9, 2), (5, 10, 95, 70, 0.5, 2)
    (kept,) = rows(merged([(LEFT, found(piece)), (RIGHT, found(cat))], iou_threshold=0.5, edge=2.0))
    assert kept == (65, 10, 155, 70, 0.5, 2)
    doubtful = (*cat[:4], 0.1, 2)
    (kept,) = rows(merged([(LEFT, found(piece)), (RIGHT, found(doubtful))], iou_threshold=0.5, edge=2.0))
    assert kept == (70, 10, 100, 70, 0.9, 2)


def test_a_small_thing_in_front_of_a_piece_stays():
    large, small = (10, 0, 100, 80, 0.9, 2), (10, 20, 30, 40, 0.8, 2)
    kept = merged([(LEFT, found(large)), (RIGHT, found(small))], iou_threshold=0.5, edge=2.0)
    assert len(kept.boxes) == 2


def test_two_classes_do_not_race():
    kept = merged(
        [(LEFT, found((70, 10, 100, 70, 0.9, 2))), (RIGHT, found((10, 10, 40, 70, 0.8, 1)))],
        iou_threshold=0.0,
        edge=0.0,
    )
    assert [row[-1] for row in rows(kept)] == [2, 1]


def test_a_box_at_the_edge_of_the_photo_is_no_piece():
    """It covers a small one whose IoU with it is low: as a piece it would be removed by the larger one's share."""
    one, two = (0, 0, 20, 20, 0.8, 1), (0, 0, 60, 60, 0.9, 1)
    assert len(merged([(LEFT, found(one, two)), (RIGHT, found())], iou_threshold=0.5, edge=2.0).boxes) == 2


def test_tiles_without_detections_are_no_boxes():
    kept = merged([(LEFT, found()), (RIGHT, found())], iou_threshold=0.5, edge=2.0)
    assert (kept.boxes.shape, kept.labels.dtype) == ((0, 4), torch.int64)


@pytest.mark.parametrize(
    ("parts", "threshold", "edge", "said"),
    [
        ([], 0.5, 2.0, "no tiles to merge"),
        ([(LEFT, found())], 1.5, 2.0, "iou_threshold must lie in"),
        ([(LEFT, found())], 0.5, -1.0, "edge must be at least 0 pixels, got -1"),
        ([(LEFT, found())], 0.5, float("nan"), "edge must be at least 0 pixels, got nan"),
    ],
)
def test_settings_without_meaning_are_refused(parts, threshold, edge, said):
    with pytest.raises(SettingError, match=said):
        merged(parts, iou_threshold=threshold, edge=edge)


def test_every_device_merges_the_same(device):
    parts = [(LEFT, found((70, 10, 100, 70, 0.9, 2), (1, 1, 9, 9, 0.3, 0))), (RIGHT, found((5, 10, 95, 70, 0.5, 2)))]
    there = [(t, Detections(f.boxes.to(device), f.scores.to(device), f.labels.to(device))) for t, f in parts]
    assert rows(merged(there, iou_threshold=0.5, edge=2.0)) == rows(merged(parts, iou_threshold=0.5, edge=2.0))
