"""A pixel in words and in formulas: every number is the network's."""

import math
import re

import numpy as np
import pytest

from core.experiments.overview import Guess
from tests.ui.sections.segmenter.segment_cases import answer, case, halves, photo
from ui.components.class_map import View
from ui.sections.segmenter import segment_stage, segment_words

HERE = (Guess("cat", 3, 0.5), Guess("dog", 2, 0.25), Guess("cow", 6, 0.125), Guess("horse", 4, 0.125))


def numbers(line: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+\.\d+", line)]


def test_softmax_with_the_numbers_of_the_pixel():
    chance, margin, entropy = segment_words.formulas(HERE)
    first, second, rest, answer = numbers(chance)
    assert 1 / (1 + math.exp(first) + math.exp(second) + rest) == pytest.approx(answer, abs=0.002)
    assert answer == 0.5
    assert numbers(margin) == [0.5, 0.25, 0.25]
    assert r"0.500 \cdot 1.00 + 0.250 \cdot 2.00 + 0.75" in entropy
    assert numbers(entropy)[-1] == 1.75


@pytest.mark.parametrize("shares", [(1.0, 0.0, 0.0, 0.0), (0.25,) * 4, (0.9995, 0.0005, 0.0, 0.0)])
def test_formulas_hold_for_the_surest_and_the_least_sure(shares):
    lines = segment_words.formulas([Guess("cat", place, share) for place, share in enumerate(shares)])
    assert not any(word in line for line in lines for word in ("nan", "inf", "-0.00"))
    assert numbers(lines[1])[-1] == pytest.approx(shares[0] - shares[1], abs=0.001)


def test_entropy_and_margin_of_certainty_and_of_none():
    assert segment_stage.entropy((1.0, 0.0)) == 0
    assert segment_stage.entropy((0.25,) * 4) == 2
    assert segment_stage.margin((1.0,)) == 1


@pytest.mark.parametrize(("threshold", "painted"), [(0.0, "cat"), (0.25, "cat"), (0.26, "unknown")])
def test_the_sentence_says_what_the_pixel_is_painted_as(threshold, painted):
    words = segment_words.sentence(HERE, threshold)
    assert words.startswith("**cat** with 50.0\u00a0%, then dog with 25.0\u00a0%.")
    assert f"margin of 0.25 against a threshold of {threshold:.2f} it is painted as {painted}." in words


def test_a_photo_of_nothing_known_is_told():
    shares = np.zeros((3, 20, 40))
    shares[0] = 1
    assert "finds none of it" in segment_words.trouble(case(answer(shares)))
    assert segment_words.trouble(case(halves())) == ""


def test_a_photo_of_other_things_is_told(blank):
    of = blank(40, 20, boxes=[[0, 0, 9, 9]])
    assert "none of what is on this photo (thing)" in segment_words.trouble(case(halves(), View(), of))
    assert segment_words.trouble(case(halves(), View(), photo())) == ""
