"""Files of torchvision's detectors for tests: random weights that are sure of a thing here and there."""

import importlib
import io
import math
import re
from functools import cache

import torch

from core.zoo.model_card import ModelCard
from core.zoo.weights import path

LAST = re.compile(r"classification_head\.module_list\.\d\.1$|cls_score$")
"""The layers that name classes."""

MOVES = re.compile(r"bbox_pred|regression_head|rpn\.head")
"""The layers that move boxes: a little. Nor may proposals be too sure of themselves."""


@cache
def random_weights(row: ModelCard) -> bytes:
    """A file of its weights, in which pictures make a difference and the classes of noise do too."""
    module, function = row.builder.split(":")
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        network = getattr(importlib.import_module(module), function)(None)
        for name, tensor in network.state_dict().items():
            if tensor.ndim > 1:
                tensor.uniform_(-1, 1).mul_(math.sqrt(6 / tensor[0].numel()) * (0.02 if MOVES.search(name) else 1))
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
        noise = torch.rand(1, 3, 320, 320)
        factor = (2.0 if row.plain else 6.0) / network(noise if row.plain else (noise - 0.5) * 4).logits.std()
        layers = [layer for name, layer in network.named_modules() if LAST.search(name)]
        assert layers
        for layer in layers:
            layer.weight.mul_(factor)
    file = io.BytesIO()
    torch.save(network.network.state_dict(), file)
    return file.getvalue()


def put(row: ModelCard) -> None:
    """Random weights where a network of the catalogue looks for them."""
    target = path(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(random_weights(row))
