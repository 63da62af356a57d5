"""Fooling a classifier on the network that ships with the lab: what is claimed is what a file of 8 bits keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.adversarial.attacks import attack
from core.adversarial.distances import distances
from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal
from core.errors import ModelError, SettingError, WeightsMissingError
from core.experiments import fooling_run
from core.experiments.adversarial import Clean, Outcome, attacked, begin, clean, outcome
from core.experiments.aims import STANDARD, Aim, drawn_class, least_likely
from core.experiments.opened import open_photo
from core.experiments.overview import look
from core.experiments.survival import png
from core.images.decode import decode
from core.images.normalise import normalise, to_pixels, to_tensor
from core.images.samples import sample
from core.steps import Stepper
from core.zoo import cache

LAB = "lab-classifier"
CAT, PARACHUTE = 10, 8
TARGET, AWAY = Aim(Goal.TOWARDS, PARACHUTE), Aim(Goal.AWAY, CAT)
SHORT = AttackSettings(attack=Attack.PGD_LINF, epsilon=8 / 255, steps=4)


@pytest.fixture(scope="module")
def cat() -> Clean:
    return clean(sample("cat"), LAB)


@pytest.fixture(scope="module")
def fooled(cat) -> Outcome:
    return attacked(cat, TARGET, STANDARD)


def test_the_clean_answer_is_that_to_the_input_on_the_grid_of_8_bits(cat):
    network = cache.load(LAB)
    placed = network.place(sample("cat"))
    assert np.array_equal(cat.pixels, to_pixels(placed.image))
    with torch.no_grad():
        expected = network.module(normalise(to_tensor(cat.pixels, network.device))).softmax(dim=1)[0]
    np.testing.assert_allclose(cat.probabilities, expected.cpu().numpy(), atol=1e-6)
    assert (cat.cost.forward, cat.cost.backward) == (1, 0)
    assert cat.placement == placed.placement


def test_the_clean_answer_is_much_as_the_ordinary_one(cat):
    first = look(sample("cat"), LAB)
    assert cat.guesses[0] == cat.guess(CAT)
    assert cat.guesses[0].label == first.guesses[0].label == "cat"
    assert cat.guesses[0].probability == pytest.approx(first.guesses[0].probability, abs=1e-3)
    assert cat.seen == first.seen
    ranked = [guess.probability for guess in cat.guesses]
    assert ranked == sorted(ranked, reverse=True)


def test_an_epsilon_of_0_gives_the_clean_answer_bit_for_bit(cat):
    for settings in (replace(SHORT, epsilon=0.0), replace(STANDARD, epsilon=0.0, steps=3)):
        found = attacked(cat, TARGET, settings)
        assert np.array_equal(found.pixels, cat.pixels)
        assert np.array_equal(found.probabilities, cat.probabilities)
        assert all(np.array_equal(step.answer, cat.probabilities) for step in found.steps)
        assert not found.succeeded
        assert found.first is None
        assert not found.perturbation.any()


def test_the_run_is_that_of_the_attack_itself(cat):
    """Step by step with the network asked by hand."""
    module = cache.load(LAB).module
    objective = ClassObjective(lambda pictures: module(normalise(pictures)), Goal.TOWARDS, PARACHUTE)
    expected = list(attack(objective, to_tensor(cat.pixels, cache.load(LAB).device), SHORT))
    found = list(begin(cat, TARGET, SHORT))
    assert [step.index for step in found] == [step.index for step in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours.pixels, theirs.rounded)
        assert np.array_equal(ours.answer, theirs.answer.numpy())
        assert ours.succeeded == theirs.succeeded
        assert ours.reached == (int(theirs.answer.argmax()) == PARACHUTE)
        assert ours.levels == round(distances(to_tensor(theirs.rounded), theirs.clean).levels)


def test_the_passes_of_the_run_are_counted_as_they_come(cat):
    """Each step has one pass forward, one more where it was judged, and one back unless it is the last."""
    forward = backward = 0
    steps = list(begin(cat, TARGET, SHORT))
    for step in steps:
        forward += 1 + (step.rounded_answer is not None and step.index > 0)
        backward += step is not steps[-1]
        assert (step.cost.forward, step.cost.backward) == (forward, backward)
    times = [step.cost.milliseconds for step in steps]
    assert times == sorted(times)


def test_what_the_caller_does_between_two_steps_is_not_on_the_bill(cat, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("core.experiments.cost.time.perf_counter", lambda: now[0])
    run = begin(cat, TARGET, SHORT)
    next(run)
    now[0] += 100.0
    assert next(run).cost.milliseconds == 0


def test_the_outcome_is_that_of_the_rounded_picture(cat, fooled):
    assert fooled.succeeded
    assert (fooled.before.label, fooled.after.label) == ("cat", "parachute")
    network = cache.load(LAB)
    with torch.no_grad():
        expected = network.module(normalise(to_tensor(fooled.pixels, network.device))).softmax(dim=1)[0].cpu()
    np.testing.assert_allclose(fooled.probabilities, expected.numpy(), atol=1e-6)
    assert fooled.after.probability == fooled.of_aim == pytest.approx(float(expected[PARACHUTE]), abs=1e-6)
    assert fooled.distances == distances(to_tensor(fooled.pixels), to_tensor(cat.pixels))


def test_the_perturbation_leads_from_the_clean_picture_to_the_result_bit_for_bit(cat, fooled):
    assert fooled.perturbation.dtype == np.float32
    again = to_tensor(cat.pixels)[0].numpy() + fooled.perturbation
    assert np.array_equal(to_pixels(torch.from_numpy(again)), fooled.pixels)
    assert np.abs(fooled.perturbation).max() * 255 == pytest.approx(fooled.distances.levels)


def test_the_history_begins_clean_and_ends_with_the_result(cat, fooled):
    assert np.array_equal(fooled.frames[0], cat.pixels)
    assert np.array_equal(fooled.frames[-1], fooled.pixels)
    assert [step.index for step in fooled.steps] == list(range(fooled.updates + 1))
    assert fooled.answers.shape == (len(fooled.steps), 15)
    assert fooled.updates == fooled.first + STANDARD.steps_after


def test_a_long_history_is_bounded(cat, monkeypatch):
    monkeypatch.setattr(fooling_run, "FRAMES", 4)
    found = attacked(cat, TARGET, replace(SHORT, epsilon=0.5 / 255, steps=9))
    assert len(found.steps) <= 5
    assert (found.steps[0].index, found.steps[-1].index, found.updates) == (0, 9, 9)


def test_a_watched_run_comes_to_the_same_outcome(cat, fooled):
    stepper = Stepper(begin(cat, TARGET, STANDARD))
    while not stepper.state.ended:
        stepper.advance(0.0)
    found = outcome(cat, TARGET, STANDARD, stepper.history)
    assert np.array_equal(found.pixels, fooled.pixels)
    assert (found.after, found.updates, found.first) == (fooled.after, fooled.updates, fooled.first)


def test_a_run_that_was_stopped_has_no_outcome(cat):
    run = begin(cat, TARGET, SHORT)
    steps = [next(run)]
    run.close()
    for kept in (steps, []):
        with pytest.raises(ValueError, match="a run that has ended"):
            outcome(cat, TARGET, SHORT, kept)


def test_settings_sent_into_the_run_rule_from_its_next_update_on(cat):
    run = begin(cat, TARGET, replace(SHORT, epsilon=1 / 255))
    next(run)
    assert next(run).levels == 1
    wider = [run.send(SHORT), *run]
    assert wider[-1].levels > 1


def test_each_step_says_which_settings_ruled_it_and_chance_stays_that_of_the_start(cat):
    began = replace(SHORT, random_start=True, seed=3)
    run = begin(cat, TARGET, began)
    first = next(run)
    second = run.send(replace(began, epsilon=LEVEL, seed=4))
    third = next(run)
    assert first.settings == began
    assert second.settings == third.settings == replace(began, epsilon=LEVEL)
    run.close()


def test_rounding_may_undo_what_real_numbers_reached(cat):
    """DeepFool stops just beyond the border: the network is fooled by a picture that no file can hold."""
    nearest = AttackSettings(attack=Attack.DEEPFOOL, epsilon=None)
    beyond = next(step.index for step in begin(cat, AWAY, nearest) if step.reached)
    found = attacked(cat, AWAY, replace(nearest, steps=beyond))
    assert (found.reached, found.succeeded, found.first) == (True, False, None)
    assert found.after.index == CAT != found.unrounded.index


def test_away_is_reached_by_any_other_class(cat):
    for settings in (SHORT, AttackSettings(attack=Attack.DEEPFOOL, epsilon=None)):
        found = attacked(cat, AWAY, settings)
        assert found.succeeded
        assert found.after.index != CAT


def test_ten_targets_by_chance_are_reached_with_the_standard_settings(cat):
    """Of ten at least nine, within 20 updates and 8 levels, after rounding."""
    found = [attacked(cat, Aim(Goal.TOWARDS, drawn_class(cat.probabilities, seed)), STANDARD) for seed in range(10)]
    assert sum(one.succeeded for one in found) >= 9
    assert max(one.distances.levels for one in found) <= 8 + 1e-3
    assert max(one.updates for one in found) <= 20


@pytest.mark.weights
def test_ten_targets_by_chance_are_reached_on_a_thousand_classes(torch_home):
    start = clean(sample("cat"), "squeezenet1_1")
    found = [attacked(start, Aim(Goal.TOWARDS, drawn_class(start.probabilities, seed)), STANDARD) for seed in range(10)]
    assert sum(one.succeeded for one in found) >= 9
    assert max(one.distances.levels for one in found) <= 8 + 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_the_file_that_is_offered_has_the_label_that_is_claimed(cat, seed):
    """Saved, opened as a visitor's photo, and classified in both ordinary ways."""
    found = attacked(cat, Aim(Goal.TOWARDS, drawn_class(cat.probabilities, seed)), STANDARD)
    again = decode(png(found.pixels), "fooled.png")
    assert look(again, LAB).guesses[0].label == found.after.label
    opened = open_photo(again, LAB)
    assert opened.guesses[0].label == found.after.label
    np.testing.assert_allclose(opened.probabilities, found.probabilities, atol=1e-6)


