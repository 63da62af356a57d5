"""From coarse scores to a class for every pixel: the lab's FCN at 32s, 16s and 8s, enlarged in four ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from core.experiments.cost import Cost, Meter, billed
from core.experiments.overview import seen
from core.images.photo import Photo
from core.networks.lab_vision import LabFcn
from core.networks.upsampling import bilinear_kernel, upsampler
from core.segmentation.segmenter import class_map
from core.segmentation.settings import Upsampling
from core.zoo.cache import load
from core.zoo.weights import damaged

MODEL = "lab-fcn"

Enlarge = Callable[[Float[Tensor, "1 classes rows columns"]], Float[Tensor, "1 classes h w"]]


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """The scores with one cell for every `stride` pixels of the input, and the class maps of the input that they become."""

    stride: int
    scores: Float[np.ndarray, "classes rows columns"]
    maps: Mapping[Upsampling, UInt8[np.ndarray, "h w"]]


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """The weights of one layer that makes scores `factor` times as large, at stride `stride` before that.

    `before` is the kernel of every class when training began, `after` those of each class for itself now. `mixed` is how
    much of all weights, by their absolute values, leads from one class to another now: 0 when training began.
    """

    stride: int
    factor: int
    before: Float[np.ndarray, "side side"]
    after: Float[np.ndarray, "classes side side"]
    mixed: float


@dataclass(frozen=True, slots=True, eq=False)
class Strides:
    """All of it, the coarsest depth first.

    Class maps cover the part `seen` of the photo, `(x1, y1, x2, y2)` in pixels of its working copy.
    """

    names: tuple[str, ...]
    depths: tuple[Depth, ...]
    kernels: tuple[Kernels, ...]
    seen: tuple[float, float, float, float]
    cost: Cost


def strides(photo: Photo) -> Strides:
    """One pass of the lab's FCN, its scores at every depth, and what each way to enlarge them makes of them.

    Raises:
        ModelError: the network's file is damaged.
        WeightsMissingError: its weights are not on this machine.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _strides(photo, device))


def _strides(photo: Photo, device: torch.device) -> Strides:
    network = load(MODEL, device)
    module = cast("LabFcn", network.module)
    with Meter(device) as meter, torch.inference_mode():
        placed = network.place(photo)
        found = meter.counted(module.depths)(network.prepared(placed.image))
        if not all(bool(scores.isfinite().all()) for scores in found):
            raise damaged(network.card)
        head = module.fcn
        learned = (head.double_32, head.double_16, head.whole)
        began = tuple(_began(layer).to(device) for layer in learned)
        depths = tuple(
            _depth(stride, scores, began[place:], learned[place:])
            for place, (stride, scores) in enumerate(zip((32, 16, 8), found, strict=True))
        )
        kernels = tuple(_kernels(stride, layer) for stride, layer in zip((32, 16, 8), learned, strict=True))
    return Strides(network.card.classes, depths, kernels, seen(placed.placement), meter.cost)


def _depth(
    stride: int,
    scores: Float[Tensor, "1 classes rows columns"],
    began: Sequence[nn.ConvTranspose2d],
    learned: Sequence[nn.ConvTranspose2d],
) -> Depth:
    size = [side * stride for side in scores.shape[2:]]
    ways: dict[Upsampling, Enlarge] = {
        Upsampling.NEAREST: lambda some: functional.interpolate(some, size, mode="nearest"),
        Upsampling.BILINEAR: lambda some: functional.interpolate(some, size, mode="bilinear", align_corners=False),
        Upsampling.BEFORE: nn.Sequential(*began),
        Upsampling.LEARNED: nn.Sequential(*learned),
    }
    maps = {way: class_map(enlarge(scores)[0]).cpu().numpy() for way, enlarge in ways.items()}
    return Depth(stride, scores[0].cpu().numpy(), maps)


def _began(layer: nn.ConvTranspose2d) -> nn.ConvTranspose2d:
    """The layer as it was before training."""
    return upsampler(layer.in_channels, layer.stride[0])


def _kernels(stride: int, layer: nn.ConvTranspose2d) -> Kernels:
    weight = layer.weight.float()
    own = weight.diagonal().permute(2, 0, 1)
    mixed = 1 - own.abs().sum() / weight.abs().sum()
    before = bilinear_kernel(weight.shape[-1])
    return Kernels(stride, layer.stride[0], before.numpy(), own.cpu().numpy().copy(), float(mixed))
