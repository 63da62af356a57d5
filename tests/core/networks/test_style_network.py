"""The network that paints in one pass."""

import pytest
import torch
from safetensors.torch import save

from core.networks.style_network import StyleNetwork, style_network


@pytest.mark.parametrize("size", [(16, 16), (33, 50), (64, 47), (1, 90), (7, 3)])
def test_a_picture_keeps_its_size_and_range(size):
    found = style_network()(torch.rand(2, 3, *size))
    assert found.shape == (2, 3, *size)
    assert found.min() >= 0
    assert found.max() <= 1


def test_three_of_them_are_at_most_4_mb_in_half_precision():
    half = {name: tensor.half() for name, tensor in StyleNetwork().state_dict().items()}
    assert 3 * len(save(half)) < 4 * 10**6


def test_weights_go_in_and_it_paints_the_same():
    network = StyleNetwork().eval()
    x = torch.rand(1, 3, 20, 20)
    torch.testing.assert_close(style_network(network.state_dict())(x), network(x))


def test_it_is_frozen_and_in_eval_mode():
    network = style_network()
    assert not network.training
    assert not any(weight.requires_grad for weight in network.parameters())


def test_brightness_and_contrast_of_maps_do_not_reach_the_blocks():
    """Instance normalisation: the contrast of the photo is lost, and the style's is painted."""
    network, x = style_network(), torch.rand(1, 3, 32, 32)
    first = network.down[0]
    torch.testing.assert_close(first(3 * x), first(x), atol=1e-2, rtol=0)


def test_weights_of_another_network_are_refused():
    with pytest.raises(RuntimeError):
        style_network({"last.weight": torch.zeros(1)})


def test_every_device_paints_as_the_cpu(device):
    network, x = style_network(), torch.rand(1, 3, 24, 36, generator=torch.Generator().manual_seed(0))
    here = network(x)
    torch.testing.assert_close(network.to(device)(x.to(device)).cpu(), here, atol=1e-3, rtol=0)
