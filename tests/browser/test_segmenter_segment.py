"""Journeys on the view Segment: a pixel is read, classes are toggled, a threshold is dragged, two networks compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.experiments.segmenting import segment
from core.images.samples import sample
from core.zoo.catalog import card
from tests.browser.pages import drag, metric, no_sideways_scrolling, number, open_page, settled
from tests.pages.conftest import random_weights

FIRST_RUN = 60_000
STAGES = ".classes:not([hidden])"


def stage(page: Page, app: str, query: str = "", *, count: int = 1) -> Locator:
    """The class map of the view with that query, once it is painted."""
    open_page(page, f"{app}/segmenter{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    found = page.locator(STAGES)
    expect(found).to_have_count(count)
    for one in range(count):
        expect(found.nth(one)).to_have_attribute("data-painted", re.compile("."))
    return found


def at(page: Page, x: int, y: int) -> dict[str, float]:
    """Where on the picture a pixel of the cat's photo is."""
    frame = page.locator(f"{STAGES} .stage").first.bounding_box()
    assert frame
    return {"x": (x + 0.5) / 451 * frame["width"], "y": (y + 0.5) / 300 * frame["height"]}


def bars(found: Locator) -> dict[str, float]:
    """The classes that the panel lists, and the part of each as it is written."""
    rows = found.locator(".bar:not([hidden])")
    return {row.locator("span").nth(1).inner_text(): number(row.locator(".share").inner_text()) for row in rows.all()}


def row(found: Locator, name: str) -> Locator:
    return found.locator(".legend .row").filter(has=found.page.locator("b", has_text=name))


