"""The table of attacks and the curve over epsilon, in words and lines."""

import math
import re
from dataclasses import replace

import pytest

from core.adversarial.least_epsilon import Attempt
from core.adversarial.settings import LEVEL, Attack, AttackSettings
from core.experiments import fooling_trials
from core.experiments.adversarial import Clean
from core.experiments.aims import STANDARD, Aim, rivals
from core.experiments.fooling_trials import Least, Trial
from tests.ui.sections.saliency.fool_cases import FGSM, PGD, TIMID, asked, away, cat, towards
from ui.sections.saliency import fool_curve, fool_table

CAT = 10
UNBOUND = AttackSettings(attack=Attack.DEEPFOOL, epsilon=None, steps=3)


def trial(clean: Clean, aim: Aim, settings: AttackSettings) -> Trial:
    found = fooling_trials.trial(clean, aim, settings).advance(math.inf)
    assert found
    return found


def at_epsilon(clean: Clean, aim: Aim, settings: AttackSettings, epsilon: float) -> Trial:
    return trial(clean, aim, replace(settings, epsilon=epsilon, steps_after=0))


def test_a_row_tells_real_numbers_and_8_bits_apart():
    row = fool_table.line(trial(cat(), away(), TIMID), away())
    assert row.startswith("| DeepFool | none | no: cat")
    assert "| fooled | 3 |" in row


def test_a_row_that_holds_names_what_is_seen_and_its_epsilon():
    one = trial(cat(), towards(), PGD)
    row = fool_table.line(one, towards())
    assert row.startswith("| PGD, L∞ | 4/255 |")
    assert f"**fooled**: {one.after.label}" in row
    assert f"| {round(one.distances.levels)} |" in row


def test_a_row_with_another_goal_is_marked():
    row = fool_table.line(trial(cat(), away(), replace(TIMID, steps=6)), towards())
    assert row.startswith("| *DeepFool, to any class* |")


def test_every_attack_is_in_the_table_and_the_set_one_is_as_it_is_up_to_its_success():
    rows = rivals(towards(), PGD, cat().guesses[0].index)
    assert {settings.attack for _, settings in rows} == set(Attack)
    assert replace(PGD, steps_after=0) in [settings for _, settings in rows]


@pytest.mark.parametrize("after", [0, 2, 20])
def test_what_follows_a_success_does_not_count_as_needed(after):
    """Steps and L2 are those of the first success, whatever a visitor asks for afterwards."""
    rows = rivals(towards(), replace(STANDARD, steps_after=after), CAT)
    told = [trial(cat(), *row) for row in rows]
    plain = [trial(cat(), *row) for row in rivals(towards(), STANDARD, CAT)]
    assert [(one.updates, one.distances) for one in told] == [(one.updates, one.distances) for one in plain]


def test_the_sentence_names_the_shortest_change_and_the_fewest_steps_of_the_rows():
    case = asked()
    rows = rivals(towards(), STANDARD, CAT)
    told = [trial(cat(), *row) for row in rows]
    said = fool_table.said(case, rows, told)
    good = [one for one in told if one.succeeded and one.aim == towards()]
    assert f"an L2 of {min(one.distances.l2 for one in good):.2f}" in said
    match = re.search(r"the fewest steps, (\d+)\.", said)
    assert match
    assert int(match[1]) == min(one.updates for one in good)
    assert said.startswith("Towards parachute, ")
    assert "DeepFool has an easier task" in said
    assert "2 to come" in fool_table.said(case, rows, told[:3])


def test_where_all_go_away_none_is_marked_and_deepfool_competes():
    rows = rivals(away(), STANDARD, CAT)
    told = [trial(cat(), *row) for row in rows]
    said = fool_table.said(asked(STANDARD, away()), rows, told)
    assert said.startswith("Away from cat, ")
    assert "easier task" not in said
    assert "to any class" not in fool_table.table(asked(STANDARD, away()), told)


def test_an_aim_that_none_reaches_is_told():
    failed = replace(trial(cat(), towards(), FGSM), succeeded=False)
    assert fool_table.needs_least(asked(), [failed]) == "None of them gets towards parachute on 8 bits."


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            STANDARD,
            "Gradient ascent, FGSM, PGD in L∞ and DeepFool stay within 8/255; PGD in L2 stays within a length of 3.",
        ),
        (
            UNBOUND,
            "Gradient ascent and DeepFool go without a bound; FGSM and PGD in L∞ stay within 4/255; "
            "PGD in L2 stays within a length of 3. Look at epsilon before you compare.",
        ),
        (
            AttackSettings(attack=Attack.PGD_L2, epsilon=1.5),
            "Gradient ascent and DeepFool go without a bound; FGSM and PGD in L∞ stay within 4/255; "
            "PGD in L2 stays within a length of 1.5. Look at epsilon before you compare.",
        ),
    ],
)
def test_the_sentence_about_epsilon_is_that_of_the_rows(settings, words):
    assert fool_table.limits([one for _, one in rivals(away(), settings, CAT)]) == words


def test_fgsm_is_not_said_to_have_as_many_steps():
    settings = [one for _, one in rivals(away(), replace(STANDARD, steps=7), CAT)]
    assert fool_table.steps(settings) == "Each ends at its first success: FGSM has 1 step, the others at most 7."


def test_the_curve_begins_with_the_clean_answer_and_its_words_follow_the_points():
    case = asked(PGD)
    points = [at_epsilon(cat(), towards(), PGD, levels * LEVEL) for levels in (0, 4)]
    success, probable = fool_curve.lines(case, points, LEVEL)
    assert success.points == ((0.0, 0.0), (4.0, 0.0), (4.0, 1.0))
    assert probable.points[0][1] < 0.01 < probable.points[1][1]
    assert "7 values to come" in fool_curve.said(case, points, 9, LEVEL, None)
    assert "succeeds from 4/255 on" in fool_curve.said(case, points, 2, LEVEL, None)


def test_success_that_is_lost_again_is_told():
    case = asked(PGD)
    good = at_epsilon(cat(), towards(), PGD, 4 * LEVEL)
    points = [good, replace(good, settings=replace(PGD, epsilon=6 * LEVEL), succeeded=False)]
    assert "not at every larger one" in fool_curve.said(case, points, 2, LEVEL, None)


def test_an_attack_that_never_succeeds_says_so():
    case = asked(FGSM)
    points = [at_epsilon(cat(), towards(), FGSM, levels * LEVEL) for levels in (0, 2)]
    least = Least(None, (Attempt(16, False, 1),), points[0].cost)
    said = fool_curve.said(case, points, 2, LEVEL, least)
    assert "It succeeds at none of them" in said
    assert "Not even 16/255" in said


def test_the_smallest_epsilon_is_named_with_what_was_tried():
    case = asked(PGD)
    points = [at_epsilon(cat(), towards(), PGD, 4 * LEVEL)]
    least = Least(2, (Attempt(16, True, 3), Attempt(1, False, 9), Attempt(2, True, 8)), points[0].cost)
    assert "(16, 1, 2) finds **2/255**" in fool_curve.said(case, points, 1, LEVEL, least)


def test_stairs_stay_until_the_next_value():
    assert fool_curve.stairs([0, 1, 3], [0, 1, 1]) == [(0, 0), (1, 0), (1, 1), (3, 1), (3, 1)]
    assert fool_curve.stairs([2], [1]) == [(2, 1)]
