from dataclasses import replace

import pytest
import torch
from torch import nn

from core.adversarial.attacks import attack
from core.adversarial.least_epsilon import Attempt, LeastStep, least_epsilon
from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import Attack, AttackSettings, Goal
from core.errors import SettingError

GREY = torch.full((1, 3, 4, 4), 128 / 255)


def brighter_than(levels: float) -> ClassObjective:
    """Class 1 wins from a mean of 128 + `levels` levels on: within an L-infinity ball of k levels iff k > `levels`."""

    def network(pictures: torch.Tensor) -> torch.Tensor:
        over = pictures.flatten(1).mean(dim=1) * 255 - 128 - levels
        return torch.stack((torch.zeros_like(over), over), dim=1)

    return ClassObjective(network, Goal.TOWARDS, 1)


def ended(run: object) -> list[LeastStep]:
    return [step for step in run if step.succeeded is not None]


@pytest.mark.parametrize("least", range(1, 17))
def test_finds_the_least_of_a_network_whose_border_is_known(least):
    steps = ended(least_epsilon(brighter_than(least - 0.5), GREY, AttackSettings(steps=5), limit=16))
    assert steps[-1].least == least
    assert steps[0].levels == 16
    assert len(steps) <= 6
    tried = {attempt.levels: attempt.succeeded for attempt in steps[-1].attempts}
    assert tried == {levels: levels >= least for levels in tried}
    assert least == 1 or tried[least - 1] is False


def test_where_even_the_limit_fails_that_is_all():
    steps = ended(least_epsilon(brighter_than(20), GREY, AttackSettings(steps=5), limit=16))
    assert [(step.levels, step.succeeded, step.least) for step in steps] == [(16, False, None)]


def test_a_picture_that_is_there_already_needs_nothing():
    (step,) = ended(least_epsilon(brighter_than(-3), GREY, AttackSettings(), limit=16))
    assert step.least == 0
    assert step.attempts == (Attempt(levels=0, succeeded=True, updates=0),)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", [Attack.PGD_LINF, Attack.FGSM, Attack.DEEPFOOL])
def test_what_it_finds_succeeds_again_and_what_it_tried_below_fails_again(kind, seed):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 20), nn.Tanh(), nn.Linear(20, 4)).requires_grad_(False)
    objective = ClassObjective(network, Goal.AWAY, int(network(GREY).argmax()))
    chosen = AttackSettings(attack=kind, steps=8)
    found = ended(least_epsilon(objective, GREY, chosen, limit=128))[-1]
    assert found.least is not None
    for attempt in found.attempts:
        *_, last = attack(objective, GREY, replace(chosen, epsilon=attempt.levels / 255, steps_after=0))
        assert (last.succeeded, last.index) == (attempt.succeeded, attempt.updates)


def test_every_update_is_a_step_so_that_it_can_be_stopped_at_once():
    run = least_epsilon(brighter_than(2.5), GREY, AttackSettings(steps=5), limit=8)
    steps = list(run)
    assert [step.index for step in steps] == list(range(len(steps)))
    attempts = steps[-1].attempts
    assert len(steps) == sum(attempt.updates + 2 for attempt in attempts)  # the clean picture, the updates, the end
    assert [step.levels for step in ended(steps)] == [attempt.levels for attempt in attempts]
    assert steps[0].attempts == ()


@pytest.mark.parametrize(("limit", "word"), [(0, "limit must"), (256, "epsilon must")])
def test_a_limit_without_meaning_is_refused_at_once(limit, word):
    with pytest.raises(SettingError, match=word):
        least_epsilon(brighter_than(1), GREY, AttackSettings(), limit=limit)


def test_what_the_attack_can_not_do_is_refused_at_once():
    with pytest.raises(SettingError, match="DeepFool"):
        least_epsilon(brighter_than(1), GREY, AttackSettings(attack=Attack.DEEPFOOL), limit=8)


def test_every_device_needs_the_same_epsilon(device):
    found = ended(least_epsilon(brighter_than(4.5), GREY.to(device), AttackSettings(steps=5), limit=16))[-1]
    assert found.least == 5
