"""What an attack came to, in words: success counts only on 8 bits, and the numbers are those of the outcome."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal
from core.experiments.aims import STANDARD, Aim
from tests.ui.sections.saliency.fool_cases import FGSM, STILL, TIMID, away, cat, made
from ui import parts
from ui.sections.saliency import fool_words


def test_a_success_names_both_answers_the_levels_and_the_8_bits():
    outcome = made()
    said = fool_words.verdict(outcome)
    assert outcome.succeeded
    assert f"cat {parts.percent(outcome.before.probability)}" in said
    assert f"{outcome.after.label} {parts.percent(outcome.after.probability)}" in said
    assert f"more than {round(outcome.distances.levels)} levels of 255" in said
    assert "holds as a picture of 8 bits" in said


def test_what_rounding_undoes_does_not_count():
    outcome = made(TIMID, away())
    assert outcome.reached
    assert not outcome.succeeded
    said = fool_words.verdict(outcome)
    assert "rounding undid" in said
    assert outcome.unrounded.label in said
    assert "does not count" in said


def test_another_wrong_answer_than_the_target_is_a_miss():
    outcome = made(FGSM)
    assert outcome.after.index not in (outcome.before.index, outcome.aim.label)
    assert "missed its target" in fool_words.verdict(outcome)


def test_epsilon_0_changes_nothing_and_says_so():
    outcome = made(STILL)
    assert not fool_words.changed(outcome)
    said = fool_words.verdict(outcome)
    assert "No pixel changed" in said
    assert "became" not in said


@pytest.mark.parametrize("after", [0, 2])
def test_a_target_that_is_seen_already_needs_no_attack(after):
    outcome = made(replace(STANDARD, steps_after=after), Aim(Goal.TOWARDS, cat().guesses[0].index))
    said = fool_words.verdict(outcome)
    assert "sees **cat" in said
    assert "already" in said
    assert "became" not in said


def test_an_attack_that_is_not_enough_says_what_to_do():
    still = made()
    failed = replace(still, succeeded=False, reached=False, after=still.before)
    said = fool_words.verdict(failed)
    assert "still sees **cat" in said
    assert "Allow more steps" in said


def test_what_follows_the_first_success_is_told_apart_from_what_it_took():
    long = made(replace(STANDARD, steps_after=9))
    short = made(replace(STANDARD, steps_after=0))
    assert long.updates == short.updates + 9
    assert f"after {short.updates} updates, and 9 more to make it last: " in fool_words.verdict(long)
    assert f"after {short.updates} updates: " in fool_words.verdict(short)


def test_settings_are_told_by_what_they_differ_in():
    eight = replace(STANDARD, epsilon=8 * LEVEL)
    assert fool_words.differing(eight, eight) == ("", "")
    assert fool_words.differing(eight, replace(eight, epsilon=LEVEL)) == ("epsilon 8/255", "epsilon 1/255")
    assert fool_words.differing(replace(eight, epsilon=None), replace(eight, steps=7)) == (
        "no epsilon, most steps 20",
        "epsilon 8/255, most steps 7",
    )
    pgd = AttackSettings(attack=Attack.PGD_LINF)
    other = replace(pgd, step_size=2 * LEVEL, steps_after=1, random_start=True, seed=3, round_inside=True)
    assert fool_words.differing(pgd, other) == (
        "an automatic step, 2 steps after success, no random start, rounding at the end",
        "a step of 2/255, 1 step after success, a random start, seed 3, rounding inside the loop",
    )


def noted(shown: AttackSettings, asked: AttackSettings) -> list[str]:
    def app(shown, asked) -> None:
        from ui.sections.saliency import fool_words

        fool_words.note_earlier(shown, asked)

    return [one.value for one in AppTest.from_function(app, args=(shown, asked)).run().caption]


def test_a_result_of_earlier_settings_says_which_they_were_and_when_the_new_one_comes():
    one = replace(STANDARD, epsilon=LEVEL)
    assert noted(STANDARD, STANDARD) == []
    (said,) = noted(one, replace(one, epsilon=8 * LEVEL))
    assert said == (
        ":material/history: **This is the result with epsilon 1/255.** That with epsilon 8/255 comes when the run below has "
        "ended."
    )


@pytest.mark.parametrize(("value", "words"), [(1.0000001, "1 level"), (7.99999, "8 levels"), (0.0, "0 levels")])
def test_levels_are_whole(value, words):
    assert fool_words.levels(value) == words


def test_the_psnr_of_two_equal_pictures_is_infinite():
    assert "infinite" in fool_words.loudness(made(STILL).distances.psnr)
    assert fool_words.loudness(44.25) == "PSNR 44.2 dB."
