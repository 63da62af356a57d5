"""Journeys through the view Look inside: matrices that are pointed at, and pictures that come by themselves."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

FIRST = 90_000  # ms: a new server imports torch first
ALL = 120_000  # ms: four pictures of 200 updates each


def there(page: Page, app: str, query: str = "") -> None:
    open_page(page, f"{app}/style?part=Look+inside&{query}")


def matrices(page: Page) -> Locator:
    """The three matrices, once a cell of them is marked."""
    found = page.locator(".matrices[data-picked]")
    expect(found).to_be_visible(timeout=FIRST)
    settled(page)
    return found


def at(page: Page, frame: int, row: int, column: int, count: int = 48) -> tuple[float, float]:
    """The middle of a cell on the screen."""
    shown = page.locator(".matrices .frame").nth(frame)
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box
    return box["x"] + box["width"] * (column + 0.5) / count, box["y"] + box["height"] * (row + 0.5) / count


def test_a_cell_is_read_under_the_pointer_picked_and_shown_with_its_maps(page, app):
    there(page, app, "photo=cat")
    found = matrices(page)
    readout = page.locator(".matrices .readout")
    expect(readout).to_contain_text(re.compile(r"Picked\. Maps 12 and 26 · style 0\.0(70|69)"))
    page.mouse.move(*at(page, 2, 7, 14))
    expect(readout).to_contain_text(
        re.compile(r"Maps 35 and 18 · style 0\.0022\d, photo 0\.013\d, photo less style 0\.011\d")
    )
    assert found.get_attribute("data-picked") != "7,14"
    page.mouse.click(*at(page, 2, 7, 14))
    expect(found).to_have_attribute("data-picked", "7,14")
    expect(page.get_by_text("Maps 35 and 18 are active together more in the photo")).to_be_visible()
    expect(page).to_have_url(re.compile(r"gram-cell=35%2C18"))
    assert metric(page, "This cell, photo") == pytest.approx(0.0135, rel=0.02)
    expect(page.get_by_text("the mean again", exact=True)).to_have_count(2)


def test_a_cell_is_picked_by_keyboard_and_comes_back_by_its_link(page, app):
    there(page, app, "photo=cat&gram-cell=35,18")
    found = matrices(page)
    expect(found).to_have_attribute("data-picked", "7,14")
    page.locator(".matrices .frame").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(found).to_have_attribute("data-picked", "8,15")
    expect(page.locator(".matrices .spoken")).to_contain_text("Maps 32 and 40")
    expect(page).to_have_url(re.compile(r"gram-cell=32%2C40"))
    page.reload()
    matrices(page)
    expect(found).to_have_attribute("data-picked", "8,15")


def test_another_style_and_another_layer_draw_other_matrices(page, app):
    there(page, app, "photo=cat")
    matrices(page)
    assert metric(page, "Style loss here") == pytest.approx(1.43, rel=0.01)
    page.get_by_role("radio", name="Brush").click()
    expect(page.get_by_text("Style · Brush", exact=True)).to_be_visible()
    settled(page)
    assert metric(page, "Style loss here") == pytest.approx(0.58, rel=0.01)
    page.get_by_text("features.12", exact=True).click()
    expect(page.get_by_text("The 48 strongest of 512 maps")).to_be_visible()
    settled(page)
    assert metric(page, "Style loss here") == pytest.approx(1.86, rel=0.01)


def test_pictures_are_rebuilt_while_every_control_is_heard(page, app):
    there(page, app, "photo=cat&insight=Content+by+layer")
    under_way = page.get_by_text(re.compile(r"update \d+ of 200")).first
    expect(under_way).to_be_visible(timeout=FIRST)
    first = under_way.inner_text()
    expect(under_way).not_to_have_text(first)
    page.get_by_text("What a layer sees", exact=True).click()
    expect(page.get_by_text("The same maps", exact=True).first).to_be_visible()
    page.get_by_text("Content by layer", exact=True).click()
    expect(page.get_by_text("4 of 4", exact=True)).to_be_visible(timeout=ALL)
    settled(page)
    expect(page.get_by_text(re.compile("of its loss is left"))).to_have_count(4)
    expect(page.get_by_text(re.compile("800 backward passes"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("4 of 4", exact=True)).to_be_visible(timeout=FIRST)


@pytest.mark.parametrize("choice", ["Gram+matrices", "What+a+layer+sees"])
def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(browser: Browser, app, choice):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page = context.new_page()
        there(page, app, f"photo=cat&insight={choice}")
        expect(page.get_by_text("Take it away", exact=True)).to_be_visible(timeout=FIRST)
        settled(page)
        no_sideways_scrolling(page)
