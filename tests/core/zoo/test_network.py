"""A network that is ready for use: from a photo to its input, and cut in two."""

import dataclasses

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from core.errors import ModelError
from core.images.normalise import to_pixels, to_tensor
from core.images.photo import Photo, from_pixels
from core.images.resize import centre_crop, letterbox
from core.networks.chain import Chain
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Task, View
from core.zoo.network import Network, ready

CPU = torch.device("cpu")
PRESETS = [row for row in CARDS if row.entry and row.class_count and row.task is not Task.DETECT]
RESIZING = {"ssdlite": "ssdlite320_mobilenet_v3_large", "fasterrcnn": "fasterrcnn_mobilenet_v3_large_320_fpn"}
"""Detectors of torchvision, which make the photo larger or smaller themselves."""


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


@pytest.mark.parametrize("key", RESIZING)
@pytest.mark.parametrize(("width", "height"), [(300, 200), (200, 300), (310, 300)])
def test_a_detector_gets_a_photo_of_the_size_that_torchvisions_own_resizing_makes(key, width, height):
    """Photos that it enlarges: what it makes smaller we smooth before, and torchvision does not."""
    resizing = torchvision.models.get_model(RESIZING[key], weights=None, weights_backbone=None).transform
    resizing.image_mean, resizing.image_std = [0.0] * 3, [1.0] * 3
    photo = noise(width, height)
    batch, _ = resizing([to_tensor(photo.pixels)[0]])
    high, wide = batch.image_sizes[0]  # without what fills it up to a multiple of 32
    placed = network(key).place(photo).image
    torch.testing.assert_close(placed, batch.tensors[:, :, :high, :wide], atol=1e-4, rtol=0)


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


CUT = [row for row in CARDS if row.view is View.CROP]


@pytest.mark.parametrize("key", ["lab-classifier", "resnet50", "lab-fcn", "lraspp"])
def test_a_photo_of_exactly_the_input_s_size_passes_bit_for_bit(key):
    """Of every view, so that a picture that was made for a network is what it sees after it was saved."""
    side = card(key).side or card(key).resize
    photo = noise(side, side)
    placed = network(key).place(photo)
    assert torch.equal(placed.image, to_tensor(photo.pixels))
    assert np.array_equal(to_pixels(placed.image), photo.pixels)
    corners = torch.tensor([[0.0, 0.0], [side, side], [3.5, 7.25]])
    assert torch.equal(placed.placement.forward_points(corners), corners)


def test_the_longer_side_of_a_photo_that_fits_passes_too():
    photo = noise(700, 520)
    assert torch.equal(network("lraspp").place(photo).image, to_tensor(photo.pixels))


@pytest.mark.parametrize("row", CUT, ids=lambda row: row.key)
@pytest.mark.parametrize("size", [(224, 225), (225, 224), (223, 223), (240, 240), (256, 256)], ids=str)
def test_every_other_photo_is_made_larger_and_cut_as_before(row, size):
    photo = noise(*size)
    expected = centre_crop(to_tensor(photo.pixels), resize=row.resize, crop=row.crop)
    placed = network(row.key).place(photo)
    assert torch.equal(placed.image, expected.image)
    assert placed.placement == expected.placement


def test_a_photo_between_bars_is_all_there_in_its_own_shape_and_in_its_own_colours():
    photo = noise(400, 200)
    placed = network("yolov3_tiny").place(photo)
    expected = letterbox(to_tensor(photo.pixels), height=416, width=416)
    assert torch.equal(placed.image, expected.image)
    assert placed.placement == expected.placement
    assert bool((placed.image[..., :104, :] == 0.5).all())
    assert torch.equal(network("yolov3_tiny").preprocess(photo), placed.image), "no mean of ImageNet is taken off"


def test_a_network_that_learned_from_plain_colours_is_given_them():
    photo = noise(320, 320)
    assert torch.equal(network("yolo_fastest").preprocess(photo), to_tensor(photo.pixels))
    assert not torch.equal(network("lab-yolo").preprocess(photo), network("lab-yolo").place(photo).image)


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
