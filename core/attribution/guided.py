"""Guided backpropagation and the deconvnet: gradients on the pixels, with another rule at each ReLU on the way back.

The rule holds for what one thread records inside a `with relu_rule(...)`, and sits in the recorded graph alone. Nothing
on a network is touched, so others may use the same network with the same or no rule at the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from core.attribution.grad_cam import Gradient, upsample
from core.attribution.relu_rule import ReluRule

Score = Callable[[Tensor], Tensor]
"""From pictures (n, c, h, w) to one number for each, of shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class GuidedGradCam:
    """`product` is `guided`, the guided backpropagation, times `map`, a class's map at the size of the picture."""

    guided: Float[Tensor, "c h w"]
    map: Float[Tensor, "h w"]
    product: Float[Tensor, "c h w"]


def guided_backpropagation(
    score: Score,
    image: Float[Tensor, "c h w"],
    rule: ReluRule = ReluRule.GUIDED,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> Float[Tensor, "c h w"]:
    """The slope of `score` at each pixel of `image`, with `rule` at every ReLU; it has both signs.

    With `ReluRule.PLAIN` it is the gradient. With `ReluRule.DECONVNET` it is the deconvnet, whose switches of
    max-pooling are what the gradient of a maximum does anyway. A network without ReLUs gives its gradient under every
    rule: see `has_relu`. `gradient` may replace `torch.autograd.grad`, to count its calls.

    Springenberg et al., Striving for Simplicity: The All Convolutional Net, 2014, section 3.4; Zeiler and Fergus,
    Visualizing and Understanding Convolutional Networks, ECCV 2014, section 2.1.
    """
    with torch.enable_grad():
        leaf = image.detach()[None].requires_grad_()
        with relu_rule(rule):
            scores = score(leaf)
        (slope,) = gradient(scores[0], leaf)
    return slope[0]


def guided_grad_cam(guided: Float[Tensor, "c h w"], cam_map: Float[Tensor, "rows cols"]) -> GuidedGradCam:
    """Guided Grad-CAM: `guided` where `cam_map`, brought to its size (bilinear), speaks for the class.

    Selvaraju et al., Grad-CAM, ICCV 2017, section 3.2.
    """
    map = upsample(cam_map, *guided.shape[1:])
    return GuidedGradCam(guided, map, guided * map)


def relu_rule(rule: ReluRule) -> AbstractContextManager[object]:
    """Inside, every ReLU that this thread records goes back by `rule`; of several such contexts the innermost counts.

    A ReLU is `nn.ReLU`, `nn.ReLU6`, `nn.Hardtanh` from 0 up, or the functions behind them, in place or not. One with a
    ceiling counts as positive below its ceiling; ReLU6 is not in the papers. What comes forward stays the same bit for
    bit, and other activations (SiLU, GELU, Hardswish, leaky ReLUs) stay as they are, as does `clamp`. The backward pass
    may run outside and on any thread.
    """
    return _ReluMode(rule)


def has_relu(module: nn.Module) -> bool:
    """Whether a rule changes anything: whether a module that is a ReLU is inside, with or without a ceiling.

    A ReLU that is called as a function inside a `forward` can't be found this way; `relu_rule` changes it all the same.
    """
    return any(
        isinstance(inner, nn.ReLU) or (isinstance(inner, nn.Hardtanh) and inner.min_val == 0)
        for inner in module.modules()
    )


class _RuledRelu(torch.autograd.Function):
    """min(max(x, 0), ceiling), which goes back by a rule."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ceiling: float, rule: ReluRule) -> Tensor:  # noqa: ANN401 - torch gives no type
        """The activation. What the way back needs of `x` is where it lies between 0 and the ceiling."""
        ctx.rule = rule
        ctx.save_for_backward((x > 0) & (x < ceiling))  # not x itself, which may be overwritten in place
        return x.relu() if math.isinf(ceiling) else functional.hardtanh(x, 0.0, ceiling)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        """The slope that passes: `ReluRule` has the three rules."""
        (slope,) = grad_outputs
        (positive,) = ctx.saved_tensors
        if ctx.rule is not ReluRule.PLAIN:
            slope = slope.clamp(min=0)  # a relu would itself be replaced where the rule still holds
        if ctx.rule is not ReluRule.DECONVNET:
            slope = slope.where(positive, 0)
        return slope, None, None


class _ReluMode(TorchFunctionMode):
    """Replaces the functions of `_RELUS`; torch keeps one stack of such modes for each thread."""

    def __init__(self, rule: ReluRule) -> None:
        super().__init__()
        self._rule = rule

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever `func` gives
        read = _RELUS.get(func)
        call = read(*args, **(kwargs or {})) if read else None
        if call is None:
            return func(*args, **(kwargs or {}))
        ruled = _RuledRelu.apply(call.x, call.ceiling, self._rule)
        return call.x.copy_(ruled) if call.in_place else ruled


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call of a ReLU. A `ceiling` of infinity is none."""

    x: Tensor
    ceiling: float
    in_place: bool


def _relu(input: Tensor, inplace: bool = False) -> _Call:
    return _Call(input, math.inf, inplace)


def _relu6(input: Tensor, inplace: bool = False) -> _Call:
    return _Call(input, 6.0, inplace)


def _hardtanh(
    input: Tensor, min_val: float | int = -1, max_val: float | int = 1, inplace: bool = False
) -> _Call | None:
    return _Call(input, float(max_val), inplace) if min_val == 0 else None


_RELUS: dict[Callable[..., Any], Callable[..., _Call | None]] = {
    functional.relu: _relu,
    torch.relu: _relu,
    Tensor.relu: _relu,
    torch.relu_: lambda input: _relu(input, inplace=True),
    Tensor.relu_: lambda input: _relu(input, inplace=True),
    functional.relu6: _relu6,
    functional.hardtanh: _hardtanh,
    functional.hardtanh_: lambda *args, **named: _hardtanh(*args, **named, inplace=True),
}
