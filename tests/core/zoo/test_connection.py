import errno
import random
import socket
import threading
import time
from contextlib import closing
from http.client import HTTPMessage, HTTPResponse
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from core.errors import DownloadError
from core.zoo import connection
from core.zoo.connection import CHUNK, Answer, NetworkTrouble, Opening, answer, host, in_words

BODY = random.Random(0).randbytes(256 * 1024)
AGAIN = "Go on from there."
SOON = 8.0  # seconds, on the busiest machine: less than a look-up that hangs (10) and a server that may be silent (20)
Piece = Opening | bytes | None


def listen(url: str, *, start: int = 0, timeout: float = 20.0) -> tuple[list[Piece], NetworkTrouble | None]:
    """All that can be heard, and the trouble that ended it."""
    heard = []
    with closing(answer(url, start=start, timeout=timeout)) as pieces:
        try:
            for piece in pieces:
                heard.append(piece)
        except NetworkTrouble as trouble:
            return heard, trouble
    return heard, None


def content(heard: list[Piece]) -> bytes:
    """The bytes of an answer, all of which follow its opening."""
    opening, *pieces = (piece for piece in heard if piece is not None)
    assert isinstance(opening, Opening)
    return b"".join(pieces)


def opened(heard: list[Piece]) -> Opening:
    return next(piece for piece in heard if piece is not None)


def until(pieces: Answer, count: int) -> list[Piece]:
    """What is heard until so many bytes are here."""
    heard = []
    while sum(len(piece) for piece in heard if isinstance(piece, bytes)) < count:
        heard.append(next(pieces))
    return heard


def failure(url: str, **options) -> str:
    """The words for an answer that did not come, or not to its end."""
    _, trouble = listen(url, **options)
    assert trouble is not None
    return str(in_words(trouble, host(url), again=AGAIN))


def no_reader_is_left() -> bool:
    end = time.monotonic() + SOON
    while any(thread.name == "reader of weights" for thread in threading.enumerate()):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


# An answer that comes ----------------------------------------------------------------------------------------------


def test_an_answer_says_where_it_begins_and_holds_every_byte(server):
    server.resumes(BODY)
    heard, trouble = listen(server.url)
    assert trouble is None
    assert opened(heard) == Opening(0, len(BODY))
    assert content(heard) == BODY
    assert server.ranges == [None]


def test_only_the_rest_is_asked_for(server):
    server.resumes(BODY)
    heard, trouble = listen(server.url, start=5000)
    assert trouble is None
    assert opened(heard) == Opening(5000, len(BODY))
    assert content(heard) == BODY[5000:]
    assert server.ranges == ["bytes=5000-"]


def test_a_server_that_knows_no_ranges_begins_at_the_first_byte(server):
    server.sends(BODY)
    heard, trouble = listen(server.url, start=5000)
    assert trouble is None
    assert opened(heard) == Opening(0, len(BODY))
    assert content(heard) == BODY


def test_an_answer_begins_where_the_server_says_not_where_it_should(server):
    def gap(handler):
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 6000-{len(BODY) - 1}/{len(BODY)}")
        handler.send_header("Content-Length", str(len(BODY) - 6000))
        handler.end_headers()
        handler.wfile.write(BODY[6000:])

    server.answer = gap
    heard, _ = listen(server.url, start=5000)
    assert opened(heard) == Opening(6000, len(BODY))
    assert content(heard) == BODY[6000:]


def test_a_range_beside_a_whole_answer_means_nothing(server):
    def whole(handler):
        handler.send_response(200)
        handler.send_header("Content-Range", f"bytes 5000-{len(BODY) - 1}/{len(BODY)}")
        handler.send_header("Content-Length", str(len(BODY)))
        handler.end_headers()
        handler.wfile.write(BODY)

    server.answer = whole
    heard, _ = listen(server.url, start=5000)
    assert opened(heard) == Opening(0, len(BODY))
    assert content(heard) == BODY


