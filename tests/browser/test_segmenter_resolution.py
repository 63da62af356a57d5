"""Journeys in the view Resolution: the glass moves under the pointer, is left by click and key, and two answers are wiped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

FIRST_RUN = 60_000


def view(page: Page, app: str, query: str = "&photo=astronaut&res-at=300,80") -> Locator:
    """The three depths with that query, once the page is there to its end."""
    open_page(page, f"{app}/segmenter?part=Resolution{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    depths = page.locator(".depths")
    expect(depths).to_have_attribute("data-at", re.compile(r"\d"))
    return depths


def point(depths: Locator, x: float, y: float, pane: int = 0) -> tuple[float, float]:
    """A place of a photo, in shares of its sides, on the screen."""
    photo = depths.locator(".whole").nth(pane)
    photo.scroll_into_view_if_needed()
    box = photo.bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def glasses(depths: Locator) -> list[list[float]]:
    """What each of the three glasses shows: x, y, width and height in pixels of the photo."""
    boxes = depths.locator(".glass").evaluate_all("nodes => nodes.map((node) => node.getAttribute('viewBox'))")
    return [[float(side) for side in box.split(" ")] for box in boxes]


def test_three_depths_show_the_same_part_and_say_their_class(page, app):
    depths = view(page, app)
    expect(depths).to_have_attribute("data-panes", "32s 16s 8s")
    expect(depths).to_have_attribute("data-at", "300,80")
    expect(depths.locator(".readout")).to_have_text("(300, 80) px · 32s background · 16s background · 8s background")
    first, second, third = glasses(depths)
    assert first == pytest.approx(second)
    assert first == pytest.approx(third)
    assert first[0] < 300 < first[0] + first[2]
    expect(depths.locator(".legend")).to_contain_text("1 person")


def test_the_glass_follows_the_pointer_and_goes_back_without_a_message(page, app):
    depths = view(page, app)
    before = glasses(depths)
    page.mouse.move(*point(depths, 0.38, 0.25, pane=1))
    expect(depths.locator(".readout")).to_contain_text("32s person")
    assert glasses(depths) != before
    page.mouse.move(2, 2)
    expect(depths).to_have_attribute("data-at", "300,80")
    assert glasses(depths) == before
    assert "res-at=300" in page.url


def test_a_click_leaves_the_glass_and_the_link_keeps_it(page, app):
    depths = view(page, app)
    page.mouse.click(*point(depths, 0.5, 0.25, pane=2))
    expect(page).to_have_url(re.compile(r"res-at=25[5-7](,|%2C)12[7-9]"))
    settled(page)
    page.mouse.move(2, 2)
    at = depths.get_attribute("data-at")
    page.reload()
    expect(page.locator(".depths")).to_have_attribute("data-at", at or "", timeout=FIRST_RUN)


def test_arrow_keys_move_the_glass_and_stay_on_the_photo(page, app):
    depths = view(page, app)
    depths.locator(".whole").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(depths).to_have_attribute("data-at", "308,81")
    expect(page).to_have_url(re.compile(r"res-at=308(,|%2C)81"))
    for _ in range(15):
        page.keyboard.press("ArrowUp")
    expect(depths).to_have_attribute("data-at", "308,0")
    expect(depths.locator(".spoken")).to_contain_text("32s: background")


def test_another_way_is_another_map_and_no_pass(page, app):
    depths = view(page, app)
    cost = page.get_by_text("1 forward and 0 backward passes").inner_text()
    drawn = depths.locator(".whole .map").first.get_attribute("href")
    blocks = metric(page, "32s: IoU of person")
    page.get_by_text("Learned", exact=True).first.click()
    expect(depths.locator(".whole .map").first).not_to_have_attribute("href", drawn or "")
    settled(page)
    assert metric(page, "32s: IoU of person") != blocks
    assert page.get_by_text("1 forward and 0 backward passes").inner_text() == cost
    expect(depths).to_have_attribute("data-at", "300,80")


def test_two_answers_are_wiped_and_their_differences_counted(page, app):
    view(page, app)
    pair = page.locator(".st-key-part-pair")
    counted = pair.get_by_text("of the network's input")
    before = counted.inner_text()
    handle = pair.locator(".handle")
    handle.focus()
    page.keyboard.press("Home")
    expect(pair.locator(".wipe")).to_have_attribute("data-position", "0")
    pair.get_by_text("32s", exact=True).first.click()
    expect(counted).not_to_have_text(before)
    expect(handle).to_have_attribute("aria-label", "Edge between 32s bilinear and 8s learned")
    expect(page).to_have_url(re.compile("res-left=32s"))


def test_a_prediction_is_revealed(page, app):
    view(page, app, "&res=Does+finer+win%3F")
    numbers = page.locator(".st-key-part-numbers")
    expect(numbers.get_by_test_id("stMetricValue").first).to_have_text("?")
    page.get_by_role("button", name="Reveal").click()
    expect(numbers.get_by_test_id("stMetricValue").first).to_have_text("0.857")


def test_a_phone_shows_each_depth_beside_its_glass_without_sideways_scrolling(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    depths = view(page, app)
    no_sideways_scrolling(page)
    whole, glass = (depths.locator(name).first.bounding_box() for name in (".whole", ".glass"))
    second = depths.locator(".whole").nth(1).bounding_box()
    assert whole
    assert glass
    assert second
    assert glass["x"] >= whole["x"] + whole["width"]
    assert second["y"] >= whole["y"] + whole["height"]
