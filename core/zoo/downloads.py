"""The downloads of this process: one for each file at a time, shared by all sessions.

Each runs in a thread of its own, so it goes on when the visitor who asked for it leaves.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.errors import CancelledError, DownloadError, VisionLabError
from core.zoo import weights
from core.zoo.model_card import ModelCard
from core.zoo.transfer import Progress, fetch

OFFLINE = "VISION_LAB_OFFLINE"
PULSE = 0.2  # seconds between two reports to who waits in `download`
TIMEOUT = 20.0  # seconds the server may stay silent

log = logging.getLogger(__name__)


class Download:
    """A download under way or over. `begin` makes them."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        self._progress = Progress(0, card.size)
        self._error: VisionLabError | None = None
        self._cancelled = False
        self._unwanted = threading.Event()
        self._over = threading.Event()

    @property
    def card(self) -> ModelCard:
        """The network whose weights are fetched."""
        return self._card

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._progress

    @property
    def done(self) -> bool:
        """Whether it is over: the file is here, or there is an `error`, or it was `cancelled`."""
        return self._over.is_set()

    @property
    def error(self) -> VisionLabError | None:
        """Why it failed; None while it has not."""
        return self._error

    @property
    def cancelled(self) -> bool:
        """Whether it ended because somebody cancelled it, before the file was here."""
        return self._cancelled

    def cancel(self) -> None:
        """Stop soon, for everybody who waits. What arrived is kept, and the next download goes on from there."""
        self._unwanted.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is over, at most `timeout` seconds. Whether it is."""
        return self._over.wait(timeout)

    def _run(self, target: Path, again: bool, timeout: float) -> None:
        """Fetch the file. However that ends, those who wait learn of it."""
        try:
            self._fetch(target, again, timeout)
        except CancelledError:
            self._cancelled = True
        except DownloadError as error:
            self._error = error
        except BaseException as error:
            log.exception("The download of %s stopped", self._card.file)
            self._error = DownloadError(
                "The download stopped for a reason the lab does not know.",
                f"Try again; if this comes back, tell whoever runs this server. ({type(error).__name__})",
            )
        finally:
            with _GUARD:
                if _RUNNING.get(target) is self:
                    del _RUNNING[target]
            self._over.set()

    def _fetch(self, target: Path, again: bool, timeout: float) -> None:
        url, plan = weights.address(self._card), weights.config_path(self._card)
        fetched = partial(fetch, timeout=timeout, cancelled=self._unwanted.is_set)
        if plan is not None and (again or not plan.is_file()):
            config = self._card.config
            assert config is not None
            where = weights.config_address(config)
            # a few kilobytes: there is no progress to tell of
            fetched(where, plan, digest=config.digest, size=config.size, progress=lambda _: None)
        if again or not target.is_file():  # looking the address up may have taken long enough for another
            fetched(url, target, digest=self._card.digest, size=self._card.size, progress=self._hear)

    def _hear(self, progress: Progress) -> None:
        self._progress = progress


_GUARD = threading.Lock()
_RUNNING: dict[Path, Download] = {}


def begin(card: ModelCard, *, again: bool = False, timeout: float = TIMEOUT) -> Download:
    """Start to fetch the weights of a network, or join the download of the same file that is under way.

    A file that is here is not fetched (`again`: it is, and replaced). The server may stay silent for `timeout` seconds.

    Raises:
        DownloadError: `VISION_LAB_OFFLINE` forbids it.
        ValueError: the weights come with the lab.
    """
    if card.bundled:
        raise ValueError(f"{card.file} comes with the lab and has no address")
    target = weights.path(card)
    with _GUARD:
        if weights.is_present(card) and not again:
            return _finished(card)
        if offline():
            raise _refused(card)
        if (joined := _wanted(target)) is not None:
            return joined
        download, name = Download(card), f"download of {card.file}"
        threading.Thread(target=download._run, args=(target, again, timeout), name=name, daemon=True).start()
        _RUNNING[target] = download  # it leaves again through the same guard, so not before it is in
        return download


def running(card: ModelCard) -> Download | None:
    """The download of these weights that is under way; None where there is none, or it was cancelled."""
    with _GUARD:
        return _wanted(weights.path(card))


def offline() -> bool:
    """Whether `VISION_LAB_OFFLINE` keeps this server from downloading."""
    return os.environ.get(OFFLINE, "").strip() not in ("", "0")


def download(
    card: ModelCard,
    *,
    progress: Callable[[Progress], None] | None = None,
    again: bool = False,
    timeout: float = TIMEOUT,
) -> None:
    """Begin or join a download, as `begin` does, and wait for it. For notebooks.

    `progress` is called about five times a second, and when the file is here. An interruption cancels the download.

    Raises:
        DownloadError: it failed, in words that say why and what to do next.
        CancelledError: somebody cancelled it.
        ValueError: the weights come with the lab.
    """
    shared = begin(card, again=again, timeout=timeout)
    try:
        while not shared.wait(PULSE):
            if progress is not None:
                progress(shared.progress)
    except KeyboardInterrupt:
        shared.cancel()
        raise
    if shared.error is not None:
        raise DownloadError(shared.error.problem, shared.error.advice) from shared.error  # one for each who waits
    if shared.cancelled:
        raise CancelledError("The download was cancelled.", "Start it again when you like; what arrived is kept.")
    if progress is not None:
        progress(shared.progress)


def _wanted(target: Path) -> Download | None:
    """The download to join. One that was cancelled is on its way out; a new one goes on where it stopped."""
    found = _RUNNING.get(target)
    return None if found is None or found._unwanted.is_set() else found


def _finished(card: ModelCard) -> Download:
    download = Download(card)
    download._hear(Progress(card.size, card.size))
    download._over.set()
    return download


def _refused(card: ModelCard) -> DownloadError:
    return DownloadError(
        "This server is set to work offline, so it downloads nothing.",
        f"Put {' and '.join(card.files)} into hub/checkpoints in its TORCH_HOME by hand, or unset {OFFLINE}.",
    )
