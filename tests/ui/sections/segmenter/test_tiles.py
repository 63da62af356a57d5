"""The parts of the view Tiles: boxes, words, formulas, seams and what is kept, each against the experiment."""

from dataclasses import replace

import numpy as np
import pytest

from core.experiments.segmenting import plan_of, segment
from core.images.tiles import Window, window
from core.segmentation.settings import SegmentSettings, planned
from tests.ui.sections.segmenter.tiles_cases import AVERAGED, SIDE_BY_SIDE, case, large
from ui.cached import segmentations
from ui.sections.segmenter import (
    tiles_away,
    tiles_controls,
    tiles_formula,
    tiles_run,
    tiles_seams,
    tiles_stage,
    tiles_words,
)


def test_tiles_of_an_original_are_drawn_on_the_working_copy_and_end_with_it():
    made = case(large(), SegmentSettings(tile=512, overlap=0.0, original=True))
    assert (made.across, made.down) == (4, 3)
    assert made.boxes[0] == pytest.approx((0, 0, 512 * 0.8, 512 * 0.8))
    assert made.boxes[-1] == pytest.approx((1488 * 0.8, 688 * 0.8, 1600, 960))


def test_the_time_is_that_of_the_fastest_pass_so_far(visitor):
    made = case("cat", replace(AVERAGED, flip=True, scales=(1.0, 2.0)))
    assert made.seconds == pytest.approx(6 * 2 * 5 * made.whole.cost.milliseconds / 1000)
    tiles_run.measured(made.card, replace(made.whole.cost, milliseconds=100.0), SegmentSettings(flip=True), 5)
    assert made.seconds == pytest.approx(6 * 2 * 5 * 10 / 1000)
    tiles_run.measured(made.card, replace(made.whole.cost, milliseconds=900.0), SegmentSettings())
    assert made.seconds == pytest.approx(6 * 2 * 5 * 10 / 1000)


def test_a_thing_is_shown_larger_in_a_tile_by_the_ratio_of_the_sides():
    assert case("astronaut", SIDE_BY_SIDE).closer == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("height", "width", "scale", "size"), [(500, 400, 1.0, (224, 224)), (90, 300, 2.0, (448, 448))]
)
def test_the_lab_is_shown_squares(height, width, scale, size):
    assert segmentations.shown_size(case("cat").card, height, width, scale) == size


def test_memory_is_told_before_and_what_gives_way():
    assert (
        tiles_words.memory(planned(300, 451, 7, SegmentSettings()), 7)
        == "the sums of 7 scores for each pixel take 4 MB"
    )
    told = tiles_words.memory(planned(5000, 6000, 7, SegmentSettings(tile=1024)), 7)
    assert "would take 801 MB; at most 512 MB are taken, so 2 × 2 px share one: 200 MB" in told


def test_a_smaller_map_is_read_at_the_nearest_cell():
    small = np.array([[0, 1], [2, 3]], np.uint8)
    assert (tiles_words.as_large(small, (4, 6)) == np.kron(small, np.ones((2, 3), np.uint8))).all()
    assert tiles_words.as_large(small, (2, 2)) is small


@pytest.mark.parametrize(
    "settings", [AVERAGED, SIDE_BY_SIDE, SegmentSettings(tile=128, overlap=0.7, flip=True)], ids=repr
)
def test_the_formula_comes_to_the_plan(settings):
    plan = plan_of(case("astronaut").photo, "lab-fcn", settings)
    across, down, passes = tiles_formula.counted(plan, settings)
    assert across.endswith(f"= {len({tile.x for tile in plan.tiles})}")
    assert down.endswith(f"= {len({tile.y for tile in plan.tiles})}")
    assert passes.endswith(rf"= {plan.passes} \text{{ passes}}")


def test_the_example_weighs_a_column_as_the_windows_do():
    settings = SegmentSettings(tile=256, overlap=0.5, window=Window.LINEAR)
    plan = planned(512, 512, 7, settings)
    found = tiles_formula.shared(plan, settings)
    assert found
    assert (found.at, found.places) == (160, (160, 32))
    weights = window(256, 256, Window.LINEAR)[:, list(found.places)]
    assert found.weights[0] / found.weights[1] == pytest.approx(float(weights[9, 0] / weights[9, 1]), rel=1e-5)
    assert tiles_formula.shared(planned(512, 512, 7, SIDE_BY_SIDE), SIDE_BY_SIDE) is None


def test_the_way_to_compare_with_is_the_other_one():
    assert tiles_seams.other(AVERAGED) == replace(AVERAGED, overlap=0.0, window=Window.FLAT)
    assert tiles_seams.other(SIDE_BY_SIDE) == replace(SIDE_BY_SIDE, overlap=0.5, window=Window.HANN)
    assert tiles_seams.apart(tiles_seams.other(AVERAGED))


def test_what_is_kept_has_the_same_classes_and_few_probabilities(monkeypatch):
    found = segment(case("cat").photo, "lab-fcn", AVERAGED)
    monkeypatch.setattr(tiles_run, "KEPT_BYTES", 20_000)
    light = tiles_run.light(found)
    assert light.classes is found.classes
    assert light.probabilities.nbytes <= 20_000
    assert light.every > found.every
    assert [row.label for row in light.regions] == [row.label for row in found.regions]


def test_a_map_is_reduced_by_whole_steps():
    classes = np.arange(200 * 300).reshape(200, 300).astype(np.uint8)
    assert tiles_stage.reduced(classes, 100).shape == (67, 100)
    assert (tiles_stage.reduced(classes, 400) == classes).all()


def test_larger_tiles_are_offered_from_the_smallest_on():
    assert [one.tile for one in tiles_controls.larger(SegmentSettings(tile=768))] == [1024, 1536]


def test_the_plan_leaves_with_its_tiles():
    made = case(large(), SegmentSettings(tile=1024, overlap=0.0, original=True))
    told = tiles_away.settings(made)
    assert told["plan"] == {
        "width": 2000,
        "height": 1200,
        "factor": 1,
        "passes": 4,
        "tiles": [[0, 0, 1024, 1024], [976, 0, 1024, 1024], [0, 176, 1024, 1024], [976, 176, 1024, 1024]],
    }