def test_an_answer_of_unknown_length_ends_with_the_connection(server):
    def without_length(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    server.answer = without_length
    heard, trouble = listen(server.url)
    assert trouble is None
    assert opened(heard) == Opening(0, 0)
    assert content(heard) == BODY


def test_a_server_may_be_silent_again_and_again_if_each_time_is_short(server):
    body = BODY[: 6 * 8192]
    server.resumes(body, pause=0.2)
    heard, trouble = listen(server.url, timeout=0.8)
    assert trouble is None
    assert None in heard
    assert content(heard) == body


def test_who_listens_slowly_misses_nothing(server):
    body = BODY * 8
    server.sends(body)
    with closing(answer(server.url, start=0, timeout=0.8)) as pieces:
        heard = until(pieces, 1)
        time.sleep(1.0)  # longer than the server may be silent, but it is not the server who is
        heard.extend(pieces)
    assert len(body) > 8 * CHUNK
    assert content(heard) == body


def test_a_redirect_on_the_web_is_followed_with_the_range(server):
    server.resumes(BODY)
    rest = server.answer

    def elsewhere(handler):
        if handler.path == "/file.pth":
            server.redirects("/elsewhere")
            server.answer(handler)
            server.answer = rest

    server.answer = elsewhere
    heard, trouble = listen(server.url, start=5000)
    assert trouble is None
    assert opened(heard) == Opening(5000, len(BODY))
    assert content(heard) == BODY[5000:]
    assert server.ranges == ["bytes=5000-"] * 2
    assert server.paths == ["/file.pth", "/elsewhere"]


# Who listens may leave ---------------------------------------------------------------------------------------------


def test_silence_is_heard_as_it_happens(server):
    server.stalls_then_finishes(BODY[:5000], BODY[5000:])
    with closing(answer(server.url, start=0, timeout=20.0)) as pieces:
        heard = until(pieces, 5000)
        began = time.monotonic()
        assert [next(pieces) for _ in range(3)] == [None] * 3
        assert time.monotonic() - began < SOON
        server.release.set()
        heard.extend(pieces)
    assert content(heard) == BODY


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "dripping"])
def test_who_leaves_is_free_at_once(server, silent):
    server.stalls_after(BODY[:5000], len(BODY)) if silent else server.drips(BODY)
    pieces = answer(server.url, start=0, timeout=20.0)
    heard = [*until(pieces, 5000 if silent else 2), next(pieces)]
    began = time.monotonic()
    pieces.close()
    assert time.monotonic() - began < SOON
    assert BODY[:5000].startswith(content(heard))


def test_who_leaves_during_a_look_up_of_a_name_is_free_at_once(server, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: server.release.wait(10) and [])
    began = time.monotonic()
    with closing(answer(server.url, start=0, timeout=20.0)) as pieces:
        assert [next(pieces), next(pieces)] == [None, None]
    assert time.monotonic() - began < SOON


def test_who_leaves_leaves_no_reader_behind(server):
    server.drips(BODY)
    with closing(answer(server.url, start=0, timeout=20.0)) as pieces:
        until(pieces, 1)
    assert no_reader_is_left()


def test_a_reader_of_a_silent_server_ends_after_the_timeout(server):
    server.stalls_after(BODY[:5000], len(BODY))
    with closing(answer(server.url, start=0, timeout=0.3)) as pieces:
        until(pieces, 5000)
    assert no_reader_is_left()


def test_who_leaves_much_unheard_leaves_no_reader_behind(server):
    server.sends(BODY * 8)
    with closing(answer(server.url, start=0, timeout=20.0)) as pieces:
        until(pieces, 1)
        time.sleep(0.3)  # the reader has more to give than is taken
    assert no_reader_is_left()


# Ways to fail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [404, 410])
def test_a_missing_file_says_that_it_is_gone(server, code):
    server.answer = lambda handler: handler.send_error(code)
    assert f"does not have this file any more (HTTP {code})" in failure(server.url)


@pytest.mark.parametrize("code", [403, 416, 500, 503])
def test_a_busy_server_says_to_come_back(server, code):
    server.answer = lambda handler: handler.send_error(code)
    words = failure(server.url)
    assert f"refused to send the file (HTTP {code})" in words
    assert "in a few minutes" in words


