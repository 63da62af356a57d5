"""Updates as functions: Adam beside torch's, the direction of L-BFGS beside a dense BFGS matrix."""

import pytest
import torch

from core.style.optimisers import PAIRS, REACH, Moments, Pairs, updated, with_other_loss
from core.style.settings import Optimiser

COUNT = 12


def start() -> torch.Tensor:
    return torch.full((1, 3, 2, 2), 0.5, dtype=torch.float64)


def valley() -> torch.Tensor:
    """A positive definite matrix of different curvatures."""
    draws = torch.Generator().manual_seed(0)
    turned, _ = torch.linalg.qr(torch.randn(COUNT, COUNT, generator=draws, dtype=torch.float64))
    return turned @ torch.diag(torch.logspace(0, 2, COUNT, dtype=torch.float64)) @ turned.mT


LOWEST = 0.5 + 0.2 * torch.sin(torch.arange(COUNT, dtype=torch.float64))


def slope(x: torch.Tensor) -> torch.Tensor:
    return (valley() @ (x.flatten() - LOWEST)).reshape(x.shape)


def walked(optimiser: Optimiser, rate: float, steps: int):
    x, memory = start(), None
    for _ in range(steps):
        found = updated(x, slope(x), memory, optimiser, rate)
        x, memory = found.picture, found.memory
        yield x, memory


def test_adam_walks_as_torchs():
    leaf = start().requires_grad_()
    theirs = torch.optim.Adam([leaf], lr=0.01)
    for ours, _ in walked(Optimiser.ADAM, 0.01, 20):
        leaf.grad = slope(leaf.detach())
        theirs.step()
        torch.testing.assert_close(ours, leaf.detach(), rtol=1e-6, atol=1e-6)


def test_lbfgs_goes_along_the_slope_times_the_dense_inverse():
    """Nocedal and Wright, equation 6.17, begun with the scaled identity of equation 7.20."""
    x, memory, farthest = start(), None, 1e9
    for _ in range(6):
        previous = memory
        g = slope(x)
        found = updated(x, g, memory, Optimiser.LBFGS, farthest if previous else 1e-4)
        memory = found.memory
        assert isinstance(memory, Pairs)
        if previous:
            inverse = torch.eye(COUNT, dtype=torch.float64)
            s, y = memory.moves[-1].flatten(), memory.bends[-1].flatten()
            inverse *= (s @ y) / (y @ y)
            for move, bend in zip(memory.moves, memory.bends, strict=True):
                s, y = move.flatten(), bend.flatten()
                left = torch.eye(COUNT, dtype=torch.float64) - torch.outer(s, y) / (s @ y)
                inverse = left @ inverse @ left.mT + torch.outer(s, s) / (s @ y)
            expected = (x.flatten() - inverse @ g.flatten()).reshape(x.shape).clamp(0, 1)
            torch.testing.assert_close(found.picture, expected)
        x = found.picture


def test_lbfgs_arrives_where_adam_is_still_far():
    *_, (bold, _) = walked(Optimiser.LBFGS, 0.05, 40)
    *_, (steady, _) = walked(Optimiser.ADAM, 0.05, 40)
    assert float((bold.flatten() - LOWEST).abs().max()) < 1e-4
    assert float((steady.flatten() - LOWEST).abs().max()) > 1e-3


def test_lbfgs_moves_no_farther_than_its_reach_and_first_just_that_far():
    x, moves = start(), []
    for y, _ in walked(Optimiser.LBFGS, 0.01, 10):
        moves.append(float((y - x).square().mean().sqrt()))
        x = y
    assert moves[0] == pytest.approx(REACH * 0.01)
    assert max(moves) <= REACH * 0.01 * (1 + 1e-9)


@pytest.mark.parametrize("optimiser", Optimiser)
def test_a_picture_stays_in_its_range_and_what_it_was_made_of_stays_too(optimiser):
    x = torch.full((1, 3, 2, 2), 0.99)
    g = -torch.rand(x.shape, generator=torch.Generator().manual_seed(0))
    first = updated(x, g, None, optimiser, 0.5)
    second = updated(first.picture, -2 * g, first.memory, optimiser, 0.5)
    assert first.picture.max() == 1
    assert second.picture.min() >= 0
    assert float(x.min()) == pytest.approx(0.99)
    again = updated(first.picture, -2 * g, first.memory, optimiser, 0.5)
    assert torch.equal(again.picture, second.picture)


@pytest.mark.parametrize("optimiser", Optimiser)
def test_without_a_slope_or_a_rate_the_picture_stays(optimiser):
    assert torch.equal(updated(start(), torch.zeros_like(start()), None, optimiser, 0.1).picture, start())
    assert torch.equal(updated(start(), slope(start()), None, optimiser, 0.0).picture, start())


def test_a_pair_that_says_nothing_of_the_curve_is_not_remembered():
    first = updated(start(), slope(start()), None, Optimiser.LBFGS, 0.01)
    uphill = updated(first.picture, slope(start()) * 2, first.memory, Optimiser.LBFGS, 0.01)
    assert isinstance(uphill.memory, Pairs)
    assert uphill.memory.moves == ()


def test_only_the_newest_pairs_are_kept():
    *_, (_, memory) = walked(Optimiser.LBFGS, 0.001, PAIRS + 5)
    assert len(memory.moves) == len(memory.bends) == PAIRS


def test_another_optimiser_begins_with_nothing_and_another_loss_ends_pairs_alone():
    adam = updated(start(), slope(start()), None, Optimiser.ADAM, 0.01).memory
    lbfgs = updated(start(), slope(start()), adam, Optimiser.LBFGS, 0.01).memory
    assert isinstance(adam, Moments)
    assert isinstance(lbfgs, Pairs)
    assert lbfgs.moves == ()
    assert with_other_loss(adam) is adam
    assert with_other_loss(lbfgs) is None
