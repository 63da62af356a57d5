"""Weights on disk: where they lie, whether they are there, what is in them. Nothing here downloads; see `downloads`.

Weights of torchvision lie where it keeps them (`hub/checkpoints` in TORCH_HOME), so both share one copy. What this lab
made or fetched is checked before it is read; a file that somebody else put there is trusted as torchvision trusts it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from urllib.parse import urlsplit

import torch
from safetensors.torch import load
from torch import Tensor

from core.device import is_shortage
from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.zoo.model_card import ConfigFile, ModelCard
from core.zoo.transfer import recorded

MIRROR = "VISION_LAB_MIRROR"
BUNDLE = Path(__file__).resolve().parents[2] / "assets" / "weights"


def path(card: ModelCard) -> Path:
    """Where the weights of a network lie once they are here."""
    return (BUNDLE if card.bundled else Path(torch.hub.get_dir()) / "checkpoints") / card.file


def config_path(card: ModelCard) -> Path | None:
    """Where the file lies that says how the network is built; None where the weights suffice."""
    return None if card.config is None else path(card).with_name(card.config.file)


def is_present(card: ModelCard) -> bool:
    """Whether the weights are on this machine, and their config if they need one. In a folder nobody may enter they aren't."""
    config = config_path(card)
    try:
        return path(card).is_file() and (config is None or config.is_file())
    except OSError:
        return False


def address(card: ModelCard) -> str:
    """The URL of weights that are downloaded: where they are published, or on the mirror that `VISION_LAB_MIRROR` names."""
    if mirror := _mirror():
        return f"{mirror}/{card.file}"
    if card.url:
        return card.url
    from torchvision.models import get_weight  # takes a second, and only a download needs it

    return get_weight(card.entry).url


def config_address(config: ConfigFile) -> str:
    """The same for the file that says how the network is built."""
    mirror = _mirror()
    return f"{mirror}/{config.file}" if mirror else config.url


def host(card: ModelCard) -> str:
    """The host that weights are downloaded from, for people; with its port where it names one."""
    mirror = _mirror()
    return urlsplit(mirror).netloc.rpartition("@")[2] or mirror or card.host


def stamp(card: ModelCard) -> tuple[int, ...] | None:
    """What changes when a file of the network is replaced; None where one is missing or can't be read."""
    try:
        found = [file.stat() for file in (path(card), config_path(card)) if file is not None]
    except OSError:
        return None
    return tuple(number for now in found for number in (now.st_ino, now.st_mtime_ns, now.st_size))


def state_dict(card: ModelCard) -> dict[str, Tensor]:
    """The weights by name, on the CPU, from disk only. All that are not integers are float32, however they were stored.

    Raises:
        WeightsMissingError: they are not on this machine.
        ModelError: the file is damaged or can't be read.
    """
    with _checked(card, path(card), card.digest) as file:
        try:
            state = _read(card, file)
        except Exception as error:  # a damaged file fails in more ways than can be listed
            if is_shortage(error):
                raise
            raise damaged(card) from error
    if isinstance(state, dict) and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
    raise damaged(card)


def files(card: ModelCard) -> tuple[bytes, bytes]:
    """The config of a network and its weights, as they are on disk.

    Raises:
        WeightsMissingError: one of them is not on this machine.
        ModelError: one is damaged or can't be read.
        ValueError: the network has no config.
    """
    where = config_path(card)
    if card.config is None or where is None:
        raise ValueError(f"{card.key} has no config")
    with _checked(card, where, card.config.digest) as file:
        config = file.read()
    with _checked(card, path(card), card.digest) as file:
        return config, file.read()


def damaged(card: ModelCard) -> WeightsDamagedError:
    """The error for a file that is there but does not hold the weights of this network."""
    return WeightsDamagedError(
        f"The file with the weights of {card.title} is damaged."
        if card.config is None
        else f"One of the files of {card.title} is damaged.",
        f"It came with the lab: install the lab again. ({card.file})"
        if card.bundled
        else f"Download {'it' if card.config is None else 'both'} again ({card.megabytes}) from {host(card)}; "
        f"that replaces {' and '.join(card.files)}.",
    )


def _mirror() -> str:
    return os.environ.get(MIRROR, "").strip().rstrip("/")


@contextmanager
def _checked(card: ModelCard, where: Path, digest: str) -> Iterator[BufferedReader]:
    """A file of the network that is what it should be, at its beginning."""
    try:
        file = where.open("rb")
    except FileNotFoundError as error:
        raise _missing(card) from error
    except OSError as error:
        raise _unreadable(card, error) from error
    with file:
        if not _is_right(card, where, file, digest):
            raise damaged(card)
        file.seek(0)
        yield file


def _is_right(card: ModelCard, where: Path, file: BufferedReader, digest: str) -> bool:
    """Whether the file has this digest, if it came with the lab, or else its recorded one, if there is one."""
    try:
        expected = digest if card.bundled else recorded(where)
        if expected is None:
            return True
        return expected != "" and hashlib.file_digest(file, "sha256").hexdigest().startswith(expected)
    except OSError as error:
        raise _unreadable(card, error) from error


def _read(card: ModelCard, file: BufferedReader) -> object:
    if card.file.endswith(".safetensors"):
        # Not mapped (`load_file`): integers would stay in the map, and a file cut short in place later ends the process.
        return load(file.read())
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
        f"Make {' and '.join(card.files)} readable for the lab, or delete {'it' if card.config is None else 'them'} and "
        f"download again. ({type(error).__name__})",
    )
