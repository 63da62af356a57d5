import copy
import io
import math
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from captum.robust import FGSM, PGD
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from core.adversarial.attacks import AttackStep, attack
from core.adversarial.balls import random_point
from core.adversarial.deepfool import OVERSHOOT
from core.adversarial.objectives import ClassObjective, DetectionObjective
from core.adversarial.settings import Attack, AttackSettings, Ball, Goal, Norm
from core.errors import ModelError, SettingError
from core.images.normalise import to_tensor
from core.steps import State, Stepper

FOREVER = 1000
"""Steps after success, so that a run goes on to its last step as those of other libraries do."""

GOALS = [(goal, label) for goal in Goal for label in (0, 3)]


def small_network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.Tanh(),
        nn.Conv2d(6, 8, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(72, 5),
    )
    return layers.requires_grad_(False)


def photo(seed: int = 0) -> torch.Tensor:
    """On the grid of 8 bits, with values at both ends of [0, 1]."""
    pixels = np.random.default_rng(seed).integers(-60, 316, (8, 8, 3)).clip(0, 255).astype(np.uint8)
    return to_tensor(pixels)


def run(network: object, clean: torch.Tensor, goal: Goal, label: int, **chosen: object) -> list[AttackStep]:
    return list(attack(ClassObjective(network, goal, label), clean, AttackSettings(**chosen)))


def answer(network: nn.Module, clean: torch.Tensor) -> int:
    return int(network(clean).argmax())


