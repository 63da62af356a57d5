"""Journeys on the view Detect: boxes and list answer each other, thresholds ask no network, and boxes go to the stepper."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

FIRST_RUN = 60_000


def boxes(page: Page, app: str, query: str = "") -> Locator:
    """The boxes of the view with that query, once the page is there to its end."""
    open_page(page, f"{app}/detector{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    found = page.locator(".found")
    expect(found).to_have_attribute("data-count", re.compile("."))
    return found


def row(page: Page, number: int) -> Locator:
    return page.locator(".found .list .row").nth(number - 1)


def test_a_moved_confidence_changes_the_boxes_and_not_the_counted_passes(page, app):
    found = boxes(page, app, "?photo=astronaut")
    passes = page.get_by_text(re.compile("forward and 0 backward passes"))
    expect(found).to_have_attribute("data-count", "2")
    before = passes.inner_text()
    assert "1 forward" in before
    slider = page.get_by_role("slider", name="Confidence")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("confidence=0.2"))
    expect(found).not_to_have_attribute("data-count", "2")
    settled(page)
    assert metric(page, "Boxes") == float(found.get_attribute("data-count") or 0)
    assert passes.inner_text() == before


def test_the_pointer_picks_out_box_and_row_and_the_others_stand_back(page, app):
    found = boxes(page, app, "?photo=astronaut&confidence=0.2")
    row(page, 2).hover()
    key = row(page, 2).get_attribute("data-key") or ""
    expect(found).to_have_attribute("data-hover", key)
    expect(page.locator(".found .frame")).to_have_class(re.compile("some"))
    expect(page.locator(".found .boxes g.out")).to_have_count(1)
    expect(page.locator(".found .tags span.out")).to_contain_text("2 person")
    page.locator(".found .frame").hover(position={"x": 5, "y": 5})
    expect(found).not_to_have_attribute("data-hover", key)
    page.mouse.move(5, 5)
    expect(found).to_have_attribute("data-hover", "")
    expect(page.locator(".found .frame")).not_to_have_class(re.compile("some"))


def test_a_box_is_picked_by_the_keyboard_and_told_with_its_numbers(page, app):
    found = boxes(page, app, "?photo=astronaut")
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(row(page, 2)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("Box 2, person:")).to_be_visible()
    expect(page).to_have_url(re.compile("found=0-"))
    settled(page)
    page.reload()
    expect(page.get_by_text("Box 2, person:")).to_be_visible(timeout=FIRST_RUN)
    page.get_by_role("listbox").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Box 1, person:")).to_be_visible()
    expect(found).to_have_attribute("data-picked", "")


def test_a_tag_has_its_words_where_there_is_room(page, app):
    boxes(page, app, "?photo=cat")
    expect(page.locator(".found .tags span")).to_have_text(re.compile(r"1 cat 0\.\d\d"))


def test_no_tag_covers_another(page, app):
    boxes(page, app, "?photo=astronaut&confidence=0.1&nms=0.8")
    meet = page.locator(".found .tags").evaluate(
        """(parent) => {
        const tags = [...parent.querySelectorAll("span:not(.none)")].map((tag) => tag.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        return [tags.length, tags.filter((a, i) => tags.some((b, j) => j < i && meet(a, b))).length];
        }"""
    )
    assert meet[0] > 10
    assert meet[1] == 0


def test_the_boxes_that_raced_are_those_in_the_stepper(page, app):
    boxes(page, app, "?photo=cat&nms=0.6")
    raced = metric(page, "Boxes") + metric(page, "Removed by NMS")
    kept = metric(page, "Boxes")
    page.get_by_role("button", name="These boxes in the NMS stepper").click()
    expect(page.locator(".nms")).to_have_attribute("data-last", str(round(kept)), timeout=FIRST_RUN)
    settled(page)
    assert metric(page, "Boxes") == raced
    assert metric(page, "Kept") == kept
    expect(page).to_have_url(re.compile("iou=0.6"))


def test_the_cell_of_a_box_opens_inside_the_grid(page, app):
    boxes(page, app, "?photo=cat")
    where = page.get_by_text(re.compile("It comes from row")).inner_text()
    match = re.search(r"row (\d+), column (\d+)", where)
    assert match
    page.get_by_role("button", name="Inside the grid", exact=True).last.click()
    expect(page).to_have_url(re.compile(rf"cell=0(%2C|,){match[1]}(%2C|,){match[2]}"), timeout=FIRST_RUN)


def test_on_a_phone_the_list_stands_below_the_photo(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    boxes(page, app, "?photo=astronaut&confidence=0.2")
    photo, first = page.locator(".found .frame").bounding_box(), row(page, 1).bounding_box()
    assert photo
    assert first
    assert first["y"] > photo["y"] + photo["height"]
    no_sideways_scrolling(page)
