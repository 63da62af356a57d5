"""Drives a page in Chromium and times it there: what the benchmarks of pages share.

All numbers are milliseconds. The clock runs inside the page (`driver.js`), so no round trip of the test driver is counted,
and it stops only when the browser has painted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, Locator, Page

from benchmarks.harness import FEWEST_ROUNDS, Row

FOLDER = Path(__file__).resolve().parent
TEXT, HELLO = (FOLDER / "interaction_peers" / name for name in ("frozen_text.py", "hello.py"))
TEXT_PAGE = "text-only page, imports frozen"
ROUNDS = FEWEST_ROUNDS
SAMPLE = "[data-testid=stMarkdown]"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Press:
    """Milliseconds until the answer is painted: from the key, and from the message that the key sent to the server."""

    from_key: float
    from_message: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """Arrow keys to the right and back on `focus`; `texts` is what `result` reads at each place on the way."""

    page: Page
    focus: Locator
    result: str
    texts: tuple[str, ...]

    def __call__(self) -> list[Press]:
        """Go there and back once, a press at a time."""
        self.page.bring_to_front()
        self.focus.focus()
        turn = len(self.texts) - 1
        presses = [press(self.page, "ArrowRight", self.result, text) for text in self.texts[1:]]
        return presses + [press(self.page, "ArrowLeft", self.result, self.texts[at]) for at in reversed(range(turn))]


def alternate(contestants: Sequence[Callable[[], Sequence[T]]], rounds: int = ROUNDS) -> list[list[T]]:
    """All samples of each contestant, called in turn `rounds` times; every second round goes backwards."""
    samples: list[list[T]] = [[] for _ in contestants]
    turns = list(zip(contestants, samples, strict=True))
    for index in range(rounds):
        for contestant, taken in turns if index % 2 == 0 else reversed(turns):
            taken.extend(contestant())
    return samples


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (above 0, at most 1) of all samples do not exceed."""
    return sorted(samples)[math.ceil(share * len(samples)) - 1]


def press(page: Page, key: str, result: str, text: str | None) -> Press:
    """Press `key` once and wait until `result` reads `text` (None: anything new) and the page is at rest again."""
    page.evaluate("([result, text]) => stopwatch.arm(result, text)", [result, text])
    page.keyboard.press(key)
    taken = Press(*page.evaluate("stopwatch.painted()"))
    rest(page)
    return taken


def rest(page: Page) -> None:
    """Wait until no script runs and what it changed has been drawn."""
    page.wait_for_timeout(120)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(80)


def sweep(page: Page, focus: Locator, result: str, places: int) -> Sweep:
    """A sweep over `places` places to the right of where `focus` stands: each is computed once, and read the second time.

    Raises:
        RuntimeError: two neighbours read the same, so that nothing would tell when the second is there.
    """
    focus.focus()
    for key in ["ArrowRight"] * places + ["ArrowLeft"] * places:
        press(page, key, result, None)
    texts = [_read(page, result)]
    for _ in range(places):
        press(page, "ArrowRight", result, None)
        texts.append(_read(page, result))
    for _ in range(places):
        press(page, "ArrowLeft", result, None)
    if any(one == other for one, other in pairwise(texts)):
        raise RuntimeError(f"{result} reads the same at two neighbouring places of a sweep")
    return Sweep(page, focus, result, tuple(texts))


def slider(page: Page, name: str) -> Locator:
    """The slider called `name`."""
    return page.get_by_role("slider", name=name)  # Streamlit names it twice, "Steps Steps"


def open_page(page: Page, address: str, result: str) -> None:
    """Go there and wait until `result` is on the page and nothing moves."""
    page.goto(address)
    page.wait_for_selector(result, state="attached")
    rest(page)


@contextmanager
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of its own, 1440 x 900, with the stopwatch in it."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.add_init_script(path=FOLDER / "driver.js")
        yield context.new_page()


def row(what: str, ours: float, peer: float, peer_name: str, aim: float | None = None) -> Row:
    """One comparison in milliseconds."""
    return Row(what, ours, peer, peer_name, aim, unit="ms")


def _read(page: Page, result: str) -> str:
    return page.evaluate("result => stopwatch.read(result)", result)
