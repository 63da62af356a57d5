"""Settings of a segmentation and the plan that they make: laws, edges, and refusals."""

import subprocess
import sys

import pytest

from core.errors import SettingError
from core.images.tiles import Tile
from core.segmentation.settings import MOST_BYTES, SegmentSettings, planned


def test_by_default_a_photo_is_one_pass():
    plan = planned(300, 451, 7, SegmentSettings())
    assert plan.tiles == (Tile(0, 0, 451, 300),)
    assert (plan.factor, plan.rows, plan.columns, plan.passes) == (1, 300, 451, 1)


def test_tiles_cover_the_grid_and_share_what_was_asked_for():
    plan = planned(600, 1000, 7, SegmentSettings(tile=400, overlap=0.5, flip=True, scales=(0.75, 1.0)))
    assert [(tile.x, tile.y) for tile in plan.tiles] == [(x, y) for y in (0, 200) for x in (0, 200, 400, 600)]
    assert {(tile.width, tile.height) for tile in plan.tiles} == {(400, 400)}
    assert plan.passes == 8 * 4


@pytest.mark.parametrize("classes", [1, 7, 21, 150])
@pytest.mark.parametrize(("height", "width"), [(3000, 4000), (6000, 6666), (1067, 1600), (17, 1600)])
def test_the_grid_is_the_finest_that_fits_into_memory(height, width, classes):
    plan = planned(height, width, classes, SegmentSettings())
    assert 4 * classes * plan.rows * plan.columns <= MOST_BYTES
    assert plan.rows * plan.factor >= height > (plan.rows - 1) * plan.factor
    if plan.factor > 1:
        finer = plan.factor - 1
        assert 4 * classes * -(-height // finer) * -(-width // finer) > MOST_BYTES


def test_a_tile_in_cells_is_a_tile_in_pixels():
    plan = planned(3001, 4001, 21, SegmentSettings(tile=600))
    assert plan.factor == 2
    assert plan.pixels(plan.tiles[0]) == Tile(0, 0, 600, 600)
    last = plan.pixels(plan.tiles[-1])
    assert (last.x + last.width, last.y + last.height) == (4002, 3002)


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"tile": 63}, "tile must be at least 64 pixels, got 63"),
        ({"overlap": 0.8}, r"overlap must lie in \[0, 0.75\] of a tile, got 0.8"),
        ({"overlap": float("nan")}, "overlap must lie in"),
        ({"scales": ()}, "1 to 5 scales, got 0"),
        ({"scales": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)}, "1 to 5 scales, got 6"),
        ({"scales": (1.0, 1.0)}, "twice"),
        ({"scales": (1.0, 2.5)}, r"scale must lie in \[0.5, 2.0\], got 2.5"),
    ],
)
def test_a_setting_without_meaning_is_named_with_its_rule(options, rule):
    with pytest.raises(SettingError, match=rule):
        SegmentSettings(**options)


def test_more_passes_than_anybody_waits_for_are_refused():
    few = SegmentSettings(tile=300, overlap=0.0)
    assert planned(3000, 4000, 7, few).passes == 140
    with pytest.raises(SettingError, match="each looked at 4 times, are more than 400 passes"):
        planned(3000, 4000, 7, SegmentSettings(tile=300, overlap=0.0, flip=True, scales=(1.0, 1.25)))
    with pytest.raises(SettingError, match="are more than 400"):
        planned(3000, 4000, 7, SegmentSettings(tile=64))


def test_settings_need_no_torch():
    code = "import sys, core.segmentation.settings; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
