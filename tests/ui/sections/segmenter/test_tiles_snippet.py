"""The lines of the view Tiles average what the page averages."""

from dataclasses import replace

import pytest
from PIL import Image

from core.experiments.segmenting import segment
from core.images.decode import original
from core.images.tiles import Window
from core.segmentation import settings as segmentation_settings
from core.segmentation.settings import SegmentSettings
from tests.snippets import run
from tests.ui.sections.segmenter.tiles_cases import AVERAGED, SIDE_BY_SIDE, case, large
from ui.sections.segmenter.tiles_snippet import snippet


def shares(made) -> dict[str, float]:
    found = segment(made.photo, made.card.key, made.settings)
    return {row.label: row.share for row in found.regions}


def assert_prints_shares(made, **replacements: str) -> None:
    printed, expected = run(snippet(made), **replacements), shares(made)
    for label in {*printed, *expected}:
        assert printed.get(label, 0.0) == pytest.approx(expected.get(label, 0.0), abs=2e-3), label


@pytest.mark.parametrize(
    "settings",
    [SIDE_BY_SIDE, AVERAGED, SegmentSettings(tile=192, window=Window.LINEAR, flip=True, scales=(0.75, 1.0))],
    ids=["side by side", "averaged", "mirrored and in two scales"],
)
def test_the_lines_print_the_areas_of_the_page(settings):
    assert_prints_shares(case("astronaut" if settings is SIDE_BY_SIDE else "cat", settings))


@pytest.mark.parametrize("from_original", [False, True])
def test_the_lines_open_a_large_photo_as_the_lab_does(tmp_path, from_original):
    made = case(large(), SegmentSettings(tile=1024, overlap=0.0, original=from_original))
    target = tmp_path / "large.png"
    Image.fromarray(original(made.photo)).save(target)
    assert_prints_shares(made, **{"'large.png'": repr(str(target))})


def test_the_lines_share_sums_as_the_lab_does(monkeypatch):
    monkeypatch.setattr(segmentation_settings, "MOST_BYTES", 4 * 7 * 451 * 300 // 4)
    made = case("cat", replace(AVERAGED, tile=129))
    assert made.plan.factor == 3
    assert_prints_shares(made)
