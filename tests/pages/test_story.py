"""The story on the pages themselves: each offers the next step, and what it found goes along."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests.sessions import chosen
from ui import story, story_steps
from ui.story_steps import AGAIN, ATTACK, EXPLAIN, SEGMENT, STEPS, STYLISE, SUPPRESS


def offered(at: AppTest) -> list[Button]:
    """The button for the next step, if the page is there to its end."""
    return [one for one in at.button if one.key == "story-next"]


def went_on(at: AppTest, step: story_steps.Step, word: str = "Next") -> AppTest:
    """The page after a click on the button for the next step, which is `step`; the test goes where the visitor went."""
    for _ in range(60):  # on a slow machine a page fills in part by part
        if offered(at):
            break
        at.run()
    (button,) = offered(at)
    assert button.label == f"{word}: {step.name}"
    at.query_params.clear()  # the browser's: the app has put its own there
    button.click().run()
    assert not at.exception
    assert not at.error
    return at.switch_page(step.file)


@pytest.mark.slow
def test_one_photo_goes_all_the_way(open_page, no_weights):
    at = open_page("pages/detector.py", photo="cat")
    at = went_on(at, SUPPRESS)
    assert at.title[0].value == "NMS"
    assert at.session_state["boxes-read"][0].endswith(".csv"), "the boxes of the detector"
    at = went_on(at, SEGMENT)
    at = went_on(at, EXPLAIN)
    assert at.session_state["class"] == "cat", "what the detector found is what is explained"
    at = went_on(at, ATTACK)
    assert at.session_state["part"] == "Fool"
    at = went_on(at, AGAIN)
    assert chosen(at).name == "Cat attacked.png"
    assert at.session_state["class"] == "First guess"
    assert at.session_state["against"] == "cat"
    assert any("This is the attacked picture." in one.value for one in at.main.caption)
    at = went_on(at, STYLISE)
    assert at.title[0].value == "Style transfer"
    assert chosen(at).name == "Cat", "the photo is painted, not the part of it that was attacked"
    assert not offered(at), "nothing comes after the last step"
    assert any("Step 7 of 7, the last one." in one.value for one in at.main.markdown)
    assert set(at.session_state[story.SEEN]) == {step.name for step in STEPS}


def test_a_part_that_is_no_step_leads_to_the_one_of_its_page(open_page, no_weights):
    at = open_page("pages/saliency.py", photo="cat", part="Look")
    at = went_on(at, ATTACK, "Tour")
    assert at.session_state["part"] == "Fool"


def test_a_page_that_is_no_step_leads_into_the_story(open_page, no_weights):
    at = open_page("pages/models.py", photo="cat")
    assert [one.label for one in offered(at)] == ["Tour: Detect"]
