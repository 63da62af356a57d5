"""A network that is ready for use: from a photo to its input, and cut in two."""

import dataclasses

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from core.errors import ModelError
from core.images.normalise import to_tensor
from core.images.photo import Photo, from_pixels
from core.networks.chain import Chain
from core.zoo.catalog import CARDS, card
from core.zoo.network import Network, ready

CPU = torch.device("cpu")
PRESETS = [row for row in CARDS if row.entry and row.class_count]


def noise(width: int, height: int) -> Photo:
    return from_pixels(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def network(key: str, module: nn.Module | None = None, device: torch.device = CPU) -> Network:
    return ready(module or nn.Identity(), card(key), device)


@pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.key)
@pytest.mark.parametrize(("width", "height"), [(300, 200), (200, 300), (451, 300)])
def test_a_photo_is_prepared_as_torchvisions_preset_does(row, width, height):
    photo = noise(width, height)
    expected = torchvision.models.get_weight(row.entry).transforms()(to_tensor(photo.pixels))
    torch.testing.assert_close(network(row.key).preprocess(photo), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("row", CARDS, ids=lambda row: row.key)
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_strangest_photo_becomes_an_input_of_bounded_size(row, size):
    x = network(row.key).preprocess(noise(*size))
    assert x.shape[:2] == (1, 3)
    assert x.shape[2] * x.shape[3] <= 2 * row.resize**2
    if row.side:
        assert x.shape[2:] == (row.side, row.side)


def test_the_placement_leads_back_to_the_photo():
    placement = network("lraspp").place(noise(451, 300)).placement
    canvas = torch.tensor([[0.0, 0.0, placement.canvas_width, placement.canvas_height]])
    torch.testing.assert_close(placement.back_boxes(canvas), torch.tensor([[0.0, 0.0, 451.0, 300.0]]))


def test_the_input_lies_where_the_network_does(device):
    x = network("squeezenet1_1", device=device).preprocess(noise(40, 30))
    assert x.device.type == device.type


def test_a_chain_is_cut_in_two():
    chain = Chain({"one": nn.Linear(3, 3), "two": nn.ReLU()})
    trunk, head = network("squeezenet1_1", chain).split("one")
    x = torch.randn(2, 3)
    assert torch.equal(head(trunk(x)), chain(x))


def test_a_network_that_is_no_chain_says_that_it_cannot_be_cut():
    with pytest.raises(ModelError, match=r"FCN.* can't be cut in two\. Choose a network that classifies"):
        network("fcn_resnet50").split("layer4")


def test_the_size_counts_weights_and_buffers():
    assert network("squeezenet1_1", nn.BatchNorm1d(10)).size == 4 * 10 * 4 + 8


def test_a_network_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        network("squeezenet1_1").card = card("vgg16")
