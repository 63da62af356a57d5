"""Journeys through the view Paint: a painting that is steered, paused, left and come back to, gone back in, and taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import no_sideways_scrolling, open_page, settled

FIRST_RUN = 90_000
LONG = "photo=cat&style=brick&style-side=256&style-steps=1000"
SHORT = "photo=cat&style=brick&style-side=256&style-steps=25&style-octaves=1"


def there(page: Page, app: str, query: str) -> None:
    """The page with that query, drawn to its end."""
    open_page(page, f"{app}/style?{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)


def button(page: Page, which: str) -> Locator:
    """One of the run's own: Streamlit has a Stop of its own."""
    return page.locator(f".st-key-style-paint-{which} button")


def started(page: Page, of: int) -> None:
    """Start, and wait for the first update; a short run may be over by then."""
    button(page, "start").click()
    words = re.compile(rf"^(Update [1-9]\d* of {of:,}|Done after {of:,})")
    expect(page.get_by_text(words).first).to_be_visible(timeout=FIRST_RUN)


def update(page: Page) -> int:
    """How many updates the line of progress tells."""
    line = page.get_by_text(re.compile(r"[Uu]pdate \d+ of")).first
    match = re.search(r"pdate (\d+)", line.inner_text())
    assert match
    return int(match[1])


def film(page: Page) -> Locator:
    """The film of the run, once it can be scrubbed."""
    found = page.locator(".st-key-style-film .film")
    expect(found).to_have_attribute("data-ready", "true", timeout=FIRST_RUN)
    return found


def press(page: Page, slider: str, key: str, times: int = 1) -> None:
    """Move one of the sliders by the keyboard."""
    page.locator(f".st-key-{slider} input").focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_a_weight_that_is_moved_on_the_way_bends_its_curve(page, app):
    there(page, app, LONG)
    expect(page.get_by_text("Small preview")).to_be_visible()
    started(page, 1000)
    for part in ("content", "style", "total variation"):
        expect(page.get_by_role("img", name=f"The {part} loss so far")).to_be_visible()
    press(page, "style-weight", "ArrowRight")
    expect(page.get_by_text("style 10 → 30").first).to_be_visible(timeout=FIRST_RUN)
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at update [1-9]"))).to_be_visible()
    expect(film(page).get_by_text("a weight was changed")).to_have_count(3)
    expect(film(page).locator(".mark")).to_have_count(3)


def test_a_painting_rests_while_its_page_is_left_and_is_seen_again(page, app):
    there(page, app, LONG)
    started(page, 1000)
    button(page, "pause").click()
    expect(page.get_by_text(re.compile(r"^Paused at update"))).to_be_visible()
    index = update(page)
    page.get_by_role("link", name="Models").first.click()
    expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Style transfer").first.click()
    expect(page.get_by_text(re.compile(rf"^Paused at update {index} of"))).to_be_visible(timeout=FIRST_RUN)
    button(page, "resume").click()
    expect(page.get_by_text(re.compile(r"^Update [1-9]\d* of"))).to_be_visible(timeout=FIRST_RUN)
    page.wait_for_function(
        "before => Number(document.body.innerText.match(/Update (\\d+) of/)?.[1]) > before",
        arg=index,
        timeout=FIRST_RUN,
    )
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at update"))).to_be_visible()


def test_a_page_that_is_left_while_it_paints_goes_on_when_it_is_seen_again(page, app):
    there(page, app, LONG)
    started(page, 1000)
    page.get_by_role("link", name="Models").first.click()
    expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Style transfer").first.click()
    expect(page.get_by_text(re.compile(r"^Update [1-9]\d* of 1,000"))).to_be_visible(timeout=FIRST_RUN)
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at update"))).to_be_visible()


def test_a_film_is_scrubbed_and_gone_on_from(page, app):
    there(page, app, SHORT)
    started(page, 25)
    expect(page.get_by_text("Done after 25 updates")).to_be_visible(timeout=FIRST_RUN)
    film(page).get_by_role("slider", name="Step").focus()
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(film(page)).to_have_attribute("data-frame", "5")
    on = page.locator(".st-key-style-go-on").get_by_role("button")
    expect(on).to_contain_text("Go on from update 5")
    settled(page)
    press(page, "style-weight", "End")
    settled(page)
    on.click()
    expect(page.get_by_text("Done after 25 updates")).to_be_visible(timeout=FIRST_RUN)
    expect(film(page)).to_have_attribute("data-last", "25")
    marks = film(page).locator(".mark")
    expect(marks).to_have_count(3, timeout=FIRST_RUN)  # until it goes on, the words above are those of before
    expect(on).to_be_disabled()


def test_the_edge_between_photo_and_painting_is_moved(page, app):
    there(page, app, SHORT)
    edge = page.locator(".wipe").get_by_role("slider").first
    edge.focus()
    before = edge.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowRight")
    expect(edge).not_to_have_attribute("aria-valuenow", before or "")


def test_of_two_visitors_the_second_sees_a_place_and_then_a_picture(tabs, app):
    first, second = tabs(), tabs()
    for page in (first, second):
        there(page, app, LONG)
    started(first, 1000)
    button(second, "start").click()
    expect(second.get_by_text("1 run before yours")).to_be_visible()
    expect(button(second, "cancel")).to_be_visible()
    button(first, "stop").click()
    expect(second.get_by_text(re.compile(r"^Update [1-9]\d* of 1,000"))).to_be_visible(timeout=FIRST_RUN)


def test_what_is_stopped_is_taken_away_at_its_full_size(page, app, tmp_path: Path):
    there(page, app, "photo=cat&style=brick&style-side=512&style-steps=1000&style-octaves=1")
    started(page, 1000)
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at update [1-9]"))).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Picture", exact=True).click()
    file = tmp_path / "painting.png"
    taken.value.save_as(file)
    with Image.open(file) as painting:
        assert max(painting.size) == 512


def test_on_a_phone_the_picture_stands_above_the_sliders_and_both_are_seen_while_it_is_painted(browser: Browser, app):
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        there(page, app, LONG)
        content = page.locator(".st-key-style-content")
        picture, slider = page.locator(".wipe").first.bounding_box(), content.bounding_box()
        assert picture
        assert slider
        assert picture["y"] + picture["height"] <= slider["y"]
        started(page, 1000)
        page.locator(".st-key-painting img").first.scroll_into_view_if_needed()
        expect(page.locator(".st-key-painting img").first).to_be_in_viewport()
        expect(content).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, app, scheme):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme) as context:
        page = context.new_page()
        there(page, app, SHORT)
        no_sideways_scrolling(page)
        started(page, 25)
        no_sideways_scrolling(page)
        expect(page.get_by_text("Done after 25 updates")).to_be_visible(timeout=FIRST_RUN)
        film(page)
        no_sideways_scrolling(page)
