"""What a network says to the pictures of a list of examples."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from training.data import Example
from training.pictures import View, validation_picture, view_of

BATCH = 50


def probabilities(
    network: nn.Module, examples: Sequence[Example], *, view: View, side: int, device: torch.device
) -> Float[Tensor, "n classes"]:
    """The softmax of the network's logits for the validation picture of every example, in float32 on the CPU."""
    found: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(examples), BATCH):
            part = [view_of(validation_picture(example), view, side) for example in examples[start : start + BATCH]]
            x = torch.cat(part).to(device, memory_format=torch.channels_last)
            found.append(network(x).softmax(dim=1).cpu())
    return torch.cat(found)


def labels(examples: Sequence[Example]) -> Int[Tensor, " n"]:
    """The classes the examples have."""
    return torch.tensor([example.label for example in examples])
