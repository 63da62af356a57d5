"""The overview: the tour begins there and remembers what was seen, and the report lists what was kept."""

import pytest

from ui import report, story
from ui.sections.overview.tour import strip
from ui.story_steps import STEPS, SUPPRESS


def labels(at) -> list[str]:
    return [one.label for one in at.main.button]


def test_the_tour_starts_with_the_first_step(open_page, no_weights):
    at = open_page(photo="cat")
    assert "Start the tour" in labels(at)
    at.query_params.clear()
    at.button(key="tour-next").click().run()
    assert not at.exception
    assert at.title[0].value == "YOLO detector"
    assert at.session_state[story.SEEN] == ["Detect"]
    at.switch_page("app.py").run()
    assert "Next: Suppress" in labels(at)
    (steps,) = [one.value for one in at.html if "aria-current" in one.value]
    assert steps.count("✓") == 1


def test_the_tour_can_begin_again(open_page, no_weights):
    at = open_page()
    at.session_state[story.SEEN] = [step.name for step in STEPS]
    at.run()
    at.button(key="tour-again").click().run()
    assert "Start the tour" in labels(at)


def test_what_was_kept_on_a_page_is_listed_on_the_overview(open_page, no_weights, files):
    at = open_page("pages/nms.py", photo="cat")
    at.button(key="nms-report").click().run()
    assert not at.error
    (kept,) = at.session_state[report.KEY]
    assert kept.title == "NMS"
    assert kept.numbers[0][0] == "boxes"
    at.switch_page("app.py").run()
    assert not at.exception
    assert "**NMS**" in [one.value for one in at.main.markdown]
    assert b"<h2>1. NMS</h2>" in files["vision-lab-report.html"]


@pytest.mark.parametrize("done", range(8))
def test_the_strip_ticks_what_was_seen_and_marks_what_is_next(done):
    seen = frozenset(step.name for step in STEPS[:done])
    made = strip(seen, STEPS[done] if done < 7 else None)
    assert made.count("✓") == made.count(", seen") == done
    assert made.count('aria-current="step"') == (done < 7)
    assert made.count("<li") == 7


def test_a_step_that_was_skipped_is_the_next_one():
    assert f'aria-current="step"><span>2</span><span>{SUPPRESS.name}' in strip(
        frozenset({"Detect", "Segment"}), SUPPRESS
    )
