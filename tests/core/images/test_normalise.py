"""Pixels to tensors and back."""

import numpy as np
import pytest
import torch
from torchvision.transforms.functional import to_tensor as torchvision_to_tensor
from torchvision.transforms.v2 import functional as reference

from core.images import imagenet
from core.images.normalise import normalise, to_pixels, to_tensor


def every_value():
    return np.arange(256 * 3, dtype=np.int64).reshape(16, 16, 3).astype(np.uint8)


def image(seed=0, shape=(2, 3, 7, 9)):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_all_256_values_survive_the_way_to_a_tensor_and_back(device):
    pixels = every_value()
    assert len(np.unique(pixels)) == 256
    assert np.array_equal(to_pixels(to_tensor(pixels, device)), pixels)


def test_pixels_become_what_torchvision_makes_of_them():
    pixels = every_value()
    assert torch.equal(to_tensor(pixels), torchvision_to_tensor(pixels)[None])


def test_a_tensor_is_a_contiguous_copy_on_the_device(device):
    pixels = every_value()
    pixels.setflags(write=False)
    tensor = to_tensor(pixels, device)
    assert tensor.device.type == device.type
    assert tensor.is_contiguous()
    tensor.zero_()
    assert pixels.any()


def test_a_reversed_view_of_pixels_is_accepted():
    pixels = every_value()
    assert np.array_equal(to_pixels(to_tensor(pixels[::-1, ::-1])), pixels[::-1, ::-1])


@pytest.mark.parametrize(
    ("level", "byte"),
    [
        (0.49 / 255, 0),
        (0.51 / 255, 1),
        (254.4 / 255, 254),
        (-3.0, 0),
        (7.0, 255),
        (float("inf"), 255),
        (float("nan"), 0),
    ],
)
def test_levels_are_rounded_and_clamped(level, byte):
    assert to_pixels(torch.full((3, 1, 1), level)).tolist() == [[[byte] * 3]]


def test_half_precision_and_gradients_are_accepted():
    pixels = every_value()
    assert np.array_equal(to_pixels(to_tensor(pixels).requires_grad_()), pixels)
    assert np.abs(to_pixels(to_tensor(pixels).half()).astype(int) - pixels).max() <= 1


@pytest.mark.parametrize(("mean", "std"), [(imagenet.MEAN, imagenet.STD), ([0.5, 0.4, 0.1], (1.0, 2.0, 0.25))])
def test_normalise_does_what_torchvision_does(mean, std):
    assert torch.equal(normalise(image(), mean, std), reference.normalize(image(), list(mean), list(std)))


def test_normalise_leaves_its_input_alone():
    given = image()
    normalise(given)
    assert torch.equal(given, image())
