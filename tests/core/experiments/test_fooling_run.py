"""An attack that is watched: its device, its memory, and the end of it. What it computes is in test_adversarial.py."""

import numpy as np
import pytest
import torch

from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import Attack, AttackSettings, Goal
from core.errors import MemoryShortError, SettingError
from core.experiments import fooling_run
from core.experiments.fooling_run import FoolStep, changes, drained, last_of, watched
from core.steps import Run
from core.zoo import cache

PIXELS = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
SETTINGS = AttackSettings(attack=Attack.PGD_LINF, epsilon=2 / 255, steps=3)


def begun(settings: AttackSettings = SETTINGS) -> Run[FoolStep]:
    return watched("lab-classifier", PIXELS, lambda network: ClassObjective(network, Goal.TOWARDS, 3), settings)


def short_from(call: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let memory run out at pass number `call` and ever after; the passes that were tried."""
    network, tried = cache.load("lab-classifier"), []

    def forward(pictures):
        tried.append(len(tried))
        if len(tried) > call:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return network.module(pictures)

    class Short:
        module = staticmethod(forward)

    monkeypatch.setattr(fooling_run, "load", lambda model, device: Short())
    return tried


def test_nothing_is_loaded_before_the_first_step(monkeypatch):
    monkeypatch.setattr(fooling_run, "load", lambda model, device: pytest.fail("loaded too early"))
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


def test_memory_that_is_short_at_the_first_step_is_looked_for_elsewhere(monkeypatch):
    """With no room anywhere the visitor is told so; before that every place was tried."""
    tried = short_from(0, monkeypatch)
    with pytest.raises(MemoryShortError):
        drained(begun())
    assert len(tried) > 1


def test_memory_that_runs_out_on_the_way_is_told(monkeypatch):
    short_from(2, monkeypatch)
    run = begun()
    assert next(run).index == 0
    with pytest.raises(MemoryShortError, match="more memory than the server has"):
        list(run)


def test_an_error_of_the_network_comes_out_as_it_is(monkeypatch):
    def broken(model, device):
        raise RuntimeError("a shape does not fit")

    monkeypatch.setattr(fooling_run, "load", broken)
    with pytest.raises(RuntimeError, match="a shape does not fit"):
        drained(begun())


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


@pytest.mark.gpu
def test_the_bill_names_the_accelerator():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    assert next(begun()).cost.device.startswith("GPU")
