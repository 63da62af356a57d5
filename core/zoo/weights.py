"""Weights on disk: where they lie, whether they are there, how they get there. Loading never downloads.

They lie where torchvision keeps them (`hub/checkpoints` in TORCH_HOME), so both share one copy. A file that is there
is trusted as torchvision trusts it; a download is checked against the digest in its name.
"""

from __future__ import annotations

import os
import re
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import torch
import torchvision
from torch import Tensor

from core.errors import DownloadError, ModelError, WeightsMissingError
from core.zoo.catalog import ModelCard
from core.zoo.transfer import Progress, fetch

OFFLINE = "VISION_LAB_OFFLINE"
PULSE = 0.2  # seconds between two reports to a session that waits for another's download


def path(card: ModelCard) -> Path:
    """Where the weights of a network lie once they are here."""
    return Path(torch.hub.get_dir()) / "checkpoints" / card.file


def is_present(card: ModelCard) -> bool:
    """Whether the weights are on this machine. What lies in a folder nobody may enter is not."""
    try:
        return path(card).is_file()
    except OSError:
        return False


def address(card: ModelCard) -> str:
    """The URL of the weights, from torchvision's own entry."""
    return torchvision.models.get_weight(card.entry).url


def state_dict(card: ModelCard) -> dict[str, Tensor]:
    """The weights by name, on the CPU, from disk only.

    Raises:
        WeightsMissingError: they are not on this machine.
        ModelError: the file is damaged or can't be read.
    """
    with _opened(card) as file:
        try:
            state = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # a damaged file fails in more ways than can be listed
            raise damaged(card) from error
    if isinstance(state, dict) and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        return state
    raise damaged(card)


def damaged(card: ModelCard) -> ModelError:
    """The error for a file that is there but does not hold the weights of this network."""
    return ModelError(
        f"The file with the weights of {card.title} is damaged.",
        f"Delete {card.file} from this server and download it again ({card.megabytes}).",
    )


def download(card: ModelCard, *, progress: Progress | None = None, again: bool = False, timeout: float = 20.0) -> None:
    """Fetch the weights from torchvision's address, unless they are here already (`again`: even then).

    Sessions that ask at the same time share one download: `progress` tells each of them how far it is, and its error
    reaches them all. When the session that runs it goes away, one that waits begins anew. The server may stay silent
    for `timeout` seconds at a time.

    Raises:
        DownloadError: it failed, in words that say why and what to do next, or `VISION_LAB_OFFLINE` forbids it.
    """
    target = path(card)
    while True:
        with _GUARD:
            if is_present(card) and not again:
                return
            _refuse_offline(card)
            flight = _FLIGHTS.get(target)
            leads = flight is None
            if flight is None:
                flight = _FLIGHTS[target] = _Flight(total=card.size)
        if leads:
            _lead(flight, card, target, progress, timeout)
            return
        if _follow(flight, progress):
            return


@dataclass(slots=True)
class _Flight:
    """One download under way, and how far it is."""

    total: int
    received: int = 0
    done: Future[None] = field(default_factory=Future)


_GUARD = threading.Lock()
_FLIGHTS: dict[Path, _Flight] = {}


def _lead(flight: _Flight, card: ModelCard, target: Path, progress: Progress | None, timeout: float) -> None:
    def report(received: int, total: int) -> None:
        flight.received, flight.total = received, total
        if progress is not None:
            progress(received, total)

    try:
        fetch(address(card), target, digest=_digest(card), size=card.size, progress=report, timeout=timeout)
    except BaseException as error:
        _land(target)
        if isinstance(error, DownloadError):
            flight.done.set_exception(error)
        else:
            flight.done.cancel()  # this session left; the download itself did not fail
        raise
    _land(target)
    flight.done.set_result(None)


def _follow(flight: _Flight, progress: Progress | None) -> bool:
    """Wait for another session's download: True when the file is here, False when that session went away."""
    while True:
        try:
            flight.done.result(timeout=PULSE)
        except CancelledError:
            return False
        except TimeoutError:
            if progress is not None:
                progress(flight.received, flight.total)
        else:
            return True


def _land(target: Path) -> None:
    with _GUARD:
        del _FLIGHTS[target]


def _opened(card: ModelCard) -> BinaryIO:
    try:
        return path(card).open("rb")
    except FileNotFoundError as error:
        raise WeightsMissingError(
            f"The weights of {card.title} are not on this server yet.",
            f"Download them ({card.megabytes}) from {card.host}.",
        ) from error
    except OSError as error:
        raise ModelError(
            f"The weights of {card.title} are on this server, but it can't read them.",
            f"Make {card.file} readable for the lab, or delete it and download it again. ({type(error).__name__})",
        ) from error


def _digest(card: ModelCard) -> str:
    """The first digits of the SHA-256, which torchvision writes into the name: `name-<digits>.pth`."""
    match = re.search(r"-([a-f0-9]{8,})\.", card.file)
    if match is None:
        raise ValueError(f"{card.file} does not name its digest")
    return match[1]


def _refuse_offline(card: ModelCard) -> None:
    if os.environ.get(OFFLINE, "").strip() in ("", "0"):
        return
    raise DownloadError(
        "This server is set to work offline, so it downloads nothing.",
        f"Put {card.file} into hub/checkpoints in its TORCH_HOME by hand, or unset {OFFLINE}.",
    )
