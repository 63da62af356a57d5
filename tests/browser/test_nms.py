"""Journeys on the page NMS: decisions are scrubbed in the browser, a click asks why, and a table or a file races."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

FIRST_RUN = 60_000
CHAIN = "box 0.9 150, 120, 330, 320; box 0.8 215, 120, 395, 320; box 0.7 280, 120, 460, 320"


def race(page: Page, app: str, query: str = "") -> Locator:
    """The stepper of the page with that query, once the page is there to its end."""
    open_page(page, f"{app}/nms{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    stepper = page.locator(".nms")
    expect(stepper).to_have_attribute("data-last", re.compile("."))
    return stepper


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Decisions taken")


def row(page: Page, box: int) -> Locator:
    return page.locator(f".nms .row[data-box='{box}']:not([hidden])")


def test_scrubbing_to_a_step_shows_so_many_decisions_and_the_link_keeps_it(page, app):
    stepper = race(page, app, "?boxes=Crowd&photo=coffee")
    last = round(metric(page, "Kept"))
    assert last > 2
    expect(stepper).to_have_attribute("data-last", str(last))
    page.evaluate("window.neverReloaded = true")
    slider(page).focus()
    page.keyboard.press("Home")
    for taken in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        expect(stepper).to_have_attribute("data-decisions", str(taken))
        expect(page.locator(".nms .lane")).to_have_attribute("data-kept", str(taken))
    expect(page.locator(".nms .lane")).to_have_attribute("data-waits", "0")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(rf"decision={last - 1}"))
    settled(page)
    page.reload()
    expect(page.locator(".nms")).to_have_attribute("data-decisions", str(last - 1), timeout=FIRST_RUN)


def test_the_race_plays_to_its_end(page, app):
    stepper = race(page, app, "?boxes=Table&rows=" + CHAIN + "&iou=0.4")
    page.get_by_role("button", name="Step back").click()
    expect(stepper).to_have_attribute("data-decisions", "0")
    page.get_by_role("button", name="Play").click()
    expect(stepper).to_have_attribute("data-playing", "true")
    expect(stepper).to_have_attribute("data-decisions", "2", timeout=10_000)
    expect(stepper).to_have_attribute("data-playing", "false", timeout=10_000)
    expect(page.locator(".nms .said")).to_contain_text("Decision 2 of 2")
    expect(page.locator(".nms .code li[aria-current=step]")).not_to_have_count(0)


def test_a_click_on_a_removed_box_says_why_it_vanished(page, app):
    stepper = race(page, app, "?boxes=Table&rows=" + CHAIN + "&iou=0.4&photo=overlap")
    expect(page.get_by_text("No box is picked.")).to_be_visible()
    row(page, 1).click()
    why = page.get_by_text("Box 1 (box, score 0.80) was removed in decision 1 by box 0 (box, score 0.90)")
    expect(why).to_contain_text("they overlap by IoU 0.47, above the threshold 0.40.")
    expect(page.get_by_text("It is kept at thresholds from 0.469 on.")).to_be_visible()
    expect(stepper).to_have_attribute("data-picked", "1")
    expect(page).to_have_url(re.compile("box=1"))


def test_a_box_is_picked_on_the_photo_too(page, app):
    stepper = race(page, app, "?boxes=Table&rows=" + CHAIN + "&iou=0.4&photo=overlap")
    photo = page.locator(".nms .photo")
    photo.scroll_into_view_if_needed()
    frame = photo.bounding_box()
    assert frame
    page.mouse.click(frame["x"] + frame["width"] * 459.5 / 640, frame["y"] + frame["height"] * 220 / 427)
    expect(stepper).to_have_attribute("data-picked", "2")
    expect(page.get_by_text("Box 2 (box, score 0.70) is kept: it wins decision 2.")).to_be_visible()
    photo.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_text("No box is picked.")).to_be_visible()


def test_another_score_in_the_table_changes_the_order(page, app):
    race(page, app, "?boxes=Table&rows=" + CHAIN + "&iou=0.4&photo=overlap")
    assert metric(page, "Kept") == 2
    expect(row(page, 0)).to_have_attribute("data-state", "wins")
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    frame = table.bounding_box()
    assert frame
    page.mouse.dblclick(frame["x"] + frame["width"] * 0.32, frame["y"] + 35 * 2.5)  # the score of the second row
    editor = page.locator("#portal input")  # where the grid opens a cell
    editor.fill("0.99")
    page.keyboard.press("Enter")
    expect(page.locator(".nms .lane")).to_have_attribute("data-winner", "1", timeout=15_000)
    settled(page)
    assert metric(page, "Kept") == 1
    expect(page).to_have_url(re.compile(r"rows=.*0\.99"))


def give(page: Page, name: str, data: bytes) -> None:
    page.locator(".st-key-boxes-file input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )


def test_a_bad_file_is_explained_and_a_good_one_races_after_it(page, app):
    race(page, app, "?boxes=File&photo=cat")
    before = metric(page, "Boxes")
    give(page, "bad.csv", b"name,when\ncat,now\n")
    alerts = page.get_by_test_id("stMain").get_by_test_id("stAlert")
    expect(alerts.filter(has_text="column")).to_be_visible()
    settled(page)
    said, drawn = alerts.filter(has_text="column").bounding_box(), page.locator(".nms").bounding_box()
    assert said
    assert drawn
    assert said["y"] < drawn["y"], "beside the file, where a visitor looks, and not below the whole page"
    assert metric(page, "Boxes") == before
    give(page, "good.csv", b"label,x1,y1,x2,y2,score\ndog,10,10,110,110,0.9\ndog,12,12,112,112,0.8\n")
    boxes = page.get_by_test_id("stMetric").filter(has=page.get_by_text("Boxes", exact=True))
    expect(boxes.get_by_test_id("stMetricValue")).to_have_text("2", timeout=15_000)
    settled(page)
    assert metric(page, "Kept") == 1
    expect(alerts).to_have_count(0)


def test_two_ways_run_in_lockstep_and_say_where_they_differ(page, app):
    stepper = race(page, app, "?race=One+thing,+two+names")
    expect(page.locator(".nms .lane")).to_have_count(2)
    slider(page).focus()
    page.keyboard.press("End")
    expect(stepper).to_have_attribute("data-differing", re.compile("[1-9]"))
    expect(page.locator(".nms .count")).to_contain_text("differ")
    expect(row(page, 1)).to_have_attribute("data-state", re.compile("wins|kept"))
    expect(row(page, 1)).to_have_attribute("data-other", "removed")


def test_two_thousand_boxes_follow_the_slider(page, app):
    stepper = race(page, app, "?boxes=Chance&boxes_count=2000&photo=coffee")
    slider(page).focus()
    page.keyboard.press("End")
    expect(stepper).to_have_attribute("data-decisions", stepper.get_attribute("data-last"))
    assert metric(page, "Boxes") == 2000
    expect(page.locator(".nms .lane")).to_have_attribute("data-waits", "0")


@pytest.mark.parametrize("query", ["?photo=cat", "?race=Two+in+each+other's+way", "?boxes=Table&rows=" + CHAIN])
def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(browser, app, query):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page = context.new_page()
        race(page, app, query)
        no_sideways_scrolling(page)
