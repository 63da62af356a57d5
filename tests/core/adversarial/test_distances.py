import math

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from core.adversarial.distances import Distances, distances


def pair(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    clean, noise = torch.rand(2, 1, 3, 24, 30, generator=torch.Generator().manual_seed(seed))
    return (clean + 0.1 * (noise - 0.5)).clamp(0, 1), clean


@pytest.mark.parametrize("seed", range(4))
def test_equals_scikit_image(seed):
    changed, clean = pair(seed)
    ours, theirs = changed[0].double().numpy(), clean[0].double().numpy()
    found = distances(changed, clean)
    assert found.psnr == pytest.approx(peak_signal_noise_ratio(theirs, ours, data_range=1))
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1}
    assert found.ssim == pytest.approx(structural_similarity(ours, theirs, channel_axis=0, **settings), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_norms_of_numpy(seed):
    changed, clean = pair(seed)
    change = (changed.double() - clean.double()).numpy()[0]
    found = distances(changed, clean)
    assert found.l2 == pytest.approx(np.linalg.norm(change))
    assert found.linf == np.abs(change).max()
    assert found.levels == pytest.approx(255 * np.abs(change).max())


def test_counts_pixels_and_not_values():
    clean = torch.full((1, 3, 4, 5), 0.5)
    changed = clean.clone()
    changed[0, :, 1, 2] = 0.6
    changed[0, 2, 3, 3] = 0.4
    assert distances(changed, clean).l0 == 2


def test_a_picture_is_as_near_to_itself_as_can_be():
    _, clean = pair(0)
    assert distances(clean, clean) == Distances(l0=0, l2=0.0, linf=0.0, psnr=math.inf, ssim=1.0)


def test_black_and_white_are_as_far_apart_as_can_be():
    found = distances(torch.ones(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))
    assert (found.l0, found.linf, found.levels, found.psnr) == (64, 1, 255, 0)
    assert found.l2 == pytest.approx(math.sqrt(192))


def test_one_pixel_is_a_picture():
    found = distances(torch.full((1, 3, 1, 1), 0.5), torch.zeros(1, 3, 1, 1))
    assert found.l0 == 1
    assert math.isfinite(found.ssim)


def test_neither_side_of_a_change_is_the_first(device):
    changed, clean = pair(5)
    assert distances(changed.to(device), clean.to(device)) == distances(clean, changed)
