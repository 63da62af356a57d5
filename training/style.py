"""Train networks that paint in one pass: `python -m training.style --styles A.jpg B.jpg --data DATA --out OUT --minutes 30`.

Each style is learned for so many minutes, one after the other. OUT gets `<style>.safetensors` (weights in half precision)
and, on the way, `<style>.checkpoint.safetensors`. Interrupted at any time, the same command goes on with `--resume`. With
`--refine FIRST` a style begins with the weights that an earlier training wrote into that folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
from PIL import Image, UnidentifiedImageError
from safetensors import safe_open
from safetensors.torch import load_file

from core.errors import StartError
from core.images.normalise import to_tensor
from core.networks.chain import Chain
from core.style.features import Features, features_of
from core.zoo.cache import load
from training import checkpoints
from training.artwork.canvas import from_image
from training.checkpoints import Progress
from training.command import attempted, check_new, device_called
from training.export import rounded
from training.painting import Painting, PaintingRecipe, batch_of, photos_to_learn

TRUNK = "lab-trunk"
NEWS, SAVES = 30.0, 120.0
"""Seconds of training between two lines of news, and between two checkpoints."""


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says; return 0, or 1 after saying why it could not."""
    options = _parser().parse_args(arguments)
    return attempted(lambda: train(options))


def train(options: argparse.Namespace) -> None:
    """Learn every style, from the start or from its checkpoint, and write its weights.

    Raises:
        StartError: photos or styles are missing, a checkpoint is damaged or would be overwritten.
    """
    files = photos_to_learn(options.data)
    network = load(TRUNK, device_called(options.device))
    assert isinstance(network.module, Chain)
    for style in options.styles:
        checkpoint = options.out / f"{style.stem}.checkpoint.safetensors"
        if not options.resume:
            check_new(checkpoint)
        painting, progress = _begun(style, features_of(network.module), options, checkpoint, network.device)
        _learn(painting, progress, files, options.minutes * 60, checkpoint, style.stem)
        facts = {"style": style.stem, "recipe": json.dumps(asdict(painting.recipe)), "batches": str(painting.step)}
        if options.refine:
            facts["refined"] = json.dumps(_first(style, options.refine)[1])
        checkpoints.write_whole(
            options.out / f"{style.stem}.safetensors", rounded(painting.network.state_dict(), facts)
        )
        print(f"wrote {options.out / style.stem}.safetensors", flush=True)


def _begun(
    style: Path, features: Features, options: argparse.Namespace, checkpoint: Path, device: torch.device
) -> tuple[Painting, Progress]:
    """The painting and its progress: `loss` holds the seconds that were learned, so that minutes count once."""
    changed = {name: getattr(options, name) for name in _FREE if getattr(options, name) is not None}
    recipe = replace(PaintingRecipe(), **changed)
    if options.resume and checkpoint.is_file():
        tensors, progress = checkpoints.load(checkpoint)
        painting = Painting(features, _picture(style).to(device), PaintingRecipe(**progress.settings))
        painting.restore(tensors, progress.step)
        print(f"{style.stem}: resumed after {progress.step} batches", flush=True)
        return painting, progress
    painting = Painting(features, _picture(style).to(device), recipe)
    if options.refine:
        painting.network.load_state_dict(_first(style, options.refine)[0])
    return painting, Progress(asdict(recipe))


def _first(style: Path, folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The weights that an earlier training of this style wrote, and what their header says of it."""
    file = folder / f"{style.stem}.safetensors"
    if not file.is_file():
        raise StartError(f"There are no weights at {file}.", "Train them first, without --refine.")
    with safe_open(file, framework="pt") as first:
        facts: dict[str, str] = first.metadata()
    return {name: tensor.float() for name, tensor in load_file(file).items()}, facts


def _learn(
    painting: Painting, progress: Progress, files: list[Path], seconds: float, checkpoint: Path, name: str
) -> None:
    """Batches until the time is over; the time of a resumed training goes on where it stopped."""
    used = sum(row["seconds"] for row in progress.history)
    began = told = saved = time.monotonic()
    device = next(painting.network.parameters()).device
    while (spent := used + time.monotonic() - began) < seconds:
        photos = batch_of(files, painting.step, painting.recipe).to(device)
        lesson = painting.learn(photos, spent / seconds)
        now = time.monotonic()
        over = used + now - began >= seconds
        if now - told >= NEWS or over:
            row = {"step": painting.step, "seconds": now - told, **asdict(lesson)}
            progress.history.append(row)
            told = now
            pace = (now - began) / max(1, painting.step - progress.step)
            parts = ", ".join(f"{key} {value:.3f}" for key, value in asdict(lesson).items())
            print(f"{name}: batch {painting.step}, {parts}, {pace:.2f} s a batch", flush=True)
        if now - saved >= SAVES or over:
            _save(painting, progress, checkpoint)
            saved = now


def _save(painting: Painting, progress: Progress, checkpoint: Path) -> None:
    checkpoints.write(checkpoint, painting.tensors(), replace(progress, step=painting.step))


def _picture(file: Path) -> torch.Tensor:
    try:
        with Image.open(file) as image:
            return to_tensor((from_image(image) * 255).round().astype("uint8"))
    except (OSError, UnidentifiedImageError) as error:
        raise StartError(
            f"The style {file} can't be read.", "Name a picture, such as assets/styles/waves.jpg."
        ) from error


_FREE = ("side", "batch", "style", "total_variation", "seed")


def _parser() -> argparse.ArgumentParser:
    usual = PaintingRecipe()
    parser = argparse.ArgumentParser(
        prog="python -m training.style", description="Train networks that paint in one pass."
    )
    parser.add_argument("--styles", type=Path, nargs="+", required=True, help="pictures, each a style of its own")
    parser.add_argument("--data", type=Path, required=True, help="folder of photos (JPEG), at any depth")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    parser.add_argument(
        "--minutes", type=float, required=True, help="for each style, all parts of a resumed one together"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoints in --out, with their recipes")
    parser.add_argument("--refine", type=Path, help="folder of the weights to begin with")
    parser.add_argument("--device", help="such as cpu or cuda; the best one if not given")
    parser.add_argument("--side", type=int, help=f"pixels of the photos ({usual.side})")
    parser.add_argument("--batch", type=int, help=f"photos at a time ({usual.batch})")
    parser.add_argument("--style", type=float, help=f"weight of the style ({usual.style:g})")
    parser.add_argument(
        "--total-variation", type=float, help=f"weight of the total variation ({usual.total_variation:g})"
    )
    parser.add_argument("--seed", type=int, help=f"of weights, order and crops ({usual.seed})")
    return parser


if __name__ == "__main__":
    torch.set_flush_denormal(True)  # for the whole process, so not where others may call
    sys.exit(main())
