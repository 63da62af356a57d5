"""The words for what became of a detection, and the shares that four counts make."""

import dataclasses

import pytest

from core.experiments.verdicts import Marked, Operating, Ruling, Verdict


def test_precision_recall_and_f1_are_their_textbook_fractions():
    point = Operating(confidence=0.5, right=6, wrong=2, missed=4)
    assert (point.precision, point.recall) == (6 / 8, 6 / 10)
    assert point.precision is not None
    assert point.recall is not None
    harmonic = 2 / (1 / point.precision + 1 / point.recall)
    assert point.f1 == pytest.approx(harmonic)


def test_shares_of_nothing_are_none():
    empty = Operating(confidence=0.5, right=0, wrong=0, missed=0)
    assert (empty.precision, empty.recall, empty.f1) == (None, None, None)
    silent = Operating(confidence=0.5, right=0, wrong=0, missed=3)
    assert (silent.precision, silent.recall, silent.f1) == (None, 0, 0)


def test_every_verdict_has_its_title_and_one_sentence():
    assert len({one.title for one in Verdict}) == len(Verdict)
    assert all(one.lesson.endswith(".") for one in Verdict)


@pytest.mark.parametrize("one", [Marked("cup", (0.0, 0.0, 1.0, 1.0)), Ruling(Verdict.NOTHING, None, 0.0)])
def test_nobody_changes_a_judgement_afterwards(one):
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
        one.label = "saucer"
