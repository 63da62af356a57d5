"""The rule with the numbers of a box: what stands on both sides of a sign is true, and LaTeX can be read."""

import math
import re

import numpy as np
import pytest

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from core.experiments import nms
from tests.ui.sections.nms.test_why import ROW
from ui.sections.nms.formula import _SOURCES, rule

NESTED = BoxTable(
    np.array([[0.0, 0, 100, 100], [50, 0, 150, 100], [40, 0, 150, 100]]), np.array([0.9, 0.8, 0.7]), ("cat",) * 3
)


def written(box: int | None, table: BoxTable = ROW, **settings: object) -> str:
    race = nms.race(table, NmsSettings(**settings))
    return rule(race, None if box is None else nms.why(race, box))


def numbers(words: str) -> str:
    """The second line, as one reads it."""
    _, _, filled = words.partition(r"\\[0.7em]")
    return " ".join(filled.removesuffix(r"\end{aligned}").replace("&", "").split())


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("method", Method)
def test_the_rule_stands_there_without_a_box_and_has_no_numbers_of_one(method, per_class):
    words = written(None, method=method, per_class=per_class, iou_threshold=0.37, sigma=0.64)
    assert numbers(words) == ""
    assert r"\\[" not in words
    assert ("0.37" in words, "0.64" in words) == (method.has_threshold, not method.has_threshold)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("box", [None, 0, 1, 2, 3])
def test_braces_are_balanced_and_each_line_is_aligned_once(method, box):
    words = written(box, method=method)
    depth = 0
    for letter in re.sub(r"\\[{}]", "", words):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert words.count(r"\left") - words.count(r"\leftarrow") == words.count(r"\right")
    assert (words.count(r"\begin{aligned}"), words.count(r"\end{aligned}")) == (1, 1)
    assert all(line.count("&") == 1 for line in words.split(r"\\[0.7em]"))


@pytest.mark.parametrize(
    ("box", "settings", "expected"),
    [
        (1, {"iou_threshold": 0.3}, "0.333 > 0.30"),
        (1, {"iou_threshold": 0.4}, r"0.333 \le 0.40"),
        (1, {"method": Method.DIOU, "iou_threshold": 0.2}, "0.256 > 0.20"),
        (1, {"method": Method.DIOU, "iou_threshold": 0.3}, r"0.256 \le 0.30"),
        (1, {"method": Method.LINEAR, "iou_threshold": 0.3}, "1 - 0.333 = 0.667"),
        (1, {"method": Method.LINEAR, "iou_threshold": 0.4}, r"0.333 < 0.40 \quad \text{so } s_j \text{ stays}"),
        (1, {"method": Method.GAUSSIAN, "sigma": 0.2}, r"\exp(-0.333^2 / 0.20) = 0.574"),
        (1, {"method": Method.MATRIX, "sigma": 0.2}, r"\exp(-(0.333^2 - 0.000^2) / 0.20) = 0.574"),
        (0, {}, ""),
        (3, {"method": Method.GAUSSIAN}, ""),
        (3, {"method": Method.MATRIX}, ""),
    ],
)
def test_the_numbers_of_a_box_that_somebody_decided_about_are_put_in(box, settings, expected):
    assert numbers(written(box, **settings)) == expected


def test_the_rival_of_the_rival_stands_in_the_rule_of_matrix_suppression():
    found = numbers(written(2, NESTED, method=Method.MATRIX))
    assert found == r"\exp(-(0.909^2 - 0.333^2) / 0.50) = 0.239"
    assert math.exp(-((10 / 11) ** 2 - (1 / 3) ** 2) / 0.5) == pytest.approx(0.239, abs=5e-4)


def test_an_overlap_just_above_the_threshold_is_written_above_it():
    table = BoxTable(np.array([[0.0, 0, 100, 100], [0, 0, 100, 50.001]]), np.array([0.9, 0.8]), ("cat", "cat"))
    assert numbers(written(1, table)) == "0.50001 > 0.50"


def test_every_method_names_its_source():
    assert set(_SOURCES) == set(Method)
    assert all(re.search(r"et al\., 20\d\d", source) for source in _SOURCES.values())
