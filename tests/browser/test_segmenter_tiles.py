"""Journeys on the view Tiles: tiles are picked, fill in, and are compared; a photo of 30 megapixels is cut from its original."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.images.samples import sample
from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled

LONG = 90_000


def tiled(page: Page, app: str, query: str = "") -> Locator:
    """The plan of the view with that query, once the page is there to its end."""
    open_page(page, f"{app}/segmenter?part=Tiles{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=LONG)
    settled(page)
    return page.locator(".tiled")


def looked(page: Page) -> None:
    """The tiles have been looked at: by themselves, or by Start on a busy machine."""
    start, end = page.locator(".st-key-tiles-run-start button"), page.get_by_text("Take it away")
    expect(start.or_(end).first).to_be_visible(timeout=LONG)
    if start.count():
        start.click()
    expect(end).to_be_visible(timeout=LONG)
    settled(page)


def repeated(width: int, height: int) -> bytes:
    """A JPEG file of the cat, again and again."""
    cat = Image.fromarray(sample("cat").pixels).resize((750, 500))
    paper = Image.new("RGB", (width, height))
    for top in range(0, height, 500):
        for left in range(0, width, 750):
            paper.paste(cat, (left, top))
    file = io.BytesIO()
    paper.save(file, "JPEG", quality=85)
    return file.getvalue()


def upload(page: Page, name: str, content: bytes) -> None:
    """Give the tray in the sidebar a file."""
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    uploader = page.locator("input[type=file]").first
    uploader.wait_for(state="attached")
    uploader.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def test_a_tile_is_picked_by_pointer_and_by_keys_and_shown_by_itself(page, app):
    plan = tiled(page, app, "&photo=astronaut&tiles-overlap=0&tiles-window=Flat")
    expect(plan).to_have_attribute("data-picked", "4")
    photo = plan.locator("svg")
    photo.hover(position={"x": 20, "y": 20})
    expect(plan).to_have_attribute("data-hover", "1")
    expect(plan.locator(".facts")).to_contain_text("Tile 1 of 4 · 256 × 256 px, from (0, 0) to (256, 256)")
    photo.click(position={"x": 20, "y": 20})
    expect(page.get_by_role("heading", name="Tile 1 of 4 by itself")).to_be_visible()
    expect(page).to_have_url(re.compile("tiles-picked=0"))
    photo.press("ArrowDown")
    expect(page.get_by_role("heading", name="Tile 3 of 4 by itself")).to_be_visible()
    photo.press("ArrowRight")
    expect(page.get_by_role("heading", name="Tile 4 of 4 by itself")).to_be_visible()
    photo.press("ArrowRight")
    expect(plan).to_have_attribute("data-picked", "4")
    settled(page)
    page.reload()
    expect(page.get_by_role("heading", name="Tile 4 of 4 by itself")).to_be_visible(timeout=LONG)


def test_the_classes_are_wiped_chosen_and_faded_without_a_pass(page, app):
    tiled(page, app, "&photo=cat")
    looked(page)
    passes = page.get_by_text(re.compile("forward and 0 backward passes"))
    before = passes.inner_text()
    wipe = page.locator(".wipe")
    expect(wipe).to_have_attribute("data-veil", "1")
    wipe.get_by_role("radio", name="One pass").click()
    expect(wipe).to_have_attribute("data-veil", "0")
    wipe.locator("input").fill("35")
    expect(page).to_have_url(re.compile("tiles-opacity=35"))
    expect(page).to_have_url(re.compile("tiles-map=0"))
    settled(page)
    assert passes.inner_text() == before


def test_seams_are_marked_and_counted(page, app):
    tiled(page, app, "&tiling=Seams")
    looked(page)
    assert metric(page, "Jumps at borders") > 10
    other = page.locator(".st-key-tiles-other-start button")
    if other.count():
        other.click()
    expect(page.get_by_role("cell", name="Side by side")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("img", name=re.compile("The classes averaged, with marks"))).to_be_visible()


def test_a_prediction_hides_what_the_tiles_say(page, app):
    tiled(page, app, "&tiling=Does+a+tile+know+what+it+sees%3F")
    expect(page.get_by_text("The tiles wait until you reveal the answer.")).to_be_visible()
    expect(page.get_by_text("by itself")).to_have_count(0)
    page.get_by_role("button", name="Reveal").click()
    expect(page.get_by_text("Worse: its IoU is 0.769")).to_be_visible()
    looked(page)
    assert metric(page, "IoU of cat") < 0.8


def test_thirty_megapixels_are_cut_from_the_original_fill_in_and_are_stopped(page, app):
    tiled(page, app, "&tiles-side=384+px")
    upload(page, "square.jpg", repeated(6000, 5000))
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · square.jpg")).to_be_visible(timeout=LONG)
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="More settings").click()
    page.get_by_text("Cut from the original").click(timeout=LONG)
    expect(page.get_by_text("The original has 6,000 × 5,000 px")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("at most 512 MB are taken, so 2 × 2 px share one")).to_be_visible(timeout=LONG)
    settled(page)
    page.locator(".st-key-tiles-run-start button").click()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of \d+ tiles"))).to_be_visible(timeout=LONG)
    page.locator(".tiled svg").hover(position={"x": 5, "y": 5})
    expect(page.locator(".tiled")).to_have_attribute("data-hover", "1", timeout=2_000)
    page.locator(".st-key-tiles-run-pause button").click()
    expect(page.get_by_text(re.compile(r"^Paused at tile \d+ of \d+"))).to_be_visible(timeout=LONG)
    page.locator(".st-key-tiles-run-stop button").click()
    expect(page.get_by_text("the run was ended before the other")).to_be_visible(timeout=LONG)


def test_more_than_forty_megapixels_are_refused_in_words(page, app):
    tiled(page, app)
    upload(page, "huge.jpg", repeated(8250, 5000))
    words = "“huge.jpg” is 8,250 × 5,000 px; the most is 40 megapixels."
    expect(page.get_by_test_id("stSidebar").get_by_text(words)).to_be_visible(timeout=LONG)
    expect(page.locator(".tiled")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_window(page, app, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    tiled(page, app, "&photo=cat")
    looked(page)
    no_sideways_scrolling(page)


def test_a_longer_run_is_started_and_comes_to_its_end(page, app):
    tiled(
        page, app, "&photo=cat&tiles-side=128+px&tiles-overlap=65&tiles-mirror=true&tiles-scales=1+×&tiles-scales=2+×"
    )
    page.locator(".st-key-tiles-run-start button").click()
    expect(page.get_by_text(re.compile(r"^\d+ of \d+ tiles"))).to_be_visible(timeout=LONG)
    expect(page.locator(".st-key-tiles-run-start button")).to_have_text(re.compile("Start again"), timeout=2 * LONG)
    expect(page.get_by_text("Take it away")).to_be_visible(timeout=LONG)
    assert metric(page, "Passes") > 100
    settled(page)
    page.locator(".wipe input").fill("35")  # in the part of the view that a run has drawn
    expect(page).to_have_url(re.compile("tiles-opacity=35"))
