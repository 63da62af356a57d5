"""Journeys on the page Attribution: another class without another pass, the path scrubbed, the checks, and no network at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.pages import no_sideways_scrolling, open_page, settled

FIRST_RUN = 90_000


def there(page: Page, app: str, query: str) -> None:
    """The page with that query, drawn to its end."""
    open_page(page, f"{app}/attribution?{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)


def cost(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"\d+ forward and \d+ backward pass"))


def choose(page: Page, label: str, words: str) -> None:
    """Search a list for `words` and take what it finds."""
    field = page.get_by_role("combobox", name=label)
    field.fill(words)
    page.keyboard.press("Enter")


def test_another_class_needs_no_new_forward_pass(page, app):
    there(page, app, "methods=Grad-CAM&photo=cat&against=First+guess")
    expect(cost(page)).to_contain_text("0 forward and 1 backward pass ")
    choose(page, "Class", "horse")
    expect(page.get_by_text(re.compile(r"^horse · "))).to_be_visible()
    expect(cost(page)).to_contain_text("0 forward and 2 backward passes")
    expect(page.locator(".wipe")).to_have_count(1)
    expect(page).to_have_url(re.compile("class=horse"))


def test_the_edge_between_photo_and_map_is_moved_without_a_run(page, app):
    there(page, app, "methods=Grad-CAM&photo=cat")
    handle = page.locator(".wipe").get_by_role("slider").first
    before = handle.get_attribute("aria-valuenow")
    handle.focus()
    page.keyboard.press("End")
    assert handle.get_attribute("aria-valuenow") != before
    no_sideways_scrolling(page)


def test_the_path_is_scrubbed_and_the_sum_reaches_the_rise(page, app):
    there(page, app, "part=Path&photo=cat&points=8")
    film = page.locator(".film").first
    expect(film).to_have_attribute("data-ready", "true")
    slider = film.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("Home")
    expect(film).to_have_attribute("data-frame", "0")
    first = film.locator(".now span:not(.ghost)").inner_text()
    for frame in range(1, 4):
        page.keyboard.press("ArrowRight")
        expect(film).to_have_attribute("data-frame", str(frame))
    assert film.locator(".now span:not(.ghost)").inner_text() != first
    for canvas in film.locator("canvas").all():
        expect(canvas).to_have_attribute("data-frame", "3")
    page.keyboard.press("End")
    assert "α" in film.locator(".now span:not(.ghost)").inner_text()


def test_the_sanity_check_says_which_map_stayed(page, app):
    there(page, app, "part=Trust&photo=cat&judged=Grad-CAM&checked=Grad-CAM&checked=Guided+backpropagation")
    page.get_by_role("button", name="Let the network forget").click()
    film = page.locator(".film").nth(1)
    expect(film).to_have_attribute("data-ready", "true", timeout=FIRST_RUN)
    settled(page)
    expect(film.locator("canvas")).not_to_have_count(0)
    film.get_by_role("slider", name="Step").focus()
    page.keyboard.press("End")
    expect(
        page.get_by_text(re.compile("Guided backpropagation.*stay|stay.*Guided backpropagation")).first
    ).to_be_visible()


def test_everything_comes_from_this_server(page, app):
    """No picture, font or script from elsewhere: what is asked of another host is refused, and counted."""
    foreign = []

    def gate(route: Route) -> None:
        if route.request.url.startswith((app, "data:", "blob:")):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    page.route("**/*", gate)
    there(page, app, "part=Boxes+%26+areas&photo=cat")
    expect(page.get_by_text("Why this box?")).to_be_visible()
    assert foreign == []


def test_on_a_phone_nothing_is_cut_off(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    there(page, app, "methods=Grad-CAM&photo=astronaut")
    no_sideways_scrolling(page)


def test_a_teacher_can_hide_the_controls_and_keep_the_picture(page, app):
    there(page, app, "methods=Grad-CAM&photo=cat&hide=controls")
    expect(page.locator(".wipe")).to_be_visible()
    expect(page.get_by_role("combobox", name="Class")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_all_methods_that_are_judged_can_be_read(page, app, width):
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, f"{app}/attribution?part=Trust&photo=cat")
    field = page.get_by_test_id("stMultiSelectTagsContainer").first
    expect(field).to_contain_text("Integrated gradients", timeout=FIRST_RUN)
    assert field.evaluate(
        "node => [node, ...node.querySelectorAll('span')].every(one => one.scrollWidth <= one.clientWidth + 1)"
    )
