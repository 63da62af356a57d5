"""The questions of the view: what they set is there to be set, and their answers are true."""

import re

import pytest

from core.images.samples import SAMPLES
from core.segmentation.settings import Upsampling
from tests.ui.sections.segmenter.resolution_cases import lab
from ui.sections.segmenter import resolution_controls, resolution_presets
from ui.sections.segmenter.resolution_stage import OF, POINT

PRESETS = resolution_presets.presets()


def told(name: str, digits: int = 3) -> list[str]:
    """The numbers of an answer that have so many digits after the point."""
    return re.findall(rf"\b0\.\d{{{digits}}}\b", PRESETS[name].answer)


def test_each_preset_asks_and_answers_and_sets_what_is_there():
    assert next(iter(PRESETS)) == resolution_presets.FIRST
    assert len(PRESETS) == 4
    assert sum(preset.predict for preset in PRESETS.values()) == 1
    for preset in PRESETS.values():
        assert "?" in preset.question
        assert preset.answer
        assert {*resolution_controls.KEYS, OF} <= set(preset.settings) <= {*resolution_controls.KEYS, OF, POINT}
        assert preset.settings[resolution_controls.WAY] in resolution_controls.WAYS
        assert preset.photo in {None, *(row.key for row in SAMPLES)}
        assert (POINT in preset.settings) != (POINT in preset.clears)


def test_the_contour_of_the_person_gets_better_while_the_iou_does_not():
    grades = [lab("astronaut").grade((stride, Upsampling.NEAREST)) for stride in (32, 16, 8)]
    expected = [f"{grade.contour:.3f}" for grade in grades] + [f"{grade.iou:.3f}" for grade in grades]
    assert told("Where does the head end?") == expected
    width = lab("astronaut").photo.width
    assert f"{width / 7:.0f} pixels" in PRESETS["Where does the head end?"].question
    assert f"{width / 28:.0f} pixels" in PRESETS["Where does the head end?"].answer


def test_the_head_at_32s_is_a_column_of_two_cells():
    case = lab("astronaut")
    cells = case.depth(32).scores.argmax(axis=0) == case.names.index("person")
    assert cells[:3].sum(axis=1).tolist() == [2, 2, 2]


def test_finer_does_not_win_on_the_cat():
    grades = [lab("cat").grade((stride, Upsampling.LEARNED)) for stride in (32, 16, 8)]
    assert told("Does finer win?") == [f"{grade.iou:.3f}" for grade in grades] + [
        f"{grade.contour:.3f}" for grade in grades
    ]
    assert grades[2].iou < grades[0].iou
    assert grades[2].contour > grades[1].contour > grades[0].contour


def test_learned_kernels_find_more_of_the_person():
    case = lab("astronaut")
    ways = (Upsampling.LEARNED, Upsampling.BILINEAR, Upsampling.BEFORE)
    assert told("Learned or bilinear?") == [f"{case.grade((16, way)).iou:.3f}" for way in ways]
    mixed = re.findall(r"(\d+) %", PRESETS["Learned or bilinear?"].answer.replace("\u00a0", " "))
    assert mixed == [f"{100 * kernels.mixed:.0f}" for kernels in case.found.kernels[1:]]


@pytest.mark.parametrize("name", PRESETS)
def test_a_point_of_a_preset_lies_on_its_photo(name):
    x, y = map(int, str(PRESETS[name].settings.get(POINT, "0,0")).split(","))
    photo = lab(PRESETS[name].photo or "cat").photo
    assert 0 <= x <= photo.width
    assert 0 <= y <= photo.height
