"""The file that ships: weights rounded to fp16, with what must be known to use them in the header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from core.networks.lab_classifier import CLASSES, lab_classifier
from core.networks.squeezenet import SplitNetwork
from training.checkpoints import write_whole

MOST_BYTES = 3 * 10**6


def export(state: Mapping[str, Tensor], file: Path, facts: Mapping[str, str] | None = None) -> None:
    """Write the weights of a classifier as fp16 safetensors; the header holds the class names and `facts`.

    Raises:
        ValueError: the file would have more than 3 MB, or a weight does not fit into fp16.
    """
    rounded = {name: tensor.detach().cpu().contiguous().to(torch.float16) for name, tensor in state.items()}
    if not all(tensor.isfinite().all() for tensor in rounded.values()):
        raise ValueError("a weight is not finite in fp16")
    data = save(rounded, {"classes": json.dumps(CLASSES), **(facts or {})})
    if len(data) > MOST_BYTES:
        raise ValueError(f"the weights have {len(data):,} bytes, the most is {MOST_BYTES:,}")
    write_whole(file, data)


def exported(file: Path) -> SplitNetwork:
    """The classifier in a file that `export` wrote, in float32, ready for inference."""
    return lab_classifier(load_file(file))
