"""The links of the manual open the app in the state that the manual speaks of."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import open_page

DOCS = Path(__file__).parents[2] / "docs"
LONG = 60_000  # ms: each link is a page from its beginning
ADDRESS = "http://localhost:8501"
LINK = re.compile(rf"\]\({re.escape(ADDRESS)}([^)\s]*)\)")
PILLS = ("part", "try", "case", "race", "detecting", "grid", "lesson", "grade", "segmenting", "res", "lay", "tiling")
PILLS += ("judge", "ask", "fooling", "gaze", "wish", "figure", "peek")
"""The keys that name a part of a page or one of its questions."""


def links() -> Iterator[tuple[str, list[str]]]:
    """Each chapter with the addresses that no chapter before it links to, without the server."""
    seen: set[str] = set()
    for path in sorted(DOCS.glob("*.md")):
        fresh = [link for link in dict.fromkeys(LINK.findall(path.read_text())) if link not in seen]
        seen.update(fresh)
        if fresh:
            yield path.name, fresh


def is_chosen(page: Page, name: str) -> None:
    """Wait until the pill or the part of this name is pressed."""
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("radio", name=name, exact=True, checked=True).first).to_be_attached(timeout=LONG)


def has_photo(page: Page, key: str) -> None:
    """Wait until this photo is marked in the tray."""
    tray = page.get_by_test_id("stSidebar")
    expect(tray.locator(f"[role=radio][aria-checked=true] img[alt='{key.title()}' i]")).to_be_attached(timeout=LONG)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chapter", "addresses"), list(links()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_link_opens_what_it_names(page, app, chapter, addresses):
    for link in addresses:
        open_page(page, app + link)
        wanted = parse_qs(urlsplit(link).query)
        for key, (value,) in wanted.items():
            if key in PILLS:
                is_chosen(page, value)
            elif key == "photo":
                has_photo(page, value)
            elif key == "card":
                expect(page.locator(f".st-key-row-{value}").get_by_text("Picture").first).to_be_visible(timeout=LONG)
            else:
                assert key == "hide", f"nobody knows how to see {key} of {link}"
