"""Fetching one file over HTTP: it arrives whole and checked under its final name, or not at all.

Beside the target lie `<name>.part`, which holds what has arrived and where the next attempt goes on, `<name>.lock`,
which the process that writes holds, and for good `<name>.sha256`, the record of what the file must be.
Every way to fail has words of its own, with what to do next.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import re
import shutil
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Full, Queue
from typing import IO, Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from core.errors import CancelledError, DownloadError

CHUNK = 1 << 16
PULSE = 0.1  # seconds between two looks at whether somebody cancelled
RECENT = 5.0  # seconds the speed is taken over
A_GUESS = 0.3  # seconds below which a speed would be one
SCHEMES = ("http", "https")
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: bytes that are here, bytes in all, and bytes per second over the last few seconds.

    Bytes of earlier attempts count as received but not as speed. `speed` is 0 while it is unknown.
    """

    received: int
    total: int
    speed: float = 0.0

    @property
    def share(self) -> float:
        """What is here of the whole, from 0 to 1."""
        return min(1.0, self.received / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the rest is here at this speed; None while the speed is unknown."""
        return max(0, self.total - self.received) / self.speed if self.speed else None


def fetch(
    url: str,
    target: Path,
    *,
    digest: str,
    size: int,
    progress: Callable[[Progress], None],
    timeout: float = 20.0,
    deadline: float = 3600.0,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Download `url` to `target`, replacing what is there; what an earlier attempt left of it is not asked for again.

    The file takes its final name only when its SHA-256 begins with `digest` (hexadecimal). `size` is what it should
    have in bytes. The server may stay silent for `timeout` seconds at a time and take `deadline` seconds in all.
    `progress` and `cancelled` are called about ten times a second or more often. While another process fetches the
    same file, this one waits for it.

    Raises:
        DownloadError: server, connection, checksum or disk failed. What arrived is kept where that is of use.
        CancelledError: `cancelled` said so. What arrived is kept.
    """
    _Transfer(url, _host(url), target, digest, size, progress, timeout, deadline, cancelled).run()


def recorded(target: Path) -> str | None:
    """The SHA-256 that `fetch` has recorded for a file ("" where the record is damaged); None where it fetched none.

    Raises:
        OSError: there is a record that can't be read.
    """
    try:
        words = _record(target).read_text("utf-8", "replace").split()
    except FileNotFoundError:
        return None
    return words[0] if words else ""


@dataclass(slots=True)
class _Transfer:
    """One call of `fetch`."""

    url: str
    host: str
    target: Path
    digest: str
    size: int
    progress: Callable[[Progress], None]
    timeout: float
    deadline: float
    cancelled: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)

    @property
    def part(self) -> Path:
        """Where what has arrived lies; always the same place, so that the next attempt finds it."""
        return _beside(self.target, ".part")

    def run(self) -> None:
        """Wait for our turn, fetch what is missing, and give it its final name."""
        before = _stamp(self.target)
        with self._disk_in_words():
            self.target.parent.mkdir(parents=True, exist_ok=True)
            with self._turn():
                if _stamp(self.target) not in (None, before):
                    self.progress(Progress(self.size, self.size))  # another process fetched it while this one waited
                    return
                try:
                    _install(self.part, self.target, self._fill())
                except OSError as error:
                    if error.errno in DISK_FULL:
                        self.part.unlink(missing_ok=True)
                    raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only one who writes. Wait while another process does, and tell how far it is."""
        path = _beside(self.target, ".lock")
        lock = FileLock(path)
        pace = _Pace()
        while True:
            with suppress(Timeout):
                lock.acquire(blocking=False)
                break
            received = _bytes(self.part)
            self.progress(Progress(received, self.size, pace.speed(received)))
            self._go_on(received)
            time.sleep(PULSE)
        try:
            yield
            # The lock goes only once the file is whole, as nobody has anything to write then. After a failure it stays:
            # one who waits for the removed lock and one who makes a new one could both write, on some network drives.
            with suppress(OSError):
                path.unlink(missing_ok=True)
        finally:
            lock.release()

    def _fill(self) -> str:
        """Fetch until the part is the file; its SHA-256. A resumed part may be wrong: then once more from zero."""
        tried = fresh = False
        while (found := self._found()) is None:
            if tried:
                self.part.unlink(missing_ok=True)
            if fresh:
                raise _wrong_file(self.host)
            fresh, tried = not self._receive(), True
        return found

    def _found(self) -> str | None:
        """The SHA-256 of the part if that is the file. It is read from the disk, so it speaks of what is there."""
        try:
            with self.part.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        return found if found.startswith(self.digest) else None

    def _receive(self) -> bool:
        """Fetch what the part lacks. Whether it still holds bytes of an earlier attempt, which may be wrong."""
        asked = _bytes(self.part)
        self._check_room(self.size - asked)
        try:
            with self.part.open("ab") as file, closing(_pieces(self.url, asked, self.timeout)) as pieces:
                return self._write(file, asked, pieces)
        except _NetworkTrouble as trouble:
            if trouble.status == 416 and asked:  # the host can't go on from there
                return True
            raise _in_words(trouble, self.host, _bytes(self.part)) from trouble
        finally:
            if _bytes(self.part) == 0:
                self.part.unlink(missing_ok=True)

    def _write(self, file: IO[bytes], asked: int, pieces: Generator[_Opening | bytes | None, None, None]) -> bool:
        start, received, total = asked, asked, self.size
        pace = _Pace()
        for piece in pieces:
            if isinstance(piece, _Opening):
                start = received = piece.start
                total = piece.total or self.size
                file.truncate(start)
            elif piece:
                file.write(piece)
                received += len(piece)
            self.progress(Progress(received, total, pace.speed(received)))
            self._go_on(received)
        return start > 0

    def _go_on(self, received: int) -> None:
        if self.cancelled():
            raise CancelledError("The download was cancelled.", _next_step(received))
        if time.monotonic() - self.began > self.deadline:
            raise DownloadError(
                f"The download from {self.host} is too slow: "
                f"{_megabytes(received)} of {_megabytes(self.size)} came in {self.deadline / 60:.3g} minutes.",
                _next_step(received),
            )

    def _check_room(self, missing: int) -> None:
        disk = shutil.disk_usage(self.target.parent)
        if disk.total and (free := disk.free) < missing:  # some network drives say that all is 0
            raise DownloadError(
                f"The download needs {_megabytes(missing)}, {_megabytes(free)} are free on the disk of this server.",
                f"Free at least {_megabytes(missing - free)} there, then try again.",
            )

    @contextmanager
    def _disk_in_words(self) -> Iterator[None]:
        """Give what the file system says the visitor's words. Trouble of the network has its own already."""
        try:
            yield
        except OSError as error:
            if error.errno in DISK_FULL:
                raise DownloadError(
                    "The disk of this server is full.", f"Free at least {_megabytes(self.size)} there, then try again."
                ) from error
            raise DownloadError(
                "This server can't write to the folder of its weights.",
                "Make the folder hub/checkpoints in TORCH_HOME writable, or point TORCH_HOME elsewhere, then try again. "
                f"({type(error).__name__})",
            ) from error