def coloured(found: Locator) -> dict[str, int]:
    """How many pixels of the veil have which colour; "0,0,0,0" is bare."""
    return found.locator(".veil").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), counts = {};
          for (let i = 0; i < data.length; i += 4) {
            const key = data.slice(i, i + 4).join(",");
            counts[key] = (counts[key] ?? 0) + 1;
          }
          return counts;
        }"""
    )


GREEN, BARE, UNKNOWN = "0,158,115,255", "0,0,0,0", ("138,138,150,255", "92,92,102,255")


def test_the_pointer_reads_the_full_distribution_of_a_pixel(page, app):
    found = stage(page, app, "?photo=cat")
    before = found.locator(".side").bounding_box()
    answer = segment(sample("cat"), "lab-fcn")
    for x, y in ((100, 100), (10, 200), (380, 60)):
        page.locator(f"{STAGES} .stage").hover(position=at(page, x, y))
        expect(found).to_have_attribute("data-read", f"{x},{y}")
        read = bars(found)
        assert abs(sum(read.values()) - 100) <= 3, "rounded to whole percent"
        cell = {(one.label): 100 * one.probability for one in answer.at(x // 3 * 3 + 1.5, y // 3 * 3 + 1.5)}
        assert read.keys() == cell.keys()
        assert all(abs(read[name] - cell[name]) <= 0.75 for name in read)
    assert found.locator(".side").bounding_box() == before, "nothing jumps"


def test_a_click_picks_a_pixel_and_python_says_the_same(page, app):
    found = stage(page, app, "?photo=cat")
    page.locator(f"{STAGES} .stage").click(position=at(page, 120, 250))
    expect(page).to_have_url(re.compile("seg-at=120(%2C|,)250"))
    expect(page.get_by_role("heading", name="Pixel 120, 250")).to_be_visible()
    settled(page)
    answer = segment(sample("cat"), "lab-fcn").at(120.5, 250.5)
    page.mouse.move(5, 5)
    assert bars(found) == {one.label: round(100 * one.probability) for one in answer}
    page.reload()
    expect(page.get_by_role("heading", name="Pixel 120, 250")).to_be_visible(timeout=FIRST_RUN)


def test_keys_move_the_pixel_and_say_what_is_there(page, app):
    found = stage(page, app, "?photo=cat&seg-at=100,100")
    page.locator(f"{STAGES} .stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(found).to_have_attribute("data-read", "105,115")
    expect(found.locator(".spoken")).to_have_text(re.compile(r"105, 115: cat \d+ %"))
    expect(page).to_have_url(re.compile("seg-at=105(%2C|,)115"))


def test_a_class_is_switched_off_and_on_in_the_legend(page, app):
    found = stage(page, app, "?photo=cat")
    assert coloured(found)[GREEN] > 100_000
    cat = row(found, "cat")
    share = cat.locator(".share").inner_text()
    cat.focus()
    page.keyboard.press("Enter")
    expect(cat).to_have_attribute("aria-pressed", "false")
    expect(found).to_have_attribute("data-painted", re.compile(r'\["cat"\]'))
    assert coloured(found) == {BARE: 451 * 300}
    assert float(cat.evaluate("node => getComputedStyle(node).opacity")) < 0.6
    assert cat.locator(".share").inner_text() == share
    expect(page).to_have_url(re.compile("seg-off=cat"))
    settled(page)
    cat.click()
    expect(page).not_to_have_url(re.compile("seg-off"))
    assert coloured(found)[GREEN] > 100_000


def test_a_threshold_makes_unsure_pixels_unknown_while_it_moves(page, app):
    found = stage(page, app, "?photo=cat")
    passes = page.get_by_text(re.compile("forward and 0 backward passes"))
    before = passes.inner_text()
    slider = page.get_by_role("slider", name="Unknown below margin")
    slider.evaluate("node => { node.value = 50; node.dispatchEvent(new Event('input')); }")
    expect(row(found, "unknown").locator(".share")).to_have_text(re.compile(r"13\.\d %"))
    painted = coloured(found)
    unknown = sum(painted[one] for one in UNKNOWN)
    assert abs(unknown / (451 * 300) - 0.134) < 0.005
    assert painted[GREEN] + painted[BARE] + unknown == 451 * 300
    assert "seg-unsure" not in page.url, "nothing was sent while it moves"
    slider.evaluate("node => node.dispatchEvent(new Event('change'))")
    expect(page).to_have_url(re.compile("seg-unsure=50"))
    settled(page)
    assert metric(page, "Unknown") == pytest.approx(100 * unknown / (451 * 300), abs=0.3)
    assert passes.inner_text() == before


def test_the_edge_is_dragged_and_a_link_brings_everything_back(page, app):
    found = stage(page, app, "?photo=cat")
    across = (page.locator(f"{STAGES} .stage").bounding_box() or {})["width"]
    drag(page, found.locator(".handle"), 0.4 * across, 0)
    expect(found).to_have_attribute("data-edge", re.compile("^0.[34]"))
    page.get_by_role("radio", name="Entropy").click()
    page.get_by_role("radio", name="Mask").click()
    found.locator(".contours").uncheck()
    expect(page).to_have_url(re.compile("seg-outlines=0"))
    expect(page).to_have_url(re.compile("seg-seen=mask"))
    kept = {name: found.get_attribute(f"data-{name}") for name in ("edge", "mode", "veil", "contours")}
    settled(page)
    page.reload()
    expect(found).to_have_attribute("data-painted", re.compile("."), timeout=FIRST_RUN)
    assert {name: found.get_attribute(f"data-{name}") for name in kept} == kept
    assert kept["veil"] == "entropy"
    expect(found.locator(".ends")).to_contain_text("2.81 bits")


def test_messages_stay_small_while_the_maps_stay(page, app):
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    found = stage(page, app, "?photo=cat")
    assert max(sizes) > 50_000, "the maps came"
    sizes.clear()
    found.locator(".opacity").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("seg-opacity=45"))
    settled(page)
    assert 0 < sum(sizes) < 60_000


def test_two_networks_are_read_at_the_same_point(page, app, empty_home):
    target = empty_home / "hub/checkpoints" / card("lraspp").file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(random_weights("lraspp"))
    try:
        found = stage(page, app, "?photo=cat&seg-beside=LR-ASPP+MobileNetV3", count=2)
        page.locator(f"{STAGES} .stage").first.hover(position=at(page, 60, 60))
        for one in (found.first, found.last):
            expect(one).to_have_attribute("data-read", re.compile(r"^\d+,\d+$"))
        assert found.first.get_attribute("data-read") == found.last.get_attribute("data-read")
        expect(found.last.locator(".rest")).to_have_text(re.compile(r"16 others, \d+ %"))
        found.last.locator(".rest").click()
        expect(found.last.locator(".bar:not([hidden])")).to_have_count(21)
        expect(page.get_by_text("Both give the same class to")).to_be_visible()
    finally:
        target.unlink()


def test_a_moved_threshold_is_painted_at_once(page, app):
    stage(page, app, "?photo=astronaut")
    median = page.locator(f"{STAGES} .unsure").evaluate(
        """async (slider) => {
          const times = [], frame = () => new Promise(requestAnimationFrame);
          for (let value = 0; value <= 40; value += 1) {
            const from = performance.now();
            slider.value = value;
            slider.dispatchEvent(new Event("input"));
            await frame();
            await frame();
            times.push(performance.now() - from);
          }
          return times.sort((a, b) => a - b)[20];
        }"""
    )
    assert median < 100, "ms"


def test_the_class_of_a_pixel_opens_as_grad_cam_on_the_attribution_page(page, app):
    stage(page, app, "?photo=cat&seg-at=200,150")
    page.get_by_role("button", name="Why cat?").click()
    expect(page.get_by_role("heading", name="Attribution")).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_text("Area of cat")).to_be_visible(timeout=FIRST_RUN)


def test_on_a_phone_the_panel_stands_below_the_photo(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    found = stage(page, app, "?photo=astronaut")
    photo, side = found.locator(".stage").bounding_box(), found.locator(".side").bounding_box()
    assert photo
    assert side
    assert side["y"] > photo["y"] + photo["height"]
    no_sideways_scrolling(page)
