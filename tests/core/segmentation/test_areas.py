"""Areas, regions and outlines of class maps: worked by hand, beside a flood fill, laws and edges."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.errors import SettingError
from core.segmentation.areas import Area, Region, areas, outlines, regions
from core.segmentation.settings import IGNORE

MAP = np.array(
    [
        [1, 1, 0, 0, 2],
        [1, 0, 0, 2, 0],
        [0, 0, 0, 0, 0],
        [1, 0, 255, 255, 0],
    ],
    np.uint8,
)


def blotches(seed, height=20, width=30):
    return np.kron(
        np.random.default_rng(seed).integers(0, 3, (height // 2, width // 2), dtype=np.uint8), np.ones((2, 2), np.uint8)
    )


def flooded(mask):
    """Sizes and boxes of what hangs together, by walking from pixel to pixel."""
    left, found = set(zip(*np.nonzero(mask), strict=True)), []
    while left:
        todo, seen = [left.pop()], []
        while todo:
            y, x = todo.pop()
            seen.append((y, x))
            near = {(y + down, x + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            todo.extend(near)
        rows, columns = zip(*seen, strict=True)
        found.append((len(seen), (min(columns), min(rows), max(columns) + 1, max(rows) + 1)))
    return sorted(found)


def test_areas_worked_by_hand():
    assert areas(MAP) == (Area(0, 12, 12 / 18), Area(1, 4, 4 / 18), Area(2, 2, 2 / 18))
    assert areas(np.full((3, 3), IGNORE, np.uint8)) == ()


def test_regions_worked_by_hand():
    assert regions(MAP, 1) == (Region(1, 3, (0, 0, 2, 2)), Region(1, 1, (0, 3, 1, 4)))
    assert regions(MAP, 2) == (Region(2, 2, (3, 0, 5, 2)),), "they hang together by a corner"
    assert regions(MAP, 1, least=2) == regions(MAP, 1, most=1) == (Region(1, 3, (0, 0, 2, 2)),)
    assert regions(MAP, 3) == ()


@pytest.mark.parametrize("seed", range(5))
def test_regions_are_those_of_a_flood_fill(seed):
    classes = blotches(seed)
    for label in range(3):
        found = regions(classes, label)
        assert sorted((one.pixels, one.box) for one in found) == flooded(classes == label)
        assert sum(one.pixels for one in found) == (classes == label).sum()
        assert [one.pixels for one in found] == sorted((one.pixels for one in found), reverse=True)


def test_the_outline_of_a_square_runs_along_its_pixels_edges():
    classes = np.zeros((8, 9), np.uint8)
    classes[2:6, 3:8] = 4
    (line,) = outlines(classes, 4)
    assert line[0].tolist() == line[-1].tolist()
    assert (line.min(axis=0).tolist(), line.max(axis=0).tolist()) == ([3, 2], [8, 6])
    (few,) = outlines(classes, 4, tolerance=1.0)
    assert len(few) < len(line)


def test_an_outline_at_the_edge_of_the_picture_is_closed_and_a_hole_has_its_own():
    classes = np.ones((6, 6), np.uint8)
    classes[2:4, 2:4] = 0
    outer, inner = outlines(classes, 1)
    assert (outer.min(), outer.max()) == (0, 6)
    assert (inner.min(), inner.max()) == (2, 4)
    assert outlines(classes, 7) == ()


def test_refusals_name_the_rule():
    with pytest.raises(SettingError, match="least must be at least 1, got 0"):
        regions(MAP, 1, least=0)
    with pytest.raises(SettingError, match="most must be at least 1, got 0"):
        regions(MAP, 1, most=0)
    for value in (-1.0, float("nan")):
        with pytest.raises(SettingError, match="tolerance must be at least 0"):
            outlines(MAP, 1, tolerance=value)


def test_eight_threads_get_the_same():
    classes = blotches(1, 200, 300)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: (areas(classes), regions(classes, 1)), range(16)))
    assert all(one == found[0] for one in found)
