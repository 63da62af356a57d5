"""Watch it learn: the pictures, the film and the figures of a run, and what its sliders ask for."""

from dataclasses import replace

import numpy as np
import pytest

from core.boxes.settings import Labelled
from core.detection.learning_settings import OverfitSettings, Start
from core.experiments import overfit as core_overfit
from core.experiments.models import Found
from core.experiments.overfit import overfit
from core.images.samples import sample
from tests.ui.sections.detector.learning_cases import CAT, case
from ui.cached import lessons
from ui.sections.anchors import truths
from ui.sections.detector import learning_truths as taught
from ui.sections.detector import overfit_controls, overfit_film, overfit_live, overfit_pictures
from ui.sections.detector.learning_presets import presets

OBJECTS = (CAT, Labelled("cup", (300.0, 180.0, 440.0, 290.0)))


@pytest.fixture(scope="module")
def steps():
    settings = OverfitSettings(steps=6, start=Start.TRAINED)
    return tuple(overfit(sample("cat"), "lab-yolo", OBJECTS, settings))


def test_good_is_what_the_experiment_calls_so():
    assert overfit_pictures.GOOD == core_overfit.GOOD


def test_a_film_has_a_frame_a_loss_and_an_iou_for_every_kept_step(steps):
    reel = overfit_film.reel(case(*OBJECTS), OBJECTS, steps)
    assert len(reel.steps) == len(steps) == 7
    assert reel.panels[0].sheet.frames == 7
    loss, overlaps = reel.charts
    assert [one.name for one in loss.series] == ["whole", "confidence", "offsets", "class"]
    assert loss.series[0].values == tuple(step.total for step in steps)
    assert [one.name for one in overlaps.series] == ["1 cat", "2 cup"]
    assert overlaps.series[1].values == tuple(step.ious[1] for step in steps)


def test_runs_that_found_other_things_are_other_films(steps):
    made = case(*OBJECTS)
    assert overfit_film._name(made, steps) == overfit_film._name(made, steps)
    assert overfit_film._name(made, steps) != overfit_film._name(made, steps[:-1])
    other = (*steps[:-1], replace(steps[-1], things=()))
    assert overfit_film._name(made, steps) != overfit_film._name(made, other)


def test_boxes_are_drawn_where_they_are_however_small_the_picture():
    thing = Found("cat", 2, 0.9, (100.0, 100.0, 300.0, 250.0))
    pixels = np.full((150, 225, 3), 128, np.uint8)
    made = np.asarray(overfit_pictures.picture(pixels, 450, (), (thing,)))
    changed = np.argwhere((made != 128).any(axis=2))
    assert changed.min(axis=0)[1] >= 49
    assert changed.max(axis=0)[1] <= 152
    assert changed.max(axis=0)[0] <= 126


def test_of_dozens_of_boxes_the_surest_are_drawn_and_the_page_says_so(steps):
    many = tuple(Found("cat", 2, 0.9, (20.0 * place, 5.0, 20.0 * place + 15, 60.0)) for place in range(20))
    step = replace(steps[-1], things=many)
    assert overfit_pictures.drawn(step) == "20 boxes, the 8 surest drawn"
    assert overfit_pictures.drawn(replace(step, things=many[:1])) == "1 box"
    pixels = np.full((70, 450, 3), 128, np.uint8)
    made = overfit_pictures.picture(pixels, 450, (), many)
    assert made.tobytes() == overfit_pictures.picture(pixels, 450, (), many[: overfit_pictures.MOST]).tobytes()


def test_curves_hold_the_parts_before_they_are_weighted(steps):
    curves = overfit_pictures.curves(steps)
    assert curves["whole"] == pytest.approx(
        [sum(parts) for parts in zip(curves["confidence"], curves["offsets"], curves["class"], strict=True)], rel=1e-5
    )


def test_ious_of_the_table_are_those_of_the_run(steps):
    for step in (steps[0], steps[-1]):
        fits = lessons.best_boxes(OBJECTS, step.things)
        assert [iou for iou, _ in fits] == pytest.approx(step.ious, abs=1e-5)
        assert all(score in (0.0, *(one.score for one in step.things)) for _, score in fits)


def test_no_box_fits_where_none_is_found_or_none_has_the_class():
    assert lessons.best_boxes(OBJECTS, ()) == ((0.0, 0.0), (0.0, 0.0))
    dog = Found("dog", 1, 0.9, CAT.box)
    assert lessons.best_boxes((CAT,), (dog,)) == ((0.0, 0.0),)
    assert lessons.best_boxes((), (dog,)) == ()


def test_a_box_far_away_does_not_lend_its_score():
    far = Found("cat", 2, 0.9, (420.0, 0.0, 450.0, 20.0))
    assert lessons.best_boxes((CAT,), (far,)) == ((0.0, 0.0),)


def test_the_table_says_where_there_is_no_box():
    told = overfit_live._table(OBJECTS, [("now", ((0.5, 0.25), (0.0, 0.0)))]).replace("\u00a0", " ")
    assert "| 1 cat | **0.500** | 25 % |" in told
    assert "| 2 cup | no box | |" in told


def test_each_kept_update_is_a_row_to_take_away(steps):
    rows = overfit_live.rows(OBJECTS, steps)
    assert [row["update"] for row in rows] == list(range(7))
    assert [row["IoU 2 cup"] for row in rows] == [step.ious[1] for step in steps]
    assert [row["whole"] for row in rows] == [step.total for step in steps]


def test_the_answers_of_the_presets_are_what_happens():
    """Twins fight for one anchor of the course's head; a cup is learned within 40 updates."""
    rows = presets()
    twins = truths.read(str(rows["Two want one anchor"].settings[taught.KEY]), 451, 300)
    *_, last = overfit(sample("cat"), "lab-yolo", twins, OverfitSettings(steps=60))
    assert last.ious[0] == 0
    assert last.ious[1] > 0.95
    *_, last = overfit(sample("cat"), "lab-yolo-14", twins, OverfitSettings(steps=60))
    assert last.reached
    strangers = truths.read(str(rows["A new class"].settings[taught.KEY]), 600, 400)
    *_, last = overfit(sample("coffee"), "lab-yolo", strangers, OverfitSettings(steps=40))
    assert last.ious[0] > 0.9


def test_steered_settings_keep_what_must_stay():
    """A run refuses settings with another start, length or seed."""
    settings = OverfitSettings(steps=40, seed=3)
    newer = replace(settings, learning_rate=0.01)
    assert overfit_live._fixed(settings) == overfit_live._fixed(newer)
    for other in (replace(settings, steps=41), replace(settings, seed=4), replace(settings, start=Start.TRAINED)):
        assert overfit_live._fixed(settings) != overfit_live._fixed(other)


def test_every_choice_of_the_sliders_is_a_setting():
    for rate in overfit_controls.RATES:
        assert OverfitSettings(learning_rate=rate).learning_rate == rate
    for steps in overfit_controls.LENGTHS:
        assert OverfitSettings(steps=steps).steps == steps
    assert OverfitSettings().learning_rate in overfit_controls.RATES


def test_a_run_that_is_begun_is_that_of_its_case():
    run = lessons.begin(sample("cat"), "lab-yolo", OBJECTS)(OverfitSettings(steps=1))
    assert len(next(run).ious) == 2
    run.close()
