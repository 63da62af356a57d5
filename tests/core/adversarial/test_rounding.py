import io
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.adversarial.balls import projected, random_point
from core.adversarial.rounding import rounded
from core.adversarial.settings import Ball, Norm
from core.images.normalise import to_pixels, to_tensor

BALLS = [
    pytest.param(Ball(norm, epsilon), id=f"{norm.value}-{epsilon}")
    for norm, epsilon in [(Norm.LINF, 2.5 / 255), (Norm.LINF, 8 / 255), (Norm.L2, 0.05), (Norm.L2, 0.5)]
]


def on_grid(seed: int) -> torch.Tensor:
    """Many values at the ends of [0, 1], as in photos."""
    pixels = np.random.default_rng(seed).integers(-60, 316, (7, 6, 3)).clip(0, 255).astype(np.uint8)
    return to_tensor(pixels)


def decoded_png(picture: torch.Tensor) -> torch.Tensor:
    file = io.BytesIO()
    Image.fromarray(to_pixels(picture)).save(file, "PNG")
    return to_tensor(np.asarray(Image.open(file)))


def levels(picture: torch.Tensor) -> torch.Tensor:
    return to_tensor(to_pixels(picture)).double().mul(255).round()


@pytest.mark.parametrize("seed", range(5))
def test_linf_is_the_nearest_level_within_the_ball(seed):
    """Value by value: of all 256 levels that are allowed the nearest; at a tie, either."""
    clean = on_grid(seed)
    ball = Ball(Norm.LINF, 2.6 / 255)
    picture = random_point(clean, ball, seed)
    found = levels(rounded(picture, clean, ball)).flatten()
    for place in range(clean.numel()):
        value, home = picture.flatten()[place].item() * 255, round(clean.flatten()[place].item() * 255)
        allowed = [level for level in range(256) if abs(level - home) <= 2.6]
        nearest = min(abs(level - value) for level in allowed)
        assert abs(found[place].item() - value) == pytest.approx(nearest, abs=1e-4)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(Norm), st.floats(0, 1))
def test_a_clean_picture_on_the_grid_keeps_the_rounded_one_in_the_ball(seed, norm, epsilon):
    clean = on_grid(seed)
    ball = Ball(norm, epsilon)
    change = levels(rounded(random_point(clean, ball, seed), clean, ball)) - levels(clean)
    order = math.inf if norm is Norm.LINF else 2
    assert float(torch.linalg.vector_norm(change.flatten(), order)) <= epsilon * 255 + 1e-3


@pytest.mark.parametrize("ball", BALLS)
@pytest.mark.parametrize("seed", range(5))
def test_it_is_bit_for_bit_what_a_png_of_it_gives_back(ball, seed):
    clean = on_grid(seed)
    found = rounded(random_point(clean, ball, seed), clean, ball)
    assert torch.equal(decoded_png(found), found)


@pytest.mark.parametrize("ball", BALLS)
def test_a_picture_on_the_grid_and_in_the_ball_stays_as_it_is(ball):
    clean = on_grid(1)
    once = rounded(random_point(clean, ball, 1), clean, ball)
    assert torch.equal(rounded(once, clean, ball), once)
    assert torch.equal(rounded(clean, clean, ball), clean)


def test_whole_levels_of_epsilon_are_not_lost_to_the_rounding_of_float32():
    """k / 255 is no float32: both ends of the ball are levels, for every clean value and every k."""
    clean = to_tensor(np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3))
    for k in range(1, 256):
        ball = Ball(Norm.LINF, k / 255)
        for end in (0.0, 1.0):
            picture = projected(torch.full_like(clean, end), clean, ball)
            change = (levels(rounded(picture, clean, ball)) - levels(clean)).abs()
            allowed = (255 * end - levels(clean)).abs().clamp(max=k)
            assert torch.equal(change, allowed)


def test_where_nothing_is_in_the_way_it_is_the_nearest_level():
    clean = on_grid(2)
    picture = random_point(clean, Ball(Norm.L2, 0.2), 2)
    for ball in (Ball(Norm.L2, 5.0), Ball(Norm.LINF, 0.9), Ball(Norm.LINF, None), Ball(Norm.L2, None)):
        assert torch.equal(rounded(picture, clean, ball), to_tensor(to_pixels(picture)))


def test_l2_gives_back_no_more_than_it_must():
    """Rounding all changes towards the clean picture would keep a ball too, and lose nearly all of a small change."""
    clean = to_tensor(np.full((40, 40, 3), 128, np.uint8))
    ball = Ball(Norm.L2, 0.3)
    picture = random_point(clean, ball, 0)
    change = levels(rounded(picture, clean, ball)) - levels(clean)
    length = float(torch.linalg.vector_norm(change)) / 255
    assert 0.29 < length <= 0.3
    truncated = ((picture - clean) * 255).trunc()
    assert float(torch.linalg.vector_norm(truncated)) / 255 < 0.22


def test_off_the_grid_a_ball_without_a_level_gives_a_neighbour():
    clean = torch.full((1, 3, 1, 1), 10.5 / 255)
    found = rounded(clean, clean, Ball(Norm.LINF, 0.1 / 255))
    assert {*levels(found).flatten().tolist()} <= {10.0, 11.0}


@pytest.mark.parametrize("ball", BALLS)
def test_every_device_rounds_to_the_same_levels(ball, device):
    clean = on_grid(3)
    picture = random_point(clean, ball, 3)
    there = rounded(picture.to(device), clean.to(device), ball)
    torch.testing.assert_close(there.cpu(), rounded(picture, clean, ball), rtol=0, atol=1e-6)
