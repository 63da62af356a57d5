"""An attack that is watched: its beginning and the end of it. What it computes is in test_adversarial.py."""

import numpy as np
import pytest

from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import Attack, AttackSettings, Goal
from core.errors import SettingError
from core.experiments import underway
from core.experiments.fooling_run import FoolStep, changes, drained, last_of, watched
from core.steps import Run

PIXELS = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
SETTINGS = AttackSettings(attack=Attack.PGD_LINF, epsilon=2 / 255, steps=3)


def begun(settings: AttackSettings = SETTINGS) -> Run[FoolStep]:
    return watched("lab-classifier", PIXELS, lambda network: ClassObjective(network, Goal.TOWARDS, 3), settings)


def test_nothing_is_loaded_before_the_first_step(monkeypatch):
    monkeypatch.setattr(underway, "load", lambda model, device: pytest.fail("loaded too early"))
    begun().close()


def test_a_run_that_is_drained_has_its_first_and_its_last_step():
    every = list(begun())
    kept = drained(begun())
    assert [step.index for step in kept] == [step.index for step in every] == [0, 1, 2, 3]
    assert np.array_equal(kept[-1].pixels, every[-1].pixels)
    assert last_of(kept) is kept[-1]
    made = changes(PIXELS, SETTINGS, kept)
    assert made["distances"].levels == pytest.approx(2, abs=1e-3)
    assert made["updates"] == 3


def test_another_attack_cannot_be_sent_into_a_run():
    run = begun()
    next(run)
    with pytest.raises(SettingError, match="attack must stay the same"):
        run.send(AttackSettings(attack=Attack.FGSM))


def test_a_run_that_is_closed_ends():
    run = begun()
    next(run)
    run.close()
    assert list(run) == []
