"""The three parts of the loss against naive loops, and their gradients against finite differences."""

import pytest
import torch

from core.style.losses import FAINTEST, content_loss, energy, gram, mixed, style_loss, variation_loss


def maps(seed: int = 0, channels: int = 4) -> torch.Tensor:
    return torch.randn(1, channels, 3, 5, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def naive_gram(values: torch.Tensor) -> torch.Tensor:
    """The sum over positions of the product of two maps, divided by c h w, by loops."""
    _, channels, height, width = values.shape
    found = torch.zeros(1, channels, channels, dtype=values.dtype)
    for i in range(channels):
        for j in range(channels):
            for row in range(height):
                for column in range(width):
                    found[0, i, j] += values[0, i, row, column] * values[0, j, row, column]
    return found / (channels * height * width)


def naive_variation(values: torch.Tensor) -> float:
    total = 0.0
    _, channels, height, width = values.shape
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                total += abs(float(values[0, c, i, j] - values[0, c, i + 1, j])) if i + 1 < height else 0.0
                total += abs(float(values[0, c, i, j] - values[0, c, i, j + 1])) if j + 1 < width else 0.0
    return total / values.numel()


def naive_relative(ours: torch.Tensor, theirs: torch.Tensor, against: float) -> float:
    pairs = list(zip(ours.flatten().tolist(), theirs.flatten().tolist(), strict=True))
    return sum((a - b) ** 2 for a, b in pairs) / len(pairs) / against


def mean_square(values: torch.Tensor) -> float:
    return sum(value**2 for value in values.flatten().tolist()) / values.numel()


def test_the_gram_matrix_is_that_of_the_loops():
    torch.testing.assert_close(gram(maps()), naive_gram(maps()))


def test_each_picture_has_its_own_gram_matrix():
    both = torch.cat([maps(0), maps(1)])
    torch.testing.assert_close(gram(both), torch.cat([naive_gram(maps(0)), naive_gram(maps(1))]))


def test_total_variation_is_that_of_the_loops():
    assert float(variation_loss(maps())) == pytest.approx(naive_variation(maps()))


def test_content_is_the_mean_squared_difference_over_the_energy():
    expected = naive_relative(maps(0), maps(1), mean_square(maps(1)))
    assert float(content_loss(maps(0), maps(1))) == pytest.approx(expected)
    assert float(content_loss(torch.zeros_like(maps()), maps())) == pytest.approx(1.0)


def test_style_is_the_mean_squared_difference_over_both_energies():
    ours, theirs, photo = (naive_gram(maps(seed)) for seed in range(3))
    expected = naive_relative(ours, theirs, (mean_square(theirs) + mean_square(photo)) / 2)
    assert float(style_loss(ours, theirs, energy(photo))) == pytest.approx(expected)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: content_loss(x, maps(1)),
        lambda x: style_loss(gram(x), gram(maps(1)), energy(gram(maps(2)))),
        variation_loss,
    ],
    ids=["content", "style", "variation"],
)
def test_gradients_are_those_of_finite_differences(loss):
    assert torch.autograd.gradcheck(loss, maps().requires_grad_())


def test_a_mixed_matrix_has_the_gradient_of_the_weighted_sum():
    grams, shares, x = [gram(maps(seed)) for seed in range(3)], (0.2, 0.5, 0.3), gram(maps(3)).requires_grad_()
    (ours,) = torch.autograd.grad((x - mixed(grams, shares)).square().sum(), x)
    summed = sum(share * (x - one).square().sum() for share, one in zip(shares, grams, strict=True))
    (theirs,) = torch.autograd.grad(summed, x)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(mixed(grams, (0.0, 1.0, 0.0)), grams[1])


def test_where_positions_change_places_the_style_stays():
    shuffled = maps().flatten(2)[:, :, torch.randperm(15, generator=torch.Generator().manual_seed(0))]
    torch.testing.assert_close(gram(shuffled.reshape(1, 4, 3, 5)), gram(maps()))


def test_nothing_compared_with_nothing_is_0_and_stays_finite():
    nothing = torch.zeros(1, 4, 3, 5)
    assert float(content_loss(nothing, nothing)) == 0
    assert float(style_loss(gram(nothing), gram(nothing), energy(nothing))) == 0
    assert float(energy(nothing)) == pytest.approx(FAINTEST)
    assert torch.isfinite(content_loss(nothing + 1, nothing))


def test_every_device_measures_as_the_cpu(device):
    for loss in (
        lambda x, y: content_loss(x, y),
        lambda x, y: style_loss(gram(x), gram(y), energy(gram(y))),
        lambda x, _: variation_loss(x),
    ):
        here = loss(maps(0).float(), maps(1).float())
        there = loss(maps(0).float().to(device), maps(1).float().to(device))
        torch.testing.assert_close(there.cpu(), here, rtol=1e-4, atol=1e-6)
