"""Gaussian blur: skimage's, with the weights beyond the border left out."""

import pytest
import torch
from skimage.filters import gaussian

from core.adversarial.blur import gaussian_blur


def picture(height: int = 20, width: int = 17) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5, 40.0])
def test_is_the_gaussian_of_skimage_over_the_weights_that_fall_inside(sigma):
    image = picture().double()
    expected = torch.stack([torch.from_numpy(_normalised(planes.numpy(), sigma)) for planes in image])
    torch.testing.assert_close(gaussian_blur(image, sigma), expected, rtol=0, atol=1e-6)


def _normalised(planes, sigma):
    """Zeros beyond the border, divided by what the same blur makes of ones."""
    settings = {"sigma": sigma, "mode": "constant", "truncate": 8.0, "channel_axis": 0}
    return gaussian(planes, **settings) / gaussian(0 * planes + 1, **settings)


def test_one_colour_stays_that_colour():
    torch.testing.assert_close(gaussian_blur(torch.full((1, 3, 9, 4), 0.3), 2.0), torch.full((1, 3, 9, 4), 0.3))


def test_is_linear():
    ours, theirs = picture(), picture().flip(3)
    torch.testing.assert_close(gaussian_blur(ours - theirs, 1.5), gaussian_blur(ours, 1.5) - gaussian_blur(theirs, 1.5))


def test_a_wide_blur_leaves_the_mean_colour():
    image = picture()
    torch.testing.assert_close(gaussian_blur(image, 1e4), image.mean(dim=(2, 3), keepdim=True).expand_as(image))


def test_no_blur_is_the_picture_itself():
    image = picture()
    assert gaussian_blur(image, 0.0) is image


@pytest.mark.parametrize("sigma", [1e-3, 0.5, 20.0])
def test_one_pixel_stays(sigma):
    torch.testing.assert_close(gaussian_blur(picture(1, 1), sigma), picture(1, 1))


@pytest.mark.parametrize("sigma", [0.5, 0.7, 3.0])
def test_no_number_is_so_small_that_it_slows_a_cpu(sigma):
    drawn = torch.full((1, 1, 1, 224), 2**-24)  # the smallest difference from grey
    drawn[..., 100:] = 0
    found = gaussian_blur(drawn, sigma)
    assert found[found != 0].min() > torch.finfo(torch.float32).tiny


def test_every_device_gives_the_blur_of_the_cpu(device):
    torch.testing.assert_close(gaussian_blur(picture().to(device), 1.5).cpu(), gaussian_blur(picture(), 1.5))
