"""A visit in Chromium through the proxy: every page, an upload, a file to take away, one process for all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.pages import open_page, settled
from tests.deploy.nginx import Proxy
from ui import menu

PATHS = ["" if page.file == "app.py" else page.file.removeprefix("pages/").removesuffix(".py") for page in menu.PAGES]
SEAT = "lab_seat"
COMPONENT = "[data-testid^=stBidiComponent]"
EMPTY = """which => [...document.querySelectorAll(which)].filter(
    node => ![node, ...node.querySelectorAll("*")].some(one => (one.shadowRoot ?? one).querySelector("*"))).length"""


def photo(file: Path, more: int = 0) -> Path:
    """A JPEG of one colour at `file`, with `more` bytes after its end."""
    Image.new("RGB", (640, 480), (40, 120, 90)).save(file, "JPEG")
    with file.open("ab") as end:
        end.write(bytes(more))
    return file


def hand_in(page: Page, file: Path) -> None:
    """Give a file to the tray."""
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    uploader = page.locator("input[type=file]").first
    uploader.wait_for(state="attached")
    uploader.set_input_files(file)


def moved(page: Page) -> None:
    """Move the first control of the page, a slider if there is one, and wait for the answer."""
    main = page.get_by_test_id("stMain")
    sliders = main.get_by_role("slider").filter(visible=True)
    choices = main.locator("[data-testid=stButtonGroup] button").filter(visible=True)
    if sliders.count():
        sliders.first.focus()
        page.keyboard.press("ArrowRight")
    elif choices.count() > 1:
        choices.nth(1).click()
    settled(page)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "overview")
def test_a_page_works_under_the_policy(page: Page, proxy: Proxy, path: str):
    open_page(page, f"{proxy.address}/{path}")
    page.wait_for_selector(COMPONENT, state="attached")  # the tray is one, on every page
    settled(page)
    moved(page)
    assert page.evaluate(EMPTY, COMPONENT) == 0
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_visit_stays_with_one_process(page: Page, visitor: BrowserContext, proxy: Proxy, tmp_path: Path):
    """Page, websocket, upload, and the pictures that the answer shows."""
    open_page(page, proxy.address)
    settled(page)
    hand_in(page, photo(tmp_path / "holiday.jpg"))
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · holiday.jpg")).to_be_visible()
    settled(page)
    (seat,) = [cookie["value"] for cookie in visitor.cookies() if cookie["name"] == SEAT]
    page.close()
    proxy.wait_for("/_stcore/stream", seat)  # a websocket is in the log when it is closed
    answers = [proxy.answered(part, seat) for part in ("/_stcore/stream", "/_stcore/upload_file/", "/media/")]
    assert all(answers)
    left = 499  # nginx's word for a picture that the closed page no longer waited for
    assert {status for answer in answers for status, _ in answer} <= {101, 200, 204, left}
    assert all({status for status, _ in answer} & {101, 200, 204} for answer in answers)
    assert len({process for answer in answers for _, process in answer}) == 1


def test_a_photo_from_the_camera_is_taken(page: Page, proxy: Proxy):
    open_page(page, f"{proxy.address}/anchors")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    page.get_by_text("Camera", exact=True).click()
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    page.get_by_test_id("stCameraInputButton").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · camera")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_in_words(page: Page, proxy: Proxy, tmp_path: Path):
    open_page(page, f"{proxy.address}/anchors")
    settled(page)
    hand_in(page, photo(tmp_path / "large.jpg", more=20 * 2**20))
    expect(page.get_by_text(re.compile("20.*MB or smaller"))).to_be_visible()


def test_a_result_can_be_taken_away(page: Page, proxy: Proxy):
    open_page(page, f"{proxy.address}/nms")
    settled(page)
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").first.click()
    assert download.value.path().stat().st_size
