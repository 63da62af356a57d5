"""A web server on this machine that answers, fails and falls silent as a test asks."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """`answer` is called for each request; `release` lets answers that wait go on."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = lambda handler: handler.send_error(404)
        self.requests = 0
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file.pth"

    def sends(self, body: bytes) -> None:
        self.answer = lambda handler: send(handler, body, len(body))

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


def send(handler: BaseHTTPRequestHandler, body: bytes, stated: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(stated))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.requests += 1
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
