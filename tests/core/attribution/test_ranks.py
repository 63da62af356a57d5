import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.attribution.ranks import average_ranks, rank_correlation

few_values = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=40)


def naive_ranks(values: list[float]) -> list[float]:
    """One more than how many are smaller, and half of how many others are equal."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values
    ]


@settings(deadline=None)
@given(few_values)
def test_ranks_are_those_of_counting(pairs):
    values = [float(first) for first, _ in pairs]
    assert average_ranks(torch.tensor(values)).tolist() == naive_ranks(values)


@settings(deadline=None)
@given(few_values)
def test_gives_the_correlation_of_scipy_with_ties_too(pairs):
    ours, theirs = (torch.tensor(side, dtype=torch.float64) for side in zip(*pairs, strict=True))
    if ours.unique().numel() > 1 and theirs.unique().numel() > 1:
        expected = stats.spearmanr(ours.numpy(), theirs.numpy()).statistic
        assert rank_correlation(ours, theirs) == pytest.approx(expected, abs=1e-12)
    else:
        assert rank_correlation(ours, theirs) == 0


@pytest.mark.parametrize("seed", range(3))
def test_gives_the_correlation_of_scipy_for_maps(seed):
    rng = np.random.default_rng(seed)
    ours = rng.normal(size=(57, 80)).astype(np.float32)
    theirs = (ours + rng.normal(size=(57, 80))).astype(np.float32)
    expected = stats.spearmanr(ours.ravel(), theirs.ravel()).statistic
    assert rank_correlation(torch.from_numpy(ours), torch.from_numpy(theirs)) == pytest.approx(expected, abs=1e-12)


def test_a_map_agrees_with_itself_and_contradicts_its_negative_exactly():
    map = torch.randn(224, 224, generator=torch.Generator().manual_seed(0))
    assert rank_correlation(map, map.clone()) == 1
    assert rank_correlation(map, -map) == -1


def test_only_the_order_counts():
    ours, theirs = torch.rand(2, 9, 9, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert rank_correlation(ours.exp(), theirs**3) == rank_correlation(ours, theirs) == rank_correlation(theirs, ours)


@pytest.mark.parametrize("constant", [0.0, 0.1, -3.7])
def test_a_constant_map_has_no_order_to_compare(constant):
    flat, map = torch.full((5, 7), constant), torch.arange(35.0).reshape(5, 7)
    assert rank_correlation(flat, map) == rank_correlation(map, flat) == rank_correlation(flat, flat) == 0


def test_zero_is_zero_whatever_its_sign():
    assert average_ranks(torch.tensor([0.0, -0.0, 1.0])).tolist() == [1.5, 1.5, 3]


def test_a_single_element_has_no_order_and_no_elements_have_none_either():
    assert rank_correlation(torch.ones(1), torch.ones(1)) == 0
    assert rank_correlation(torch.ones(0), torch.ones(0)) == 0


def test_every_device_gives_the_correlation_of_the_cpu(device):
    ours, theirs = torch.rand(2, 30, 30, generator=torch.Generator().manual_seed(0))
    assert rank_correlation(ours.to(device), theirs.to(device)) == rank_correlation(ours, theirs)
