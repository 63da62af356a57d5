import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adversarial.balls import projected, random_point
from core.adversarial.settings import Ball, Norm

NORMS = {Norm.LINF: math.inf, Norm.L2: 2}


def pair(seed: int, spread: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """A picture that lies anywhere and a clean one, some of whose values are at the ends of [0, 1]."""
    random = torch.Generator().manual_seed(seed)
    clean = (torch.rand(1, 3, 5, 4, generator=random) * 1.4 - 0.2).clamp(0, 1)
    return clean + spread * torch.randn(1, 3, 5, 4, generator=random), clean


def size(picture: torch.Tensor, clean: torch.Tensor, norm: Norm) -> float:
    return float(torch.linalg.vector_norm((picture.double() - clean.double()).flatten(), NORMS[norm]))


@pytest.mark.parametrize("seed", range(5))
def test_linf_is_each_value_brought_to_the_nearest_allowed_one(seed):
    picture, clean = pair(seed)
    found = projected(picture, clean, Ball(Norm.LINF, 0.1))
    for place in range(clean.numel()):
        value, home = picture.flatten()[place].item(), clean.flatten()[place].item()
        expected = min(max(value, home - 0.1, 0), home + 0.1, 1)
        assert found.flatten()[place].item() == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_l2_scales_the_change_and_then_cuts_it_to_the_range(seed):
    picture, clean = pair(seed)
    change = (picture - clean).double()
    expected = (clean.double() + change * 0.7 / math.sqrt(float((change * change).sum()))).clamp(0, 1)
    torch.testing.assert_close(projected(picture, clean, Ball(Norm.L2, 0.7)), expected.float())


def test_l2_of_a_grey_picture_is_the_nearest_point_of_the_ball():
    """Nothing is cut there, so the closed form is that of the ball: along the line to its centre."""
    clean = torch.full((1, 3, 1, 1), 0.5)
    picture = clean + torch.tensor([0.3, 0.0, 0.4]).view(1, 3, 1, 1)
    found = projected(picture, clean, Ball(Norm.L2, 0.25))
    torch.testing.assert_close(found.flatten(), torch.tensor([0.65, 0.5, 0.7]))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(Norm), st.floats(0, 1), st.floats(0, 3))
def test_neither_the_ball_nor_the_range_is_ever_left(seed, norm, epsilon, spread):
    picture, clean = pair(seed, spread)
    found = projected(picture, clean, Ball(norm, epsilon))
    assert size(found, clean, norm) <= epsilon * (1 + 1e-6) + 1e-7
    assert 0 <= found.min() <= found.max() <= 1


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(Norm))
def test_what_lies_inside_comes_back_bit_for_bit(seed, norm):
    picture, clean = pair(seed, 0.01)
    picture = picture.clamp(0, 1)
    assert torch.equal(projected(picture, clean, Ball(norm, 0.9)), picture)


@pytest.mark.parametrize("norm", Norm)
def test_a_ball_of_no_size_holds_the_clean_picture_alone(norm):
    picture, clean = pair(0)
    assert torch.equal(projected(picture, clean, Ball(norm, 0.0)), clean)
    assert torch.equal(projected(clean, clean, Ball(norm, 0.0)), clean)
    assert torch.equal(random_point(clean, Ball(norm, 0.0), 3), clean)


@pytest.mark.parametrize("norm", Norm)
def test_without_a_bound_only_the_range_counts(norm):
    picture, clean = pair(1)
    assert torch.equal(projected(picture, clean, Ball(norm, None)), picture.clamp(0, 1))
    with pytest.raises(ValueError, match="without a bound"):
        random_point(clean, Ball(norm, None), 0)


@pytest.mark.parametrize("norm", Norm)
def test_a_random_point_is_in_the_ball_and_belongs_to_its_seed(norm):
    _, clean = pair(2)
    ball = Ball(norm, 0.2)
    points = [random_point(clean, ball, seed) for seed in range(20)]
    assert all(size(point, clean, norm) <= 0.2 + 1e-6 for point in points)
    assert all(0 <= point.min() <= point.max() <= 1 for point in points)
    assert torch.equal(points[7], random_point(clean, ball, 7))
    assert not any(torch.equal(points[7], point) for point in points[:7])


def test_random_points_fill_the_box_evenly():
    grey = torch.full((1, 3, 100, 100), 0.5)
    change = (random_point(grey, Ball(Norm.LINF, 0.2), 0) - grey).flatten()
    assert change.mean().item() == pytest.approx(0, abs=0.005)
    assert change.std().item() == pytest.approx(0.4 / math.sqrt(12), rel=0.02)


def test_random_points_fill_the_ball_evenly():
    """A radius r is passed by a share 1 - (r / epsilon)^d of them: of three values half lie beyond 0.79 epsilon."""
    grey = torch.full((1, 3, 1, 1), 0.5)
    radii = [size(random_point(grey, Ball(Norm.L2, 0.4), seed), grey, Norm.L2) for seed in range(1000)]
    assert sum(radius > 0.4 * 0.5 ** (1 / 3) for radius in radii) / 1000 == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("norm", Norm)
def test_every_device_gives_the_same_points(norm, device):
    picture, clean = pair(3)
    ball = Ball(norm, 0.1)
    there = projected(picture.to(device), clean.to(device), ball)
    torch.testing.assert_close(there.cpu(), projected(picture, clean, ball), rtol=1e-5, atol=1e-6)
    start = random_point(clean.to(device), ball, 5)
    torch.testing.assert_close(start.cpu(), random_point(clean, ball, 5), rtol=1e-5, atol=1e-6)