def test_the_status_tells_a_refusal_from_other_trouble(server):
    server.answer = lambda handler: handler.send_error(416)
    heard, refused = listen(server.url, start=5000)
    assert heard == []
    assert (refused.status, refused.opened) == (416, False)
    server.truncates(BODY[:5000], len(BODY))
    _, broken = listen(server.url)
    assert (broken.status, broken.opened) == (None, True)


def test_a_body_that_ends_early_says_that_it_broke_off(server):
    server.truncates(BODY[:5000], len(BODY))
    heard, _ = listen(server.url)
    assert content(heard) == BODY[:5000]
    assert failure(server.url) == f"The download from 127.0.0.1 broke off. {AGAIN}"


def test_an_answer_that_is_not_http_says_that_it_broke_off(server):
    server.answer = lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")
    assert failure(server.url) == f"The download from 127.0.0.1 broke off. {AGAIN}"


def test_a_network_that_goes_away_half_way_says_that_it_broke_off(server, monkeypatch):
    def gone(response, amount, really=HTTPResponse.read1):
        if response.length < len(BODY):
            raise OSError(errno.EHOSTUNREACH, "No route to host")
        return really(response, amount)

    monkeypatch.setattr(HTTPResponse, "read1", gone)
    server.sends(BODY)
    assert failure(server.url) == f"The download from 127.0.0.1 broke off. {AGAIN}"


def test_a_silent_server_is_given_up_after_the_timeout(server):
    server.stalls_after(BODY[:5000], len(BODY))
    began = time.monotonic()
    heard, trouble = listen(server.url, timeout=0.3)
    assert 0.3 <= time.monotonic() - began < SOON
    assert content(heard) == BODY[:5000]
    assert str(in_words(trouble, "there", again=AGAIN)) == f"there did not answer in time. {AGAIN}"


def test_a_look_up_of_a_name_that_takes_too_long_is_given_up(server, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: server.release.wait(10) and [])
    began = time.monotonic()
    assert failure(server.url, timeout=0.3) == f"127.0.0.1 did not answer in time. {AGAIN}"
    assert time.monotonic() - began < SOON


def test_a_refused_port_says_that_the_host_cannot_be_reached(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        words = failure(f"http://127.0.0.1:{free.getsockname()[1]}/file.pth")
    assert "This server can't reach 127.0.0.1." in words


def test_a_name_nobody_knows_says_that_the_host_cannot_be_reached(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "This server can't reach weights.invalid." in failure("http://weights.invalid/f")


def test_a_server_that_speaks_no_tls_is_not_trusted(server):
    server.sends(BODY)
    words = failure(server.url.replace("http:", "https:"), timeout=2.0)
    assert "could not prove that it is 127.0.0.1" in words


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/file.pth", "file:///etc/hostname", "/file.pth"])
def test_a_redirect_out_of_the_web_or_in_a_circle_is_not_followed(server, address):
    server.redirects(address)
    assert "passes the lab on to an address it does not follow (HTTP 302)" in failure(server.url)


def test_a_redirect_may_not_give_up_encryption():
    request = Request("https://weights.invalid/f")
    with pytest.raises(HTTPError):
        connection._SafeRedirects().redirect_request(request, None, 302, "", HTTPMessage(), "http://weights.invalid/f")


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://host/f", "weights/f", "http://", "http://host:door/f"])
def test_what_is_no_address_on_the_web_is_refused(url):
    with pytest.raises(DownloadError, match="that is not an address on the web"):
        host(url)


@pytest.mark.parametrize("url", ["https://weights.org/f", "http://me:secret@weights.org:8080/f"])
def test_the_host_is_named_without_port_or_password(url):
    assert host(url) == "weights.org"


def test_an_error_of_the_lab_itself_reaches_the_caller(server, monkeypatch):
    monkeypatch.setattr(connection, "_opening", {}.__getitem__)
    server.sends(BODY)
    with pytest.raises((KeyError, TypeError)):
        listen(server.url)
