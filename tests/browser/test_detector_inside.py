"""Journeys in the view Inside the grid: cells are read under the pointer, picked by click and key, and their boxes handed on."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

FIRST_RUN = 60_000
BEST = "0,6,5,4"


def view(page: Page, app: str, query: str = "") -> Locator:
    """The grids of the cat with that query, once the page is there to its end."""
    open_page(page, f"{app}/detector?part=Inside+the+grid{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    grids = page.locator(".grids")
    expect(grids).to_have_attribute("data-picked", re.compile(r"\d"))
    return grids


def point(page: Page, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell of the first grid on the screen; the cat is 451 x 300, on 14 x 14 cells."""
    frame = page.locator(".grids .frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    margin = 0.04 * 451
    wide, high = 451 + 2 * margin, 300 + 2 * margin
    x, y = margin + (column + 0.5) * 451 / 14, margin + (row + 0.5) * 300 / 14
    return box["x"] + box["width"] * x / wide, box["y"] + box["height"] * y / high


def fate(page: Page) -> Locator:
    return page.locator(".st-key-part-fate").get_by_text("Anchor ")


def test_the_view_opens_with_the_best_cell_and_its_box(page, app):
    grids = view(page, app)
    expect(grids).to_have_attribute("data-picked", BEST)
    expect(fate(page)).to_contain_text("is kept as number 1")
    expect(grids.locator("tbody tr")).to_have_count(9)
    expect(grids.locator("tbody tr.picked td.fate")).to_have_text("kept, number 1")


def test_a_cell_is_read_under_the_pointer_without_a_message(page, app):
    grids = view(page, app)
    page.mouse.move(*point(page, 3, 10))
    readout = grids.locator(".readout")
    expect(readout).to_contain_text("Row 3, column 10")
    expect(readout).to_contain_text("objectness 0.")
    expect(grids).to_have_attribute("data-picked", BEST)
    page.mouse.move(*point(page, 4, 10))
    expect(readout).to_contain_text("Row 4, column 10")
    page.mouse.move(2, 2)
    expect(readout).to_contain_text("Picked. Row 6, column 5")


def test_a_click_picks_a_cell_and_the_link_keeps_it(page, app):
    grids = view(page, app)
    page.mouse.click(*point(page, 7, 7))
    expect(grids).to_have_attribute("data-picked", "0,7,7,4")
    expect(fate(page)).to_contain_text("of row 7, column 7 (cat) was removed by number 1")
    expect(grids.locator("tbody tr.picked td.fate")).to_have_text("removed by number 1")
    expect(page).to_have_url(re.compile("cell=0%2C7%2C7%2C5|cell=0,7,7,5"))
    settled(page)
    page.reload()
    expect(page.locator(".grids")).to_have_attribute("data-picked", "0,7,7,4", timeout=FIRST_RUN)


def test_arrow_keys_move_from_cell_to_cell_and_stay_in_the_grid(page, app):
    grids = view(page, app)
    grids.locator(".frame svg").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(grids).to_have_attribute("data-picked", "0,7,6,4")
    expect(fate(page)).to_contain_text("row 7, column 6")
    for _ in range(20):
        page.keyboard.press("ArrowUp")
    expect(grids).to_have_attribute("data-picked", re.compile("^0,0,6,"))
    expect(fate(page)).to_contain_text("row 0, column 6")


def test_another_anchor_of_the_cell_is_picked_by_click_and_by_key(page, app):
    grids = view(page, app)
    grids.locator("tbody tr").nth(3).click()
    expect(grids).to_have_attribute("data-picked", "0,6,5,3")
    expect(fate(page)).to_contain_text("Anchor 4 of row 6, column 5 (cat) never raced")
    page.keyboard.press("ArrowDown")
    expect(grids).to_have_attribute("data-picked", BEST)
    expect(fate(page)).to_contain_text("Anchor 5 of row 6, column 5 (cat) is kept")


def test_a_moved_threshold_changes_the_fate_while_the_passes_stay(page, app):
    view(page, app, "&cell=0,7,5,5")
    passes = page.get_by_text("1 forward and 0 backward passes")
    expect(fate(page)).to_contain_text("was removed by number 1")
    cost = passes.inner_text()
    page.get_by_role("slider", name="NMS threshold").focus()
    page.keyboard.press("End")
    expect(fate(page)).to_contain_text("is kept as number 2")
    settled(page)
    assert metric(page, "Kept") == 59
    page.get_by_role("slider", name="Confidence").focus()
    page.keyboard.press("End")
    expect(fate(page)).to_contain_text("never raced")
    settled(page)
    assert passes.inner_text() == cost


def test_the_map_of_one_anchor_is_another_map(page, app):
    grids = view(page, app)
    before = grids.locator("image.map").first.get_attribute("href")
    assert before
    page.get_by_text("Picked anchor", exact=True).click()
    expect(grids.locator("image.map").first).not_to_have_attribute("href", before)
    now = grids.locator("image.map").first.get_attribute("href")
    assert now
    grids.locator("tbody tr").nth(0).click()
    expect(grids.locator("image.map").first).not_to_have_attribute("href", now)


def test_the_stepper_opens_with_exactly_the_boxes_that_raced(page, app):
    view(page, app, "&nms=0.45&cell=0,7,5,5")
    raced, kept = metric(page, "Score 0.30 or more"), metric(page, "Kept")
    page.get_by_role("button", name="These boxes in the NMS stepper").click()
    expect(page).to_have_url(re.compile("/nms"))
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    expect(page.locator(".nms")).to_have_attribute("data-picked", re.compile(r"\d"))
    settled(page)
    assert metric(page, "Boxes") == raced
    assert metric(page, "Kept") == kept
    expect(page).to_have_url(re.compile(r"iou=0\.45"))
    expect(page.get_by_text("These are still the boxes of Lab YOLO, 14 × 14 cells on Cat")).to_be_visible()
    expect(
        page.locator(".st-key-boxes-file")
    ).not_to_be_visible()  # they are there, so what brings others is folded away
    page.get_by_text("Bring a file").click()
    expect(page.locator(".st-key-boxes-file")).to_be_visible()


def test_the_box_is_explained_on_the_attribution_page(page, app):
    view(page, app)
    page.get_by_role("button", name="Why this box?").click()
    expect(page).to_have_url(re.compile("/attribution"), timeout=FIRST_RUN)
    expect(page.get_by_text("Why box 1")).to_be_visible(timeout=FIRST_RUN)


def test_a_phone_shows_the_grid_above_its_list_without_sideways_scrolling(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    grids = view(page, app)
    no_sideways_scrolling(page)
    stage, side = grids.locator(".stage").bounding_box(), grids.locator(".side").bounding_box()
    assert stage
    assert side
    assert stage["y"] + stage["height"] <= side["y"]
