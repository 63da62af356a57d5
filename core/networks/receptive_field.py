"""How much of a picture one cell of a feature map can see, read off the layers without running them.

A convolution or pooling with kernel k, dilation d and stride s on a map whose cells see r pixels and lie j pixels apart gives
cells that see r + d(k - 1)j pixels and lie js apart (Araujo et al., Computing Receptive Fields of Convolutional Neural
Networks, Distill, 2019, section 2). Where branches meet, the widest counts. What reaches every position at once, such as the
mean over a whole map, sees all of the picture; a gate made of such means (squeeze and excitation) is reported apart, since it
scales whole maps and moves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from core.networks.chain import Chain


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """A feature map of a layer: `channels` maps of `height` x `width` cells, for an input of one size.

    A cell sees a square of `side` pixels, which may reach over the edge of the picture, and its neighbour lies `stride` pixels
    further. `side` is infinite after a layer that reaches every position; `gated` says that maps were scaled by gates that saw
    the whole picture.
    """

    channels: int
    height: int
    width: int
    side: float
    stride: int
    gated: bool


def receptive_fields(network: Chain, *, height: int, width: int) -> dict[str, ReceptiveField]:
    """The feature maps of all layers that have positions, for an input of `height` x `width` pixels, in their order.

    The layers run on a batch of no pictures, which has all shapes and nothing to compute. (Tensors on the `meta` device would do
    as well, but torch imports its compiler for them, two seconds of work in a new process.)
    """
    weights = next((weights for layer in network.layers for weights in layer.parameters()), torch.empty(0))
    x = weights.new_empty(0, 3, height, width)
    found: dict[str, ReceptiveField] = {}
    with torch.no_grad(), _Tracing(x) as tracing:
        for name, layer in zip(network.names, network.layers, strict=True):
            x = layer(x)
            if x.dim() == 4 and x.shape[2] * x.shape[3] > 1:
                seen = tracing.of(x)
                found[name] = ReceptiveField(x.shape[1], x.shape[2], x.shape[3], seen.side, seen.stride, seen.gated)
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    side: float
    stride: int
    gated: bool

    def through(self, kernel: int, dilation: int, stride: int) -> _Seen:
        """What cells see after a window with this kernel."""
        return _Seen(self.side + dilation * (kernel - 1) * self.stride, self.stride * stride, self.gated)


class _Tracing(TorchFunctionMode):
    """Notes for each tensor what its cells see, in this thread alone, while layers run on shapes."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        self._seen = WeakTensorKeyDictionary()
        self._seen[picture] = _Seen(1.0, 1, gated=False)

    def of(self, tensor: Tensor) -> _Seen:
        """What the cells of a tensor see that was made on the way."""
        return self._seen[tensor]

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Collection[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the function gives
        options = kwargs or {}
        out = func(*args, **options)
        inputs = [one for one in _leaves(args) if one in self._seen]
        if inputs and isinstance(out, Tensor) and out is not inputs[0]:
            self._seen[out] = self._after(func.__name__, args, options, inputs, out)
        return out

    def _after(
        self, name: str, args: tuple[Any, ...], options: Mapping[str, Any], inputs: Sequence[Tensor], out: Tensor
    ) -> _Seen:
        before, (height, width) = self._seen[inputs[0]], _positions(inputs[0])
        if name == "conv2d":
            stride, dilation = _argument(args, options, 3, "stride", 1), _argument(args, options, 5, "dilation", 1)
            return before.through(max(args[1].shape[2:]), dilation, stride)
        if name in ("max_pool2d", "avg_pool2d"):
            kernel = _argument(args, options, 1, "kernel_size", 1)
            dilation = _argument(args, options, 4, "dilation", 1) if name == "max_pool2d" else 1
            return before.through(kernel, dilation, _argument(args, options, 2, "stride", kernel))
        if name.startswith("adaptive_") or name == "mean":
            steps = max(height // max(1, _positions(out)[0]), width // max(1, _positions(out)[1]))
            return before if steps <= 1 else _Seen(math.inf, before.stride * steps, before.gated)
        return self._joined(inputs, out)

    def _joined(self, inputs: Sequence[Tensor], out: Tensor) -> _Seen:
        """Of branches that meet. One without positions, where another has some, is a gate."""
        known = [(self._seen[one], _positions(one) == _positions(out)) for one in inputs]
        wide = [seen for seen, placed in known if placed] or [seen for seen, _ in known]
        gated = any(seen.gated for seen, _ in known) or len(wide) < len(known)
        return _Seen(max(seen.side for seen in wide), max(seen.stride for seen in wide), gated)


def _leaves(args: object) -> list[Tensor]:
    if isinstance(args, Tensor):
        return [args]
    return [leaf for one in args for leaf in _leaves(one)] if isinstance(args, (tuple, list)) else []


def _positions(tensor: Tensor) -> tuple[int, int]:
    return (tensor.shape[2], tensor.shape[3]) if tensor.dim() == 4 else (1, 1)


def _argument(args: tuple[Any, ...], options: Mapping[str, Any], place: int, name: str, default: int) -> int:
    """An argument by its place or name; the larger side of a pair, and the default for none."""
    found = args[place] if place < len(args) else options.get(name)
    if found is None:
        return default
    return max(found, default=default) if isinstance(found, (tuple, list)) else found
