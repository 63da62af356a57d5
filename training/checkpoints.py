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

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor
from torch.optim import Optimizer

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


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names begin with `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def moments(optimiser: Optimizer) -> dict[str, Tensor]:
    """What an optimiser remembers of each weight, by `<number>.<name>`."""
    rows = optimiser.state_dict()["state"].items()
    return {f"{index}.{key}": value for index, row in rows for key, value in row.items()}


def remember(optimiser: Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Let an optimiser go on with what `moments` gave."""
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, key = name.split(".")
        like = weights[int(index)]
        state.setdefault(int(index), {})[key] = torch.empty_like(like).copy_(tensor) if tensor.dim() else tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
