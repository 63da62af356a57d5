"""One photo through the seven steps, as a visitor clicks through them, and home again with a report."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import chosen_photo, no_sideways_scrolling, open_page, settled
from ui.story_steps import STEPS

TITLES = (
    "YOLO detector",
    "NMS",
    "FCN segmenter",
    "Attribution",
    "Saliency & adversarial",
    "Attribution",
    "Style transfer",
)
SLOW = 120_000  # ms: each step runs a network, and the attack runs one many times


@pytest.mark.slow
def test_one_photo_goes_through_the_story_and_home_as_a_report(page: Page, app, tmp_path: Path):
    open_page(page, f"{app}/?photo=cat")
    page.get_by_role("button", name="Start the tour").click()
    for step, title in zip(STEPS, TITLES, strict=True):
        expect(page.locator("h1")).to_have_text(title, timeout=SLOW)
        assert chosen_photo(page) == ("Cat attacked.png" if step.name == "Explain again" else "Cat")
        if step.name in ("Suppress", "Attack"):
            page.get_by_role("button", name="Add to my report").click(timeout=SLOW)
            expect(page.get_by_test_id("stToast").last).to_contain_text("Added to your report")
        if step is not STEPS[-1]:
            page.get_by_role("button", name=f"Next: {STEPS[step.number].name}").click(timeout=SLOW)
    settled(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()
    expect(page.get_by_text("You have seen all seven steps.")).to_be_visible(timeout=SLOW)
    expect(page.locator(".tour li")).to_have_text([f"✓{step.name}, seen" for step in STEPS])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    page.set_content(file.read_text())  # all of it is in there: nothing is asked of anybody
    expect(page.locator("h2")).to_have_text(["1. NMS", "2. Saliency & adversarial: Fool"])
    pictures = page.locator("img").evaluate_all("every => every.map(one => one.naturalWidth)")
    assert len(pictures) == 2
    assert all(pictures)


def test_the_tour_and_the_teachers_page_fit_a_phone_and_a_key_starts_the_tour(browser, app):
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    open_page(page, f"{app}/teach")
    expect(page.get_by_test_id("stCode")).to_contain_text("/anchors?photo=cat&part=Two+boxes")
    settled(page)
    no_sideways_scrolling(page)
    open_page(page, app)
    start = page.get_by_role("button", name="Start the tour")
    expect(start).to_be_visible()
    settled(page)
    no_sideways_scrolling(page)
    start.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("YOLO detector")
    context.close()
