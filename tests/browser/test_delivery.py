"""A visitor who is quicker than the first picture of a page still sees the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import serving


@pytest.fixture
def hasty() -> Iterator[str]:
    with serving(Path(__file__).parent / "hasty_app.py", PYTHONPATH=str(Path(__file__).parents[2])) as url:
        yield url


def pressed_at_once(browser: Browser, url: str) -> list[str]:
    """What the browser throws where a button is pressed before all of the page is there."""
    with browser.new_context() as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.get_by_role("button", name="Press").click()
        page.wait_for_timeout(4_500)
        if not errors:
            expect(page.get_by_text("Run 2")).to_be_visible()
            expect(page.get_by_text("Inside")).to_have_count(1)
        return errors


def test_a_button_that_is_pressed_at_once_leaves_no_blank_page(browser, hasty):
    for _ in range(3):
        assert pressed_at_once(browser, hasty) == []