def _install(part: Path, target: Path, found: str) -> None:
    """Give a part that is whole its final name, and record its SHA-256.

    The record is written first. It says what the file under this name must be, and that is as true of an older copy:
    a process that is killed between the two steps leaves an old file which is right, or known to be damaged, or no file.
    The other way round a killed process could leave a damaged file without a record, which would be trusted. The part
    is still whole then, so the next attempt only does the last steps again.
    """
    with part.open("r+b") as file:
        os.fsync(file.fileno())  # else a power cut could leave an empty file under the final name
    record = _record(target)
    draft = _beside(record, ".part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(f"{found}  {target.name}\n")  # what `sha256sum --check` reads
        file.flush()
        os.fsync(file.fileno())
    draft.replace(record)
    part.replace(target)


class _Pace:
    """Bytes per second over the last few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def speed(self, received: int) -> float:
        """The speed now that `received` bytes are here."""
        now = time.monotonic()
        if self._seen and received < self._seen[-1][1]:
            self._seen.clear()  # somebody started over
        self._seen.append((now, received))
        while self._seen[0][0] < now - RECENT:
            self._seen.popleft()
        began, before = self._seen[0]
        return (received - before) / (now - began) if now - began > A_GUESS else 0.0


# The connection ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Opening:
    """How an answer begins: the place of its first byte in the file, and the bytes of the file (0: not stated)."""

    start: int
    total: int


class _NetworkTrouble(Exception):  # noqa: N818 - not for people: `_in_words` makes an error of it
    """What went wrong on the way, and whether an answer had begun by then."""

    def __init__(self, reason: OSError | http.client.HTTPException, opened: bool) -> None:
        super().__init__(reason)
        self.reason = reason.reason if isinstance(reason, urllib.error.URLError) else reason
        self.status = reason.code if isinstance(reason, urllib.error.HTTPError) else None
        self.opened = opened


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


Mail = _Opening | bytes | BaseException | None


def _pieces(url: str, start: int, timeout: float) -> Generator[_Opening | bytes | None, None, None]:
    """The answer from byte `start` on: how it begins, then its bytes, and None for each moment of silence.

    A thread of its own reads: nothing else ends a look-up of a name, or a read from a silent host, when somebody
    cancels. A reader that is left behind ends with its next packet or after `timeout`, and writes nothing.
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
                    raise _NetworkTrouble(TimeoutError(), opened=True) from None
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
        _put(_NetworkTrouble(error, opened), box, left)
    except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it, whatever it is
        _put(error, box, left)


def _put(mail: Mail, box: Queue[Mail], left: threading.Event) -> None:
    while not left.is_set():
        try:
            box.put(mail, timeout=PULSE)
        except Full:
            continue
        return


def _opening(response: http.client.HTTPResponse) -> _Opening:
    length = response.length or 0
    stated = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    start = int(stated[1]) if response.status == 206 and stated else 0
    return _Opening(start, start + length if length else 0)


# Words -------------------------------------------------------------------------------------------------------------


def _host(url: str) -> str:
    """The name of the host, for people. Refuses what is not an address on the web, such as a file of this server."""
    with suppress(ValueError):
        parts = urlsplit(url)
        _ = parts.port  # is checked only when asked for
        if parts.scheme in SCHEMES and parts.hostname:
            return parts.hostname
    raise DownloadError(
        f"The weights can't come from '{url}': that is not an address on the web.",
        "Let VISION_LAB_MIRROR begin with https:// or http://, or unset it.",
    )


def _in_words(trouble: _NetworkTrouble, host: str, kept: int) -> DownloadError:
    if trouble.status is not None:
        return _status_in_words(trouble.status, host)
    if isinstance(trouble.reason, TimeoutError):
        return DownloadError(f"{host} did not answer in time.", _next_step(kept))
    if trouble.opened or isinstance(trouble.reason, BROKEN_OFF):
        return DownloadError(f"The download from {host} broke off.", _next_step(kept))
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


def _wrong_file(host: str) -> DownloadError:
    return DownloadError(
        f"What {host} sent is not the file the lab asked for: its checksum is different.",
        "Nothing was kept. Try again; if this comes back, something between this server and the internet "
        "changes downloads.",
    )


def _next_step(kept: int) -> str:
    return "What arrived is kept: try again to go on from there." if kept else "Try again in a few minutes."


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"


# Files -------------------------------------------------------------------------------------------------------------


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)


def _record(target: Path) -> Path:
    return _beside(target, ".sha256")


def _bytes(path: Path) -> int:
    """The size of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None where there is none."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_ino, now.st_mtime_ns, now.st_size
