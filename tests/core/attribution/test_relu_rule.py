import subprocess
import sys

import pytest

from core.attribution.relu_rule import ReluRule


@pytest.mark.parametrize("rule", ReluRule)
def test_every_rule_says_what_it_is_called_and_what_it_does(rule):
    assert rule.title
    assert rule.lesson.endswith(".")


def test_no_two_rules_are_called_the_same():
    assert len({rule.title for rule in ReluRule}) == len({rule.lesson for rule in ReluRule}) == 3


def test_a_rule_is_found_by_what_stands_in_an_address():
    assert [ReluRule(word) for word in ("plain", "guided", "deconvnet")] == list(ReluRule)


def test_it_is_there_before_torch():
    code = "import sys, core.attribution.relu_rule; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
