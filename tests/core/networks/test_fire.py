"""The layers of SqueezeNet, beside torchvision's."""

import torch
import torchvision
from torch import nn

from core.networks.fire import trunk


def test_a_state_of_torchvisions_trunk_fits_and_gives_its_maps_bit_for_bit():
    theirs, ours = torchvision.models.squeezenet1_1().features.eval(), trunk().eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(2, 3, 96, 64)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


def test_random_weights_are_drawn_like_torchvisions():
    theirs, ours = torchvision.models.squeezenet1_1().features.state_dict(), trunk().state_dict()
    assert list(ours) == list(theirs)
    for name, weight in ours.items():
        torch.testing.assert_close(weight.std(), theirs[name].std(), rtol=0.2, atol=0)
        torch.testing.assert_close(weight.abs().max(), theirs[name].abs().max(), rtol=0.05, atol=0)


def test_no_activation_writes_in_place():
    assert not any(module.inplace for module in trunk().modules() if isinstance(module, nn.ReLU))


def test_the_padding_is_that_of_the_first_convolution_alone():
    padded = [module.padding for module in trunk(padding=1).modules() if isinstance(module, nn.Conv2d)]
    plain = [module.padding for module in trunk().modules() if isinstance(module, nn.Conv2d)]
    assert (padded[0], plain[0], padded[1:]) == ((1, 1), (0, 0), plain[1:])
