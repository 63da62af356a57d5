"""Journeys with a run that is watched: it starts at once, is steered, left and come back to, and shares its slot fairly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import no_sideways_scrolling, open_page, settled
from tests.browser.server import ROOT, serving


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with serving(Path(__file__).with_name("live_app.py"), PYTHONPATH=str(ROOT)) as url:
        yield url


LATE = """
    const soon = window.setTimeout;
    window.setTimeout = (action, delay, ...rest) => soon(action, delay || 120, ...rest);
"""
"""The moment in which Streamlit gathers what has changed, to send it together, lasts 120 ms instead of none."""


def button(page: Page, which: str) -> Locator:
    """One of the run's own: Streamlit has a Stop of its own."""
    return page.locator(f".st-key-toy-{which} button")


def says(page: Page, words: str) -> Locator:
    return page.get_by_test_id("stText").filter(has_text=re.compile(words))


def started(page: Page, app: str, query: str = "") -> Page:
    """A run that shows its picture."""
    open_page(page, f"{app}/?{query}")
    button(page, "start").click()
    expect(says(page, "^picture ")).to_be_visible()
    return page


def rests(page: Page, words: str) -> int:
    """Wait until the line says that and the picture is of that step; return the step."""
    line = page.get_by_text(re.compile(f"^{words} at step "))
    expect(line).to_be_visible()
    step = int(line.inner_text().split()[3])
    expect(says(page, f"^picture {step},")).to_be_visible()
    return step


def stopped(page: Page) -> int:
    """No run is left behind for the next journey; the step that is kept."""
    button(page, "stop").click()
    return rests(page, "Stopped")


def index(page: Page) -> int:
    """The step in the picture."""
    match = re.match(r"picture (\d+),", says(page, "^picture ").inner_text())
    assert match
    return int(match[1])


def beyond(page: Page, step: int) -> None:
    """Wait until the picture is of a later step."""
    page.wait_for_function(
        """step => [...document.querySelectorAll('[data-testid=stText]')]
            .some((node) => Number((node.innerText.match(/^picture (\\d+),/) || [])[1]) > step)""",
        arg=step,
    )


def computed(page: Page) -> dict[str, int]:
    """How many steps each visitor has had computed, as the other page says when it is asked anew."""
    line = says(page, "computed")
    look = int(line.inner_text().split(":")[0].removeprefix("look "))
    page.get_by_role("button", name="Look again").click()
    expect(line).to_have_text(re.compile(f"^look {look + 1}:"))
    return {name: int(count) for name, count in re.findall(r"(\w) computed (\d+)", line.inner_text())}


def test_start_shows_a_picture_that_has_had_an_update_and_goes_on(page, app):
    open_page(page, app)
    expect(says(page, "nothing yet")).to_be_visible()
    button(page, "start").click()
    expect(says(page, "^picture ")).to_be_visible()
    expect(says(page, "nothing yet")).to_be_hidden()
    first = index(page)
    assert first >= 1
    beyond(page, first + 5)
    expect(page.get_by_text(re.compile(r"^Step \d+ · .*(steps a second|s a step)$"))).to_be_visible()
    stopped(page)


def test_a_slider_moved_while_it_runs_acts(page, app):
    started(page, app)
    page.get_by_role("slider").press("ArrowRight")
    expect(says(page, "gain is 2,")).to_be_visible()
    expect(says(page, "^picture .*gain 2$")).to_be_visible()
    step = index(page)
    beyond(page, step)
    expect(button(page, "pause")).to_be_visible()
    stopped(page)


def test_no_move_of_a_slider_is_lost_in_the_moment_when_the_run_asks_for_more(page, app):
    page.add_init_script(LATE)
    started(page, app)
    slider = page.get_by_role("slider")
    for gain in range(2, 10):
        slider.press("ArrowRight")
        expect(says(page, f"gain is {gain},")).to_be_visible()
    stopped(page)


def test_a_pause_holds_the_picture_and_resume_goes_on_from_it(page, app):
    started(page, app)
    button(page, "pause").click()
    step = rests(page, "Paused")
    page.get_by_role("slider").press("ArrowRight")  # the page runs once more, and the run does not
    expect(says(page, "gain is 2,")).to_be_visible()
    assert index(page) == step
    button(page, "resume").click()
    beyond(page, step)
    stopped(page)


def test_stop_keeps_the_picture_and_a_history_from_the_beginning(page, app):
    started(page, app)
    beyond(page, 3)
    last = stopped(page)
    expect(says(page, f"^history of .* from 0 to {last}$")).to_be_visible()
    expect(button(page, "start")).to_have_text(re.compile("Start again"))


def test_the_end_comes_by_itself(page, app):
    started(page, app, "steps=6")
    expect(page.get_by_text("Done after 6 steps")).to_be_visible()
    expect(says(page, "^history of 7 from 0 to 6$")).to_be_visible()
    expect(button(page, "pause")).to_be_hidden()


