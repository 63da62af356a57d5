"""The steps of the story: seven of them, on pages that exist, each with its reason."""

import pytest

from ui.menu import PAGES
from ui.story_steps import STEPS

FILES = {page.file for page in PAGES}


def test_the_story_has_seven_steps_on_pages_that_exist():
    assert len(STEPS) == 7
    assert {step.file for step in STEPS} <= FILES
    assert [step.number for step in STEPS] == list(range(1, 8))
    assert len({step.name for step in STEPS}) == 7


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_says_why_in_one_sentence(step):
    assert step.why.endswith((".", "?"))
    assert len(step.why) < 110
