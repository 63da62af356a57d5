"""Journeys on the page Saliency & adversarial: an attack that is watched, stopped, left and come back to, shared and taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import no_sideways_scrolling, open_page, settled

FIRST_RUN = 90_000
LONG = "part=Fool&photo=cat&attack=PGD%2C+L%E2%88%9E%3A+small+steps&eps=0&updates=100"
"""An attack that may change nothing: it never succeeds, and takes all its steps."""


def there(page: Page, app: str, query: str) -> None:
    """The page with that query, drawn to its end."""
    open_page(page, f"{app}/saliency?{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)


def ready(page: Page, app: str) -> None:
    """The page with the long attack, as soon as it can be watched: its result comes in parts meanwhile."""
    open_page(page, f"{app}/saliency?{LONG}")
    button(page, "start").wait_for(timeout=FIRST_RUN)


def button(page: Page, which: str, run: str = "fool-live") -> Locator:
    """One of the run's own: Streamlit has a Stop of its own."""
    return page.locator(f".st-key-{run}-{which} button")


def step(page: Page) -> int:
    """How many updates the line of progress tells."""
    line = page.get_by_text(re.compile(r"[Ss]tep \d+")).first
    match = re.search(r"tep (\d+)", line.inner_text())
    assert match
    return int(match[1])


def test_an_attack_is_watched_stopped_and_scrubbed(page, app):
    ready(page, app)
    button(page, "start").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 100"))).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_role("img", name="Clean at this moment")).to_be_visible()
    expect(page.get_by_text("No change yet")).to_be_visible()
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at step [1-9]"))).to_be_visible()
    film = page.locator(".film").last
    expect(film).to_have_attribute("data-ready", "true")
    film.get_by_role("slider", name="Step").focus()
    page.keyboard.press("Home")
    expect(film).to_have_attribute("data-frame", "0")
    page.keyboard.press("ArrowRight")
    expect(film).to_have_attribute("data-frame", "1")


def test_a_run_rests_while_its_page_is_left_and_goes_on_when_it_is_seen_again(page, app):
    ready(page, app)
    button(page, "start").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 100"))).to_be_visible(timeout=FIRST_RUN)
    page.get_by_role("link", name="Models").first.click()
    expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Saliency & adversarial")).to_be_visible()
    page.get_by_role("radio", name="Fool", exact=True).click()
    expect(page.get_by_text(re.compile(r"^(Step|Done|Stopped|Paused).*[1-9]\d* of 100|^Done"))).to_be_visible(
        timeout=FIRST_RUN
    )


def press(page: Page, key: str, times: int) -> None:
    """Move epsilon by the keyboard."""
    page.get_by_role("slider", name="Epsilon, in 1/255").focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_a_film_says_what_it_was_drawn_with_once_epsilon_is_moved(page, app):
    there(page, app, "part=Fool&photo=cat")
    button(page, "start").click()
    expect(page.get_by_text(re.compile(r"^Done after \d+ steps"))).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    expect(page.get_by_text("Drawn with")).to_have_count(0)
    press(page, "ArrowLeft", 7)
    told = page.locator(".st-key-part-live").get_by_text("Drawn with epsilon 8/255")
    expect(told).to_be_visible(timeout=FIRST_RUN)
    expect(page.locator(".st-key-part-live")).to_contain_text("Start again for epsilon 1/255")
    expect(page.locator(".st-key-part-result")).to_contain_text("more than 1 level of 255", timeout=FIRST_RUN)
    press(page, "ArrowRight", 7)
    expect(told).to_have_count(0, timeout=FIRST_RUN)


def test_epsilon_that_is_moved_during_a_run_steers_it_and_does_not_stop_it(page, app):
    """The result above stays as it is and says so; it follows when the run has ended."""
    there(page, app, f"{LONG.replace('eps=0', 'eps=1')}&after=20&target=horse&stride=0.25")
    above = page.locator(".st-key-part-result")
    verdict = above.get_by_text(re.compile(r"became|still sees")).inner_text()
    button(page, "start").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 100"))).to_be_visible(timeout=FIRST_RUN)
    before = step(page)
    press(page, "ArrowRight", 3)
    expect(above.get_by_text("This is the result with epsilon 1/255.")).to_be_visible()
    expect(above).to_contain_text(verdict)
    page.wait_for_function(
        """before => {
            const told = document.querySelector('.st-key-part-live').innerText.match(/[Ss]tep (\\d+)|after (\\d+) steps/);
            return told && Number(told[1] ?? told[2]) > before + 2;
        }""",
        arg=before,
    )
    if button(page, "stop").is_visible():
        button(page, "stop").click()
    expect(page.get_by_text("was moved to epsilon 4/255 on the way")).to_be_visible(timeout=FIRST_RUN)
    expect(above.get_by_text("This is the result with")).to_have_count(0, timeout=FIRST_RUN)


def test_a_long_attack_does_not_keep_start_from_being_heard(page, app):
    open_page(page, f"{app}/saliency?part=Fool&photo=cat&updates=100&length=0.02&after=20&target=horse")
    start = button(page, "start")
    start.wait_for(timeout=FIRST_RUN)
    start.click()
    expect(page.locator(".st-key-part-live").get_by_text(re.compile(r"^Step \d+ of 100|^Starting"))).to_be_visible()
    expect(page.get_by_text("The result comes when the run below has ended.")).to_be_visible()


