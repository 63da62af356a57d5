"""Journeys in the view How it learns: an object is dragged, the head learns it while one looks, the run is stopped and scrubbed."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import drag, metric, no_sideways_scrolling, open_page, settled

FIRST_RUN = 90_000
PART = "part=How+it+learns"


def there(page: Page, app: str, query: str = "photo=cat") -> None:
    """The view with that query, drawn to its end."""
    open_page(page, f"{app}/detector?{PART}&{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    expect(page.locator(".editor .outlines rect").first).to_be_attached()
    settled(page)


def button(page: Page, which: str) -> Locator:
    """One of the run's own: Streamlit has a Stop of its own."""
    return page.locator(f".st-key-learning-overfit-{which} button")


def objects(page: Page) -> str:
    """What stands in the text field."""
    return page.get_by_label("Objects", exact=True).input_value()


def test_a_dragged_object_is_told_what_it_costs(page, app):
    there(page, app, "photo=cat&taught=cat+60%2C+60%2C+260%2C+240")
    before, was = metric(page, "Offsets"), objects(page)
    drag(page, page.locator(".editor .reach.se").first, 60, 20)
    settled(page)
    expect(page.get_by_label("Objects", exact=True)).not_to_have_value(was)
    moved = [float(side) for side in objects(page).removeprefix("cat ").split(",")]
    assert moved[:2] == [60, 60]
    assert moved[2] > 270
    assert metric(page, "Offsets") != before
    expect(page).to_have_url(re.compile("taught="))


def test_a_new_box_is_named_and_learned(page, app):
    there(page, app)
    page.get_by_role("button", name="Add a box").click()
    photo = page.locator(".editor svg.photo").bounding_box()
    assert photo
    x, y = photo["x"] + 0.55 * photo["width"], photo["y"] + 0.6 * photo["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=8)
    page.mouse.up()
    expect(page.get_by_text("The network has no class for box")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    page.get_by_role("combobox", name="It is a").click()
    page.get_by_role("option", name="dog", exact=True).click()
    expect(page.get_by_role("radio", name="2 dog")).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_label("Objects", exact=True)).to_have_value(re.compile(r"^cat .*; dog "))
    settled(page)
    page.get_by_role("button", name="Delete dog").click()
    expect(page.get_by_role("radio", name="2 dog")).to_have_count(0, timeout=FIRST_RUN)
    expect(page.get_by_role("radio", name="1 cat")).to_be_checked()
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_head_is_watched_while_it_learns_stopped_and_scrubbed(page, app):
    there(page, app, "photo=cat&overfit-steps=1000")
    button(page, "start").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 1,000"))).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_role("img", name="of the head after update").first).to_be_visible()
    button(page, "pause").click()
    expect(button(page, "resume")).to_be_visible()
    button(page, "resume").click()
    expect(page.get_by_text(re.compile(r"^Step [1-9]\d* of 1,000"))).to_be_visible(timeout=FIRST_RUN)
    button(page, "stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped at step [1-9]"))).to_be_visible(timeout=FIRST_RUN)
    film = page.locator(".film").last
    expect(film).to_have_attribute("data-ready", "true")
    film.get_by_role("slider", name="Step").focus()
    page.keyboard.press("Home")
    expect(film).to_have_attribute("data-frame", "0")
    page.keyboard.press("ArrowRight")
    expect(film).to_have_attribute("data-frame", "1")
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_brings_its_own_photo_and_objects(page, app):
    there(page, app)
    page.get_by_role("radio", name="Golden example", exact=True).click()
    expect(page.get_by_label("Objects", exact=True)).to_have_value("triangle 156, 97, 351, 270", timeout=FIRST_RUN)
    expect(page.get_by_text("anchor 2 of 3 × 3 cells")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    page.get_by_role("radio", name="Two want one anchor", exact=True).click()
    expect(page.get_by_label("Objects", exact=True)).to_have_value(re.compile("^cat 60.*; dog 70"), timeout=FIRST_RUN)
    expect(page.get_by_text("No anchor learns this object")).to_have_count(0)
    settled(page)
    page.locator(".st-key-part-question").get_by_role("button", name="Reveal").click()
    expect(page.get_by_text("No anchor learns this object")).to_be_visible(timeout=FIRST_RUN)


def test_the_view_fits_a_phone(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    there(page, app, "lesson=Golden+example")
    no_sideways_scrolling(page)
