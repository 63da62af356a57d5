"""Judge what ships with the lab: `python -m training.evaluate --data DATA`, under a minute on two cores.

Prints tables and writes them as `metrics.md` and `metrics.json`. Of the classifier: Imagenette's validation photos and
the animal crops, each class of them, whole animal photos, two sample photos, and what stock SqueezeNet 1.1 reaches
untrained. Of the detectors and the segmenter: the animal photos, each class, and the same two sample photos.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch
import torchvision
from jaxtyping import Float
from safetensors.torch import load_file
from torch import Tensor, nn

from core.device import best_device
from core.errors import StartError
from core.images.samples import sample
from core.networks.chain import built, frozen
from core.networks.lab_classifier import CLASSES
from core.networks.lab_vision import LabVision
from core.networks.squeezenet import squeezenet_1_1
from training.checkpoints import write_whole
from training.command import attempted
from training.data import Split, animals, things, whole_photos
from training.export import exported
from training.judging import judge
from training.labels import FOLDERS, label
from training.metrics import Scores, score
from training.pictures import View, view_of
from training.predict import labels, probabilities
from training.report import Report, table
from training.scenes import mask_classes, scenes
from training.vision import CLASSIFIER, WEIGHTS
from training.vision_report import VisionReport, vision_report, vision_table

SIDE = 224
SAMPLES = {"cat": "cat", "astronaut": "person"}
"""The sample photos that show a class of ours, by their keys."""


def evaluate(network: nn.Module, data: Path, view: View, device: torch.device) -> Report:
    """Judge a classifier by the validation photos, made square as `view` says.

    Raises:
        StartError: the photos are not in the folder.
    """
    photos, crops = things(data, Split.VALIDATION), animals(data, Split.VALIDATION)
    shown = {name: _sample_probabilities(network, name, view, device) for name in SAMPLES}
    return Report(
        view=view.value,
        imagenette=score(probabilities(network, photos, view=view, side=SIDE, device=device), labels(photos)),
        animals=score(probabilities(network, crops, view=view, side=SIDE, device=device), labels(crops)),
        whole_photos=_whole_photos(network, data, view, device),
        samples={name: found[label(SAMPLES[name])].item() for name, found in shown.items()},
        called={name: CLASSES[int(found.argmax())] for name, found in shown.items()},
    )


def baseline(data: Path, view: View, device: torch.device) -> Scores:
    """Stock SqueezeNet 1.1 on Imagenette, asked for the ten classes alone, which spares it every other mistake.

    Raises:
        StartError: its weights are not here and can't be fetched.
    """
    entry = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1
    try:
        stock = torchvision.models.squeezenet1_1(weights=entry)
    except OSError as error:
        raise StartError(
            "torchvision can't fetch the weights of SqueezeNet 1.1.", "Connect to the internet, or add --no-baseline."
        ) from error
    network = TenOfThousand(squeezenet_1_1(stock.state_dict())).to(device)
    photos = things(data, Split.VALIDATION)
    return score(probabilities(network, photos, view=view, side=SIDE, device=device), labels(photos))


class TenOfThousand(nn.Module):
    """A network for ImageNet-1k as a classifier for our classes: the others can't win."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n classes"]:
        """Its logits for the ten classes of Imagenette at their places among ours, minus infinity elsewhere."""
        logits = self.network(x)
        ours = logits.new_full((len(x), len(CLASSES)), -torch.inf)
        ours[:, [label(folder.name) for folder in FOLDERS]] = logits[:, [folder.imagenet for folder in FOLDERS]]
        return ours


def evaluate_vision(network: nn.Module, data: Path, device: torch.device) -> VisionReport:
    """Judge detectors and segmenter by the validation photos with animals.

    Raises:
        StartError: the photos are not in the folder.
    """
    names = mask_classes(data, Split.VALIDATION)
    return vision_report(network, judge(network, scenes(data, Split.VALIDATION), names, SIDE, device), device)


def main(arguments: list[str] | None = None) -> int:
    """Judge as the command line says; return 0, or 1 after saying why it could not."""
    options = _parser().parse_args(arguments)
    return attempted(lambda: _judge(options))


def _judge(options: argparse.Namespace) -> None:
    classifier, vision = _judge_classifier(options), _judge_vision(options)
    text = f"{classifier[0]}\n{vision[0]}"
    print(text)
    write_whole(options.out / "metrics.md", text.encode())
    facts = {"classifier": classifier[1], "vision": vision[1]}
    write_whole(options.out / "metrics.json", json.dumps(facts, indent=1).encode())


def _judge_classifier(options: argparse.Namespace) -> tuple[str, dict[str, object]]:
    device, view = best_device(), View(options.view)
    network = exported(_there(options.weights, "training.classifier")).to(device).to(memory_format=torch.channels_last)
    report = evaluate(network, options.data, view, device)
    stock = baseline(options.data, view, device) if options.baseline else None
    return table(report, stock), {**asdict(report), "baseline": asdict(stock) if stock else None}


def _judge_vision(options: argparse.Namespace) -> tuple[str, dict[str, object]]:
    device = best_device()
    network = frozen(built(LabVision, load_file(_there(options.vision, "training.vision"))))
    report = evaluate_vision(network.to(device).to(memory_format=torch.channels_last), options.data, device)
    return vision_table(report), asdict(report)


def _there(file: Path, trained_by: str) -> Path:
    if not file.is_file():
        raise StartError(f"There are no weights at {file}.", f"Train them: python -m {trained_by}.")
    return file


def _sample_probabilities(network: nn.Module, name: str, view: View, device: torch.device) -> Float[Tensor, " classes"]:
    pixels = torch.from_numpy(sample(name).pixels.copy()).permute(2, 0, 1)
    with torch.inference_mode():
        return network(view_of(pixels, view, SIDE).to(device))[0].softmax(dim=0).cpu()


def _whole_photos(network: nn.Module, data: Path, view: View, device: torch.device) -> float:
    photos = whole_photos(data, Split.VALIDATION)
    found = probabilities(network, [photo for photo, _ in photos], view=view, side=SIDE, device=device).argmax(dim=1)
    hits = sum(called in present for called, (_, present) in zip(found.tolist(), photos, strict=True))
    return hits / len(photos)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description="Judge what ships with the lab.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the photos")
    parser.add_argument("--weights", type=Path, default=CLASSIFIER, help="those of the classifier")
    parser.add_argument("--vision", type=Path, default=CLASSIFIER.with_name(WEIGHTS), help="of detectors and segmenter")
    parser.add_argument("--out", type=Path, default=Path(".cache/evaluation"), help="folder for the tables")
    parser.add_argument("--view", choices=[view.value for view in View], default=View.INNER_CROP.value)
    parser.add_argument("--no-baseline", dest="baseline", action="store_false", help="leave out stock SqueezeNet")
    return parser


if __name__ == "__main__":
    sys.exit(main())
