"""The questions of the view: what they set is there to be set, and their answers are true."""

import re

import pytest

from core.experiments.detecting import Outcome, fate
from core.images.samples import SAMPLES
from tests.ui.sections.detector.grid_cases import chosen, lab
from ui import model_picker
from ui.sections.detector import inside_controls, inside_presets
from ui.sections.detector.inside_grid import Place
from ui.sections.detector.inside_stage import CELL, OF

PRESETS = inside_presets.presets()


def test_each_preset_asks_and_answers_and_sets_what_is_there():
    assert next(iter(PRESETS)) == inside_presets.FIRST
    assert len(PRESETS) == 4
    assert sum(preset.predict for preset in PRESETS.values()) == 1
    assert model_picker._key(inside_presets.Task.DETECT) == inside_presets.MODEL
    for preset in PRESETS.values():
        assert "?" in preset.question
        assert (
            {*inside_controls.KEYS, OF}
            <= set(preset.settings)
            <= {*inside_controls.KEYS, OF, CELL, inside_presets.MODEL}
        )
        assert preset.photo in {None, *(row.key for row in SAMPLES)}
        assert (CELL in preset.settings) != (CELL in preset.clears)


def test_59_anchors_answer_for_the_cat_each_the_largest_of_its_cell():
    made, answer = lab(), PRESETS["Which cells answer?"].answer
    detected = chosen(made)
    places = [made.of(anchor) for _, anchor in detected.raced_rows]
    assert answer.startswith(f"{len(places)}, each in another cell")
    assert len({(place.row, place.column) for place in places}) == len(places) == 59
    assert {place.anchor for place in places} == {4}
    assert max(made.look.heads[0].anchors) == made.look.heads[0].anchors[4]
    assert made.of(detected.rows[0][1]) == Place(0, 6, 5, 4)
    assert len(detected.things) == 1
    assert "row 6, column 5" in answer


def test_one_anchor_passes_on_the_coarse_grid_and_four_at_a_lower_confidence():
    made = lab("lab-yolo")
    assert len(chosen(made).raced.labels) == 1
    assert len(chosen(made, confidence=0.2).raced.labels) == 4


def ends(threshold: float) -> dict[int, tuple[Outcome, float | None]]:
    made = lab(photo="astronaut")
    detected = chosen(made, nms=inside_controls.NmsSettings(iou_threshold=threshold))
    found = {}
    for anchor in range(9):
        one = fate(made.seen, detected, 0, int(made.rows[made.number(Place(0, 5, 5, anchor))]))
        if one.outcome is not Outcome.BELOW:
            assert one.label == "person"
            found[anchor + 1] = (one.outcome, one.overlap)
    return found


def test_three_anchors_of_one_cell_find_the_same_person():
    answer, now = PRESETS["Anchors of one cell"].answer, ends(0.5)
    assert set(now) == {4, 5, 8}
    assert now[5][0] is Outcome.KEPT
    assert [now[one][0] for one in (4, 8)] == [Outcome.SUPPRESSED] * 2
    assert re.findall(r"0\.\d\d", answer) == [f"{now[4][1]:.2f}", f"{now[8][1]:.2f}", "0.95"]
    assert {outcome for outcome, _ in ends(0.95).values()} == {Outcome.KEPT}


@pytest.mark.parametrize("anchor", [4, 5])
def test_two_of_them_are_squares_and_one_is_high(anchor):
    shapes = lab(photo="astronaut").look.heads[0].anchors
    assert shapes[anchor - 1][0] == shapes[anchor - 1][1]
    assert shapes[7][1] > shapes[7][0]