def test_nothing_is_left_on_the_network(cat):
    module = cache.load(LAB).module
    before = {name: value.clone() for name, value in module.state_dict().items()}
    attacked(cat, TARGET, SHORT)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(weight.grad is None and not weight.requires_grad for weight in module.parameters())
    assert not any(part._forward_hooks or part._backward_hooks for part in module.modules())


def test_attacks_at_once_do_not_disturb_each_other(cat):
    aims = [Aim(Goal.TOWARDS, label) for label in (0, 3, PARACHUTE)]
    alone = [attacked(cat, aim, SHORT) for aim in aims]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda aim: attacked(cat, aim, SHORT), aims))
    for one, other in zip(alone, together, strict=True):
        assert (one.after.index, one.updates) == (other.after.index, other.updates)
        assert one.cost.forward == other.cost.forward


def test_a_class_that_is_not_there_is_refused_before_anything_runs(cat):
    with pytest.raises(SettingError, match="label must be a class from 0 to 14, got 15"):
        begin(cat, Aim(Goal.TOWARDS, 15), SHORT)


def test_deepfool_cannot_be_sent_to_a_class(cat):
    with pytest.raises(SettingError, match="DeepFool goes to the nearest other class"):
        begin(cat, TARGET, AttackSettings(attack=Attack.DEEPFOOL, epsilon=None))