def perturbed(theirs: object, *inputs: object, **others: object) -> torch.Tensor:
    """Captum warns that it has to switch gradients on."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Input Tensor 0 did not already require gradients")
        return theirs.perturb(*inputs, **others)


def entropy(outputs: torch.Tensor, label: int) -> torch.Tensor:
    return nn.functional.cross_entropy(outputs, torch.tensor([label]), reduction="none")


@pytest.mark.parametrize(("goal", "label"), GOALS)
@pytest.mark.parametrize("seed", range(3))
def test_fgsm_gives_the_picture_of_captum(goal, label, seed):
    network, clean = small_network(seed), photo(seed)
    theirs = FGSM(network, entropy, lower_bound=0, upper_bound=1)
    theirs.zero_thresh = 0  # its default takes small slopes for none
    expected = perturbed(theirs, clean.clone(), 0.03, label, targeted=goal is Goal.TOWARDS)
    *_, last = run(network, clean, goal, label, attack=Attack.FGSM, epsilon=0.03, steps_after=FOREVER)
    torch.testing.assert_close(last.picture, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("goal", "label"), GOALS)
@pytest.mark.parametrize("seed", range(3))
def test_pgd_gives_the_picture_of_captum_after_every_step(goal, label, seed):
    network, clean = small_network(seed), photo(seed)
    theirs = PGD(network, entropy, lower_bound=0, upper_bound=1)
    theirs.fgsm.zero_thresh = 0
    chosen = {"attack": Attack.PGD_LINF, "epsilon": 0.05, "step_size": 0.013, "steps": 7}
    steps = run(network, clean, goal, label, steps_after=FOREVER, **chosen)
    assert len(steps) == 8
    for step in steps[1:]:
        expected = perturbed(theirs, clean.clone(), 0.05, 0.013, step.index, label, targeted=goal is Goal.TOWARDS)
        torch.testing.assert_close(step.picture, expected, rtol=0, atol=1e-6)


def naive(
    network: nn.Module, clean: torch.Tensor, ball: Ball, raised: object, *, step: float, steps: int, start: torch.Tensor
) -> list[torch.Tensor]:
    """Steps of one length along the gradient, the change scaled back to the ball, the values cut to [0, 1]."""
    x, found = start, []
    for _ in range(steps):
        x = x.clone().requires_grad_()
        g = torch.autograd.grad(raised(network(x)), x)[0]
        x = x.detach() + step * g / g.square().sum().sqrt()
        change = x - clean
        length = change.square().sum().sqrt() if ball.norm is Norm.L2 else None
        if length is not None and length > ball.epsilon:
            x = clean + change / length * ball.epsilon
        x = x.clamp(0, 1)
        found.append(x)
    return found


@pytest.mark.parametrize(("goal", "label"), GOALS)
@pytest.mark.parametrize("at_random", [False, True])
def test_pgd_in_l2_gives_the_pictures_of_a_naive_loop(goal, label, at_random):
    """Madry et al., 2018: steepest ascent in the norm of the ball, then the projection."""
    network, clean, ball = small_network(), photo(), Ball(Norm.L2, 0.5)
    chosen = {
        "attack": Attack.PGD_L2,
        "epsilon": 0.5,
        "step_size": 0.2,
        "steps": 6,
        "random_start": at_random,
        "seed": 4,
    }
    steps = run(network, clean, goal, label, steps_after=FOREVER, **chosen)
    sign = -1 if goal is Goal.TOWARDS else 1
    start = random_point(clean, ball, 4) if at_random else clean
    expected = naive(network, clean, ball, lambda z: sign * entropy(z, label).sum(), step=0.2, steps=6, start=start)
    for step, picture in zip(steps[1:], expected, strict=True):
        torch.testing.assert_close(step.picture, picture, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("goal", "label"), GOALS)
def test_the_course_climbs_the_score_as_a_naive_loop_does(goal, label):
    network, clean = small_network(), photo()
    chosen = {"attack": Attack.COURSE, "epsilon": None, "step_size": 0.3, "steps": 6}
    steps = run(network, clean, goal, label, steps_after=FOREVER, **chosen)
    sign = 1 if goal is Goal.TOWARDS else -1
    expected = naive(
        network, clean, Ball(Norm.LINF, None), lambda z: sign * z[0, label], step=0.3, steps=6, start=clean
    )
    for step, picture in zip(steps[1:], expected, strict=True):
        torch.testing.assert_close(step.picture, picture, rtol=0, atol=1e-5)


def test_the_course_stops_a_few_steps_after_the_target_wins():
    network, clean = small_network(), photo()
    target = int(network(clean).argmin())
    chosen = {"attack": Attack.COURSE, "epsilon": None, "steps": 200}
    steps = run(network, clean, Goal.TOWARDS, target, steps_after=3, **chosen)
    first = next(step.index for step in steps if step.succeeded)
    assert steps[-1].index == first + 3 < 200
    assert all(step.succeeded for step in steps[first:])
    assert steps[-1].answer[target] > steps[first].answer[target]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [2, 7])
def test_deepfool_crosses_the_nearest_hyperplane_of_an_affine_network_in_one_step(classes, seed):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, classes)).requires_grad_(False)
    clean = torch.full((1, 3, 8, 8), 128 / 255)
    label = answer(network, clean)
    steps = run(network, clean, Goal.AWAY, label, attack=Attack.DEEPFOOL, epsilon=None)
    weights, scores = network[1].weight, network(clean)[0]
    others = [other for other in range(classes) if other != label]
    ways = {c: (scores[label] - scores[c]) / (weights[c] - weights[label]).norm() for c in others}
    nearest = min(ways, key=lambda c: ways[c])
    normal = (weights[nearest] - weights[label]) / (weights[nearest] - weights[label]).norm()
    expected = clean + (1 + OVERSHOOT) * (ways[nearest] * normal).view_as(clean)
    torch.testing.assert_close(steps[1].picture, expected, rtol=0, atol=1e-6)
    assert int(steps[1].answer.argmax()) == nearest
    assert steps[-1].succeeded


def test_deepfool_goes_on_in_its_direction_until_rounding_spares_it():
    network, clean = small_network(2), photo(2)
    steps = run(network, clean, Goal.AWAY, answer(network, clean), attack=Attack.DEEPFOOL, epsilon=None, steps_after=0)
    crossed = next(step for step in steps if step.answer.argmax() != steps[0].answer.argmax())
    assert steps[-1].succeeded
    lengths = [step.distances.l2 for step in steps[crossed.index :]]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("kind", [Attack.COURSE, Attack.FGSM, Attack.PGD_LINF, Attack.PGD_L2])
def test_one_detection_falls_below_its_threshold(kind):
    network, clean = small_network(), photo()

    def probability(pictures: torch.Tensor) -> torch.Tensor:
        return network(pictures)[:, 2].sigmoid()

    threshold = 0.97 * probability(clean).item()
    chosen = AttackSettings(attack=kind, epsilon=2.0 if kind is Attack.PGD_L2 else 0.5, steps=50)
    steps = list(attack(DetectionObjective(probability, threshold), clean, chosen))
    assert [step.answer.shape for step in steps] == [(1,)] * len(steps)
    assert steps[-1].succeeded
    assert steps[-1].rounded_answer.item() < threshold <= steps[0].answer.item()


SETTINGS = st.builds(
    AttackSettings,
    attack=st.sampled_from(Attack),
    epsilon=st.floats(0, 0.5),
    steps=st.integers(1, 6),
    step_size=st.none() | st.floats(0, 2),
    steps_after=st.integers(0, 3),
    random_start=st.booleans(),
    seed=st.integers(0, 99),
    round_inside=st.booleans(),
)


@examples(deadline=None, max_examples=40)
@given(SETTINGS, st.integers(0, 20))
def test_neither_the_ball_nor_the_range_is_ever_left(chosen, seed):
    network, clean = small_network(seed % 4), photo(seed)
    steps = list(attack(ClassObjective(network, Goal.AWAY, answer(network, clean)), clean, chosen))
    order = 2 if chosen.attack.norm is Norm.L2 else math.inf
    for step in steps:
        for picture in (step.picture, to_tensor(step.rounded)):
            size = torch.linalg.vector_norm((picture.double() - clean.double()).flatten(), order)
            assert float(size) <= chosen.epsilon * (1 + 1e-6) + 1e-6
            assert 0 <= picture.min() <= picture.max() <= 1
        assert torch.equal(step.clean, clean)
    assert steps[-1].succeeded is not None
    assert [step.index for step in steps] == list(range(len(steps)))


@pytest.mark.parametrize("kind", Attack)
@pytest.mark.parametrize("round_inside", [False, True])
def test_rounded_answers_are_those_of_the_decoded_png(kind, round_inside):
    network, clean = small_network(), photo()
    label = answer(network, clean)
    epsilon = 2.0 if kind is Attack.PGD_L2 else 0.2
    chosen = {"attack": kind, "epsilon": epsilon, "steps": 8, "round_inside": round_inside}
    steps = run(network, clean, Goal.AWAY, label, **chosen)
    judged = [step for step in steps if step.rounded_answer is not None]
    assert judged[-1] is steps[-1]
    for step in judged:
        file = io.BytesIO()
        Image.fromarray(step.rounded).save(file, "PNG")
        probabilities = network(to_tensor(np.asarray(Image.open(file)))).softmax(dim=1)[0]
        assert torch.equal(probabilities, step.rounded_answer)
        assert step.succeeded == (int(probabilities.argmax()) != label)


def test_a_picture_that_fails_in_real_numbers_is_judged_at_the_end_alone():
    network, clean = small_network(), photo()
    steps = run(network, clean, Goal.AWAY, answer(network, clean), epsilon=0.001, steps=4)
    assert [step.succeeded for step in steps] == [None] * 4 + [False]


def test_success_that_is_lost_again_is_told_by_the_last_step():
    """A step of two levels over a class that is one level wide."""

    def narrow(pictures: torch.Tensor) -> torch.Tensor:
        over = pictures.flatten(1).mean(dim=1) * 255 - 128
        return torch.stack((over * 0, over * 0 + over, 1.0 - (over - 2.0).abs() + over * 0.9), dim=1)

    clean = torch.full((1, 3, 4, 4), 128 / 255)
    steps = run(narrow, clean, Goal.TOWARDS, 2, attack=Attack.COURSE, epsilon=None, step_size=0.054, steps_after=1)
    assert any(step.succeeded for step in steps[:-1])
    assert steps[-1].succeeded is False


@pytest.mark.parametrize("kind", Attack)
@pytest.mark.parametrize("round_inside", [False, True])
def test_without_room_the_answer_is_the_clean_one_bit_for_bit(kind, round_inside):
    network, clean = small_network(), photo()
    chosen = {"attack": kind, "epsilon": 0.0, "steps": 3, "random_start": True, "round_inside": round_inside}
    steps = run(network, clean, Goal.AWAY, answer(network, clean), **chosen)
    for step in steps:
        assert torch.equal(step.picture, clean)
        assert torch.equal(to_tensor(step.rounded), clean)
        assert torch.equal(step.answer, network(clean).softmax(dim=1)[0])
    assert steps[-1].succeeded is False


@pytest.mark.parametrize("kind", [Attack.PGD_LINF, Attack.PGD_L2])
def test_the_same_seed_gives_the_same_run_and_another_another(kind):
    network, clean = small_network(), photo()

    def pictures(seed: int) -> torch.Tensor:
        chosen = {"attack": kind, "epsilon": 0.3, "steps": 3, "steps_after": FOREVER, "random_start": True}
        return torch.cat([step.picture for step in run(network, clean, Goal.AWAY, 0, seed=seed, **chosen)])

    assert torch.equal(pictures(1), pictures(1))
    assert not torch.equal(pictures(1), pictures(2))
    assert torch.equal(pictures(1)[0], clean[0])


@pytest.mark.parametrize("kind", Attack)
def test_where_the_slope_is_zero_everywhere_the_run_ends_with_the_clean_picture(kind):
    clean = photo()

    def saturated(pictures: torch.Tensor) -> torch.Tensor:
        return torch.tensor([[2.0, 1.0]]) + 0 * pictures.sum()

    (step,) = run(saturated, clean, Goal.AWAY, 0, attack=kind)
    assert torch.equal(step.picture, clean)
    assert step.answer.isfinite().all()
    assert step.succeeded is False


@pytest.mark.parametrize("kind", Attack)
def test_an_answer_that_is_no_number_is_an_error_in_words(kind):
    def broken(pictures: torch.Tensor) -> torch.Tensor:
        return pictures.flatten(1)[:, :2] / 0

    steps = attack(ClassObjective(broken, Goal.AWAY, 0), torch.zeros(1, 3, 4, 4), AttackSettings(attack=kind))
    with pytest.raises(ModelError, match=r"not a number.*Choose another network"):
        next(steps)


def test_deepfool_refuses_what_it_can_not_do_at_once():
    network, clean = small_network(), photo()
    chosen = AttackSettings(attack=Attack.DEEPFOOL)
    with pytest.raises(SettingError, match=r"nearest other class.*Away from the answer"):
        attack(ClassObjective(network, Goal.TOWARDS, 1), clean, chosen)
    with pytest.raises(SettingError, match=r"one detection has none.*another attack"):
        attack(DetectionObjective(lambda pictures: network(pictures)[:, 0].sigmoid(), 0.5), clean, chosen)


def test_a_target_that_wins_already_needs_no_update():
    network, clean = small_network(), photo()
    steps = run(network, clean, Goal.TOWARDS, answer(network, clean), steps_after=0)
    assert [step.succeeded for step in steps] == [True]
    assert torch.equal(steps[0].picture, clean)


def test_settings_sent_in_rule_from_the_next_update_on():
    network, clean = small_network(), photo()
    chosen = AttackSettings(epsilon=0.3, step_size=0.01, steps=9, steps_after=FOREVER)
    steps = attack(ClassObjective(network, Goal.AWAY, answer(network, clean)), clean, chosen)
    next(steps)
    slow = next(steps).distances.linf
    fast = steps.send(replace(chosen, step_size=0.1)).distances.linf
    narrow = steps.send(replace(chosen, epsilon=0.02))
    last = steps.send(replace(chosen, epsilon=0.02, steps=3))
    assert slow == pytest.approx(0.01, abs=1e-6)
    assert fast == pytest.approx(0.11, abs=1e-6)
    assert narrow.distances.linf == pytest.approx(0.02, abs=1e-6)
    assert last.succeeded is not None
    with pytest.raises(StopIteration):
        next(steps)


def test_another_attack_can_not_take_over():
    network, clean = small_network(), photo()
    stepper = Stepper(attack(ClassObjective(network, Goal.AWAY, answer(network, clean)), clean, AttackSettings()))
    stepper.advance(0.0)
    stepper.update(AttackSettings(attack=Attack.FGSM))
    assert stepper.advance(0.0) is State.FAILED
    assert isinstance(stepper.error, SettingError)


@pytest.mark.parametrize(
    ("kind", "at_random", "forward", "back"),
    [
        (Attack.PGD_LINF, False, 7, 5),
        (Attack.PGD_L2, False, 7, 5),
        (Attack.COURSE, False, 7, 5),
        (Attack.PGD_LINF, True, 8, 5),
        (Attack.FGSM, False, 3, 1),
        (Attack.DEEPFOOL, False, 7, 25),
    ],
)
def test_a_step_takes_one_pass_forward_and_one_back_and_the_last_is_judged_with_one_more(
    kind, at_random, forward, back
):
    network, clean, calls = small_network(), photo(), []

    def counted(pictures: torch.Tensor) -> torch.Tensor:
        calls.append("forward")
        return network(pictures)

    def backward(*inputs: torch.Tensor, **others: bool) -> tuple[torch.Tensor, ...]:
        calls.append("back")
        return torch.autograd.grad(*inputs, **others)

    objective = ClassObjective(counted, Goal.AWAY, answer(network, clean))
    chosen = AttackSettings(attack=kind, epsilon=1e-4, steps=5, random_start=at_random)
    steps = list(attack(objective, clean, chosen, gradient=backward))
    assert steps[-1].succeeded is False
    assert (calls.count("forward"), calls.count("back")) == (forward, back)


def test_a_picture_on_the_grid_is_judged_for_nothing():
    network, clean, calls = small_network(), photo(), []

    def counted(pictures: torch.Tensor) -> torch.Tensor:
        calls.append(None)
        return network(pictures)

    label = answer(network, clean)
    steps = run(counted, clean, Goal.AWAY, label, epsilon=0.1, round_inside=True)
    assert steps[-1].succeeded
    assert len(calls) == len(steps)


def test_steps_keep_what_they_showed_and_nothing_else_is_touched():
    network, clean = small_network(), photo()
    state, before = copy.deepcopy(network.state_dict()), clean.clone()
    kept = []
    for step in attack(ClassObjective(network, Goal.AWAY, 0), clean, AttackSettings(steps=4, steps_after=9)):
        assert torch.is_grad_enabled()
        kept.append((step, step.picture.clone(), step.answer.clone(), step.rounded.copy()))
    for step, picture, probabilities, pixels in kept:
        assert torch.equal(step.picture, picture)
        assert torch.equal(step.answer, probabilities)
        assert np.array_equal(step.rounded, pixels)
        assert not any(tensor.requires_grad for tensor in (step.picture, step.answer, step.clean))
    assert torch.equal(clean, before)
    assert clean.grad is None
    assert not clean.requires_grad
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())


def test_whether_gradients_are_on_around_it_makes_no_difference():
    network, clean = small_network(), photo()
    expected = run(network, clean, Goal.AWAY, 1, steps=3)[-1]
    with torch.no_grad():
        found = run(network, clean, Goal.AWAY, 1, steps=3)[-1]
        assert not torch.is_grad_enabled()
    assert torch.equal(found.picture, expected.picture)


def test_eight_threads_attack_one_network():
    network, clean = small_network(), photo()

    def last(index: int) -> torch.Tensor:
        kind = [*Attack][index % 5]
        return run(network, clean, Goal.AWAY, answer(network, clean), attack=kind, epsilon=0.1, steps=4)[-1].picture

    alone = [last(index) for index in range(20)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(last, range(20)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_the_distances_are_those_of_the_pictures_the_step_holds():
    network, clean = small_network(), photo()
    step = run(network, clean, Goal.AWAY, answer(network, clean), epsilon=4.6 / 255, steps=5, steps_after=9)[-1]
    assert step.distances.levels == pytest.approx(4.6, abs=1e-4)


@pytest.mark.parametrize("kind", Attack)
def test_every_device_gives_the_same_attack(kind, device):
    """Slopes differ in their last bits, so a sign may: few values, and the answers stay near."""
    network, clean = small_network(), photo()
    label = answer(network, clean)
    chosen = {"attack": kind, "epsilon": 0.05, "steps": 4, "steps_after": FOREVER}
    here = run(network, clean, Goal.AWAY, label, **chosen)
    there = run(network.to(device), clean.to(device), Goal.AWAY, label, **chosen)
    assert len(here) == len(there)
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.picture.device.type == theirs.answer.device.type == "cpu"
        assert ((ours.picture - theirs.picture).abs() < 1e-3).float().mean() > 0.97
        torch.testing.assert_close(ours.answer, theirs.answer, rtol=0, atol=0.02)
