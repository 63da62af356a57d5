"""The formulas have the numbers of the moment."""

import re
from dataclasses import replace

import pytest

from core.adversarial.settings import LEVEL, Attack, AttackSettings
from core.experiments.aims import STANDARD
from tests.ui.sections.saliency.fool_cases import made
from ui.sections.saliency import fool_formula


def test_what_came_out_is_in_it():
    outcome = made()
    said = " ".join(fool_formula.found(outcome))
    assert f"{outcome.distances.l2:.2f}" in said
    assert rf"\tfrac{{{round(outcome.distances.levels)}}}{{255}}" in said
    assert f"{outcome.of_aim:.3f}" in said


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        (STANDARD, [r"\varepsilon = \tfrac{8}{255} = 0.0314", rf"\eta = {STANDARD.stride:g}"]),
        (replace(STANDARD, epsilon=None), [rf"\eta = {STANDARD.stride:g}"]),
        (AttackSettings(attack=Attack.PGD_LINF, epsilon=4 * LEVEL), [r"\alpha = \tfrac{0.5}{255}"]),
        (AttackSettings(attack=Attack.PGD_L2, epsilon=3.0), [r"\varepsilon = 3", r"\alpha = 0.375"]),
        (AttackSettings(attack=Attack.FGSM, epsilon=LEVEL), [r"\varepsilon = \tfrac{1}{255} = 0.0039"]),
        (AttackSettings(attack=Attack.DEEPFOOL, epsilon=None), []),
    ],
)
def test_what_was_set_is_in_it(settings, parts):
    said = fool_formula.given(settings)
    assert all(part in " ".join(said) for part in parts)
    assert bool(said) == bool(parts)


@pytest.mark.parametrize("attack", Attack, ids=lambda one: one.value)
def test_every_attack_has_a_formula_whose_braces_close(attack):
    words, source = fool_formula._STEPS[attack]
    assert words.count("{") == words.count("}")
    assert words.count(r"\bigl") == words.count(r"\bigr")
    assert re.search(r"[a-z]", source)
