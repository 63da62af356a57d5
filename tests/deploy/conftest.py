"""Chromium, two processes of the app from the files of the image, and nginx between them. What is missing fails the tests."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.server import serving
from tests.deploy.image import unpack
from tests.deploy.nginx import NAME, Proxy, proxying

expect.set_options(timeout=20_000)
PATH_OF = "http://"


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Host and port of two processes of the app, started in a folder that holds what the image would."""
    folder, home = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("weights")
    unpack(folder)
    given = {"TORCH_HOME": str(home), "VISION_LAB_OFFLINE": "1", "STREAMLIT_SERVER_COOKIE_SECRET": "a secret of two"}
    with serving("serve.py", folder, **given) as first, serving("serve.py", folder, **given) as second:
        yield first.removeprefix("http://"), second.removeprefix("http://")


@pytest.fixture(scope="session")
def proxy(processes: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxying(processes, tmp_path_factory.mktemp("nginx")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that finds the name of the recipe on this machine, and plays a camera of its own."""
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    args = [*chromium.ARGS, *camera, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=args)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who accepts the certificate that the test has made."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A tab in which no script throws and the policy blocks nothing."""
    tab = visitor.new_page()
    tab.set_default_timeout(30_000)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda told: errors.append(told.text) if "Content Security Policy" in told.text else None)
    yield tab
    assert errors == []


class Answer:
    """What the proxy answered: status, headers as they came, and the first bytes of the body."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]

    def header(self, name: str) -> str | None:
        """The value of a header, None where it is missing. It must not be there twice.

        Raises:
            ValueError: it is.
        """
        values = [value for key, value in self.headers if key == name.lower()]
        if len(values) > 1:
            raise ValueError(f"{name} is there {len(values)} times")
        return values[0] if values else None


def ask(proxy: Proxy, path: str, method: str = "GET", *, tls: bool = True, length: int = 0, **headers: str) -> Answer:
    """Send one request and read its answer, without a browser. A body of `length` bytes is announced and never sent."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {NAME}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {length}"] if length else []
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", proxy.https if tls else proxy.http), timeout=20) as plain:
        if not tls:
            return _exchanged(plain, request)
        context = ssl.create_default_context(cafile=str(Path(proxy.folder, "certificate.pem")))
        with context.wrap_socket(plain, server_hostname=NAME) as secure:
            return _exchanged(secure, request)


def _exchanged(connection: socket.socket, request: bytes) -> Answer:
    connection.sendall(request)
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return Answer(received)
