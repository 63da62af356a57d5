"""Total variation against the double loop of the course, value and gradient."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.images.total_variation import total_variation


def pictures(height: int = 5, width: int = 4) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def naive(picture: torch.Tensor) -> torch.Tensor:
    """The sum of |x[i, j] - x[i + 1, j]| + |x[i, j] - x[i, j + 1]|, by loops."""
    channels, height, width = picture.shape
    total = picture.new_zeros(())
    for channel in range(channels):
        x = picture[channel]
        for i in range(height):
            for j in range(width):
                if i + 1 < height:
                    total = total + (x[i, j] - x[i + 1, j]).abs()
                if j + 1 < width:
                    total = total + (x[i, j] - x[i, j + 1]).abs()
    return total


@pytest.mark.parametrize("size", [(5, 4), (1, 6), (6, 1), (2, 2)])
def test_is_the_double_loop_for_each_picture(size):
    expected = torch.stack([naive(picture) for picture in pictures(*size)])
    torch.testing.assert_close(total_variation(pictures(*size)), expected)


def test_its_gradient_is_that_of_the_double_loop():
    ours, theirs = pictures().requires_grad_(), pictures().requires_grad_()
    (found,) = torch.autograd.grad(total_variation(ours)[1], ours)
    (expected,) = torch.autograd.grad(naive(theirs[1]), theirs)
    torch.testing.assert_close(found, expected)


@given(st.floats(-1, 1), st.floats(0, 10))
def test_brightness_changes_nothing_and_contrast_scales_it(more, factor):
    torch.testing.assert_close(total_variation(factor * pictures() + more), factor * total_variation(pictures()))


def test_one_step_counts_its_height_along_its_length():
    step = torch.zeros(1, 3, 4, 6)
    step[..., 3:] = 0.25
    assert total_variation(step).item() == 0.25 * 4 * 3


@pytest.mark.parametrize("size", [(1, 1), (4, 5)])
def test_one_colour_has_none_and_no_slope(size):
    flat = torch.full((1, 3, *size), 0.4, requires_grad=True)
    found = total_variation(flat)
    assert found.item() == 0
    assert not torch.autograd.grad(found[0], flat)[0].any()


def test_every_device_gives_that_of_the_cpu(device):
    torch.testing.assert_close(
        total_variation(pictures().float().to(device)).cpu(), total_variation(pictures().float())
    )
