"""What is said at each point of a path: it is true of the numbers of that point."""

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.sections.attribution.path_cases import SATURATING, walk
from ui.sections.attribution import path_words


def test_a_strong_gradient_at_a_saturated_score_is_said_to_cancel():
    said = path_words.said(SATURATING)
    assert "f has nearly saturated, yet the gradient is 60\u00a0% as strong as at its strongest" in said[4]
    assert "cancel" in said[4]
    assert "99\u00a0% of the way to the photo's score" in said[4]


def test_a_weak_gradient_where_nothing_happens_is_said_to_be_weak():
    assert "f is nearly flat, and the gradient is weak: 10\u00a0%" in path_words.said(SATURATING)[0]


def test_a_steep_point_gives_much_of_the_credit():
    assert "2.4 times as fast as on the whole way: much of the credit" in path_words.said(SATURATING)[2]


def test_a_score_that_moves_away_takes_credit_back():
    said = path_words.said(walk([0, -4, 4, 8, 10], [1, 1, 1, 1, 1]))
    assert "behind the baseline's score" in said[1]
    assert "taken back" in said[0]


def test_a_score_that_falls_on_the_whole_way_is_no_fall():
    """From a baseline that speaks for the class more than the photo, down is forward."""
    said = path_words.said(walk([10, 5, 0], [1, 1, 1]))
    assert "taken back" not in " ".join(said)
    assert "50\u00a0% of the way" in said[1]


def test_a_score_beyond_that_of_the_photo_is_told():
    assert "beyond the photo's score" in path_words.said(walk([0, 12, 10], [1, 1, 1]))[1]


def test_each_point_says_what_it_adds():
    said = path_words.said(walk([0, 1, 2], [1, 1, 1], running=[0.25, 1.25, 0.75]))
    assert [one.split("this point adds ")[1].split(". ")[0] for one in said] == ["+0.25", "+1.00", "−0.50"]


def test_equal_scores_leave_nothing_to_share_out():
    still = walk([3, 4, 3], [1, 1, 1])
    assert all("no rise to share out" in one for one in path_words.said(still))
    assert not path_words.pace(still).any()


def test_a_gradient_of_zero_everywhere_has_no_strength():
    dead = replace(SATURATING, slopes=np.zeros_like(SATURATING.slopes))
    assert not path_words.strength(dead).any()
    assert len(path_words.said(dead)) == 6


@pytest.mark.parametrize(
    ("value", "words", "sign"),
    [(1.5, "1.50", "+1.50"), (-0.25, "−0.25", "−0.25"), (-0.001, "0.00", "0.00"), (0.0, "0.00", "0.00")],
)
def test_numbers_have_a_real_minus_and_zero_has_no_sign(value, words, sign):
    assert (path_words.number(value), path_words.added(value)) == (words, sign)
