"""Colours of a photo that stay: brightness alone, or mean and covariance."""

import pytest
import torch

from core.style.colour import luminance, match_colours, match_luminance, with_luminance
from tests.core.style.small import picture


def yiq(image: torch.Tensor) -> torch.Tensor:
    """Brightness and two chrominances, as the American television had them."""
    matrix = torch.tensor([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    return torch.einsum("yc,nchw->nyhw", matrix, image)


def covariance(image: torch.Tensor) -> torch.Tensor:
    """By its definition."""
    colours = image[0].flatten(1).double()
    parted = colours - colours.mean(dim=1, keepdim=True)
    return parted @ parted.mT / colours.shape[1]


def test_luminance_is_the_y_of_yiq():
    torch.testing.assert_close(luminance(picture()), yiq(picture())[:, :1])


def test_other_brightness_leaves_the_chrominance_as_it_is():
    photo = 0.4 + 0.2 * picture(0)
    bright = luminance(0.4 + 0.2 * picture(1))
    found = yiq(with_luminance(photo, bright))
    torch.testing.assert_close(found[:, :1], bright, atol=1e-5, rtol=0)
    torch.testing.assert_close(found[:, 1:], yiq(photo)[:, 1:], atol=1e-3, rtol=0)


def test_its_own_brightness_changes_nothing():
    torch.testing.assert_close(with_luminance(picture(), luminance(picture())), picture())


def test_matched_brightness_has_mean_and_spread_of_the_photo():
    style, content = luminance(picture(0)), 0.4 + 0.1 * luminance(picture(1))
    found = match_luminance(style, content)
    assert float(found.mean()) == pytest.approx(float(content.mean()), abs=1e-3)
    assert float(found.std()) == pytest.approx(float(content.std()), rel=1e-2)


def test_matched_colours_have_mean_and_covariance_of_the_photo():
    content = 0.4 + 0.2 * picture(1, 13, 17)
    found = match_colours(picture(0), content)
    torch.testing.assert_close(found.mean(dim=(2, 3)), content.mean(dim=(2, 3)), atol=1e-3, rtol=0)
    torch.testing.assert_close(covariance(found), covariance(content), atol=1e-4, rtol=0)


def test_a_picture_matched_with_itself_stays():
    torch.testing.assert_close(match_colours(picture(), picture()), picture(), atol=1e-5, rtol=0)


def test_a_picture_of_one_colour_takes_the_mean_and_stays_finite():
    content = 0.4 + 0.2 * picture(1)
    found = match_colours(torch.full((1, 3, 4, 4), 0.3), content)
    torch.testing.assert_close(found.mean(dim=(2, 3)), content.mean(dim=(2, 3)), atol=1e-3, rtol=0)
    assert float(match_luminance(torch.ones(1, 1, 4, 4), luminance(content)).std()) == pytest.approx(0, abs=1e-6)


def test_every_device_matches_as_the_cpu(device):
    here = match_colours(picture(0), picture(1))
    there = match_colours(picture(0).to(device), picture(1).to(device))
    torch.testing.assert_close(there.cpu(), here, rtol=0, atol=1e-4)
