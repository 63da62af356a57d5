"""What every network that is shared must obey."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from core.networks.chain import Chain


def randomised(make: Callable[[], nn.Module]) -> nn.Module:
    """A network in eval mode with weights, biases and statistics that are all random and keep signals alive."""
    with torch.device("meta"):  # its own initialisation would take seconds for a large network
        network = make().eval()
    network.to_empty(device="cpu")
    draw = torch.Generator().manual_seed(0)
    for name, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            tensor.zero_()
        elif tensor.ndim > 1:
            bound = math.sqrt(6 / tensor[0].numel())
            tensor.uniform_(-bound, bound, generator=draw)
        elif name.endswith(("running_var", "weight")):
            tensor.uniform_(0.5, 1.5, generator=draw)
        else:
            tensor.uniform_(-0.1, 0.1, generator=draw)
    return network


def every_cut_makes_two_halves(network: Chain, x: torch.Tensor) -> None:
    """After any layer: the halves make the whole, they share its layers, and neither writes into what it is given."""
    before = x.clone()
    with torch.no_grad():
        whole = network(x)
        for name in network.names:
            trunk, head = network.split(name)
            features = trunk(x)
            assert torch.equal(x, before), name
            kept = features.clone()
            assert torch.equal(head(features), whole), name
            assert torch.equal(features, kept), name
            assert [*trunk.layers, *head.layers] == [*network.layers], name
            assert trunk.names[-1] == name
            assert not any(module.training for half in (trunk, head) for module in half.modules())


def can_be_shared(network: nn.Module) -> None:
    """Nothing trains, asks for a gradient, writes in place, has a hook or has no values."""
    for module in network.modules():
        assert not module.training
        assert not getattr(module, "inplace", False)
        assert not any(map(len, (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks)))
    tensors = [*network.parameters(), *network.buffers()]
    assert tensors
    assert not any(tensor.requires_grad or tensor.is_meta for tensor in tensors)
    assert all(tensor.dtype == torch.float32 for tensor in tensors if tensor.is_floating_point())


@pytest.fixture(scope="session")
def randomise():
    return randomised


@pytest.fixture(scope="session")
def check_every_cut():
    return every_cut_makes_two_halves


@pytest.fixture(scope="session")
def check_shareable():
    return can_be_shared
