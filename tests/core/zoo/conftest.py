"""A web server on this machine that answers, resumes, breaks off, drips and falls silent as a test asks."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """`answer` is called for each request; `release` lets answers that wait go on; `ranges` is what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = lambda handler: handler.send_error(404)
        self.paths: list[str] = []
        self.ranges: list[str | None] = []
        self.sent = 0
        self.release = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"{self.base}/file.pth"

    @property
    def requests(self) -> int:
        return len(self.paths)

    def sends(self, body: bytes) -> None:
        """The whole file, whatever the range."""
        self.answer = lambda handler: send(handler, body, len(body))

    def resumes(self, body: bytes, *, cut: int | None = None, pause: float = 0.0) -> None:
        """What was asked for, in pieces, with `pause` seconds between them; the connection ends after `cut` bytes."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            start = begin_rest(handler, body)
            rest = body[start:] if cut is None else body[start : start + cut]
            for place in range(0, len(rest), 8192):
                handler.wfile.write(rest[place : place + 8192])
                self.sent += len(rest[place : place + 8192])
                time.sleep(pause)

        self.answer = answer

    def serves(self, files: Mapping[str, bytes]) -> None:
        """Each file under its name; of another there is none."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            name = handler.path.rpartition("/")[2]
            if name in files:
                send(handler, files[name], len(files[name]))
            else:
                handler.send_error(404)

        self.answer = answer

    def truncates(self, body: bytes, stated: int) -> None:
        self.answer = lambda handler: send(handler, body, stated)

    def stalls_after(self, body: bytes, stated: int) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            send(handler, body, stated)
            self.release.wait(10)

        self.answer = answer

    def stalls_then_finishes(self, first: bytes, rest: bytes) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            send(handler, first, len(first) + len(rest))
            self.release.wait(10)
            handler.wfile.write(rest)

        self.answer = answer

    def drips(self, body: bytes) -> None:
        """A byte now and then, so that it is never silent and never through."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            send(handler, b"", len(body))
            for byte in body:
                if self.release.wait(0.05):
                    return
                handler.wfile.write(bytes([byte]))

        self.answer = answer

    def redirects(self, address: str) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", address)
            handler.end_headers()

        self.answer = answer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def send(handler: BaseHTTPRequestHandler, body: bytes, stated: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(stated))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def begin_rest(handler: BaseHTTPRequestHandler, body: bytes) -> int:
    """The head of the answer to a range, and where it begins; 416 where nothing is left."""
    asked = handler.headers.get("Range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    if asked and start >= len(body):
        handler.send_error(416)
        return len(body)
    handler.send_response(206 if asked else 200)
    handler.send_header("Content-Length", str(len(body) - start))
    if asked:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.end_headers()
    return start


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.ranges.append(self.headers.get("Range"))
        self.server.answer(self)

    def log_message(self, format: str, *values: object) -> None:
        """Tests read no log."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.release.set()
        running.shutdown()
        thread.join()
