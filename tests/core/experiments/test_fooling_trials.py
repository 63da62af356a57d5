"""Many attacks on one picture: rows of a table, points of a curve, and the smallest epsilon."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal
from core.errors import SettingError, WeightsMissingError
from core.experiments import fooling_trials, underway
from core.experiments.adversarial import Clean, attacked, clean
from core.experiments.aims import Aim, rivals
from core.experiments.effort import AnswerT, Effort
from core.experiments.fooling_trials import Least, Trial
from core.images.samples import sample

CAT, PARACHUTE = 10, 8
TARGET = Aim(Goal.TOWARDS, PARACHUTE)
PGD = AttackSettings(attack=Attack.PGD_LINF, epsilon=4 * LEVEL, steps=6)


def whole(effort: Effort[AnswerT]) -> AnswerT:
    """The answer, at once."""
    found = effort.advance(math.inf)
    assert found is not None
    return found


def trial(clean: Clean, aim: Aim, settings: AttackSettings) -> Trial:
    return whole(fooling_trials.trial(clean, aim, settings))


def at_epsilon(clean: Clean, aim: Aim, settings: AttackSettings, epsilon: float) -> Trial:
    return whole(fooling_trials.at_epsilon(clean, aim, settings, epsilon))


def least(clean: Clean, aim: Aim, settings: AttackSettings, limit: int) -> Least:
    return whole(fooling_trials.least(clean, aim, settings, limit))


@pytest.fixture(scope="module")
def cat() -> Clean:
    return clean(sample("cat"), "lab-classifier")


def test_every_attack_of_the_table_tells_what_the_whole_attack_came_to(cat):
    for aim, settings in rivals(TARGET, PGD, CAT):
        row, told = trial(cat, aim, settings), attacked(cat, aim, settings)
        assert (row.aim, row.settings) == (aim, settings)
        assert (row.after, row.updates) == (told.after, told.updates)
        assert (row.succeeded, row.reached) == (told.succeeded, told.reached)
        assert row.distances == told.distances
        assert row.probability == float(told.probabilities[aim.label])
        assert (row.cost.forward, row.cost.backward) == (told.cost.forward, told.cost.backward)
        assert row.cost.milliseconds > 0


def test_a_row_of_success_says_so(cat):
    row = trial(cat, TARGET, PGD)
    assert row.succeeded
    assert row.after.index == PARACHUTE
    assert row.distances.levels <= 4 + 1e-3


def test_a_curve_begins_without_success_and_ends_with_it(cat):
    points = [at_epsilon(cat, TARGET, PGD, levels * LEVEL) for levels in (0, 1, 4)]
    assert not points[0].succeeded
    assert points[0].probability == pytest.approx(float(cat.probabilities[PARACHUTE]))
    assert points[-1].succeeded
    assert [point.settings.epsilon for point in points] == [0, LEVEL, 4 * LEVEL]


def test_a_point_ends_at_its_first_success(cat):
    point = at_epsilon(cat, TARGET, replace(PGD, steps_after=3), 8 * LEVEL)
    assert point.succeeded
    assert point.updates == attacked(cat, TARGET, replace(PGD, steps_after=3, epsilon=8 * LEVEL)).first
    assert attacked(cat, TARGET, replace(PGD, epsilon=8 * LEVEL, steps=point.updates - 1)).first is None


def test_an_effort_is_made_an_update_at_a_time_and_comes_to_the_same(cat):
    effort, advances = fooling_trials.trial(cat, TARGET, PGD), 0
    while effort.advance(0.0) is None:
        advances += 1
        assert advances < 100
    row, told = effort.answer, trial(cat, TARGET, PGD)
    assert advances > told.updates, "the clean picture, each update, and the end"
    assert (row.after, row.updates, row.distances) == (told.after, told.updates, told.distances)
    assert effort.advance(0.0) is row


def test_a_whole_attack_as_an_effort_is_the_attack(cat):
    effort = fooling_trials.whole(cat, TARGET, PGD)
    assert effort.history == ()
    assert effort.advance(0.0) is None
    assert [step.index for step in effort.history] == [0]
    found, told = whole(effort), attacked(cat, TARGET, PGD)
    assert np.array_equal(found.frames, told.frames)
    assert (found.after, found.updates, found.first) == (told.after, told.updates, told.first)
    assert effort.history == ()


def test_an_effort_that_many_share_is_made_once(cat):
    effort = fooling_trials.trial(cat, TARGET, PGD)
    threads = [threading.Thread(target=effort.advance, args=(math.inf,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert effort.answer.cost.backward == effort.answer.updates


def test_an_effort_that_failed_begins_anew(cat, monkeypatch):
    effort = fooling_trials.trial(cat, TARGET, PGD)
    with monkeypatch.context() as patch:
        patch.setattr(underway, "load", gone)
        with pytest.raises(WeightsMissingError):
            effort.advance(0.0)
    assert effort.answer is None
    assert effort.advance(math.inf) is not None


def gone(model: str, device: torch.device) -> None:
    raise WeightsMissingError("Its weights are gone.", "Fetch them.")


def test_a_point_beyond_what_the_attack_may_have_is_refused(cat):
    with pytest.raises(SettingError, match=r"epsilon must be from 0 to 1, got 2\.0"):
        at_epsilon(cat, TARGET, PGD, 2.0)


def test_the_least_epsilon_suffices_and_one_level_less_was_tried_in_vain(cat):
    found = least(cat, TARGET, PGD, 8)
    assert found.levels is not None
    assert at_epsilon(cat, TARGET, PGD, found.levels * LEVEL).succeeded
    tried = {attempt.levels: attempt.succeeded for attempt in found.attempts}
    assert tried[found.levels]
    assert found.levels == 1 or not tried[found.levels - 1]
    assert found.cost.backward == sum(attempt.updates for attempt in found.attempts)


def test_where_even_the_most_fails_there_is_no_least(cat):
    found = least(cat, TARGET, AttackSettings(attack=Attack.FGSM), 1)
    assert found.levels is None
    assert [attempt.levels for attempt in found.attempts] == [1]


def test_a_limit_of_0_is_refused(cat):
    with pytest.raises(SettingError, match="limit must be at least 1 level, got 0"):
        least(cat, TARGET, PGD, 0)


def test_a_class_that_is_not_there_is_refused(cat):
    with pytest.raises(SettingError, match="label must be a class from 0 to 14, got 15"):
        least(cat, Aim(Goal.TOWARDS, 15), PGD, 2)


@pytest.mark.gpu
def test_a_gpu_comes_to_the_least_epsilon_of_the_cpu(monkeypatch):
    """Within one level: a step may tip at the border."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    found = []
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", device)
        found.append(least(clean(sample("cat"), "lab-classifier"), TARGET, PGD, 8).levels)
    assert None not in found
    assert abs(found[0] - found[1]) <= 1
