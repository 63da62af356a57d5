"""Train the lab's detectors and its segmenter: `python -m training.vision --data DATA --out OUT`.

All of them stand on one trunk, that of the classifier, and are trained together. OUT gets `checkpoint.safetensors`,
`metrics.json` and, at the end, `lab-vision.safetensors`. Interrupted at any time, the same command with `--resume` goes
on as if nothing had happened. `--smoke` runs all of it in a minute, on drawn pictures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import StartError
from core.networks.lab_vision import LabVision
from training import checkpoints
from training.checkpoints import Progress
from training.command import add_options, attempted, changes, check_new, photos, resume_command, workshop
from training.data import Split
from training.export import exported, rounded
from training.judging import judge
from training.loop import Workshop
from training.scenes import Scene, check_masks, mask_classes, scenes
from training.seeing import SIDE, VisionRecipe, VisionTraining

WEIGHTS = "lab-vision.safetensors"
CLASSIFIER = Path("assets/weights/lab-classifier.safetensors")
SMOKE = VisionRecipe(epochs=2, batch=9)


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says; return 0, or 1 after saying why it could not."""
    options = _parser().parse_args(arguments)
    return attempted(lambda: train(options))


def train(options: argparse.Namespace) -> None:
    """Train from the classifier's trunk or from the checkpoint, then export.

    Raises:
        StartError: data, trunk or checkpoint are missing, or a checkpoint would be overwritten.
    """
    data = photos(options)
    shop = workshop(options)
    shop.say(f"To go on after an interruption: {resume_command('training.vision', options)}")
    names = mask_classes(data, Split.TRAIN)
    training = _resumed(names, shop) if options.resume else _begun(options, names, shop)
    examples, validation = scenes(data, Split.TRAIN), scenes(data, Split.VALIDATION)
    check_masks(examples, names)
    training.run(examples, lambda network: _judged(network, validation, names, shop.device))
    facts = {"recipe": json.dumps(asdict(training.recipe))}
    checkpoints.write_whole(options.out / WEIGHTS, rounded(training.average.state_dict(), facts))
    shop.say(f"wrote {options.out / WEIGHTS}")


def start_network(trunk: Path | None, seed: int) -> LabVision:
    """The network before its training: the trunk of finished weights of the classifier, or a random one."""
    torch.manual_seed(seed)
    network = LabVision()
    if trunk:
        network.trunk.load_state_dict(exported(trunk).trunk.state_dict())
    return network


def _begun(options: argparse.Namespace, names: Sequence[str], shop: Workshop) -> VisionTraining:
    check_new(shop.checkpoint)
    recipe = SMOKE if options.smoke else VisionRecipe(bfloat16=options.bfloat16)
    recipe = replace(recipe, **changes(options))
    trunk = None if options.smoke else options.trunk
    if trunk and not trunk.is_file():
        raise StartError(f"There are no weights at {trunk}.", "Train the classifier first.")
    return VisionTraining(start_network(trunk, recipe.seed), names, recipe, Progress(asdict(recipe)), shop)


def _resumed(names: Sequence[str], shop: Workshop) -> VisionTraining:
    tensors, progress = checkpoints.load(shop.checkpoint)
    training = VisionTraining(LabVision(), names, VisionRecipe(**progress.settings), progress, shop)
    training.restore(tensors)
    shop.say(f"resumed at epoch {progress.epoch + 1}, step {progress.step}")
    return training


def _judged(network: nn.Module, validation: list[Scene], names: Sequence[str], device: torch.device) -> dict[str, Any]:
    found = judge(network, validation, names, SIDE, device)
    outlines = {f"miou_{stride}s": one.mean_iou for stride, one in zip((32, 16, 8), found.outlines, strict=True)}
    return {
        "map_7": found.at_7.mean_average_precision(),
        "map_14": found.at_14.mean_average_precision(),
        "ap_14": [row.curve.average_precision() for row in found.at_14.classes],
        **outlines,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.vision", description="Train detectors and segmenter.")
    add_options(parser, epochs=VisionRecipe().epochs)
    parser.add_argument("--trunk", type=Path, default=CLASSIFIER, help="weights of the classifier to begin from")
    return parser


if __name__ == "__main__":
    torch.set_flush_denormal(True)  # for the whole process, so not where others may call
    sys.exit(main())
