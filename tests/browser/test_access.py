"""Every page and every part of it, light and dark, as axe judges it: no serious violation of the rules for access."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pages import AT_REST, open_page, settled
from ui.menu import PAGES

GRAVE = ("serious", "critical")
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
    grave = [one for one in found["violations"] if one["impact"] in GRAVE]
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
    broken = violations(page)
    parts = page.get_by_role("radiogroup", name="Part", exact=True).get_by_role("radio")
    for index in range(1, parts.count()):
        parts.nth(index).click()
        settled(page)
        name = parts.nth(index).inner_text()
        broken += [f"{name}: {one}" for one in violations(page)]
    assert broken == []


def test_a_grave_violation_would_be_found(page, app):
    open_page(page, app)
    settled(page)
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    (broken,) = violations(page)
    assert broken.startswith("image-alt: ")
