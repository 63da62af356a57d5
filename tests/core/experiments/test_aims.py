"""What an attack is for: classes by rank and by chance, and the rows of a table of attacks."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from core.adversarial.settings import Attack, AttackSettings, Goal, Norm
from core.errors import SettingError
from core.experiments.aims import STANDARD, Aim, BoxAim, curve, drawn_class, least_likely, rivals

PROBABILITIES = np.array([0.02, 0.5, 0.01, 0.2, 0.1, 0.09, 0.05, 0.03], dtype=np.float32)
TARGET = Aim(Goal.TOWARDS, 3)


def test_aims_need_no_torch():
    code = "import sys; from core.experiments import aims; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_least_likely_class_has_the_smallest_probability():
    assert least_likely(PROBABILITIES) == 2


def test_a_class_by_chance_is_none_of_the_five_most_probable_and_any_of_the_others():
    assert {drawn_class(PROBABILITIES, seed) for seed in range(60)} == {0, 2, 7}


def test_a_seed_draws_the_same_class_again():
    many = np.random.default_rng(0).dirichlet(np.ones(1000)).astype(np.float32)
    assert [drawn_class(many, seed) for seed in range(9)] == [drawn_class(many, seed) for seed in range(9)]


def test_a_network_of_five_classes_has_none_to_draw():
    with pytest.raises(SettingError, match=r"no more than 5 classes\. Choose a class yourself"):
        drawn_class(PROBABILITIES[:5], 0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"number": -1, "threshold": 0.5}, "number must be at least 0, got -1"),
        ({"number": 0, "threshold": 0.0}, r"threshold must be above 0 and at most 1, got 0\.0"),
        ({"number": 0, "threshold": 1.1}, r"threshold must be above 0 and at most 1, got 1\.1"),
    ],
)
def test_an_aim_at_a_box_that_has_no_meaning_is_refused(settings, words):
    with pytest.raises(SettingError, match=words):
        BoxAim(**settings)


def test_a_table_has_every_attack_once_with_the_numbers_that_were_chosen():
    rows = rivals(TARGET, STANDARD, 0)
    assert [settings.attack for _, settings in rows] == list(Attack)
    assert replace(STANDARD, steps_after=0) in [settings for _, settings in rows]
    assert {settings.steps for _, settings in rows} == {STANDARD.steps}
    bounded = {settings.epsilon for _, settings in rows if settings.ball.norm is Norm.LINF}
    assert bounded == {STANDARD.epsilon}
    assert [settings.epsilon for _, settings in rows if settings.ball.norm is Norm.L2] == [3.0]


def test_each_row_ends_at_its_first_success_so_that_it_needed_what_it_took():
    rows = rivals(TARGET, replace(STANDARD, steps_after=20), 0)
    assert {settings.steps_after for _, settings in rows} == {0}


def test_only_deepfool_goes_another_way_than_to_the_target():
    assert {settings.attack: aim for aim, settings in rivals(TARGET, STANDARD, 0) if aim != TARGET} == {
        Attack.DEEPFOOL: Aim(Goal.AWAY, 0)
    }
    away = Aim(Goal.AWAY, 0)
    assert {aim for aim, _ in rivals(away, STANDARD, 0)} == {away}


def test_beside_an_attack_without_a_bound_each_has_its_usual_one():
    rows = rivals(TARGET, AttackSettings(attack=Attack.COURSE, epsilon=None), 0)
    assert {settings.attack: settings.epsilon for _, settings in rows} == {
        attack: attack.usual_epsilon for attack in Attack
    }


@pytest.mark.parametrize("attack", Attack)
def test_a_curve_begins_at_nothing_and_rises_within_what_the_attack_may_have(attack):
    radii = curve(attack)
    assert radii[0] == 0
    assert list(radii) == sorted(set(radii))
    for radius in radii:
        assert AttackSettings(attack=attack, epsilon=radius).epsilon == radius
    if attack.norm is Norm.LINF:
        assert [radius * 255 for radius in radii] == pytest.approx([round(radius * 255) for radius in radii])
