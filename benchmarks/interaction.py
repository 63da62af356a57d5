"""How fast the pages answer, beside the least that Streamlit can do.

All numbers are milliseconds, timed inside the page (`driver.py`). Everything runs in headless Chromium on the same machine,
and contestants take turns.

* *Arrow key on a slider*: from the key press (its own time stamp) until every text that follows from the slider reads
  as it did when that value had settled before; the answers are cached by then, so it is Streamlit, our page and the
  browser that are timed. One row is for a value that is new, where the page computes first: there the clock stops when
  the curves change. The peer is a page with the same slider and one line of text, under the same configuration
  and with its imports frozen as ours are: else most of its time is the garbage collection after each run.
* *Arrow key on a box*: until torch's numbers and the formulas stand on the page. The component waits 200 ms for
  another key before it sends, which is in the first row; the second begins when the message leaves the browser, for
  both contestants.
* *A frame of a drag*: a real press on the box, then one pointer move for each frame, sent from inside the page since
  the driver's own moves take a round trip each. Only frames count in which the box stands elsewhere. The peer is the
  same page left alone, which shows how often this browser paints at all: nothing can be faster.
* *Start*: from the launch of a new server process (files in the page cache, no weights on the machine) to the title and
  to the first result, in a browser context without cache. The page is opened when the health endpoint answers. The peer
  is an app with one title and one line.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.driver import (
    HELLO,
    SAMPLE,
    TEXT,
    TEXT_PAGE,
    Press,
    alternate,
    open_page,
    percentile,
    press,
    rest,
    row,
    slider,
    sweep,
    tab,
)
from benchmarks.harness import Median, Row, report
from tests.browser import chromium
from tests.browser.server import serving

IDLE_PAGE, HELLO_APP = "the page left alone", "hello-world Streamlit app"
AIM_KEY, AIM_FRAME, AIM_TITLE = 2.0, 1.05, 1.3
FRAME_SECONDS = 1.2

METRICS, CAPTIONS, LINE = "[data-testid=stMetric]", "[data-testid=stCaptionContainer]", ".lab .box .line"
FROM_STEPS = f"{METRICS}, {CAPTIONS}, .scrubber .now"
FROM_BOXES = f"{METRICS}, {CAPTIONS}, .katex"
CURVES = ".scrubber .lines polyline"
FIRST_PICTURE, LIVE_IOU = "[data-testid=stMain] img", "[data-value=iou]"


@dataclass(frozen=True, slots=True)
class Start:
    """Milliseconds from the launch of a server until the title and the first result are painted."""

    title: float
    result: float


def keys(anchors: Page, text: Page) -> list[Row]:
    """Key press to paint: a cached answer, a box moved by keyboard, and a descent that is computed anew."""
    box = sweep(anchors, anchors.locator(".lab .box").last, FROM_BOXES, places=2)  # first: it leaves words on the page
    ours = sweep(anchors, slider(anchors, "Steps"), FROM_STEPS, places=3)
    peer = sweep(text, slider(text, "Steps"), SAMPLE, places=3)
    cached, moved, floor = alternate((ours, box, peer))
    anew, beside = alternate((lambda: _anew(anchors), peer))
    return [*slider_rows(cached, floor), computed_row(anew, beside), *box_rows(moved, floor)]


def slider_rows(ours: Sequence[Press], peer: Sequence[Press]) -> list[Row]:
    """The everyday key press: median, and what one press in twenty exceeds."""
    key, least = ([one.from_key for one in presses] for presses in (ours, peer))
    what = "Arrow key on a slider to paint"
    return [
        row(f"{what}, p50", Median(key), median(least), TEXT_PAGE, AIM_KEY),
        row(f"{what}, p95", percentile(key, 0.95), percentile(least, 0.95), TEXT_PAGE),
    ]


def computed_row(ours: Sequence[Press], peer: Sequence[Press]) -> Row:
    """A key press that makes the page compute four descents first."""
    key, least = (Median([one.from_key for one in presses]) for presses in (ours, peer))
    return row("Arrow key on a slider to paint, four descents computed, p50", key, least, TEXT_PAGE)


def box_rows(ours: Sequence[Press], peer: Sequence[Press]) -> list[Row]:
    """A box moved by keyboard: from the key with the component's wait, and from the message without it."""
    key, least = (Median([one.from_key for one in presses]) for presses in (ours, peer))
    message, least_message = (Median([one.from_message for one in presses]) for presses in (ours, peer))
    return [
        row("Arrow key on a box to torch's numbers, 200 ms of it waiting, p50", key, least, TEXT_PAGE),
        row("Message of a moved box to torch's numbers, p50", message, least_message, TEXT_PAGE),
    ]


