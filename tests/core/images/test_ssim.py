import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import structural_similarity as reference

from core.images.ssim import structural_similarity, unit_range


def pair(height: int, width: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Two maps in [0, 1] that have something in common."""
    ours, noise = torch.rand(2, height, width, generator=torch.Generator().manual_seed(seed))
    return ours, (ours + noise) / 2


def naive(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Equations 13 to 17 window by window, the window cut down to the map where that is smaller."""
    height, width = ours.shape
    rows, columns = min(11, height), min(11, width)

    def bell(place: int, side: int) -> float:
        return math.exp(-((place - (side - 1) / 2) ** 2) / (2 * 1.5**2))

    weights = np.array([[bell(i, rows) * bell(j, columns) for j in range(columns)] for i in range(rows)])
    weights /= weights.sum()
    values = []
    for top in range(height - rows + 1):
        for left in range(width - columns + 1):
            x = ours[top : top + rows, left : left + columns]
            y = theirs[top : top + rows, left : left + columns]
            mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
            var_x, var_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
            both = (weights * (x - mean_x) * (y - mean_y)).sum()
            brightness = (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
            values.append(brightness * (2 * both + 9e-4) / (var_x + var_y + 9e-4))
    return float(np.mean(values))


@pytest.mark.parametrize("size", [(11, 11), (12, 40), (57, 80), (224, 224)])
@pytest.mark.parametrize("seed", range(2))
def test_gives_the_index_of_scikit_image(size, seed):
    ours, theirs = (map.double().numpy() for map in pair(*size, seed))
    # Its mean is taken where the window fits, as ours is: it crops the border of (11 - 1) / 2 pixels.
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1}
    found = structural_similarity(torch.from_numpy(ours), torch.from_numpy(theirs))
    assert found == pytest.approx(reference(ours, theirs, **options), abs=1e-9)


@pytest.mark.parametrize("size", [(1, 1), (1, 20), (4, 6), (7, 7), (10, 13), (15, 14)])
def test_equals_the_formula_written_as_loops(size):
    ours, theirs = pair(*size)
    expected = naive(ours.double().numpy(), theirs.double().numpy())
    assert structural_similarity(ours, theirs) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_a_map_is_exactly_like_itself_and_likeness_has_no_direction(height, width, seed):
    ours, theirs = pair(height, width, seed)
    assert structural_similarity(ours, ours.clone()) == 1
    assert structural_similarity(ours, theirs) == structural_similarity(theirs, ours) < 1


def test_an_inverted_map_is_unlike():
    ours, _ = pair(40, 40)
    assert structural_similarity(ours, 1 - ours) < -0.5


def test_two_flat_maps_differ_in_brightness_alone():
    black, white = torch.zeros(20, 20), torch.ones(20, 20)
    assert structural_similarity(black, black) == 1
    assert structural_similarity(black, white) == pytest.approx(1e-4 / (1 + 1e-4), rel=1e-6)


def test_the_unit_range_goes_from_0_to_1():
    map = torch.tensor([[-2.0, 0.0, 2.0]])
    assert unit_range(map).tolist() == [[0, 0.5, 1]]
    assert unit_range(1e-30 * map).tolist() == [[0, 0.5, 1]]
    assert unit_range(3e38 * map.sign()).tolist() == [[0, 0.5, 1]]


@pytest.mark.parametrize("constant", [0.0, 0.1, -3.7])
def test_a_constant_map_becomes_zeros(constant):
    assert not unit_range(torch.full((3, 4), constant)).any()


def test_every_device_gives_the_index_of_the_cpu(device):
    ours, theirs = pair(30, 41)
    assert structural_similarity(ours.to(device), theirs.to(device)) == structural_similarity(ours, theirs)
