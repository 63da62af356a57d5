"""Fetching one file over HTTP: it arrives whole and checked under its final name, or not at all.

Every way to fail has words of its own, with what to do next.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import DownloadError

Progress = Callable[[int, int], None]
"""Called with the bytes received so far and the bytes there will be."""

CHUNK = 1 << 16
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError, http.client.HTTPException)


def fetch(
    url: str,
    target: Path,
    *,
    digest: str,
    size: int,
    progress: Progress,
    timeout: float = 20.0,
    deadline: float = 900.0,
) -> None:
    """Download `url` to `target`, replacing what is there.

    The bytes go to a file of their own beside `target`, which takes the final name only when their SHA-256 begins with
    `digest` (hexadecimal). `size` in bytes is told to `progress` where the server does not state it. The server may
    stay silent for `timeout` seconds at a time and take `deadline` seconds in all.

    Raises:
        DownloadError: server, connection, checksum or disk failed; nothing is left behind.
    """
    host = urlsplit(url).hostname or url
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
    try:
        with _disk(size):
            partial.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file, closing(_chunks(url, host, timeout, deadline)) as chunks:
                found = hashlib.sha256()
                received = 0
                for chunk, total in chunks:
                    file.write(chunk)
                    found.update(chunk)
                    received += len(chunk)
                    progress(received, total or size)
                file.flush()
                os.fsync(file.fileno())  # else a power cut could leave an empty file under the final name
            _check(found.hexdigest(), digest, host)
            partial.replace(target)
    finally:
        with suppress(OSError):  # a folder that can't be written holds no partial file
            partial.unlink(missing_ok=True)


def _chunks(url: str, host: str, timeout: float, deadline: float) -> Generator[tuple[bytes, int], None, None]:
    """The body piece by piece, each with the size the server states (0: it does not)."""
    end = time.monotonic() + deadline
    request = urllib.request.Request(url, headers={"User-Agent": "vision-lab"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            total = response.length or 0
            received = 0
            # read1 returns what one packet brought; read would wait for a whole chunk, however slowly it trickles.
            while chunk := response.read1(CHUNK):
                received += len(chunk)
                yield chunk, total
                if time.monotonic() > end:
                    raise TimeoutError
            if received < total:
                raise http.client.IncompleteRead(b"", total - received)
    except (OSError, http.client.HTTPException) as error:
        raise _network_trouble(error, host) from error


def _check(found: str, digest: str, host: str) -> None:
    if not found.startswith(digest):
        raise DownloadError(
            f"What {host} sent is not the file the lab asked for: its checksum is different.",
            "Nothing was kept. Try again; if this comes back, something between this server and the internet "
            "changes downloads.",
        )


def _network_trouble(error: OSError | http.client.HTTPException, host: str) -> DownloadError:
    if isinstance(error, urllib.error.HTTPError):
        error.close()  # it holds the connection
        return _status_trouble(error.code, host)
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return DownloadError(f"{host} did not answer in time.", "Nothing was kept. Try again in a few minutes.")
    if isinstance(reason, BROKEN_OFF):
        return DownloadError(f"The download from {host} broke off.", "Nothing was kept. Try again.")
    if isinstance(reason, ssl.SSLError):
        return DownloadError(
            f"{host} could not prove that it is {host}.",
            "Check the clock and the certificates of this server, then try again.",
        )
    return DownloadError(
        f"This server can't reach {host}.", "Check that it may connect to the internet, then try again."
    )


def _status_trouble(code: int, host: str) -> DownloadError:
    if code in (404, 410):
        return DownloadError(
            f"{host} does not have this file any more (HTTP {code}).",
            "Choose another network, and tell whoever runs this server.",
        )
    return DownloadError(f"{host} refused to send the file (HTTP {code}).", "Try again in a few minutes.")


@contextmanager
def _disk(size: int) -> Iterator[None]:
    """Give what the file system says the visitor's words. Trouble of the network has its own already."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DownloadError(
                "The disk of this server is full.", f"Free at least {size / 2**20:.1f} MB there, then try again."
            ) from error
        raise DownloadError(
            "This server can't write to the folder of its weights.",
            "Make the folder hub/checkpoints in TORCH_HOME writable, or point TORCH_HOME elsewhere, then try again. "
            f"({type(error).__name__})",
        ) from error