def frames(page: Page) -> list[Row]:
    """How long a frame takes while a box is dragged."""
    return frame_rows(*alternate((lambda: [_drag(page)], lambda: [_idle(page)])))


def frame_rows(dragged: Sequence[Sequence[float]], idle: Sequence[Sequence[float]]) -> list[Row]:
    """Mean of a round (the median round), 95th percentile and longest frame of all rounds, each in ms."""
    ours, peer = (Median([fmean(one) for one in rounds]) for rounds in (dragged, idle))
    every, alone = ([taken for one in rounds for taken in one] for rounds in (dragged, idle))
    what = "A frame while a box is dragged"
    return [
        row(f"{what} ({1000 / ours:.1f} a second), mean", ours, peer, IDLE_PAGE, AIM_FRAME),
        row(f"{what}, p95", percentile(every, 0.95), percentile(alone, 0.95), IDLE_PAGE),
        row(f"The longest of {len(every)} frames while a box is dragged", max(every), max(alone), IDLE_PAGE),
    ]


def starts(browser: Browser, home: str) -> list[Row]:
    """From the launch of the server to the title and to the first result."""
    contestants = (
        lambda: [_started(browser, home, "serve.py", "/", FIRST_PICTURE)],
        lambda: [_started(browser, home, "serve.py", "/anchors", LIVE_IOU)],
        lambda: [_started(browser, home, HELLO, "/", SAMPLE)],
    )
    for contestant in contestants:
        contestant()  # not counted: files come into the page cache
    return start_rows(*alternate(contestants))


def start_rows(overview: Sequence[Start], anchors: Sequence[Start], hello: Sequence[Start]) -> list[Row]:
    """Medians of every start."""
    title, result = (Median([getattr(one, name) for one in hello]) for name in ("title", "result"))
    return [
        row("Start to the title of the Overview", Median([s.title for s in overview]), title, HELLO_APP, AIM_TITLE),
        row("Start to the title of Anchors & IoU", Median([s.title for s in anchors]), title, HELLO_APP, AIM_TITLE),
        row("Start to the first picture of the Overview", Median([s.result for s in overview]), result, HELLO_APP),
        row("Start to two boxes and their live IoU", Median([s.result for s in anchors]), result, HELLO_APP),
    ]


def main() -> None:
    """Time keys, frames and starts. Servers and browser are closed whatever happens."""
    path, options = chromium.ensure(), list(chromium.ARGS)
    with (
        TemporaryDirectory() as home,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=options) as browser,
    ):
        rows = [*_on_warm_servers(browser, home), *starts(browser, home)]
    report(rows, sys.argv[1:])


def _on_warm_servers(browser: Browser, home: str) -> list[Row]:
    with (
        serving("serve.py", TORCH_HOME=home) as app,
        serving(TEXT, TORCH_HOME=home) as floor,
        tab(browser) as anchors,
        tab(browser) as text,
    ):
        open_page(anchors, f"{app}/anchors", CURVES)
        open_page(text, floor, SAMPLE)
        return keys(anchors, text) + frames(anchors)


def _anew(page: Page) -> list[Press]:
    page.bring_to_front()
    slider(page, "Learning rate").focus()
    return [press(page, "ArrowRight", CURVES, None)]


def _drag(page: Page) -> list[float]:
    page.bring_to_front()
    line = page.locator(LINE).last
    line.scroll_into_view_if_needed()
    place = line.bounding_box()
    assert place
    centre = [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2]
    page.mouse.move(*centre)
    page.mouse.down()
    taken = page.evaluate("arguments => stopwatch.frames(...arguments)", [FRAME_SECONDS, LINE, centre])
    page.mouse.up()
    rest(page)
    return taken


def _idle(page: Page) -> list[float]:
    page.bring_to_front()
    return page.evaluate("seconds => stopwatch.frames(seconds)", FRAME_SECONDS)


def _started(browser: Browser, home: str, script: str | Path, path: str, result: str) -> Start:
    launched = time.time() * 1000
    with serving(script, TORCH_HOME=home) as address, tab(browser) as page:
        page.goto(address + path, wait_until="commit")
        title, first = page.evaluate("both => Promise.all(both.map(stopwatch.appeared))", ["h1", result])
    return Start(title - launched, first - launched)


if __name__ == "__main__":
    main()
