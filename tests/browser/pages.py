"""What a visitor does on a page, by what a visitor can see."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

AT_REST = """() => !document.querySelector('[data-testid=stStatusWidget]')
    && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"""


def open_page(page: Page, url: str) -> None:
    """Go there and wait for the title."""
    page.goto(url)
    page.wait_for_selector("h1")


def settled(page: Page) -> None:
    """Wait until the script has run to its end: the status widget, which comes late, is gone, and the app says so."""
    page.wait_for_function(AT_REST)
    page.wait_for_timeout(150)
    page.wait_for_function(AT_REST)


def box(page: Page, name: str) -> Locator:
    """Box A or B on the photo."""
    return page.locator(f".lab .box[data-box={name}]")


def corner(page: Page, name: str, which: str) -> Locator:
    """A corner of box A or B: nw, ne, se or sw."""
    return page.locator(f".lab .handle[data-box={name}] .{which}")


def live(page: Page, measure: str) -> float:
    """A number the browser shows while boxes move."""
    return number(page.locator(f"[data-value={measure}]").inner_text())


def metric(page: Page, label: str) -> float:
    """A number Python computed."""
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return number(found.get_by_test_id("stMetricValue").inner_text())


def number(words: str) -> float:
    """The number in `words`, with a real minus."""
    match = re.search(r"-?\d+(\.\d+)?", words.replace("−", "-").replace(",", ""))
    assert match, words
    return float(match[0])


def drag(page: Page, target: Locator, dx: float, dy: float, steps: int = 12) -> None:
    """Take `target` at its middle and move it by screen pixels."""
    frame = target.bounding_box()
    assert frame
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=steps)
    page.mouse.up()


def chosen_photo(page: Page) -> str:
    """The name of the photo that is marked in the tray of the sidebar."""
    name = page.get_by_test_id("stSidebar").locator("[role=radio][aria-checked=true] img").get_attribute("alt")
    assert name
    return name


def take_photo(page: Page, name: str) -> None:
    """Choose a sample photo in the tray of the sidebar."""
    page.get_by_test_id("stSidebar").locator(f"img[alt={name}]").click()


def no_sideways_scrolling(page: Page) -> None:
    """The page is not wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    main = page.get_by_test_id("stMain")
    expect(main).to_be_visible()
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth")
