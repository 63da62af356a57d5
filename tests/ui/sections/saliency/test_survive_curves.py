"""The small curves: from nothing done to very strong, with the place where the attack is gone."""

from dataclasses import replace

import pytest

from core.adversarial.survival_settings import Handling, Treatment, sweep
from core.experiments.survival import swept
from tests.ui.sections.saliency.fool_cases import FGSM, MODEL, fooled
from ui.sections.saliency import survive_curves


@pytest.fixture(scope="module")
def blurred():
    return swept(fooled().outcome.pixels, MODEL, Handling.BLUR)


def test_a_curve_has_a_point_for_each_strength_and_begins_fooled(blurred):
    made = fooled()
    assert len(blurred.of(made.fooled)) == len(sweep(Handling.BLUR))
    assert blurred.of(made.fooled)[0] == pytest.approx(made.outcome.after.probability, abs=1e-4)
    assert survive_curves.chart(made, blurred, None).count("<polyline") == 2


def test_the_legend_says_what_the_network_sees_and_what_was_meant():
    hit, other = fooled(), fooled(FGSM)
    assert "**parachute**, what the network sees in it ·" in survive_curves.legend(hit)
    assert "**cat**, what it saw before" in survive_curves.legend(hit)
    assert other.outcome.after.label == "dog"
    assert (
        "**dog**, what the network sees in it (it was to be parachute, which the attack missed)"
        in survive_curves.legend(other)
    )


def test_where_the_attack_is_gone_is_told(blurred):
    said = survive_curves.until(fooled(), blurred)
    assert said.startswith("gone at")
    assert "cat" in said


def test_an_attack_that_survives_everything_and_one_that_never_was(blurred):
    made = fooled()
    always = replace(blurred, guesses=(made.outcome.after,) * len(blurred.guesses))
    never = replace(blurred, guesses=(made.outcome.before,) * len(blurred.guesses))
    assert survive_curves.until(made, always) == "the attack survives all of it"
    assert survive_curves.until(made, never) == "there is no attack to undo"


def test_one_that_comes_back_is_told(blurred):
    made = fooled()
    back = (made.outcome.after, made.outcome.before, *([made.outcome.after] * (len(blurred.guesses) - 2)))
    assert survive_curves.until(made, replace(blurred, guesses=back)).endswith("and back later")


def test_the_line_is_at_what_is_set(blurred):
    assert survive_curves._place(blurred, Treatment()) == 0
    assert survive_curves._place(blurred, Treatment(blur=1.0)) == sweep(Handling.BLUR).index(1.0)
    assert survive_curves._place(blurred, Treatment(blur=0.123)) is None


@pytest.mark.parametrize("count", [8, 10, 11, 13])
def test_few_words_below_a_chart_the_ends_among_them(count):
    places = survive_curves.ticks(count)
    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) == survive_curves.TICKS
