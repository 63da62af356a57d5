"""What is taken away from the view Trust, and that its lines print the numbers of the page."""

import numpy as np
import pytest

from core.attribution.faithfulness import Kind
from core.attribution.methods import Method
from core.experiments.attribution import explain
from core.experiments.trust import STEPS, fall
from core.images.samples import sample
from core.zoo.catalog import of
from core.zoo.model_card import Task
from tests.snippets import printed
from tests.ui.sections.attribution.trust_cases import SIDE, checked, judged, real
from ui.sections.attribution import trust_away
from ui.sections.attribution.deletion_snippet import deletion
from ui.sections.attribution.sanity import Checked

MAP = np.ones((3, 3), np.float32)


@pytest.mark.parametrize("name", ["cat", "overlap"])
def test_the_lines_print_the_area_under_the_deletion_curve_of_grad_cam(name):
    case = real(name)
    found = explain(case.opened, Method.GRAD_CAM, case.target)
    expected = fall(case.opened, case.target, found, Kind.DELETION).auc
    given = printed(deletion(case.photo, case.card, case.target, case.opened.deepest, trust_away.STEPS))
    assert given["deletion AUC"] == pytest.approx(expected, abs=2e-3)
    assert given["score"] == pytest.approx(found.score, abs=1e-2)


@pytest.mark.parametrize("row", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_every_network_has_lines_that_are_a_program(row):
    compile(deletion(sample("cat"), row, 3, row.layers[0].name, 32), "snippet", "exec")


def test_the_lines_take_as_many_steps_as_the_page():
    assert trust_away.STEPS == STEPS


def test_every_point_of_every_curve_and_every_stage_of_every_check_is_a_row():
    found = [judged("Grad-CAM", (1.0, 0.2, 0.0), (0.0, 0.9, 1.0), MAP), judged("Random pixels", (1.0, 0.4), (0.0, 1.0))]
    rows = trust_away.rows(found, Checked((Method.GRAD_CAM,), (checked(Method.GRAD_CAM, 1.0, 0.5),)))
    assert len(rows) == 2 * 3 + 2 * 2 + 2 * 2
    assert all(list(row) == list(rows[0]) for row in rows)
    assert {"of": "Grad-CAM", "what": "SSIM", "at": "layer.1", "value": 0.25, "area under the curve": ""} in rows


def test_the_picture_shows_deletion_and_insertion_at_the_step_that_is_chosen():
    one = judged("Grad-CAM", (1.0, 0.2, 0.0), (0.0, 0.9, 1.0), MAP)
    drawn = np.asarray(trust_away.picture(one, 1))
    assert drawn.shape == (SIDE, 2 * SIDE + 12, 3)
    assert not drawn[: SIDE // 2, :SIDE].any()
    assert (drawn[SIDE // 2 :, :SIDE] == 255).all()
    assert (drawn[: SIDE // 2, -SIDE:] == 255).all()
    assert not drawn[SIDE // 2 :, -SIDE:].any()
    last = np.asarray(trust_away.picture(one, 2))
    assert np.array_equal(np.asarray(trust_away.picture(one, 99)), last)  # a step of a longer film
