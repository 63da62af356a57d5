"""What a host answers over HTTP, piece by piece and with its silences; and trouble of the network in words.

Nothing here knows of files: whoever listens decides what becomes of the bytes, and may leave at any moment.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any
from urllib.parse import urlsplit

from core.errors import DownloadError

CHUNK = 1 << 16
PULSE = 0.1  # seconds between two looks at whether anybody still listens
SCHEMES = ("http", "https")
BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Opening:
    """How an answer begins: the place of its first byte in the file, and the bytes of the file (0: not stated)."""

    start: int
    total: int


Answer = Generator[Opening | bytes | None, None, None]
"""How an answer begins, then its bytes, and None for each moment of silence; to be closed by who stops listening."""


class NetworkTrouble(Exception):  # noqa: N818 - not for people: `in_words` makes an error of it
    """Why an answer did not come, or not to its end.

    `status` is what a host that refuses says (HTTP); None for any other reason. `opened`: the answer may have begun.
    """

    def __init__(self, reason: OSError | http.client.HTTPException, opened: bool) -> None:
        super().__init__(reason)
        self.reason = reason.reason if isinstance(reason, urllib.error.URLError) else reason
        self.status = reason.code if isinstance(reason, urllib.error.HTTPError) else None
        self.opened = opened


def host(url: str) -> str:
    """The name of the host, for people. Refuses what is not an address on the web, such as a file of this server.

    Raises:
        DownloadError: the address does not begin with http:// or https://, or names no host.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        _ = parts.port  # is checked only when asked for
        if parts.scheme in SCHEMES and parts.hostname:
            return parts.hostname
    raise DownloadError(
        f"The weights can't come from '{url}': that is not an address on the web.",
        "Let VISION_LAB_MIRROR begin with https:// or http://, or unset it.",
    )


def answer(url: str, *, start: int, timeout: float) -> Answer:
    """Ask for a file from byte `start` on. A host that can't go on from there may begin elsewhere; see `Opening`.

    A thread of its own reads: nothing else ends a look-up of a name, or a read from a silent host, when the caller
    leaves. A reader that is left behind ends with its next packet or after `timeout`, and tells nobody.

    Raises:
        NetworkTrouble: the host did not answer, refused, broke off, or was silent for `timeout` seconds.
    """
    box: Queue[Mail] = Queue(maxsize=8)
    left = threading.Event()
    threading.Thread(target=_read, args=(url, start, timeout, box, left), name="reader of weights", daemon=True).start()
    try:
        heard = time.monotonic()
        while True:
            try:
                mail = box.get(timeout=PULSE)
            except Empty:
                if time.monotonic() - heard > timeout:
                    raise NetworkTrouble(TimeoutError(), opened=True) from None
                yield None
                continue
            if mail is None:
                return
            if isinstance(mail, BaseException):
                raise mail
            yield mail
            heard = time.monotonic()
    finally:
        left.set()


def in_words(trouble: NetworkTrouble, host: str, *, again: str) -> DownloadError:
    """The error a visitor reads. Where nothing helps but another attempt, `again` is its advice."""
    if trouble.status is not None:
        return _status_in_words(trouble.status, host)
    if isinstance(trouble.reason, TimeoutError):
        return DownloadError(f"{host} did not answer in time.", again)
    if trouble.opened or isinstance(trouble.reason, BROKEN_OFF):
        return DownloadError(f"The download from {host} broke off.", again)
    if isinstance(trouble.reason, ssl.SSLError):
        return DownloadError(
            f"{host} could not prove that it is {host}.",
            "Check the clock and the certificates of this server, then try again.",
        )
    return DownloadError(
        f"This server can't reach {host}.", "Check that it may connect to the internet, then try again."
    )


def _status_in_words(code: int, host: str) -> DownloadError:
    if code in (404, 410):
        return DownloadError(
            f"{host} does not have this file any more (HTTP {code}).",
            "Choose another network, and tell whoever runs this server.",
        )
    if 300 <= code < 400:
        return DownloadError(
            f"{host} passes the lab on to an address it does not follow (HTTP {code}).",
            "Tell whoever runs this server; another source or mirror of the weights may help.",
        )
    return DownloadError(f"{host} refused to send the file (HTTP {code}).", "Try again in a few minutes.")


# The reader --------------------------------------------------------------------------------------------------------


Mail = Opening | bytes | BaseException | None


def _read(url: str, start: int, timeout: float, box: Queue[Mail], left: threading.Event) -> None:
    """Put the answer into `box`, then None; or the error that ended it. Stop once nobody listens any more."""
    opened = False
    try:
        headers = {"User-Agent": "vision-lab"} | ({"Range": f"bytes={start}-"} if start else {})
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.build_opener(_SafeRedirects).open(request, timeout=timeout) as response:
            opened = True
            opening = _opening(response)
            _put(opening, box, left)
            received = opening.start
            # read1 returns what one packet brought; read would wait for a whole chunk, however slowly it trickles.
            while not left.is_set() and (chunk := response.read1(CHUNK)):
                received += len(chunk)
                _put(chunk, box, left)
            if received < opening.total:
                raise http.client.IncompleteRead(b"", opening.total - received)
        _put(None, box, left)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        _put(NetworkTrouble(error, opened), box, left)
    except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it, whatever it is
        _put(error, box, left)


def _put(mail: Mail, box: Queue[Mail], left: threading.Event) -> None:
    while not left.is_set():
        try:
            box.put(mail, timeout=PULSE)
        except Full:
            continue
        return


def _opening(response: http.client.HTTPResponse) -> Opening:
    length = response.length or 0
    stated = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    start = int(stated[1]) if response.status == 206 and stated else 0
    return Opening(start, start + length if length else 0)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a host to another address, but not out of HTTP nor from HTTPS to HTTP."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401 - declared as IO[bytes], which an HTTPResponse is not
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request to the other address, or the error that the host's own answer then is."""
        scheme = urlsplit(newurl).scheme
        if scheme not in SCHEMES or (req.type == "https" and scheme == "http"):
            raise urllib.error.HTTPError(newurl, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
