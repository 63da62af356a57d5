"""Sentences of a judgement, against photos worked by hand."""

import pytest

from core.experiments.grading import grade
from core.experiments.models import Found
from core.experiments.verdicts import Marked, Operating
from ui.sections.detector import grading_words as words

TRUTHS = (
    Marked("cup", (0.0, 0.0, 100.0, 100.0)),
    Marked("cup", (200.0, 0.0, 300.0, 100.0)),
    Marked("cat", (0.0, 200.0, 100.0, 300.0)),
    Marked("eye", (400.0, 0.0, 420.0, 20.0)),
    Marked("cat", (500.0, 0.0, 600.0, 100.0), difficult=True),
)
FOUND = (
    Found("cup", 0, 0.9, (0.0, 0.0, 100.0, 90.0)),
    Found("cup", 0, 0.8, (0.0, 0.0, 100.0, 100.0)),
    Found("cup", 0, 0.7, (200.0, 0.0, 240.0, 100.0)),
    Found("cup", 0, 0.6, (0.0, 200.0, 100.0, 300.0)),
    Found("cat", 1, 0.55, (400.0, 0.0, 420.0, 20.0)),
    Found("cat", 1, 0.5, (700.0, 0.0, 720.0, 20.0)),
    Found("cat", 1, 0.45, (500.0, 0.0, 600.0, 100.0)),
    Found("cup", 0, 0.213, (200.0, 0.0, 300.0, 100.0)),
)


@pytest.fixture
def graded():
    return grade(FOUND, TRUTHS, ("cup", "cat"))


@pytest.mark.parametrize(
    ("box", "told"),
    [
        (0, "Box 1 (cup, score 0.90) is right: IoU 0.90 with cup 1 reaches the 0.50 asked for"),
        (1, "is a double, so false: IoU 1.00 with cup 1 would do, but box 1 (score 0.90) has found it already."),
        (2, "Box 3 (cup, score 0.70) overlaps cup 2 too little: IoU 0.40 is below the 0.50 asked for."),
        (3, "has the wrong class: IoU 1.00 with cat 1, which is not called cup."),
        (4, "with the eye, which is not called cat. The detector knows no such class."),
        (5, "Box 6 (cat, score 0.50) is false: there is no cat that it overlaps."),
        (6, "does not count: cat 2, IoU 1.00, is marked difficult"),
    ],
)
def test_each_verdict_is_one_sentence_with_its_numbers(graded, box, told):
    assert told in words.verdict(graded, box)


def test_a_missed_object_says_whether_a_lower_confidence_would_find_it(graded):
    assert words.missed(graded, 1, 0.5) == (
        "Cup 2 is missed at this confidence: box 8 finds it, but scores 0.21, below 0.50."
    )
    assert words.missed(graded, 2, 0.5) == ("Cat 1 is missed at every confidence: box 4 lies on it, but calls it cup.")


def test_a_missed_object_names_its_best_box():
    lone = grade(FOUND[2:3], TRUTHS[:2], ("cup",))
    assert words.missed(lone, 1, 0.1) == (
        "Cup 2 is missed at every confidence: its best box, 1, overlaps it by 0.40, below 0.50."
    )
    assert words.missed(lone, 0, 0.1) == "Cup 1 is missed at every confidence: no box of its class points at it."


def test_the_step_down_names_the_object_the_confidence_and_the_price(graded):
    assert words.following(graded, 0.7, "cup").startswith(
        "Lower it to 0.21 and the second cup is found, at the price of one false box."
    )


def test_a_promise_of_a_step_is_kept_when_it_is_taken(graded):
    there = 0.21
    assert graded.at(there, "cup").missed == 0
    assert graded.at(there, "cup").wrong - graded.at(0.7, "cup").wrong == 1


def test_the_step_up_says_what_it_saves(graded):
    assert "Raise it to 0.90 and two false boxes go, with no object lost." in words.following(graded, 0.7, "cup")


def test_what_is_found_at_no_confidence_is_not_promised(graded):
    assert "at no confidence" in words.following(graded, 0.1, "cat")
    assert "Every box that is shown is false." in words.following(graded, 0.5, "cat")


def test_nothing_to_find_needs_no_words():
    assert words.following(grade([], [], ("cup",)), 0.5, None) == ""


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (
            Operating(0.5, 1, 2, 3),
            Operating(0.3, 2, 5, 2),
            "From 0.50 to 0.30: one object more found, three false boxes more.",
        ),
        (Operating(0.5, 3, 2, 0), Operating(0.7, 1, 1, 2), "From 0.50 to 0.70: two objects lost, one false box fewer."),
        (Operating(0.5, 3, 2, 0), Operating(0.6, 3, 2, 0), "From 0.50 to 0.60 nothing changes."),
    ],
)
def test_what_a_moved_confidence_changed_is_counted(before, now, told):
    assert words.moved(before, now) == told


@pytest.mark.parametrize(("score", "value"), [(0.213, 0.21), (0.29, 0.29), (0.57, 0.57), (1.0, 1.0), (0.0, 0.0)])
def test_a_score_counts_at_the_value_of_the_slider_below_it(score, value):
    assert words.cents(score) == value


def test_many_are_told_in_digits():
    assert (words.count(1, "false box"), words.count(12, "false box")) == ("one false box", "12 false boxes")
