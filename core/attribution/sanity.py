"""The sanity check of saliency maps: a map that stays the same when the network forgets everything explains nothing.

Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018, section 3: cascading randomisation. The weights are drawn
anew, layer after layer from the output down to the input, and each time the map is compared with that of the trained
network. All of it happens on a copy; the network itself is never changed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from core.attribution.ranks import rank_correlation
from core.device import seeded
from core.errors import ModelError
from core.images.ssim import structural_similarity, unit_range
from core.networks.chain import Chain
from core.steps import Run, Step

Explain = Callable[[nn.Module], Tensor]
"""A network in, its map of shape (h, w) out."""

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, eq=False)
class Randomised:
    """A network of which the top `done` of `total` stages have fresh weights, `stage` the last of them.

    `network` is the one copy of the cascade: the next stage is drawn anew in this very object.
    """

    stage: str
    network: nn.Module
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SanityStep(Step):
    """The map after `index` of `total` stages lost their weights, and how like the map of the untouched network it is.

    `stage` is the stage that lost them last, None for the untouched network. `rank_correlation` compares |map|,
    `rank_correlation_signed` the map itself, both in [-1, 1] and 0 where a map is constant; `ssim` compares the maps,
    each scaled to [0, 1] by its own smallest and largest value.
    """

    stage: str | None
    total: int
    map: Float[Tensor, "h w"]
    rank_correlation: float
    rank_correlation_signed: float
    ssim: float


def stages(network: nn.Module) -> tuple[str, ...]:
    """The names of what is randomised together, from the output down to the input.

    In a chain each layer that has weights is a stage, in any other network each of its direct children that has some.
    Weights that belong to no child (the class token of a vision transformer, or all of a single layer) are one more
    stage, named after the network's class and taken to be nearest to the input, as in `named_modules`.
    """
    return tuple(_stages(network))


def cascade(network: nn.Module, seed: int) -> Iterator[Randomised]:
    """Randomise a copy of `network` stage by stage from the top; yields after each.

    A layer is drawn by its own initialiser, `reset_parameters`, as in the paper. Weights of modules without one become
    normal noise with the mean and the standard deviation they had. A batch norm forgets its running statistics too:
    they are learned from data as the weights are, and describe activations that no longer exist.

    The same seed draws the same weights on every device and in every thread, and no other random numbers move.
    """
    yield from _randomised(_copy(network), seed)


def sanity_check(network: nn.Module, explain: Explain, seed: int) -> Run[SanityStep]:
    """The map of `network` by `explain`, and again after each stage of `cascade`; yields one step for each.

    `explain` only ever sees the copy, so nothing it does reaches `network`.

    Raises:
        ModelError: a map has values that are not finite.
    """
    ours = _copy(network)
    total = len(stages(ours))
    original = _explained(explain, ours, None)
    yield _compared(original, original, 0, total, None)
    for fresh in _randomised(ours, seed):
        map = _explained(explain, fresh.network, fresh.stage)
        yield _compared(map, original, fresh.done, total, fresh.stage)


def _compared(map: Tensor, original: Tensor, index: int, total: int, stage: str | None) -> SanityStep:
    return SanityStep(
        index=index,
        stage=stage,
        total=total,
        map=map,
        rank_correlation=rank_correlation(map.abs(), original.abs()),
        rank_correlation_signed=rank_correlation(map, original),
        ssim=structural_similarity(unit_range(map), unit_range(original)),
    )


def _explained(explain: Explain, network: nn.Module, stage: str | None) -> Float[Tensor, "h w"]:
    map = explain(network).detach().to(CPU, copy=True)
    if not map.isfinite().all():
        raise ModelError(
            f"The map has values that are not finite{f' after the weights of {stage} were drawn anew' if stage else ''}.",
            "Choose another method, another network or another seed.",
        )
    return map


def _copy(network: nn.Module) -> nn.Module:
    return copy.deepcopy(network).requires_grad_(False)


def _stages(network: nn.Module) -> Mapping[str, tuple[nn.Module, ...]]:
    """The modules with weights of their own, by stage from the top."""
    chained = isinstance(network, Chain)
    parts = zip(network.names, network.layers, strict=True) if chained else network.named_children()
    found = {type(network).__name__: _weighted([network])}
    found |= {name: _weighted(part.modules()) for name, part in parts}
    return {name: modules for name, modules in reversed(found.items()) if modules}


def _weighted(modules: Iterable[nn.Module]) -> tuple[nn.Module, ...]:
    return tuple(module for module in modules if _learned(module))


def _learned(module: nn.Module) -> list[Tensor]:
    """What the module itself learned: its weights, or the statistics of a batch norm without weights."""
    statistics = module.buffers(recurse=False) if hasattr(module, "reset_running_stats") else ()
    return [*module.parameters(recurse=False), *statistics]


def _randomised(network: nn.Module, seed: int) -> Iterator[Randomised]:
    """`cascade` in `network` itself."""
    generator = seeded(seed, CPU)
    parts = _stages(network)
    for done, (stage, modules) in enumerate(parts.items(), start=1):
        for module in modules:
            _redraw(module, generator)
        yield Randomised(stage, network, done, len(parts))


@torch.no_grad()
def _redraw(module: nn.Module, generator: torch.Generator) -> None:
    """Fresh weights for those of the module itself, drawn on the CPU: generators of other devices give other numbers."""
    device = _learned(module)[0].device
    module.to(CPU)
    initialise = getattr(module, "reset_parameters", None)
    with _DrawnFrom(generator):
        if callable(initialise):
            initialise()
        else:
            for weights in module.parameters(recurse=False):
                spread, mean = torch.std_mean(weights, correction=0)
                weights.normal_(float(mean), float(spread))
    module.to(device)


class _DrawnFrom(TorchDispatchMode):
    """Random numbers that this thread draws come from `generator` instead of the process's own.

    Initialisers take no generator, and `torch.random.fork_rng` sets the one that all threads draw from.
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.generator = generator

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        words = dict(kwargs or {})
        if any(argument.name == "generator" for argument in func._schema.arguments):
            words["generator"] = words.get("generator") or self.generator
        return func(*args, **words)
