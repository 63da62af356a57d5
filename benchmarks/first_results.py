"""First results: how soon a visitor sees the picture that each page is about, on a server that knows it and on a new one.

Every page and every part of it, in headless Chromium on the same machine, each time in a context without cache.

* *The first picture* is the one that answers: the map over the photo, the boxes that were found, the painting. It counts when it
  is decoded and painted; a skeleton, a spinner or the photo that waits for a network does not. For teachers it is their link.
* *At rest* is when no script runs and nothing stands in for an answer any more, and both stay so for a second.
* *Warm*: the server has shown the page before, to another session. *A new server*: a process of its own for each page, files in the
  page cache, no weights but those of the lab, opened when the health endpoint answers.

The clock begins with the navigation. The peer of a first picture is its floor, of a rest the first picture. What the server
spent of CPU until the rest goes to the error output: on a busy machine it says whether the page or the neighbours are slow.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_plus

from playwright.sync_api import Browser, sync_playwright

from benchmarks.crowd import Server
from benchmarks.driver import tab
from benchmarks.harness import Median, Row, report
from tests.browser import chromium
from tests.browser.server import serving

REPETITIONS = 3
WARM, NEW = 2.0, 4.0  # seconds until the first picture, at most
SCRIPT = Path(__file__).with_suffix(".js")
PICTURE, OVER, FILM = "[data-testid=stImage] img", ".wipe .right img", ".film canvas"


@dataclass(frozen=True, slots=True)
class View:
    """A part of a page, and the picture that it is about. `part` is empty where a page has no parts."""

    path: str
    part: str
    picture: str

    @property
    def name(self) -> str:
        """How it is called in a row."""
        return f"{self.path or 'overview'}, {self.part}" if self.part else self.path or "overview"

    @property
    def address(self) -> str:
        """Where it is, after the address of the server."""
        return f"/{self.path}?part={quote_plus(self.part)}" if self.part else f"/{self.path}"


VIEWS = (
    View("", "", f"{PICTURE}[alt*='heat map']"),
    View("anchors", "Two boxes", ".lab .stage image"),
    View("anchors", "Anchors", ".cells .frame svg"),
    View("anchors", "Assignment", ".editor .stage image"),
    View("nms", "", ".nms[data-decisions] .photo img"),
    View("detector", "Detect", ".found .frame image"),
    View("detector", "Inside the grid", ".grids .frame image"),
    View("detector", "How it learns", ".editor .stage image"),
    View("detector", "How good is it?", ".verdicts .frame image"),
    View("segmenter", "Segment", ".classes .veil"),
    View("segmenter", "Resolution", ".depths .views image"),
    View("segmenter", "Transposed convolution", ".lay canvas"),
    View("segmenter", "Tiles", ".tiled image"),
    View("segmenter", "Grade it", ".errors .shown"),
    View("attribution", "Compare", OVER),
    View("attribution", "Layers", PICTURE),
    View("attribution", "Path", FILM),
    View("attribution", "Trust", FILM),
    View("attribution", "Boxes & areas", f"{PICTURE}[alt^='Grad-CAM']"),
    View("saliency", "Look", OVER),
    View("saliency", "Fool", f"{PICTURE}, {FILM}"),
    View("saliency", "Does it survive?", f"{PICTURE}, {OVER}"),
    View("saliency", "Imagine", f"{PICTURE}, {FILM}"),
    View("style", "Paint", OVER),
    View("style", "Look inside", ".matrices canvas"),
    View("models", "", f"{PICTURE}[alt*='heat map']"),
    View("teach", "", "[data-testid=stCode]"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds from the navigation to the first picture and to the rest, and what the server spent until then."""

    picture: float
    rest: float
    cpu: float


def seen(browser: Browser, server: Server, view: View) -> Seen:
    """Open the view as a new visitor, and wait until it is at rest."""
    before = server.cpu()
    with tab(browser) as page:
        page.add_init_script(path=SCRIPT)
        page.goto(server.address + view.address, wait_until="commit")
        both = "picture => Promise.all([firstResults.pictured(picture), firstResults.atRest()])"
        picture, rest = page.evaluate(both, view.picture)
    return Seen(picture / 1000, rest / 1000, server.cpu() - before)


def warm(browser: Browser, home: str, views: Sequence[View] = VIEWS, repetitions: int = REPETITIONS) -> list[Row]:
    """On one server that has shown every view before."""
    with serving("serve.py", TORCH_HOME=home) as address:
        server = Server(address)
        for view in views:
            seen(browser, server, view)  # not counted: from now on the server has shown it
        return measured(views, lambda view: seen(browser, server, view), "warm", WARM, repetitions)


def new(browser: Browser, home: str, views: Sequence[View] = VIEWS, repetitions: int = REPETITIONS) -> list[Row]:
    """On a server of its own for each view and repetition."""

    def once(view: View) -> Seen:
        with serving("serve.py", TORCH_HOME=home) as address:
            return seen(browser, Server(address), view)

    once(views[0])  # not counted: files come into the page cache
    return measured(views, once, "on a new server", NEW, repetitions)


def measured(
    views: Sequence[View], once: Callable[[View], Seen], state: str, floor: float, repetitions: int
) -> list[Row]:
    """All views in turn, again and again, so that a busy moment is spread over them."""
    taken: dict[View, list[Seen]] = {view: [] for view in views}
    for turn in range(repetitions):
        for view in views:
            found = once(view)
            told = f"picture {found.picture:.2f} s, rest {found.rest:.2f} s, CPU {found.cpu:.2f} s"
            print(f"{view.name}, {state}, {turn}: {told}", file=sys.stderr, flush=True)
            taken[view].append(found)
    return rows(taken, state, floor)


def rows(taken: Mapping[View, Sequence[Seen]], state: str, floor: float) -> list[Row]:
    """Medians of each view with their spread: its first picture beside the floor, its rest beside the first picture."""
    found: list[Row] = []
    for view, several in taken.items():
        picture, rest = Median([one.picture for one in several]), Median([one.rest for one in several])
        name = f"{view.name[0].upper()}{view.name[1:]}, {state}"
        found += [
            Row(f"{name}: first picture", picture, floor, "the floor", 1.0),
            Row(f"{name}: at rest", rest, picture, "first picture"),
        ]
    return found


def main() -> None:
    """Measure both. Servers and browser are closed whatever happens."""
    path, options = chromium.ensure(), list(chromium.ARGS)
    with (
        TemporaryDirectory() as home,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=options) as browser,
    ):
        found = [*warm(browser, home), *new(browser, home)]
    report(found, sys.argv[1:])


if __name__ == "__main__":
    main()
