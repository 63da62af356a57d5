"""Fetching one file over HTTP: it arrives whole and checked under its final name, or not at all.

Beside the target lie `<name>.part`, which holds what has arrived and where the next attempt goes on, `<name>.lock`,
which the process that writes holds, and for good `<name>.sha256`, the record of what the file must be.
Every way to fail has words of its own, with what to do next.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from core.errors import CancelledError, DownloadError
from core.zoo import connection
from core.zoo.progress import Pace
from core.zoo.progress import Progress as Progress  # callers of `fetch` find it here

SLACK = 1 << 16  # bytes a file may have more than its card says, which is rounded
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    _Transfer(url, connection.host(url), target, digest, size, progress, timeout, deadline, cancelled).run()


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
        pace = Pace()
        while True:
            with suppress(Timeout):
                lock.acquire(blocking=False)
                break
            received = _bytes(self.part)
            self.progress(Progress(received, self.size, pace.speed(received)))
            self._go_on(received)
            time.sleep(connection.PULSE)
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
            with (
                self.part.open("ab") as file,
                closing(connection.answer(self.url, start=asked, timeout=self.timeout)) as pieces,
            ):
                return self._write(file, asked, pieces)
        except connection.NetworkTrouble as trouble:
            if trouble.status == 416 and asked:  # the host can't go on from there
                return True
            raise connection.in_words(trouble, self.host, again=_next_step(_bytes(self.part))) from trouble
        finally:
            if _bytes(self.part) == 0:
                self.part.unlink(missing_ok=True)

    def _write(self, file: IO[bytes], asked: int, pieces: connection.Answer) -> bool:
        start, received, total = asked, asked, self.size
        pace = Pace()
        for piece in pieces:
            if isinstance(piece, connection.Opening):
                start = received = piece.start
                total = piece.total or self.size
                file.truncate(start)
            elif piece:
                file.write(piece)
                received += len(piece)
                if received > self.size + SLACK:
                    self.part.unlink(missing_ok=True)
                    raise _wrong_file(self.host)
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


# Words -------------------------------------------------------------------------------------------------------------


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
