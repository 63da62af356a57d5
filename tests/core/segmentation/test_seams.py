"""Seams: borders of tiles, and the changes of class across them."""

import numpy as np
import pytest

from core.errors import SettingError
from core.segmentation.seams import Borders, beside, borders, changed, jumping, jumps
from core.segmentation.settings import SegmentSettings, planned


def naive(classes: np.ndarray, lines: Borders) -> tuple[int, int, int, int]:
    """Pair by pair."""
    counts = [0, 0, 0, 0]
    rows, columns = classes.shape
    for y in range(rows):
        for x in range(columns):
            for beyond, on in (((y, x + 1), x + 1 in lines.xs), ((y + 1, x), y + 1 in lines.ys)):
                if beyond[0] < rows and beyond[1] < columns:
                    counts[0 if on else 2] += 1
                    counts[1 if on else 3] += int(classes[y, x] != classes[beyond])
    return tuple(counts)


@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_that_one_finds_one_by_one(seed):
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 3, (9, 13), dtype=np.uint8)
    lines = Borders(tuple(sorted({*rng.integers(1, 13, 2).tolist()})), tuple(sorted({*rng.integers(1, 9, 2).tolist()})))
    found = jumps(classes, lines)
    assert (found.across, found.changed, found.others, found.others_changed) == naive(classes, lines)


def test_borders_are_where_tiles_begin_and_end_inside_the_photo():
    plan = planned(128, 192, 7, SegmentSettings(tile=64, overlap=0.0))
    assert borders(plan) == Borders((64, 128), (64,))
    moved = planned(64, 100, 7, SegmentSettings(tile=64, overlap=0.0))
    assert borders(moved) == Borders((36, 64), ()), "the last tile moves inward, and both of its borders count"


def test_one_tile_has_no_border_and_no_share():
    lines = borders(planned(50, 60, 7, SegmentSettings()))
    found = jumps(np.zeros((50, 60), np.uint8), lines)
    assert lines == Borders((), ())
    assert (found.share, found.elsewhere) == (None, 0.0)
    assert not beside(50, 60, lines, 4).any()


def test_a_map_that_changes_at_its_borders_alone_jumps_nowhere_else():
    classes = np.kron(np.array([[0, 1], [2, 3]], np.uint8), np.ones((8, 8), np.uint8))
    found = jumps(classes, Borders((8,), (8,)))
    assert (found.share, found.elsewhere) == (1.0, 0.0)
    assert jumping(classes, Borders((8,), (8,))).sum() == 2 * 16 + 2 * 16 - 4


def test_what_jumps_lies_beside_a_border():
    classes = np.random.default_rng(0).integers(0, 3, (20, 30), dtype=np.uint8)
    lines = Borders((7, 19), (5,))
    assert not (jumping(classes, lines) & ~beside(20, 30, lines, 1)).any()


def test_near_is_as_far_on_both_sides_and_ends_at_the_edge():
    assert np.flatnonzero(beside(1, 12, Borders((6,), ()), 2)[0]).tolist() == [4, 5, 6, 7]
    assert np.flatnonzero(beside(1, 12, Borders((1,), ()), 3)[0]).tolist() == [0, 1, 2, 3]


def test_a_reach_of_nothing_is_refused():
    with pytest.raises(SettingError, match="reach must be at least 1, got 0"):
        beside(4, 4, Borders((2,), ()), 0)


def test_the_changed_part_counts_only_where_it_is_asked():
    ours, theirs = np.zeros((2, 4), np.uint8), np.array([[0, 0, 1, 1]] * 2, np.uint8)
    assert changed(ours, theirs, np.ones((2, 4), bool)) == 0.5
    assert changed(ours, theirs, ours.astype(bool)) is None
