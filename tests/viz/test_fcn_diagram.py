"""The diagram of the FCN: true sizes, a plus for every sum, and factors that lead to the whole input."""

import math
import re
import xml.etree.ElementTree as ElementTree

import pytest

from viz.fcn_diagram import Step, fcn_diagram

NS = "{http://www.w3.org/2000/svg}"
STEPS = (Step(32, 7, 7), Step(16, 14, 14), Step(8, 28, 28))


def words(*steps: Step) -> list[str]:
    tree = ElementTree.fromstring(fcn_diagram(steps or STEPS, 224, 224))
    return [text.text or "" for text in tree.iter(f"{NS}text")]


def test_it_shows_the_true_sizes_and_each_answer():
    told = words()
    for step in STEPS:
        assert told.count(f"{step.rows} × {step.columns}") == 2, "features and scores"
        assert f"{step.stride}s" in told
    assert told.count("224 × 224") == 3


def test_the_factors_of_a_row_are_its_stride():
    rows = [text for text in words() if re.fullmatch(r"(× \d+ ?)+", text)]
    products = sorted(math.prod(map(int, re.findall(r"\d+", text))) for text in rows)
    assert products == [2, 2, 8, 16, 32]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_row_but_the_first_has_a_plus(count):
    tree = ElementTree.fromstring(fcn_diagram(STEPS[:count], 224, 224))
    assert len(list(tree.iter(f"{NS}circle"))) == count - 1
