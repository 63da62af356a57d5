"""The formula of the bilinear kernel with the numbers of one weight, and the scores as cells."""

import re

import numpy as np
import pytest

from tests.ui.sections.segmenter.resolution_cases import lab
from ui.sections.segmenter import resolution_kernels, resolution_scores


def test_the_formula_ends_with_the_weight_that_is_there():
    kernels = lab("cat").found.kernels[-1]
    told = resolution_kernels.bilinear(kernels)
    assert told.endswith(rf"= {kernels.before[resolution_kernels.ENTRY]:.3f}\end{{aligned}}")
    first, second = map(float, re.findall(r"&= (\d\.\d{4}) \\cdot (\d\.\d{4})", told)[0])
    assert first * second == pytest.approx(float(kernels.before[resolution_kernels.ENTRY]), abs=1e-4)


def test_scores_are_cells_and_speak_for_or_against():
    case = lab("cat")
    scores = np.array([[4.0, -4.0]], np.float32)
    drawn = np.asarray(resolution_scores.picture(case, scores, 4.0)).astype(int)
    half = drawn.shape[1] // 2
    assert drawn.shape[:2] == (case.photo.height, case.photo.width)
    assert (drawn[:, : half - 2, 0] > drawn[:, : half - 2, 2]).all()
    assert (drawn[:, half + 2 :, 0] < drawn[:, half + 2 :, 2]).all()


def test_scores_of_nothing_leave_the_photo():
    case = lab("cat")
    drawn = np.asarray(resolution_scores.picture(case, np.zeros((7, 7), np.float32), 0.0))
    assert (drawn[..., 0] == drawn[..., 2]).all()
