"""Chromium and servers for the journeys. A missing browser fails them; it never skips them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.exceptions import Shown
from tests.browser.server import serving
from tests.conftest import SHARED_TORCH_HOME
from tests.core.zoo.conftest import Server
from tests.core.zoo.conftest import server as server

expect.set_options(timeout=20_000)  # ms: on a busy machine an answer takes longer than the 5 s that Playwright allows


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def shown() -> Shown:
    """The exceptions that the tabs of all browsers have shown."""
    return Shown()


@pytest.fixture(autouse=True)
def no_exception(shown: Shown) -> Iterator[None]:
    """Fails a test when an exception was on a page of it at any time, in any tab."""
    yield
    shown.check()


@pytest.fixture(scope="session")
def browser(shown: Shown) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=list(chromium.ARGS))
        browser.on("context", shown.watch)
        yield browser
        browser.close()


@pytest.fixture
def camera_browser(browser: Browser, shown: Shown) -> Iterator[Browser]:
    """A Chromium that plays a camera of its own and grants it."""
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    other = browser.browser_type.launch(executable_path=chromium.ensure(), args=[*chromium.ARGS, *fake])
    other.on("context", shown.watch)
    yield other
    other.close()


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TORCH_HOME without any weights: what a first start without a network finds."""
    return tmp_path_factory.mktemp("torch_home")


@pytest.fixture(scope="session")
def app(empty_home: Path) -> Iterator[str]:
    """The app on a server without weights and without a way to the internet."""
    nowhere = "http://127.0.0.1:9"
    with serving(
        TORCH_HOME=str(empty_home), http_proxy=nowhere, https_proxy=nowhere, no_proxy="127.0.0.1,localhost"
    ) as url:
        yield url


@pytest.fixture(scope="session")
def app_with_weights() -> Iterator[str]:
    """The app on a server that has SqueezeNet 1.1."""
    home = os.environ.get("TORCH_HOME", str(SHARED_TORCH_HOME))
    if not (Path(home) / "hub/checkpoints/squeezenet1_1-b8a52dc0.pth").is_file():
        pytest.skip("no squeezenet1_1-b8a52dc0.pth in TORCH_HOME")
    with serving(TORCH_HOME=home) as url:
        yield url


@pytest.fixture
def mirror(server: Server) -> Server:
    """A web server on this machine, for the app to download from."""
    return server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab, 1440 x 900, that fails the test when the page throws or asks for anything outside the server."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: errors.append(request.url) if _outside(request.url) else None)
    yield tab
    context.close()
    assert errors == []


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`tabs(**options)`: a tab of another visitor, closed at the end so that its run leaves the lane."""
    opened = []

    def tab(**options: Any) -> Page:
        opened.append(browser.new_context(**options))
        return opened[-1].new_page()

    yield tab
    for context in opened:
        context.close()


def _outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:"))
