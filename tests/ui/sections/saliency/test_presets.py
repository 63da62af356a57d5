"""The questions of the view Fool: each moves controls to what they may be, and its answer is true of the attack."""

import pytest

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Norm
from tests.ui.sections.saliency.fool_cases import FGSM, PGD, TIMID, away, made
from ui.sections.saliency import fool_controls, presets

ROWS = presets.presets()


@pytest.mark.parametrize("name", ROWS)
def test_a_preset_sets_every_control_to_one_of_its_values(name):
    settings = ROWS[name].settings
    assert set(settings) <= {*fool_controls.KEYS, "vanish"}
    assert settings["attack"] in fool_controls.ATTACKS
    assert settings["stride"] in fool_controls.STRIDES
    assert settings["length"] in fool_controls.LENGTHS
    assert 0 <= settings["eps"] <= 32


def test_there_are_at_least_three_questions_and_one_asks_for_a_prediction():
    assert presets.FIRST in ROWS
    assert len(ROWS) >= 3
    assert any(row.predict for row in ROWS.values())


def test_one_step_misses_the_target_that_many_reach():
    assert not made(FGSM).succeeded
    assert made(FGSM).after.label != "cat"
    assert made(AttackSettings(attack=Attack.PGD_LINF, epsilon=8 * LEVEL)).succeeded


def test_three_steps_of_deepfool_are_undone_by_rounding_and_six_are_not():
    assert made(TIMID, away()).reached
    assert not made(TIMID, away()).succeeded
    assert made(AttackSettings(attack=Attack.DEEPFOOL, epsilon=None, steps=6), away()).succeeded


def test_one_level_is_enough_for_pgd_on_the_cat():
    outcome = made(AttackSettings(attack=Attack.PGD_LINF, epsilon=LEVEL))
    assert outcome.succeeded
    assert round(outcome.distances.levels) == 1
    assert outcome.updates > made(PGD).updates
    assert outcome.settings.ball.norm is Norm.LINF
