"""Where a training stands, on disk: written whole or not at all, read without executing anything.

One safetensors file holds the tensors (weights, their running average, the optimiser's moments) and, as JSON in its
header, the rest. No state of random numbers is kept: every draw is made of seed, epoch and position.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from core.errors import StartError


@dataclass(slots=True)
class Progress:
    """How far a training is: `epoch` complete ones and `step` batches of the next, with their summed `loss`.

    `history` has the metrics of every complete epoch, `settings` the recipe.
    """

    settings: dict[str, Any]
    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)


def write(file: Path, tensors: Mapping[str, Tensor], progress: Progress) -> None:
    """Replace the checkpoint. Whoever is killed on the way leaves the old one."""
    metadata = {"progress": json.dumps(asdict(progress))}
    write_whole(file, save({name: tensor.contiguous().cpu() for name, tensor in tensors.items()}, metadata))


def load(file: Path) -> tuple[dict[str, Tensor], Progress]:
    """The tensors of a checkpoint, on the CPU, and its progress.

    Raises:
        StartError: there is none, or it is damaged.
    """
    if not file.is_file():
        raise StartError(f"There is no checkpoint at {file}.", "Start without --resume.")
    try:
        with safe_open(file, framework="pt") as opened:
            progress = Progress(**json.loads(opened.metadata()["progress"]))
            return {name: opened.get_tensor(name) for name in opened.keys()}, progress  # noqa: SIM118 - not a dict
    except Exception as error:  # a damaged file fails in more ways than can be listed
        raise StartError(f"The checkpoint {file} is damaged.", "Delete it and start without --resume.") from error


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that its name stands for the old bytes or for all of the new ones, also after a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.part")
    with partial.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(file)
