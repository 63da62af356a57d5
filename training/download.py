"""The photos from their own servers, by torchvision: about 100 MB of Imagenette and 2 GB of PASCAL VOC 2012."""

from __future__ import annotations

from pathlib import Path

from torchvision.datasets import Imagenette, VOCDetection

from training.data import ANIMAL_PHOTOS, IMAGENETTE, Split
from training.voc import convert


def download(data: Path) -> None:
    """Fetch what is missing in the folder. VOC's own photos stay beside the small ones made of them."""
    data.mkdir(parents=True, exist_ok=True)
    if not any((data / name).is_dir() for name in IMAGENETTE):
        Imagenette(str(data), split="train", size="160px", download=True)
    for split in Split:
        if not (data / ANIMAL_PHOTOS / split.value / "annotations.json").is_file():
            photos = VOCDetection(str(data), year="2012", image_set=split.value, download=True)
            masks = data / "VOCdevkit" / "VOC2012" / "SegmentationClass"  # where VOCDetection unpacks them
            convert((photos[index] for index in range(len(photos))), data, split, masks)
