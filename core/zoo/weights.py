"""Weights on disk: where they lie, whether they are there, what is in them. Nothing here downloads; see `downloads`.

Weights of torchvision lie where it keeps them (`hub/checkpoints` in TORCH_HOME), so both share one copy. What this lab
made or fetched is checked before it is read; a file that somebody else put there is trusted as torchvision trusts it.
"""

from __future__ import annotations

import hashlib
import os
from io import BufferedReader
from pathlib import Path
from urllib.parse import urlsplit

import torch
from safetensors.torch import load_file
from torch import Tensor

from core.device import is_shortage
from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.zoo.model_card import ModelCard
from core.zoo.transfer import recorded

MIRROR = "VISION_LAB_MIRROR"
BUNDLE = Path(__file__).resolve().parents[2] / "assets" / "weights"


def path(card: ModelCard) -> Path:
    """Where the weights of a network lie once they are here."""
    return (BUNDLE if card.bundled else Path(torch.hub.get_dir()) / "checkpoints") / card.file


def is_present(card: ModelCard) -> bool:
    """Whether the weights are on this machine. What lies in a folder nobody may enter is not."""
    try:
        return path(card).is_file()
    except OSError:
        return False


def address(card: ModelCard) -> str:
    """The URL of weights that are downloaded: torchvision's own, or on the mirror that `VISION_LAB_MIRROR` names."""
    if mirror := _mirror():
        return f"{mirror}/{card.file}"
    from torchvision.models import get_weight  # takes a second, and only a download needs it

    return get_weight(card.entry).url


def host(card: ModelCard) -> str:
    """The host that weights are downloaded from, for people; with its port where it names one."""
    mirror = _mirror()
    return urlsplit(mirror).netloc.rpartition("@")[2] or mirror or card.host


def stamp(card: ModelCard) -> tuple[int, int, int] | None:
    """What changes when the file is replaced; None where there is none that can be read."""
    try:
        now = path(card).stat()
    except OSError:
        return None
    return now.st_ino, now.st_mtime_ns, now.st_size


def state_dict(card: ModelCard) -> dict[str, Tensor]:
    """The weights by name, on the CPU, from disk only. All that are not integers are float32, however they were stored.

    Raises:
        WeightsMissingError: they are not on this machine.
        ModelError: the file is damaged or can't be read.
    """
    with _opened(card) as file:
        if not _is_right(card, file):
            raise damaged(card)
        file.seek(0)
        try:
            state = _read(card, file)
        except Exception as error:  # a damaged file fails in more ways than can be listed
            if is_shortage(error):
                raise
            raise damaged(card) from error
    if isinstance(state, dict) and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
    raise damaged(card)


def damaged(card: ModelCard) -> WeightsDamagedError:
    """The error for a file that is there but does not hold the weights of this network."""
    return WeightsDamagedError(
        f"The file with the weights of {card.title} is damaged.",
        f"It came with the lab: install the lab again. ({card.file})"
        if card.bundled
        else f"Download it again ({card.megabytes}) from {host(card)}; that replaces {card.file}.",
    )


def _mirror() -> str:
    return os.environ.get(MIRROR, "").strip().rstrip("/")


def _opened(card: ModelCard) -> BufferedReader:
    try:
        return path(card).open("rb")
    except FileNotFoundError as error:
        raise _missing(card) from error
    except OSError as error:
        raise _unreadable(card, error) from error


def _is_right(card: ModelCard, file: BufferedReader) -> bool:
    """Whether the file has the digest of its card, if it came with the lab, or else its recorded one, if there is one."""
    try:
        expected = card.digest if card.bundled else recorded(path(card))
        if expected is None:
            return True
        return expected != "" and hashlib.file_digest(file, "sha256").hexdigest().startswith(expected)
    except OSError as error:
        raise _unreadable(card, error) from error


def _read(card: ModelCard, file: BufferedReader) -> object:
    if card.file.endswith(".safetensors"):
        return load_file(path(card))  # maps the file, where reading it would need its size in memory once more
    return torch.load(file, map_location="cpu", weights_only=True)


def _missing(card: ModelCard) -> WeightsMissingError:
    if card.bundled:
        return WeightsMissingError(
            f"The weights of {card.title} came with the lab, but they are gone.",
            f"Install the lab again. ({card.file})",
        )
    return WeightsMissingError(
        f"The weights of {card.title} are not on this server yet.",
        f"Download them ({card.megabytes}) from {host(card)}.",
    )


def _unreadable(card: ModelCard, error: OSError) -> ModelError:
    return ModelError(
        f"The weights of {card.title} are on this server, but it can't read them.",
        f"Make {card.file} readable for the lab, or delete it and download it again. ({type(error).__name__})",
    )
