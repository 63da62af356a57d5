"""One tile by itself: it says what the run says where no other tile has a say."""

import numpy as np
import pytest

from core.errors import SettingError
from core.experiments.segmenting import segment
from core.experiments.tile_looks import look_at
from core.images.photo import from_pixels
from core.images.samples import sample
from core.images.tiles import Tile, Window
from core.segmentation.settings import SegmentSettings

FOUR = SegmentSettings(tile=256, overlap=0.0, window=Window.FLAT)


def noise(width: int, height: int):
    return from_pixels(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


@pytest.mark.parametrize(
    "settings", [FOUR, SegmentSettings(tile=256, overlap=0.0, flip=True)], ids=["once", "mirrored"]
)
def test_tiles_that_share_nothing_are_together_the_whole_answer(settings):
    photo = sample("astronaut")
    whole = segment(photo, "lab-fcn", settings)
    for place in range(4):
        found = look_at(photo, "lab-fcn", settings, place)
        y, x = found.tile.y, found.tile.x
        assert (found.classes == whole.classes[y : y + 256, x : x + 256]).mean() > 0.9999, "but for ties"
        assert found.names == whole.names
        assert (found.pixels == photo.pixels[y : y + 256, x : x + 256]).all()
        assert found.cost.forward == settings.looks


def test_the_tile_is_shown_as_large_as_the_network_takes_it():
    found = look_at(sample("astronaut"), "lab-fcn", FOUR, 3)
    assert found.tile == Tile(256, 256, 256, 256)
    assert found.shown.shape == (224, 224, 3)
    assert found.shown.mean() == pytest.approx(found.pixels.mean(), abs=1)


def test_a_tile_can_be_cut_out_of_the_original():
    photo = noise(2000, 300)
    settings = SegmentSettings(tile=300, overlap=0.0, original=True)
    found = look_at(photo, "lab-fcn", settings, 6)
    assert found.tile == Tile(1700, 0, 300, 300)
    assert found.pixels.shape == (300, 300, 3)


@pytest.mark.parametrize("place", [-1, 4])
def test_there_is_no_other_tile(place):
    with pytest.raises(SettingError, match="from 0 to 3"):
        look_at(sample("astronaut"), "lab-fcn", FOUR, place)


def test_a_tile_larger_than_a_working_copy_is_refused():
    with pytest.raises(SettingError, match="too large to be shown by itself"):
        look_at(noise(1800, 1700), "lab-fcn", SegmentSettings(tile=1700, original=True), 0)
