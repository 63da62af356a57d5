"""What the command lines of all trainings have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from core.device import best_device
from core.errors import StartError, VisionLabError
from training.download import download
from training.loop import Workshop
from training.smoke import draw_data


def attempted(work: Callable[[], None]) -> int:
    """The exit code of a command: 0 after its work, or 1 after saying why it could not."""
    try:
        work()
    except VisionLabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def add_options(parser: argparse.ArgumentParser, *, epochs: int) -> None:
    """Data, output, resume, smoke, and where to work; `epochs` is the recipe's number."""
    parser.add_argument("--data", type=Path, help="folder of the photos")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, metrics and weights")
    parser.add_argument("--download", action="store_true", help="fetch what is missing of the photos (2 GB)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out, with its recipe")
    parser.add_argument("--smoke", action="store_true", help="try everything in a minute on drawn pictures")
    parser.add_argument("--epochs", type=int, help=f"passes over the photos ({epochs})")
    parser.add_argument("--seed", type=int, help="of the first head, the order and the crops (0)")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast where the processor knows it")
    parser.add_argument("--device", help="such as cpu or cuda; the best one if not given")
    parser.add_argument("--minutes", type=float, default=2.0, help="between two checkpoints (2)")
    parser.add_argument("--workers", type=int, default=0, help="processes that read photos (0)")


def workshop(options: argparse.Namespace) -> Workshop:
    """Where and how to work, as the command line says.

    Raises:
        StartError: the machine does not have the device.
    """
    return Workshop(
        device=device_called(options.device),
        checkpoint=options.out / "checkpoint.safetensors",
        workers=options.workers,
        minutes=options.minutes,
        say=lambda line: print(line, flush=True),
    )


def photos(options: argparse.Namespace) -> Path:
    """The folder of the photos: fetched or drawn first, as the command line says.

    Raises:
        StartError: no folder is named.
    """
    if options.smoke:
        draw_data(options.out / "data")
        return options.out / "data"
    if options.data is None:
        raise StartError("Training needs photos.", "Name their folder with --data, and add --download to fetch them.")
    if options.download:
        download(options.data)
    return options.data


def device_called(name: str | None) -> torch.device:
    """The device of this name, or the best one.

    Raises:
        StartError: the machine does not have it.
    """
    if name is None:
        return best_device()
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise StartError(f"This machine has no device called '{name}'.", "Leave --device out, or use cpu.") from error
    return device


def changes(options: argparse.Namespace) -> dict[str, int]:
    """What the command line changes of a recipe."""
    return {name: getattr(options, name) for name in ("epochs", "seed") if getattr(options, name) is not None}


def check_new(checkpoint: Path) -> None:
    """A training is not overwritten by accident.

    Raises:
        StartError: there is one.
    """
    if checkpoint.exists():
        raise StartError(f"{checkpoint} holds a training.", "Add --resume to go on, or choose another --out.")


def resume_command(module: str, options: argparse.Namespace) -> str:
    """The command that goes on after an interruption."""
    given = [
        f"--data {options.data}" if options.data else "",
        f"--out {options.out}",
        "--smoke" if options.smoke else "",
        f"--device {options.device}" if options.device else "",
        f"--workers {options.workers}",
        "--resume",
    ]
    return " ".join([f"python -m {module}", *filter(None, given)])
