"""Every page and every part of it, light and dark, as axe judges it: no serious violation of the rules for access.

On the same walk: each picture has words, and in the windows of a phone and of 200 % zoom nothing is cut off.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import sight
from tests.browser.pages import AT_REST, open_page, settled
from tests.browser.sight import cut_off, wordless
from ui.menu import PAGES

GRAVE = ("serious", "critical")
HELD = ("empty-table-header", "heading-order")  # rules that axe takes lightly
FAULTS = {
    '<img id="one" src="data:,">': ["image-alt: ", 'no words: .*"one"'],
    '<img id="two" src="data:," alt="cat.png">': ['no words: .*"two"'],
    '<canvas id="three"></canvas>': ['no words: .*"three"'],
    "<h4>Deep</h4>": ["heading-order: "],
    "<table><tr><th></th><td>1</td></tr></table>": ["empty-table-header: "],
    '<p id="four" style="width: 700px">Wide</p>': [
        'at 640 px: sticks out: .*"four"',
        'at 390 px: sticks out: .*"four"',
    ],
    '<p id="five" style="width: 4em; overflow: hidden; white-space: nowrap">Words that go on</p>': [
        'at 640 px: cut off: .*"five"'
    ],
    '<button id="six" style="position: absolute; left: -900px">Away</button>': [
        'at 640 px: out of the window: .*"six"'
    ],
}  # each with what is to be said of it
CALM = f"""() => {{
    const now = performance.now();
    if (!({AT_REST})()) window.lastBusy = now;
    return now - (window.lastBusy ??= now) > 1500;
}}"""  # what comes part by part rests for a moment between two parts


def paths() -> list[str]:
    """Where each page is found."""
    return ["" if page.file == "app.py" else page.file.removeprefix("pages/").removesuffix(".py") for page in PAGES]


def violations(page: Page) -> list[str]:
    """Grave violations of what is on the page: the rule, and the elements that break it."""
    while True:
        page.evaluate("window.lastBusy = performance.now()")
        page.wait_for_function(CALM)
        found = Axe().run(page).response
        if page.evaluate(AT_REST):  # else something was fading in or out while axe looked
            break
    assert len(found["passes"]) > 10, "axe has looked at a page"
    grave = [one for one in found["violations"] if one["impact"] in GRAVE or one["id"] in HELD]
    broken = ((one["id"], [node for node in one["nodes"] if not rounded(page, one["id"], node)]) for one in grave)
    return [f"{rule}: {[node['html'][:200] for node in nodes]}" for rule, nodes in broken if nodes]


def rounded(page: Page, rule: str, node: dict) -> bool:
    """Whether a formula is said to scroll because its width, a fraction of pixels, is rounded up inside and down outside."""
    if rule != "scrollable-region-focusable" or "katex-display" not in node["html"]:
        return False
    return page.locator(node["target"][-1]).first.evaluate("node => node.scrollWidth - node.clientWidth <= 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", paths())
def test_a_page_breaks_no_grave_rule_of_access(page, app, path, scheme):
    page.set_default_timeout(90_000)  # some parts compute for long before they are at rest
    page.emulate_media(color_scheme=scheme)
    open_page(page, f"{app}/{path}")
    settled(page)
    broken = faults(page, scheme)
    parts = page.get_by_role("radiogroup", name="Part", exact=True).get_by_role("radio")
    for index in range(1, parts.count()):
        parts.nth(index).click()
        settled(page)
        name = parts.nth(index).inner_text()
        broken += [f"{name}: {one}" for one in faults(page, scheme)]
    assert broken == []


def faults(page: Page, scheme: str) -> list[str]:
    """What is wrong with what is on the page; what colours have no part in is looked at once, in the light."""
    found = violations(page)
    return [*found, *wordless(page), *cut_off(page)] if scheme == "light" else found


def test_a_fault_would_be_found(page, app, monkeypatch):
    monkeypatch.setattr(sight, "PATIENCE", 500)
    open_page(page, f"{app}/teach")
    settled(page)
    page.evaluate("planted => document.querySelector('h1').insertAdjacentHTML('afterend', planted)", "".join(FAULTS))
    told = faults(page, "light")
    assert [words for one in FAULTS.values() for words in one if not any(re.match(words, each) for each in told)] == []
