"""The file that ships: weights rounded to fp16, with what must be known to use them in the header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

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
    data = rounded(state, {"classes": json.dumps(CLASSES), **(facts or {})})
    if len(data) > MOST_BYTES:
        raise ValueError(f"the weights have {len(data):,} bytes, the most is {MOST_BYTES:,}")
    write_whole(file, data)


def rounded(state: Mapping[str, Tensor], facts: Mapping[str, str]) -> bytes:
    """Safetensors of a state with its numbers in fp16 (whole numbers as they are), and `facts` in the header.

    Raises:
        ValueError: a weight does not fit into fp16.
    """
    halves = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
        for name, tensor in state.items()
    }
    if not all(tensor.isfinite().all() for tensor in halves.values()):
        raise ValueError("a weight is not finite in fp16")
    return save(halves, dict(facts))


def exported(file: Path) -> SplitNetwork:
    """The classifier in a file that `export` wrote, in float32, ready for inference."""
    return lab_classifier(load_file(file))