def test_the_table_and_its_sentence_and_the_verdict_tell_the_same_steps(page, app):
    """The updates after the first success are no part of what an attack needs."""
    there(page, app, "part=Fool&photo=cat&after=20")
    table = page.locator(".st-key-part-table")
    expect(table.get_by_text("the fewest steps")).to_be_visible(timeout=FIRST_RUN)
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    steps = {row[0]: int(row[4]) for row in rows}
    reached = {row[0]: int(row[4]) for row in rows if row[2].startswith("fooled") and "any class" not in row[0]}
    said = table.get_by_text("the fewest steps").inner_text()
    match = re.search(r"and (.+) the fewest steps, (\d+)\.", said)
    assert match
    assert int(match[2]) == min(reached.values()) == steps[match[1]]
    shortest = re.search(r"an L2 of ([\d.]+)", said)
    assert shortest
    assert shortest[1] == min((row[5] for row in rows if row[0] in reached), key=float)
    assert len(steps) == 5
    verdict = page.locator(".st-key-part-result").get_by_text(re.compile("became")).inner_text()
    assert f"after {steps['Gradient ascent']} updates, and" in verdict


def test_of_two_visitors_the_second_sees_a_place_and_then_a_picture(tabs, app):
    first, second = tabs(), tabs()
    for page in (first, second):
        ready(page, app)
    button(first, "start").click()
    expect(first.get_by_text(re.compile(r"^Step [1-9]\d* of 100"))).to_be_visible(timeout=FIRST_RUN)
    button(second, "start").click()
    expect(second.get_by_text(re.compile("1 run before yours"))).to_be_visible()
    expect(button(second, "cancel")).to_be_visible()
    button(first, "stop").click()
    expect(second.get_by_text(re.compile(r"^Step [1-9]\d* of 100"))).to_be_visible(timeout=FIRST_RUN)


def test_the_picture_that_is_taken_away_fools_the_network_again(page, app, tmp_path: Path):
    there(page, app, "part=Fool&photo=cat&target=parachute")
    expect(page.get_by_text(re.compile("Verified: parachute"))).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Adversarial PNG").click()
    file = tmp_path / "adversarial.png"
    taken.value.save_as(file)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Your photo").click()
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("Photo · adversarial.png").first).to_be_visible(timeout=FIRST_RUN)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Attribution").first.click()
    expect(page.get_by_role("heading", name="Attribution", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^parachute · \d"))).to_be_visible(timeout=FIRST_RUN)


@pytest.mark.parametrize("part", ["Look", "Fool", "Does+it+survive%3F", "Imagine"])
def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(browser: Browser, app, part):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page = context.new_page()
        there(page, app, f"part={part}&photo=cat")
        no_sideways_scrolling(page)


TRACK = """button => {
    const place = () => button.getBoundingClientRect().y + document.querySelector('[data-testid=stMain]').scrollTop;
    window.places = [];
    const look = () => { window.places.push(place()); requestAnimationFrame(look); };
    look();
}"""
"""Where a button stands on the page, in px, in every picture that the browser paints."""


def film_ready(page: Page, run: str) -> None:
    """Its pictures are read and its charts are drawn, which is later than Python's end."""
    expect(page.locator(f".st-key-imagine-{run} .film")).to_have_attribute("data-ready", "true", timeout=FIRST_RUN)


def test_imagine_tells_the_numbers_of_its_picture_while_it_draws_and_keeps_everything_in_its_place(page, app):
    there(page, app, "part=Imagine&photo=cat&class-steps=320&class-side=160&hide=versus")
    film_ready(page, "small-class")
    page.locator(".st-key-imagine-keep button").evaluate(TRACK)
    button(page, "start", "imagine-class").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 320"))).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_text("can be taken when the run is paused or over")).to_be_visible()
    steps = page.get_by_test_id("stMetric").filter(has_text="Steps").get_by_test_id("stMetricValue")
    first = steps.inner_text()
    expect(steps).not_to_have_text(first)
    button(page, "stop", "imagine-class").click()
    expect(page.get_by_text(re.compile(r"^Stopped at step [1-9]"))).to_be_visible()
    film_ready(page, "film-class")
    settled(page)
    expect(steps).to_have_text(str(step(page)))
    expect(page.get_by_text("The formula", exact=True)).to_have_count(1)
    expect(page.get_by_role("button", name="Animation")).to_be_visible()
    places = page.evaluate("window.places")
    assert max(places) - min(places) < 40


def test_the_name_of_the_attack_is_not_cut_beside_the_menu(page, app):
    page.set_viewport_size({"width": 1280, "height": 900})
    open_page(page, f"{app}/saliency?part=Fool&photo=cat&eps=0")
    field = page.get_by_role("combobox", name="Attack")
    expect(field).to_have_value("Gradient ascent: plain", timeout=FIRST_RUN)
    assert field.evaluate("node => node.scrollWidth <= node.clientWidth")
