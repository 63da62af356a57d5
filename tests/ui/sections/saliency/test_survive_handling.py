"""Everyday handling in words: every strength has one, nothing done is off, and the verdict follows the labels."""

from dataclasses import replace

import pytest

from core.adversarial.survival_settings import Handling, Treatment, sweep
from core.experiments.overview import Guess
from core.experiments.survival import survived
from tests.ui.sections.saliency.fool_cases import MODEL, fooled
from ui.sections.saliency import survive_handling as handling


@pytest.mark.parametrize("kind", Handling, ids=lambda one: one.value)
def test_every_strength_has_a_word_of_its_own_and_nothing_done_is_off(kind):
    words = [handling.word(kind, one) for one in sweep(kind)]
    assert words[0] == handling.OFF
    assert len(set(words)) == len(words)
    assert handling.OFF not in words[1:]


def test_all_kinds_have_a_slider_with_a_key_and_a_label():
    assert set(handling.SLIDERS) == set(handling.LABELS) == set(handling._NAMES) == set(Handling)
    assert len(set(handling.KEYS)) == len(Handling)


def both(treatment: Treatment):
    made = fooled()
    return tuple(survived(pixels, MODEL, treatment) for pixels in (made.outcome.clean_pixels, made.outcome.pixels))


def test_untouched_the_attack_stands():
    said = handling.verdict(fooled(), Treatment(), *both(Treatment()))
    assert "parachute" in said
    assert "Move a slider" in said


def test_a_strong_blur_undoes_the_attack():
    blur = Treatment(blur=2.0)
    before, after = both(blur)
    assert after.guess.label == "cat"
    said = handling.verdict(fooled(), blur, before, after)
    assert "gone after a blur of 2 px" in said
    assert "sees **cat" in said


def test_an_attack_that_survives_says_what():
    made, (before, _) = fooled(), both(Treatment(jpeg=95))
    after = replace(before, guess=made.outcome.after)
    assert "survives JPEG of quality 95" in handling.verdict(made, Treatment(jpeg=95), before, after)


def test_a_third_class_is_neither():
    made, (before, after) = fooled(), both(Treatment(noise=1.0))
    other = replace(after, guess=Guess("horse", made.outcome.classes.index("horse"), 0.5))
    said = handling.verdict(made, Treatment(noise=1.0), before, other)
    assert "neither cat nor parachute" in said


def test_a_clean_picture_that_suffers_is_told():
    made, (before, after) = fooled(), both(Treatment(depth=1))
    bad = replace(before, guess=Guess("dog", made.outcome.classes.index("dog"), 0.5))
    assert "clean picture suffers too: now it is dog" in handling.verdict(made, Treatment(depth=1), bad, after)


def test_several_treatments_are_told_in_their_order():
    assert handling.told(Treatment(jpeg=80, crop=0.1)) == "a crop by 10 %, JPEG of quality 80"
    assert handling.told(Treatment()) == ""


def test_both_classes_stand_below_a_picture():
    made, (before, _) = fooled(), both(Treatment())
    said = handling.said(made, before)
    assert said.startswith("cat")
    assert "parachute" in said