def test_an_error_is_told_once_and_the_last_picture_stays(page, app):
    started(page, app, "breaks=4")
    expect(page.get_by_text("The gain is too high for this picture.")).to_have_count(1)
    expect(says(page, "^picture 3,")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(button(page, "start")).to_be_visible()


def test_another_photo_ends_the_run(page, app):
    started(page, app)
    page.get_by_text("rocket", exact=True).click()
    expect(says(page, "photo is rocket")).to_be_visible()
    expect(says(page, "nothing yet")).to_be_visible()
    expect(button(page, "start")).to_have_text(re.compile("Start$"))


def test_on_another_page_nothing_is_computed_and_coming_back_goes_on(page, app):
    started(page, app)
    beyond(page, 5)
    page.get_by_role("link", name="To the other page").click()
    expect(says(page, "computed")).to_be_visible()
    page.wait_for_timeout(700)  # the step that was under way ends
    before = computed(page)["a"]
    page.wait_for_timeout(700)  # nearly three ticks
    assert computed(page)["a"] == before
    page.get_by_role("link", name="To the run").click()
    beyond(page, 5)
    first = index(page)
    beyond(page, first)
    stopped(page)


def test_the_second_visitor_sees_the_place_and_begins_when_the_first_has_stopped(page, app, tabs):
    started(page, app)
    other = tabs()
    open_page(other, f"{app}/?name=b")
    button(other, "start").click()
    expect(other.get_by_text("1 run before yours. It starts by itself.")).to_be_visible()
    expect(button(other, "cancel")).to_be_visible()
    step = index(page)
    beyond(page, step + 5)
    expect(says(other, "nothing yet")).to_be_visible()
    stopped(page)
    expect(says(other, "^picture ")).to_be_visible()
    expect(button(other, "pause")).to_be_visible()
    stopped(other)


def test_a_closed_tab_computes_nothing_more_and_the_next_run_begins_by_itself(page, app, tabs):
    first = started(tabs(), app)
    open_page(page, f"{app}/other")
    before = computed(page)
    second = tabs()
    open_page(second, f"{app}/?name=b")
    button(second, "start").click()
    expect(second.get_by_text("1 run before yours.")).to_be_visible()
    assert computed(page)["b"] == before["b"]
    first.context.close()
    expect(says(second, "^picture ")).to_be_visible()
    left = computed(page)
    step = index(second)
    beyond(second, step + 5)
    after = computed(page)
    assert after["a"] == left["a"]
    assert after["b"] > left["b"]
    stopped(second)


def test_cancel_leaves_the_queue(page, app, tabs):
    started(page, app)
    other = tabs()
    open_page(other, f"{app}/?name=b")
    button(other, "start").click()
    button(other, "cancel").click()
    expect(button(other, "start")).to_be_visible()
    expect(says(other, "nothing yet")).to_be_visible()
    stopped(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_buttons_stand_in_one_row(tabs, app, scheme):
    page = started(tabs(viewport={"width": 390, "height": 844}, color_scheme=scheme), app, "steps=99999")
    expect(page.get_by_text(re.compile("left$"))).to_be_visible()
    no_sideways_scrolling(page)
    pause, stop = (button(page, which).bounding_box() for which in ("pause", "stop"))
    assert pause["y"] == stop["y"]
    assert pause["height"] == stop["height"]
    assert stop["x"] + stop["width"] <= 390
    stopped(page)


WATCH = """() => {
    window.seen = { first: 0, stop: 0, below: 0 };
    const count = (which) => document.querySelectorAll(`.st-key-toy-${which} button`).length;
    const look = () => {
        const first = ['start', 'cancel', 'pause', 'resume'].map(count).reduce((a, b) => a + b);
        const below = [...document.querySelectorAll('[data-testid=stText]')]
            .filter((node) => node.innerText === 'right below').length;
        window.seen.first = Math.max(window.seen.first, first);
        window.seen.stop = Math.max(window.seen.stop, count('stop'));
        window.seen.below = Math.max(window.seen.below, below);
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
    look();
}"""
"""The most that were ever there together: buttons of which one may be there, and an element below the run."""

STALE = """() => [...document.querySelectorAll('[data-stale=true]')].map((node) => node.innerText)"""


def once(page: Page, words: str) -> None:
    """It is there, once, and so are the elements around it, none of them stale."""
    expect(says(page, words)).to_have_count(1)
    for around in ("^right below$", "^the end of it$", "^outside$", "^picture "):
        expect(says(page, around)).to_have_count(1)


def test_in_a_fragment_nothing_is_ever_there_twice_or_stale(page, app):
    open_page(page, f"{app}/inside?slow=0.6")
    page.evaluate(WATCH)
    button(page, "start").click()
    once(page, "^below, at gain 1, running$")
    page.get_by_role("slider").press("ArrowRight")  # an element more
    once(page, "^below, at gain 2, running$")
    expect(says(page, "^only for a gain of 2$")).to_have_count(1)
    page.get_by_role("slider").press("ArrowRight")  # one less again
    once(page, "^below, at gain 3, running$")
    expect(says(page, "^only for a gain of 2$")).to_have_count(0)
    beyond(page, index(page) + 5)
    once(page, "^below, at gain 3, running$")
    button(page, "pause").click()
    once(page, "^below, at gain 3, paused$")
    button(page, "resume").click()
    once(page, "^below, at gain 3, running$")
    button(page, "stop").click()
    once(page, "^below, at gain 3, stopped$")
    settled(page)
    assert page.evaluate(STALE) == []
    assert page.evaluate("window.seen") == {"first": 1, "stop": 1, "below": 1}


def test_in_a_fragment_the_end_changes_the_buttons_before_what_is_slow_below(page, app):
    open_page(page, f"{app}/inside?slow=3&steps=6")
    expect(says(page, "^below, at gain 1, ready$")).to_be_visible()
    page.evaluate(WATCH)
    button(page, "start").click()
    expect(page.get_by_text("Done after 6 steps")).to_be_visible()
    expect(button(page, "start")).to_have_text(re.compile("Start again"))
    expect(button(page, "pause")).to_have_count(0)
    expect(button(page, "stop")).to_have_count(0)
    expect(says(page, "^below, at gain 1, running$")).to_have_count(1)  # what is below is not there yet
    once(page, "^below, at gain 1, done$")
    assert page.evaluate("window.seen") == {"first": 1, "stop": 1, "below": 1}
