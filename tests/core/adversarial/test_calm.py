"""What keeps a picture calm: sums by loops, and a photo that keeps its own detail."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.adversarial.blur import gaussian_blur
from core.adversarial.calm import calmed, unrest
from core.adversarial.visualisation_settings import VisualisationSettings


def drawn(height: int = 5, width: int = 4) -> torch.Tensor:
    return torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(2)) / 10


def weighing(l2: float, total_variation: float) -> VisualisationSettings:
    return VisualisationSettings(l2=l2, total_variation=total_variation)


def test_is_the_sum_of_both_by_loops():
    values = drawn()[0].tolist()
    squares = variation = 0.0
    for plane in values:
        for i in range(5):
            for j in range(4):
                squares += plane[i][j] ** 2
                variation += abs(plane[i][j] - plane[i + 1][j]) if i + 1 < 5 else 0
                variation += abs(plane[i][j] - plane[i][j + 1]) if j + 1 < 4 else 0
    expected = 3.0 * squares / 60 + 0.7 * variation / 60
    assert unrest(drawn(), weighing(3.0, 0.7)).item() == pytest.approx(expected, rel=1e-5)


@given(st.floats(0, 100), st.floats(0, 100))
def test_grows_in_proportion_to_the_weights(l2, variation):
    one = unrest(drawn(), weighing(1.0, 0.0)), unrest(drawn(), weighing(0.0, 1.0))
    torch.testing.assert_close(unrest(drawn(), weighing(l2, variation)), l2 * one[0] + variation * one[1])


def test_twice_the_size_has_the_same_mean_square():
    larger = drawn().repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    torch.testing.assert_close(unrest(larger, weighing(5.0, 0.0)), unrest(drawn(), weighing(5.0, 0.0)))


def test_without_weights_and_without_anything_drawn_there_is_none():
    assert unrest(drawn(), weighing(0.0, 0.0)).item() == 0
    assert unrest(torch.zeros(1, 3, 5, 4), weighing(9.0, 9.0)).item() == 0


def test_only_what_was_drawn_is_blurred():
    ground = 0.3 + 0.4 * torch.rand(1, 3, 9, 9, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(calmed(ground, ground, 3.0), ground)
    found = calmed(ground + drawn(9, 9).clamp(-0.2, 0.2), ground, 1.0)
    torch.testing.assert_close(found, ground + gaussian_blur(drawn(9, 9).clamp(-0.2, 0.2), 1.0))


def test_a_blurred_canvas_stays_in_its_range():
    ground = torch.rand(1, 3, 9, 9, generator=torch.Generator().manual_seed(1))
    found = calmed(1 - ground, ground, 1.0)
    assert 0 <= found.min() <= found.max() <= 1


def test_no_blur_is_the_canvas_itself():
    canvas = drawn()
    assert calmed(canvas, canvas, 0.0) is canvas


def test_every_device_is_as_calm_as_the_cpu(device):
    there = unrest(drawn().to(device), weighing(3.0, 0.7))
    torch.testing.assert_close(there.cpu(), unrest(drawn(), weighing(3.0, 0.7)), rtol=1e-5, atol=1e-6)
