"""What a visitor chooses of an attack: every option has words, numbers without meaning are refused, nothing needs torch."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from core.adversarial.settings import Attack, AttackSettings, Ball, Goal, Norm
from core.errors import SettingError


@pytest.mark.parametrize(("options", "count"), [(Norm, 2), (Goal, 2), (Attack, 5)])
def test_each_option_has_a_name_of_its_own_and_one_line(options, count):
    assert len({option.title for option in options}) == len(options) == count
    assert len({option.lesson for option in options}) == count
    assert all(option.lesson.endswith(".") and "\n" not in option.lesson for option in options)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epsilon", -0.01),
        ("epsilon", 1.01),
        ("epsilon", math.nan),
        ("epsilon", math.inf),
        ("steps", 0),
        ("steps", 1001),
        ("step_size", -0.1),
        ("step_size", 100.1),
        ("step_size", math.nan),
        ("steps_after", -1),
        ("steps_after", 1001),
        ("seed", -1),
        ("seed", 2**32),
    ],
)
def test_a_number_without_meaning_is_refused_by_its_name(name, value):
    with pytest.raises(SettingError, match=f"{name} must") as raised:
        AttackSettings(**{name: value})
    assert f"{value}" in raised.value.problem


@pytest.mark.parametrize(
    ("name", "value"),
    [("epsilon", 0.0), ("epsilon", 1.0), ("steps", 1), ("steps", 1000), ("step_size", 0.0), ("steps_after", 0)],
)
def test_both_ends_of_a_range_are_legal(name, value):
    assert getattr(AttackSettings(**{name: value}), name) == value


def test_the_length_of_a_whole_change_may_be_more_than_one_but_not_without_end():
    assert AttackSettings(attack=Attack.PGD_L2, epsilon=3.0).ball == Ball(Norm.L2, 3.0)
    with pytest.raises(SettingError, match="epsilon must be from 0 to 100, got 101"):
        AttackSettings(attack=Attack.PGD_L2, epsilon=101.0)


@pytest.mark.parametrize("attack", Attack)
def test_only_the_course_and_deepfool_go_without_a_ball(attack):
    if attack in (Attack.COURSE, Attack.DEEPFOOL):
        assert AttackSettings(attack=attack, epsilon=None).ball == Ball(Norm.LINF, None)
        assert attack.usual_epsilon is None
    else:
        with pytest.raises(SettingError, match="epsilon must be a number with") as raised:
            AttackSettings(attack=attack, epsilon=None)
        assert attack.title in raised.value.problem
        assert AttackSettings(attack=attack, epsilon=attack.usual_epsilon).epsilon


def test_every_attack_has_a_step_of_its_own_where_none_is_chosen():
    strides = {attack: AttackSettings(attack=attack, epsilon=0.1, steps=10).stride for attack in Attack}
    assert strides == {
        Attack.COURSE: 0.1,
        Attack.FGSM: 0.1,
        Attack.PGD_LINF: pytest.approx(0.025),
        Attack.PGD_L2: pytest.approx(0.025),
        Attack.DEEPFOOL: 0.0,
    }


def test_a_chosen_step_counts_where_there_is_one_to_choose():
    chosen = {attack: AttackSettings(attack=attack, epsilon=0.1, step_size=0.7).stride for attack in Attack}
    assert chosen[Attack.COURSE] == chosen[Attack.PGD_LINF] == chosen[Attack.PGD_L2] == 0.7
    assert (chosen[Attack.FGSM], chosen[Attack.DEEPFOOL]) == (0.1, 0.0)


def test_fgsm_is_one_update_and_only_pgd_starts_at_random():
    assert AttackSettings(attack=Attack.FGSM, steps=30).updates == 1
    assert AttackSettings(steps=30).updates == 30
    at_random = {attack for attack in Attack if AttackSettings(attack=attack, random_start=True).starts_at_random}
    assert at_random == {Attack.PGD_LINF, Attack.PGD_L2}
    assert not AttackSettings().starts_at_random


def test_the_settings_bring_neither_torch_nor_numpy():
    code = "import sys, core.adversarial.settings; print({'torch', 'numpy'} & {*sys.modules})"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
