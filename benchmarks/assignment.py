"""How fast the sliders of the pages answer, beside the least that Streamlit can do.

A press of an arrow key on a slider of each part, from the key until every number that follows from it is painted. Values
that were asked for before are in the cache; in the rows that say "anew" the page computes first. The peer is a page with the
same slider and one line of text, under the same configuration. The segmenter's sliders paint in the browser alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.driver import (
    SAMPLE,
    TEXT,
    TEXT_PAGE,
    Press,
    alternate,
    open_page,
    percentile,
    press,
    row,
    slider,
    sweep,
    tab,
)
from benchmarks.harness import Median, Row, report
from tests.browser import chromium
from tests.browser.server import serving

AIM = 100.0
"""Milliseconds from a key to the painted answer, p50."""

PLACES = 2
"""How far a sweep goes, and how many new values are asked for; the shortest slider has six places."""

SHARES = ".st-key-part-focal [data-testid=stColumn] p"
NUMBERS = "[data-testid=stMetric], [data-testid=stCaptionContainer], .katex"
LAST = "text=no network was asked"  # the cost line, which closes every part
CROWD = "photo=crowd&boxes_of=A+made-up+detector&apart=1&sure=0.6"  # boxes enough for every step of the slider to remove one
PAINTED = ".slides .now, .legend"  # of the class map, which the browser paints in the same moment
ONE_PASS = "text=1 forward and 0 backward passes"


@dataclass(frozen=True, slots=True)
class Case:
    """One slider: where it is found, and where its values are new."""

    what: str
    query: str
    slider: str
    anew: str
    page: str = "anchors"
    last: str = LAST
    result: str = NUMBERS


CASES = (
    Case("Anchors, YOLO grid", "part=Anchors", "Cells a side", "Size of anchors"),
    Case("Anchors, every pixel", "part=Anchors&gen=Every+pixel&number=1", "How many scales", "How many scales"),
    Case("Assignment, YOLO grid", "part=Assignment", "Cells a side", "IoU threshold"),
    Case(
        "Assignment, pyramid", "part=Assignment&gen=Pyramid&rule=Two+thresholds", "Side, in strides", "Side, in strides"
    ),
    Case("Assignment, every pixel", "part=Assignment&gen=Every+pixel", "IoU threshold", "IoU threshold"),
    Case("NMS, 300 boxes", "boxes=Chance&boxes_count=300", "IoU threshold", "IoU threshold", page="nms"),
    Case("Detector, confidence", "part=Detect", "Confidence", "Confidence", page="detector", last=ONE_PASS),
    Case(
        "Detector, inside the grid", "part=Inside+the+grid", "Confidence", "Confidence", page="detector", last=ONE_PASS
    ),
    Case(
        "Detector, focal loss",
        "part=How+it+learns",
        "Focus γ",
        "Focus γ",
        page="detector",
        last=ONE_PASS,
        result=SHARES,
    ),
    Case("Detector, graded", f"part=How+good+is+it%3F&{CROWD}", "Confidence", "Confidence", page="detector"),
    Case("Segmenter, opacity", "part=Segment", "Opacity", "Opacity", page="segmenter", last=ONE_PASS, result=PAINTED),
    Case(
        "Segmenter, unknown below a margin",
        "part=Segment",
        "Unknown below margin",
        "Unknown below margin",
        page="segmenter",
        last=ONE_PASS,
        result=PAINTED,
    ),
)


def measure(case: Case, page: Page, text: Page, app: str) -> list[Row]:
    """The rows of one slider."""
    open_page(page, f"{app}/{case.page}?{case.query}", case.last)
    ours = sweep(page, slider(page, case.slider), case.result, places=PLACES)
    peer = sweep(text, slider(text, "Steps"), SAMPLE, places=PLACES)
    cached, floor = alternate((ours, peer))
    slider(page, case.anew).focus()
    if case.anew == case.slider:
        for _ in range(PLACES):  # the sweep has been there
            press(page, "ArrowRight", case.result, None)
    computed = [press(page, "ArrowRight", case.result, None) for _ in range(PLACES)]
    return rows(case.what, cached, computed, floor)


def rows(what: str, cached: Sequence[Press], computed: Sequence[Press], floor: Sequence[Press]) -> list[Row]:
    """Median and 95th percentile of what is in the cache, and the median of what is computed."""
    key, new, least = ([one.from_key for one in presses] for presses in (cached, computed, floor))
    aim = AIM / median(least)
    return [
        row(f"{what}: arrow key to paint, p50", Median(key), median(least), TEXT_PAGE, aim),
        row(f"{what}: arrow key to paint, p95", percentile(key, 0.95), percentile(least, 0.95), TEXT_PAGE),
        row(f"{what}: arrow key to paint, computed anew", Median(new), median(least), TEXT_PAGE),
    ]


def main() -> None:
    """Time every case. Servers and browser are closed whatever happens."""
    path, options = chromium.ensure(), list(chromium.ARGS)
    with (
        TemporaryDirectory() as home,
        serving("serve.py", TORCH_HOME=home) as app,
        serving(TEXT, TORCH_HOME=home) as floor,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=options) as browser,
    ):
        report(_all(browser, app, floor), sys.argv[1:])


def _all(browser: Browser, app: str, floor: str) -> list[Row]:
    with tab(browser) as page, tab(browser) as text:
        open_page(text, floor, SAMPLE)
        return [one for case in CASES for one in measure(case, page, text, app)]


if __name__ == "__main__":
    main()
