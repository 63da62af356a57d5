"""The lines of PyTorch make the same attack: label, probability, updates and both norms are those of the page."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal
from core.experiments.adversarial import attacked, clean
from core.experiments.aims import STANDARD, Aim
from core.images.decode import decode
from core.images.samples import sample
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Task
from tests.snippets import printed
from tests.ui.sections.saliency.fool_cases import FGSM, MODEL, PGD, TIMID, away, cat, made, towards
from ui.sections.saliency import fool_snippet

L2 = AttackSettings(attack=Attack.PGD_L2, epsilon=1.0, steps=12)
CASES = {
    "the course's": (STANDARD, False),
    "away, unbounded": (replace(STANDARD, epsilon=None), True),
    "FGSM": (FGSM, False),
    "PGD from chance": (replace(PGD, random_start=True, seed=3), False),
    "PGD rounding inside": (replace(PGD, epsilon=2 * LEVEL, round_inside=True), False),
    "PGD in L2, not rounded up": (L2, False),
    "the course's within nothing": (replace(STANDARD, epsilon=0.0, steps=4), False),
    "PGD within nothing": (replace(PGD, epsilon=0.0, steps=4), False),
    "PGD within nothing from chance": (replace(PGD, epsilon=0.0, steps=4, random_start=True), False),
    "PGD in L2 within nothing": (replace(L2, epsilon=0.0, steps=4), False),
    "PGD in L2 within nothing from chance": (replace(L2, epsilon=0.0, steps=4, random_start=True), False),
    "DeepFool within nothing": (AttackSettings(attack=Attack.DEEPFOOL, epsilon=0.0, steps=3), True),
    "DeepFool undone by rounding": (TIMID, True),
    "DeepFool in a ball": (AttackSettings(attack=Attack.DEEPFOOL, epsilon=2 * LEVEL, steps=8), True),
}


@pytest.mark.parametrize("name", CASES)
def test_the_lines_print_the_numbers_of_the_page(name):
    settings, leaving = CASES[name]
    aim = away() if leaving else towards()
    outcome, said = made(settings, aim), printed(fool_snippet.attack(sample("cat"), card(MODEL), aim, settings))
    assert said["label"] == outcome.after.index
    assert said["updates"] == outcome.updates
    assert said["probability"] == pytest.approx(outcome.after.probability, abs=2e-3)
    assert said["levels"] == pytest.approx(outcome.distances.levels, abs=0.01)
    assert said["L2"] == pytest.approx(outcome.distances.l2, rel=5e-3)  # a slope of almost 0 may have another sign


def test_a_file_of_exactly_the_input_size_is_taken_as_it_is(tmp_path):
    path = tmp_path / "seen.png"
    Image.fromarray(np.array(cat().pixels)).save(path)
    photo = decode(path.read_bytes(), str(path))
    aim = Aim(Goal.AWAY, cat().guesses[0].index)
    outcome = attacked(clean(photo, MODEL), aim, PGD)
    lines = fool_snippet.attack(photo, card(MODEL), aim, PGD)
    said = printed(lines.replace(repr("seen.png"), repr(str(path))))
    assert (said["label"], said["updates"]) == (outcome.after.index, outcome.updates)
    assert said["L2"] == pytest.approx(outcome.distances.l2, rel=5e-3)


@pytest.mark.parametrize("kind", Attack, ids=lambda one: one.value)
def test_lines_whose_slope_is_0_end_as_the_attack_does(kind):
    """A network that says the same to every picture."""
    epsilon = 3.0 if kind is Attack.PGD_L2 else 4 * LEVEL
    code = fool_snippet.attack(sample("cat"), card(MODEL), away(), AttackSettings(attack=kind, epsilon=epsilon))
    flat = "def f(pictures):\n    return 0 * pictures.mean(dim=(1, 2))[:, :1] + torch.eye(15)[10]"
    begin, end = code.index("def f(pictures):"), code.index("def reached")
    said = printed(f"{code[:begin]}{flat}\n\n\n{code[end:]}")
    assert (said["label"], said["updates"], said["levels"]) == (10, 0, 0)


@pytest.mark.parametrize("row", [row for row in CARDS if row.task is Task.CLASSIFY], ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(row):
    for settings, leaving in CASES.values():
        aim = Aim(Goal.AWAY if leaving else Goal.TOWARDS, 1)
        compile(fool_snippet.attack(sample("cat"), row, aim, settings), "snippet", "exec")
