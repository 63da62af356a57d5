"""Baselines: each is what it says, as loops or SciPy write it, in the picture's size, type and device."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from core.attribution.baselines import baseline, black, blurred, coloured, mean_colour, noisy, random_pixels, white
from core.attribution.settings import Baseline, BaselineSettings
from core.errors import SettingError


def photo(height: int = 12, width: int = 9) -> torch.Tensor:
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(0))


def mean_photo() -> torch.Tensor:
    return torch.full((3, 12, 9), 0.45)


def made(kind: Baseline, image: torch.Tensor) -> torch.Tensor:
    return baseline(image, BaselineSettings(kind=kind), mean_photo().to(image) if kind.needs_picture else None)


@pytest.mark.parametrize("sigma", [0.7, 2.0, 5.0])
def test_the_blur_is_that_of_scipy_scaled_by_the_weights_that_lie_inside(sigma):
    image = photo(20, 31).double()
    settings = {"sigma": (0, sigma, sigma), "mode": "constant", "truncate": 60 / sigma}
    expected = gaussian_filter(image.numpy(), **settings) / gaussian_filter(np.ones(image.shape), **settings)
    np.testing.assert_allclose(blurred(image, sigma).numpy(), expected, atol=1e-12)


def test_the_blur_of_one_point_is_a_gaussian():
    image = torch.zeros(1, 61, 61, dtype=torch.float64)
    image[0, 30, 30] = 1
    spread = blurred(image, 3.0)[0]
    expected = [np.exp(-((i - 30) ** 2 + (j - 30) ** 2) / 18) / (18 * np.pi) for i in range(61) for j in range(61)]
    np.testing.assert_allclose(spread.numpy().ravel(), expected, atol=1e-9)


def test_a_flat_picture_stays_flat_under_blur():
    torch.testing.assert_close(blurred(torch.full((3, 12, 9), 0.3), 4.0), torch.full((3, 12, 9), 0.3))


def test_blur_ends_in_the_mean_colour_and_begins_with_the_photo():
    image = photo()
    torch.testing.assert_close(blurred(image, 500.0), mean_colour(image), rtol=0, atol=1e-3)
    torch.testing.assert_close(blurred(image, 1e-6), image)


def test_the_mean_colour_is_the_mean_of_every_channel():
    image = photo()
    found = mean_colour(image)
    for channel in range(3):
        np.testing.assert_allclose(found[channel].numpy(), image[channel].numpy().mean(), rtol=1e-6)


def test_flat_baselines_have_their_colour_everywhere():
    image = photo()
    assert not black(image).any()
    assert (white(image) == 1).all()
    torch.testing.assert_close(coloured(image, (0.1, 0.2, 0.9))[:, 4, 5], torch.tensor([0.1, 0.2, 0.9]))
    assert (coloured(image, (0.1, 0.2, 0.9)).std(dim=(1, 2)) < 1e-6).all()


def test_random_pixels_are_spread_evenly():
    found = random_pixels(photo(100, 100), 3)
    counts = torch.histc(found, bins=10, min=0, max=1)
    assert (counts / found.numel() - 0.1).abs().max() < 0.01
    assert found.min() >= 0
    assert found.max() < 1


def test_noise_around_the_photo_has_the_spread_that_was_asked_for():
    grey = torch.full((3, 100, 100), 0.5)
    found = noisy(grey, 0.1, 3)
    assert (found - grey).mean().abs() < 0.002
    assert (found - grey).std().item() == pytest.approx(0.1, rel=0.02)


def test_no_noise_leaves_the_photo():
    assert torch.equal(noisy(photo(), 0.0, 3), photo())


@pytest.mark.parametrize("kind", [Baseline.RANDOM_PIXELS, Baseline.NOISY])
def test_a_seed_repeats_and_another_differs(kind):
    first, again, other = (baseline(photo(), BaselineSettings(kind=kind, seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", Baseline)
def test_every_kind_is_a_picture_of_its_own_with_the_photos_size_and_type(kind, dtype):
    image = photo().to(dtype)
    before = image.clone()
    found = made(kind, image)
    assert found.shape == image.shape
    assert found.dtype == dtype
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-6
    found.fill_(7)
    assert torch.equal(image, before)


@pytest.mark.parametrize("kind", Baseline)
def test_every_kind_differs_from_every_other(kind):
    image = photo()
    assert sum(torch.equal(made(kind, image), made(other, image)) for other in Baseline if not other.needs_picture) == (
        0 if kind.needs_picture else 1
    )


@pytest.mark.parametrize("kind", Baseline)
def test_no_kind_asks_for_a_gradient(kind):
    assert not made(kind, photo().requires_grad_()).requires_grad


@pytest.mark.parametrize("kind", [Baseline.PICTURE, Baseline.MEAN_PHOTO])
def test_a_picture_that_is_handed_in_is_copied(kind):
    picture = mean_photo()
    found = baseline(photo(), BaselineSettings(kind=kind), picture)
    assert torch.equal(found, picture)
    found.zero_()
    assert torch.equal(picture, mean_photo())


def test_a_missing_picture_is_asked_for():
    with pytest.raises(SettingError, match="Choose a picture"):
        baseline(photo(), BaselineSettings(kind=Baseline.PICTURE))


def test_a_picture_of_another_size_is_refused_with_both_sizes():
    with pytest.raises(SettingError, match=r"7 × 5 pixels and 3 channels.*9 × 12 pixels and 3 channels"):
        baseline(photo(), BaselineSettings(kind=Baseline.PICTURE), torch.zeros(3, 5, 7))


def test_settings_reach_the_baseline():
    image = photo()
    settings = BaselineSettings(kind=Baseline.BLURRED, blur=2.0)
    assert torch.equal(baseline(image, settings), blurred(image, 2.0))
    settings = BaselineSettings(kind=Baseline.NOISY, noise=0.1, seed=4)
    assert torch.equal(baseline(image, settings), noisy(image, 0.1, 4))
    settings = BaselineSettings(kind=Baseline.COLOUR, colour=(1.0, 0.0, 0.5))
    assert torch.equal(baseline(image, settings), coloured(image, (1.0, 0.0, 0.5)))


@pytest.mark.parametrize("kind", Baseline)
def test_every_device_gives_the_baseline_of_the_cpu(kind, device):
    there = made(kind, photo().to(device))
    assert there.device.type == device.type
    torch.testing.assert_close(there.cpu(), made(kind, photo()), rtol=1e-5, atol=1e-5)
