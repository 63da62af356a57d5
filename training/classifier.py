"""Train the lab's classifier: `python -m training.classifier --data DATA --out OUT`.

OUT gets `checkpoint.safetensors` (after every epoch and every few minutes), `metrics.json` (each epoch) and, at the
end, `lab-classifier.safetensors`. Interrupted at any time, the same command with `--resume` goes on as if nothing had
happened. `--smoke` runs all of it in a minute, on drawn pictures. `--refine FILE` goes on from weights that this wrote,
with a recipe of its own; the weights that ship were made by the one after the other.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import nn

from core.device import seeded
from core.errors import StartError
from core.networks.lab_classifier import lab_classifier
from core.networks.squeezenet import SplitNetwork
from training import checkpoints
from training.checkpoints import Progress
from training.classifying import ClassifierTraining
from training.command import add_options, attempted, changes, check_new, photos, resume_command, workshop
from training.data import Split, animals, things
from training.export import export, exported
from training.loop import Workshop
from training.metrics import score
from training.pictures import View
from training.predict import labels, probabilities
from training.recipe import REFINE, Recipe

WEIGHTS = "lab-classifier.safetensors"
SMOKE = Recipe(epochs=2, batch=15, per_class=6, side=64)
SIDE = 224
"""The input of the finished network. Training pictures may be smaller: their objects then look as large as here."""


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says; return 0, or 1 after saying why it could not."""
    options = _parser().parse_args(arguments)
    return attempted(lambda: train(options))


def train(options: argparse.Namespace) -> None:
    """Train from the start or from the checkpoint, then export.

    Raises:
        StartError: data or checkpoint are missing, or a checkpoint would be overwritten.
    """
    data = photos(options)
    shop = workshop(options)
    shop.say(f"To go on after an interruption: {resume_command('training.classifier', options)}")
    training = _resumed(shop) if options.resume else _begun(options, shop)
    examples = [*things(data, Split.TRAIN), *animals(data, Split.TRAIN)]
    training.run(examples, lambda network: _judged(network, data, training.recipe, shop.device))
    facts = {"recipe": json.dumps(asdict(training.recipe))}
    export(training.average.state_dict(), options.out / WEIGHTS, facts)
    shop.say(f"wrote {options.out / WEIGHTS}")


def start_network(*, pretrained: bool, seed: int) -> SplitNetwork:
    """The network before its training: torchvision's trunk, or a random one, and a new head drawn from `seed`."""
    torch.manual_seed(seed)
    network = lab_classifier()
    if pretrained:
        whole = torchvision.models.squeezenet1_1(weights=torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1)
        network.trunk.load_state_dict(whole.features.state_dict())
    nn.init.normal_(network.head.get_parameter("0.weight"), std=0.01, generator=seeded(seed, torch.device("cpu")))
    nn.init.zeros_(network.head.get_parameter("0.bias"))
    return network


def _begun(options: argparse.Namespace, shop: Workshop) -> ClassifierTraining:
    check_new(shop.checkpoint)
    recipe = REFINE if options.refine else Recipe()
    recipe = SMOKE if options.smoke else replace(recipe, bfloat16=options.bfloat16)
    recipe = replace(recipe, **changes(options))
    if options.refine:
        if not options.refine.is_file():
            raise StartError(f"There are no weights at {options.refine}.", "Train them first: leave --refine out.")
        network = exported(options.refine)
    else:
        network = start_network(pretrained=not options.smoke, seed=recipe.seed)
    return ClassifierTraining(network, recipe, Progress(asdict(recipe)), shop)


def _resumed(shop: Workshop) -> ClassifierTraining:
    tensors, progress = checkpoints.load(shop.checkpoint)
    training = ClassifierTraining(lab_classifier(), Recipe(**progress.settings), progress, shop)
    training.restore(tensors)
    shop.say(f"resumed at epoch {progress.epoch + 1}, step {progress.step}")
    return training


def _judged(network: nn.Module, data: Path, recipe: Recipe, device: torch.device) -> dict[str, Any]:
    side = min(SIDE, 2 * recipe.side)
    found: dict[str, Any] = {}
    for name, examples in (
        ("imagenette", things(data, Split.VALIDATION)),
        ("animals", animals(data, Split.VALIDATION)),
    ):
        scores = score(
            probabilities(network, examples, view=View.INNER_CROP, side=side, device=device), labels(examples)
        )
        found |= {f"{name}_top1": scores.top1, f"{name}_confidence": scores.confidence}
        found[f"{name}_classes"] = {row.name: round(row.right / row.count, 4) for row in scores.classes}
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.classifier", description="Train the lab's classifier.")
    add_options(parser, epochs=Recipe().epochs)
    parser.add_argument("--refine", type=Path, help="finished weights to go on from, with the recipe for that")
    return parser


if __name__ == "__main__":
    torch.set_flush_denormal(True)  # for the whole process, so not where others may call
    sys.exit(main())
