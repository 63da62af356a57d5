"""Transposed convolutions that begin as bilinear interpolation."""

import pytest
import torch
from torch.nn import functional

from core.networks.upsampling import bilinear_kernel, upsampler


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 16])
def test_the_kernel_is_that_of_the_course_by_loops(size):
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 == 1 else factor - 0.5
    kernel = bilinear_kernel(size)
    for i in range(size):
        for j in range(size):
            expected = (1 - abs(i - centre) / factor) * (1 - abs(j - centre) / factor)
            assert kernel[i, j].item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_it_begins_as_bilinear_interpolation_in_the_interior(factor, device):
    maps = torch.rand(2, 3, 6, 7, generator=torch.Generator().manual_seed(0)).to(device)
    ours = upsampler(3, factor).to(device)(maps)
    theirs = functional.interpolate(maps, scale_factor=factor, mode="bilinear", align_corners=False)
    assert ours.shape == theirs.shape
    inside = (..., slice(factor, -factor), slice(factor, -factor))
    torch.testing.assert_close(ours[inside], theirs[inside], atol=1e-5, rtol=0)


def test_channels_do_not_mix_at_first_and_may_later():
    layer = upsampler(3, 2)
    maps = torch.zeros(1, 3, 4, 4)
    maps[:, 1] = 1
    assert not layer(maps)[:, [0, 2]].any()
    assert layer.weight.requires_grad
    assert layer.weight.shape[:2] == (3, 3)
