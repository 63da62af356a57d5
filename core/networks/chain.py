"""Networks whose layers run one after the other, so that they can be cut after any of them.

A cut replaces hooks: whoever wants a feature map takes it from the trunk, so threads that share one network never
record each other's activations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from core.errors import ModelError

NetworkT = TypeVar("NetworkT", bound=nn.Module)


class Chain(nn.Module):
    """Layers that run in the order of the mapping they are given in; `names` are its keys.

    A name may have dots, such as "features.12", the path of the layer in the network it comes from. A chain without
    layers gives back what it gets.
    """

    def __init__(self, layers: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names = tuple(layers)
        self.layers = nn.ModuleList(layers.values())  # a ModuleDict would refuse the dots

    def forward(self, x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """What the last layer makes of `x`."""
        for layer in self.layers:
            x = layer(x)
        return x

    def split(self, name: str) -> Halves:
        """The network in two: all layers up to `name`, which is the trunk's last, and the rest.

        Both halves are made of the very layers of this network. After the last layer the head is empty.

        Raises:
            ModelError: there is no such layer.
        """
        cut = number_of(name, self.names) + 1
        return Halves(self._part(slice(cut)), self._part(slice(cut, None)))

    def features(self, x: Float[Tensor, "..."], names: Iterable[str]) -> dict[str, Float[Tensor, "..."]]:
        """What the layers `names` make of `x`, in the order in which they run. No layer after the deepest runs.

        Raises:
            ModelError: there is no such layer.
        """
        wanted = {number_of(name, self.names) for name in names}
        found = {}
        for index in range(max(wanted, default=-1) + 1):
            x = self.layers[index](x)
            if index in wanted:
                found[self.names[index]] = x
        return found

    def _part(self, part: slice) -> Chain:
        half = Chain(dict(zip(self.names[part], self.layers[part], strict=True)))
        half.training = half.layers.training = self.training  # .train() would reach the shared layers
        return half


class Halves(NamedTuple):
    """A network in two: `head(trunk(x))` is what the network makes of `x`.

    No layer writes into what it is given, so one feature map serves any number of heads.
    """

    trunk: Chain
    head: Chain


def number_of(layer: str, names: Sequence[str]) -> int:
    """The number of a layer, from 0, among the `names` of a network's.

    Raises:
        ModelError: there is no such layer.
    """
    if layer in names:
        return names.index(layer)
    near = ", ".join(get_close_matches(layer, names, n=5, cutoff=0.0))
    raise ModelError(
        f"This network has no layer called '{layer}'.",
        f"It has {len(names)} layers; those with the most similar names are: {near or 'none'}.",
    )


def named(path: str, layers: nn.Module) -> dict[str, nn.Module]:
    """The layers of a sequence by their paths in the network where it is found at `path`.

    Dropout is left out: it does nothing in inference.
    """
    return {f"{path}.{name}": layer for name, layer in layers.named_children() if not isinstance(layer, nn.Dropout)}


def below(path: str, state: Mapping[str, Tensor] | None) -> dict[str, Tensor] | None:
    """The state of the module at `path` out of the state of a network, in the module's own names; None stays None."""
    if state is None:
        return None
    return {name.removeprefix(f"{path}."): tensor for name, tensor in state.items() if name.startswith(f"{path}.")}


def built(make: Callable[[], NetworkT], state: Mapping[str, Tensor] | None) -> NetworkT:
    """The network that `make` makes, with the weights of `state` in float32, or random ones where there is no state.

    With a state nothing is initialised first, and the network keeps those very tensors where they are float32.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    if state is None:
        return make()
    with torch.device("meta"):
        network = make()
    single = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    network.load_state_dict(single, assign=True)
    return network


def frozen(network: NetworkT) -> NetworkT:
    """The network itself, ready to be shared: in eval mode, no weight asks for a gradient, no activation writes in place."""
    for module in network.modules():
        if vars(module).get("inplace"):
            vars(module)["inplace"] = False
    return network.eval().requires_grad_(False)
