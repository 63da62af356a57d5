"""Journeys through faults: the server dies during a run and comes back, a tab is closed during one, there is no camera.

The other faults, and where each is tested, are listed in `tests/faults/conftest.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.pages import chosen_photo, open_page, settled, take_photo

RUN = "style-paint"
LIGHT = "photo=coffee&style-side=256&style-octaves=1"
PATIENCE = 120_000  # ms: a server starts meanwhile, on a machine that may be busy
LOST = "Connection error"
SLEEP = 0.05
"""Seconds that each step of the run sleeps whose tab is closed: on any machine a second has no more than 20 of them."""


def button(page: Page, run: str, which: str):
    """One of the buttons of a run."""
    return page.locator(f".st-key-{run}-{which} button")


def painting(page: Page) -> None:
    """Start it, and wait until it counts its updates."""
    expect(button(page, RUN, "start")).to_be_visible(timeout=PATIENCE)
    settled(page)
    button(page, RUN, "start").click()
    expect(page.get_by_text(re.compile(r"^Update \d+ of "))).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def serve(empty_home: Path) -> Iterator[Callable]:
    """`serve(port)`: the server there, which dies in the end; it hands over what kills it at once."""
    with ExitStack() as ends:

        def served(port: int) -> Callable[[], object]:
            process = server.started(port, TORCH_HOME=str(empty_home))
            ends.callback(process.wait, 10)
            ends.callback(process.kill)
            server.answering(port, process)
            return lambda: (process.kill(), process.wait(10))

        yield served


def test_a_server_that_dies_during_a_run_and_comes_back_is_found_again_by_the_page(tabs, serve):
    """Streamlit says that the connection is lost and goes on trying. Then the page is there again, in a new session with the
    settings of before: the run is gone and can be started again. Photos of one's own are gone too: they were in its memory."""
    port, page = server.free_port(), tabs()
    page.set_default_timeout(PATIENCE)
    kill = serve(port)
    open_page(page, f"http://127.0.0.1:{port}/style?{LIGHT}")
    painting(page)
    kill()
    expect(page.get_by_text(LOST)).to_be_visible(timeout=PATIENCE)
    serve(port)
    expect(page.get_by_text(LOST)).to_be_hidden(timeout=PATIENCE)
    expect(button(page, RUN, "start")).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert chosen_photo(page) == "Coffee"
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    painting(page)
    button(page, RUN, "stop").click()
    expect(page.get_by_text(re.compile("^Stopped"))).to_be_visible()


@pytest.fixture(scope="module")
def live_app() -> Iterator[str]:
    with server.serving(Path(__file__).with_name("live_app.py"), PYTHONPATH=str(server.ROOT)) as url:
        yield url


def computed(page: Page, name: str = "a") -> int:
    """How many steps the visitor `name` has had computed so far."""
    line = page.get_by_test_id("stText").filter(has_text="computed")
    look = int(line.inner_text().split(":")[0].removeprefix("look "))
    page.get_by_role("button", name="Look again").click()
    expect(line).to_have_text(re.compile(f"^look {look + 1}:"))
    found = re.search(rf"{name} computed (\d+)", line.inner_text())
    assert found
    return int(found[1])


def test_a_run_whose_tab_is_closed_computes_for_a_second_at_most(page, tabs, live_app):
    open_page(page, f"{live_app}/other")
    expect(page.get_by_test_id("stText")).to_be_visible()
    closing = tabs()
    open_page(closing, f"{live_app}/?slow={SLEEP}")
    button(closing, "toy", "start").click()
    expect(closing.get_by_text(re.compile(r"^Step \d+"))).to_be_visible()
    before = computed(page)
    page.wait_for_timeout(1_000)
    assert computed(page) > before, "it goes on"
    closing.context.close()
    assert computed_alone(page, "a") <= 1 / SLEEP


def computed_alone(page: Page, name: str) -> int:
    """How many more steps are computed for a visitor who has just left, until none comes any more."""
    first = last = computed(page, name)
    for _ in range(60):
        page.wait_for_timeout(1_000)  # four ticks of a run that goes on, or twenty passes
        last, earlier = computed(page, name), last
        if last == earlier:
            return last - first
    raise AssertionError("it goes on without its tab")


def test_an_answer_whose_tab_is_closed_is_computed_for_a_second_at_most(page, tabs, live_app):
    """Between two passes of a network it is noticed that nobody waits, though the page never comes to touch Streamlit."""
    open_page(page, f"{live_app}/other")
    expect(page.get_by_test_id("stText")).to_be_visible()
    closing = tabs()
    open_page(closing, f"{live_app}/answer?name=b")
    expect(closing.get_by_text("it is computed now")).to_be_visible()
    before = computed(page, "b")
    for _ in range(60):
        page.wait_for_timeout(1_000)
        if computed(page, "b") > before:
            break
    else:
        raise AssertionError("it does not begin")
    closing.context.close()
    assert computed_alone(page, "b") <= 1 / SLEEP


def test_without_a_camera_the_tray_says_so_and_the_rest_works(page, app):
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    page.get_by_text("Camera", exact=True).click()
    expect(page.get_by_text("This app would like to use your camera.")).to_be_visible()
    expect(page.get_by_test_id("stCameraInputButton")).to_be_disabled()
    page.keyboard.press("Escape")
    take_photo(page, "Rocket")
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Rocket")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
