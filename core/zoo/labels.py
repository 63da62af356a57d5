"""The names of the classes a network tells apart, read from the source of its weights."""

from __future__ import annotations

from functools import lru_cache

import torchvision


@lru_cache(maxsize=32)
def labels(entry: str) -> tuple[str, ...]:
    """Class names of torchvision's weights `entry`, in the order of the logits: 1,000 for ImageNet, 21 for VOC.

    VOC's first class, everything that is none of the others, is "background" (torchvision: "__background__").
    """
    return tuple(name.strip("_") for name in torchvision.models.get_weight(entry).meta["categories"])
