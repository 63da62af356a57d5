"""The questions of anchors and assignment: what they set is there to be set, and their answers are true."""

import re

import pytest

from core.boxes.layout import AnchorSettings, Convention, Generator
from core.boxes.settings import AssignmentSettings, Rule
from core.experiments.assignment import Assignment, assign, at_place
from core.images.samples import SAMPLES, sample
from ui.controls import Preset
from ui.sections.anchors import cases, closer, generator, offsets, rule, truths, which
from ui.sections.anchors.cases import CROWD, FIRST, GOLDEN, THIN

THINNEST = {"scales": (0.2, 0.15, 0.1), "ratios": (1.0, 2.0, 0.5, 0.1)}


def case(name: str, photo: str = "cat") -> Preset:
    return cases.presets(sample(photo))[name]


def answered(name: str, how: AssignmentSettings, settings: AnchorSettings) -> Assignment:
    """What the page computes for the photo of a question."""
    photo = sample(case(name).photo)
    return assign(truths.boxes(truths.of(photo)), settings, how, height=photo.height, width=photo.width)


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_each_case_asks_and_answers_on_every_photo(row):
    rows = cases.presets(sample(row.key))
    assert list(rows) == [FIRST, GOLDEN, THIN, CROWD]
    assert all("?" in preset.question and preset.answer for preset in rows.values())


def test_the_first_question_is_about_the_photo_as_it_is(blank):
    assert "fits the rocket best" in case(FIRST, "rocket").question
    assert "fits the object best" in cases.presets(blank(30, 30))[FIRST].question
    assert case(FIRST).settings == {}
    assert case(FIRST).photo is None


@pytest.mark.parametrize("name", [GOLDEN, THIN, CROWD])
def test_every_other_question_brings_a_sample_and_sets_controls_that_exist(name):
    assert case(name).photo in {row.key for row in SAMPLES}
    assert set(case(name).settings) <= {*generator.KEYS, *rule.KEYS, truths.KEY, which.KEY, offsets.KEY, closer.KEY}
    assert case(name).settings["gen"] in generator.GENERATORS
    assert case(name).settings["rule"] in rule.RULES


def test_the_golden_example_is_as_its_answer_says():
    photo = sample("triangle")
    assert (photo.width, photo.height) == (500, 333)
    (box,) = truths.boxes(truths.of(photo))
    assert box == (156, 97, 351, 270)
    answer = answered(GOLDEN, AssignmentSettings(rule=Rule.CELL), AnchorSettings())
    (one,) = answer.activations
    assert (one.cell, one.anchor, one.flat_index) == ((3, 3), 2, 122)
    assert f"{float(one.iou.max()):.4f}" == "0.7454"
    assert "Anchor 2" in case(GOLDEN).answer
    assert "0.7454" in case(GOLDEN).answer
    assert "2 · 49 + 3 · 7 + 3 = 122" in case(GOLDEN).answer


def test_the_golden_example_points_into_its_cell():
    x, y = map(float, case(GOLDEN).settings["at"].split(","))
    placed = at_place(answered(GOLDEN, AssignmentSettings(), AnchorSettings()).levels, (), x=x, y=y)
    assert {(one.row, one.col) for one in placed} == {(3, 3)}
    assert len(placed) == 9


def thin(**changes: object) -> float:
    """The best IoU with the rocket, which is the first object of its photo."""
    settings = AnchorSettings(generator=Generator.PIXEL, **changes)
    return answered(THIN, AssignmentSettings(rule=Rule.GREEDY), settings).best[0].iou


def test_no_anchor_of_the_thin_case_reaches_one_half_on_the_rocket():
    preset, photo = case(THIN), sample("rocket")
    assert truths.of(photo)[0].label == "rocket"
    x1, y1, x2, y2 = truths.of(photo)[0].box
    assert f"{x2 - x1:.0f} × {y2 - y1:.0f} px" in preset.answer
    assert thin() < 0.5
    assert AnchorSettings(generator=Generator.PIXEL).scales == (0.75, 0.5, 0.25)
    assert {preset.settings[key] for key in ("gen", "number", "threshold")} == {"Every pixel", 3, 0.5}
    assert (preset.settings["scales"], preset.settings["ratios"]) == ((0.25, 0.75), ["1", "2", "1:2"])


def test_its_ratio_alone_does_not_help_the_rocket_and_a_smaller_first_scale_does():
    assert thin(ratios=(1.0, 2.0, 0.5, 0.1)) < 0.5
    assert thin(scales=(0.2, 0.15, 0.1)) < 0.5
    (said,) = re.findall(r"reaches (0\.\d+)", case(THIN).answer)
    assert f"{thin(**THINNEST):.2f}" == said


def test_the_rocket_is_found_in_the_other_convention_too():
    """The answer says nothing of the width's convention, so it must not depend on it."""
    assert thin(**THINNEST, convention=Convention.AREA) > 0.5


def rivals(cells: int) -> tuple[tuple[int, int], ...]:
    return answered(CROWD, AssignmentSettings(rule=Rule.CELL), AnchorSettings(cells=cells)).rivals


def test_in_the_crowd_each_pair_wants_one_anchor():
    assert case(CROWD).settings["grid"] == 5
    assert rivals(5) == ((0, 1), (2, 3))


@pytest.mark.parametrize("cells", range(10, 27))
def test_on_every_grid_from_ten_cells_on_all_four_have_their_own_anchor(cells):
    assert rivals(cells) == ()


@pytest.mark.parametrize("cells", range(6, 10))
def test_the_answer_says_on_which_grids_the_crowd_meets_again(cells):
    assert rivals(cells) == (((0, 1), (2, 3)) if cells == 9 else ())
    assert "6, 7 and 8 cells part them, 9 bring both pairs together again" in case(CROWD).answer


@pytest.mark.parametrize("name", [GOLDEN, THIN, CROWD])
def test_a_question_sets_the_objects_of_its_photo(name):
    assert case(name).settings[truths.KEY] == truths.written(truths.of(sample(case(name).photo)))
