"""Machines with little: a home that nothing can be written to, and a single thread. Every page opens, and what can't be is told.

A server of its own, and a websocket for each page: see `benchmarks.visitor`.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.visitor import Answer, visiting
from core.zoo.catalog import card
from tests.browser.server import serving
from ui.menu import PAGES

pytestmark = pytest.mark.slow

PATHS = tuple(Path(page.file).stem.removeprefix("app") for page in PAGES)
OFFERED = "mobilenet_v3_large"
SEALED = Path("/sys")
"""A folder of Linux in which nobody makes a file, not even root, for whom modes mean nothing."""


@contextmanager
def one_core() -> Iterator[None]:
    """What is started in the block has one core."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system does not tie processes to cores")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def opened(address: str) -> dict[str, Answer]:
    """Every page as its first visitor sees it; an exception on one is an error here."""

    async def visits() -> dict[str, Answer]:
        found = {}
        for path in PATHS:
            async with visiting(address, path, "methods=Grad-CAM") as visitor:
                found[path] = await visitor.open()
        return found

    return asyncio.run(visits())


def problems(answer: Answer) -> list[str]:
    """What a page says went wrong."""
    return [one.alert.body for one in answer.elements if one.WhichOneof("type") == "alert"]


@pytest.mark.skipif(sys.platform != "linux", reason="/sys is Linux's")
def test_in_a_home_that_is_read_only_every_page_works_and_a_download_says_why_it_can_not_be():
    with serving(HOME=str(SEALED), TORCH_HOME=str(SEALED / "torch")) as address:
        assert {path: problems(answer) for path, answer in opened(address).items()} == {path: [] for path in PATHS}
        (said,) = asyncio.run(downloaded(address))
    assert "This server can't write to the folder of its weights." in said


async def downloaded(address: str) -> list[str]:
    """What a page says of a download that a visitor asks for."""
    async with visiting(address, query=f"model={OFFERED}") as visitor:
        await visitor.open()
        said = problems(await visitor.press(f"Download, {card(OFFERED).megabytes}"))
        for _ in range(60):
            if said:
                break
            await asyncio.sleep(0.5)
            said = problems(await visitor.open())
        return said


def test_with_one_thread_on_one_core_every_page_works_and_says_so():
    with one_core(), serving(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1") as address:
        found = opened(address)
    assert {path: problems(answer) for path, answer in found.items()} == {path: [] for path in PATHS}
    assert "**CPU · 1 thread**" in found[""].texts()