def test_a_network_that_names_nothing_cannot_be_fooled():
    with pytest.raises(ModelError, match="names nothing"):
        clean(sample("cat"), "lab-fcn")


def test_weights_that_are_gone_are_told(cat, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsMissingError):
        clean(sample("cat"), "resnet50")
    with pytest.raises(WeightsMissingError):
        attacked(replace(cat, model="resnet50"), Aim(Goal.TOWARDS, least_likely(cat.probabilities)), SHORT)


@pytest.mark.gpu
def test_a_gpu_comes_to_the_answer_of_the_cpu(monkeypatch):
    """Probabilities within 1e-3 on the clean picture and after the first update; the whole attack succeeds on both."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = {}
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", device)
        start = clean(sample("cat"), LAB)
        steps = list(begin(start, TARGET, STANDARD))
        found[device] = start, steps
    (ours, cpu), (theirs, cuda) = found["cpu"], found["cuda"]
    assert np.abs(ours.pixels.astype(int) - theirs.pixels.astype(int)).max() <= 1
    np.testing.assert_allclose(ours.probabilities, theirs.probabilities, atol=1e-3)
    np.testing.assert_allclose(cpu[1].answer, cuda[1].answer, atol=1e-3)
    assert cpu[-1].succeeded
    assert cuda[-1].succeeded
    assert cuda[-1].cost.device.startswith("GPU")
