"""The questions of the view: what they set is there to be set, and their answers are true."""

import numpy as np
import pytest

from core.experiments.transposing import bilinear, transposing
from core.segmentation.transposed_settings import TransposeSettings
from ui.sections.segmenter import transposed_controls as controls
from ui.sections.segmenter import transposed_presets as presets
from ui.sections.segmenter.transposed_typed import read

ROWS = presets.presets()


def worked(name: str):
    """What the question is about."""
    given = ROWS[name].settings
    return transposing(
        TransposeSettings(
            input=read(given[controls.INPUT], "input"),
            kernel=read(given[controls.KERNEL], "kernel"),
            stride=given[controls.STRIDE],
            padding=given[controls.PADDING],
        )
    )


def test_each_preset_asks_and_answers_and_sets_all_controls():
    assert next(iter(ROWS)) == presets.FIRST
    assert sum(row.predict for row in ROWS.values()) == 1
    for row in ROWS.values():
        assert "?" in row.question
        assert set(row.settings) == {controls.INPUT, controls.KERNEL, controls.STRIDE, controls.PADDING}
        assert row.clears == (controls.STEP,)


def test_the_page_opens_with_the_first_question():
    assert worked(presets.FIRST).settings == controls.STANDARD


def test_five_places_of_the_courses_example_overlap_and_all_four_meet_in_the_middle():
    found = worked(presets.FIRST)
    assert (found.overlapping, found.reached.size) == (5, 9)
    assert np.argwhere(found.reached == 4).tolist() == [[1, 1]]
    assert found.output[1, 1] == 0 * 3 + 1 * 2 + 2 * 1 + 3 * 0 == 4


def test_with_a_stride_of_two_nothing_overlaps():
    found = worked(presets.SPREAD)
    assert found.overlapping == 0
    assert found.output.tolist() == [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]


def test_the_output_that_is_guessed_is_five_by_five():
    found = worked(presets.SIZE)
    assert found.output.shape == (5, 5)
    assert found.whole.shape == (7, 7)


def test_a_constant_input_becomes_a_checkerboard_of_one_two_and_four():
    found = worked(presets.CHECKERBOARD)
    assert set(np.unique(found.output).tolist()) == {1, 2, 4}
    assert set(np.unique(found.output[2:-2, 2:-2]).tolist()) == {1, 2, 4}


def test_the_bilinear_kernel_interpolates_but_in_the_outermost_ring():
    found = worked(presets.BILINEAR)
    assert pytest.approx(np.array(bilinear(4))) == np.array(presets.TENT)
    steps = (np.arange(8) + 0.5) / 2 - 0.5
    smooth = 4 * steps[:, None] + steps
    assert found.output.shape == (8, 8)
    assert found.output[1:-1, 1:-1] == pytest.approx(smooth[1:-1, 1:-1])
    edge = np.ones((8, 8), bool)
    edge[1:-1, 1:-1] = False
    repeated = 4 * steps.clip(0, 3)[:, None] + steps.clip(0, 3)
    assert (found.output[edge] < repeated[edge]).sum() >= edge.sum() - 1, "only a zero in a corner is right by chance"
