"""The mean of finished weights: `python -m training.mean --out FILE ONE OTHER ...`.

Weights that were refined from one another can be averaged number by number: the mean keeps most of what each of them is
better at (Wortsman et al., Robust Fine-Tuning of Zero-Shot Models, 2022; Model Soups, 2022).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from core.errors import StartError
from training.command import attempted
from training.export import export


def mean(files: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the weights in `files`, in float32.

    Raises:
        StartError: a file is not there, or they hold different networks.
    """
    for file in files:
        if not file.is_file():
            raise StartError(f"There are no weights at {file}.", "Name files that a training has written.")
    states = [load_file(file) for file in files]
    if any(
        {name: one.shape for name, one in state.items()} != {n: t.shape for n, t in states[0].items()}
        for state in states
    ):
        raise StartError("These files hold different networks.", "Name weights of one network.")
    return {name: torch.stack([state[name].float() for state in states]).mean(dim=0) for name in states[0]}


def main(arguments: list[str] | None = None) -> int:
    """Write the mean; return 0, or 1 after saying why it could not."""
    parser = argparse.ArgumentParser(prog="python -m training.mean", description="The mean of finished weights.")
    parser.add_argument("files", type=Path, nargs="+", help="weights of one network")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args(arguments)
    return attempted(lambda: _write(options.files, options.out))


def _write(files: Sequence[Path], out: Path) -> None:
    weights = mean(files)
    export(weights, out, {"mean of": " + ".join(_recipe(file) for file in files)})


def _recipe(file: Path) -> str:
    with safe_open(file, framework="pt") as opened:
        return (opened.metadata() or {}).get("recipe", "")


if __name__ == "__main__":
    sys.exit(main())
