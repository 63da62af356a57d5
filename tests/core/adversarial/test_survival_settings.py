"""Survival settings: every kind of handling has words, a range, a neutral point and a sweep that stays inside."""

import dataclasses
import subprocess
import sys

import pytest

from core.adversarial.survival_settings import Handling, Treatment, sweep
from core.errors import SettingError

KINDS = [pytest.param(kind, id=kind.value) for kind in Handling]


def numbers(kind: Handling) -> list[float]:
    return [strength for strength in sweep(kind) if strength is not None]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_is(kind):
    assert kind.title
    assert kind.lesson.endswith(".")
    assert kind.unit


def test_every_field_but_the_seed_is_a_kind():
    assert {field.name for field in dataclasses.fields(Treatment)} == {kind.value for kind in Handling} | {"seed"}


def test_as_it_comes_nothing_is_done():
    assert Treatment().done == ()
    assert Treatment(seed=5).done == ()
    assert all(Treatment().strength(kind) == kind.neutral for kind in Handling)


def test_what_is_done_comes_in_the_order_a_picture_meets_it():
    all_six = Treatment(jpeg=75, depth=4, noise=2.0, blur=1.0, resize=0.5, crop=0.1)
    assert [kind.value for kind in all_six.done] == ["crop", "resize", "blur", "noise", "depth", "jpeg"]
    assert Treatment(jpeg=75, crop=0.1).done == (Handling.CROP, Handling.JPEG)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sweep_begins_with_nothing_and_grows_stronger_within_the_range(kind):
    points = sweep(kind)
    assert points[0] == kind.neutral
    assert all(Treatment.only(kind, point).done == (kind,) for point in points[1:])
    assert numbers(kind) in (sorted(set(numbers(kind))), sorted(set(numbers(kind)), reverse=True))
    assert all(kind.least <= point <= kind.most for point in numbers(kind))
    whole = {isinstance(number, int) for number in (*numbers(kind), kind.least, kind.most)}
    assert whole == {kind in (Handling.DEPTH, Handling.JPEG)}


@pytest.mark.parametrize("kind", KINDS)
def test_only_one_kind_is_done_with_its_seed(kind):
    treatment = Treatment.only(kind, sweep(kind)[-1], seed=7)
    assert treatment == dataclasses.replace(Treatment(seed=7), **{kind.value: sweep(kind)[-1]})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beyond", ["least", "most"])
def test_a_strength_beyond_its_range_is_refused(kind, beyond):
    value = kind.least - 1 if beyond == "least" else kind.most + 1
    with pytest.raises(SettingError, match=rf"{kind.value} must be from {kind.least:g} to {kind.most:g}, got"):
        Treatment.only(kind, value)
    Treatment.only(kind, kind.least)
    Treatment.only(kind, kind.most)


def test_what_is_no_number_is_refused():
    with pytest.raises(SettingError, match="blur must be from"):
        Treatment(blur=float("nan"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_not_done_at_all_is_nothing_done(kind):
    assert Treatment.only(kind, None, seed=3) == Treatment(seed=3)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(SettingError, match="seed must be"):
        Treatment(seed=seed)


def test_needs_no_torch():
    code = "import sys, core.adversarial.survival_settings; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
