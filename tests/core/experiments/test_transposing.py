"""Four ways to one output, how evenly a kernel covers it, and the bilinear kernel beside interpolation."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from core.errors import SettingError
from core.experiments.transposing import bilinear, enlarging, reached, transposing
from core.images.patches import grey_patch
from core.images.samples import sample
from core.segmentation.transposed_settings import TransposeSettings

COURSE = ((0.0, 1.0), (2.0, 3.0))


def grid(rows: int, columns: int, seed: int = 0) -> tuple[tuple[float, ...], ...]:
    values = np.random.default_rng(seed).integers(-9, 10, (rows, columns))
    return tuple(tuple(float(value) for value in row) for row in values)


def of(array: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in array)


def test_the_courses_example_is_the_same_in_all_four_ways():
    found = transposing(TransposeSettings(input=COURSE, kernel=COURSE))
    expected = [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    for way in (found.output, found.whole, found.by_torch, found.by_matrix, found.by_gradient):
        assert way.tolist() == expected
    assert found.difference == 0
    assert found.reached.tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert found.overlapping == 5
    assert found.matrix.shape == (4, 9), "the convolution of a 3 x 3 map gives 2 x 2"
    assert (found.cost.forward, found.cost.backward) == (0, 0), "no network is asked"


@settings(deadline=None, max_examples=40)
@given(
    h=st.integers(1, 6), w=st.integers(1, 6), kh=st.integers(1, 5), kw=st.integers(1, 5), stride=st.integers(1, 4),
    padding=st.integers(0, 2),
)  # fmt: skip
def test_all_ways_agree(h, w, kh, kw, stride, padding):
    try:
        chosen = TransposeSettings(input=grid(h, w), kernel=grid(kh, kw, 1), stride=stride, padding=padding)
    except SettingError:
        return
    found = transposing(chosen)
    assert found.whole.shape == found.reached.shape == chosen.whole
    assert found.output.shape == found.by_gradient.shape == chosen.output
    assert found.by_matrix is not None
    assert found.difference < 1e-9


def test_a_matrix_that_nobody_could_read_is_left_out():
    found = transposing(TransposeSettings(input=grid(12, 12), kernel=grid(16, 16), stride=16))
    assert found.matrix is found.by_matrix is None
    assert found.output.shape == (192, 192)
    assert found.difference == 0


def test_a_difference_is_not_overlooked():
    found = transposing(TransposeSettings(input=COURSE, kernel=COURSE))
    found.by_gradient[1, 1] += 0.5
    assert found.difference == 0.5


@pytest.mark.parametrize(
    ("rows", "columns", "stride", "inner", "even"),
    [
        (3, 3, 2, (1, 2, 4), False),
        (4, 4, 2, (4,), True),
        (5, 5, 1, (25,), True),
        (2, 2, 3, (0, 1), False),
        (4, 3, 2, (2, 4), False),
        (6, 3, 3, (2,), True),
    ],
)
def test_how_evenly_a_kernel_covers_is_what_a_constant_input_becomes(rows, columns, stride, inner, even):
    found = reached(rows, columns, stride, 12)
    ones = torch.ones(1, 1, 12, 12), torch.ones(1, 1, rows, columns)
    assert (found.counts == functional.conv_transpose2d(*ones, stride=stride)[0, 0].numpy()).all()
    assert found.inner == inner
    assert found.even == even == (len(inner) == 1)
    away = max(rows, columns)
    assert set(np.unique(found.counts[away:-away, away:-away]).tolist()) == set(inner)


@pytest.mark.parametrize("size", [1, 3, 4, 16])
def test_the_bilinear_kernel_as_numbers_sums_to_the_square_of_its_factor(size):
    kernel = np.array(bilinear(size))
    assert kernel.shape == (size, size)
    assert kernel.sum() == pytest.approx(((size + 1) // 2) ** 2, rel=1e-6)
    assert (kernel == kernel.T).all()


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_patch_of_a_photo_is_enlarged_as_by_interpolation_but_for_its_edge(factor):
    found = enlarging(of(grey_patch(sample("cat"), 220, 120, 64)), factor)
    assert found.transposed.shape == found.interpolated.shape == (8 * factor, 8 * factor)
    assert found.interior == 0, "whole numbers and weights that binary fractions hold exactly"
    assert found.everywhere > 1, "at the edge there is nothing beyond to add"
    assert found.edge == factor // 2
    assert found.kernel.shape == (2 * factor, 2 * factor)


def test_an_edge_that_is_one_narrower_would_not_be_the_same():
    found = enlarging(of(grey_patch(sample("cat"), 220, 120, 64)), 4)
    wider = slice(found.edge - 1, 1 - found.edge)
    assert abs(found.transposed - found.interpolated)[wider, wider].max() > 1


def test_what_is_too_large_is_refused():
    with pytest.raises(SettingError, match="height of the input must be from 1 to 12"):
        enlarging(grid(13, 8), 2)
    with pytest.raises(SettingError, match="height of the kernel must be from 1 to 16"):
        enlarging(grid(8, 8), 10)


def test_eight_threads_get_the_same():
    chosen = TransposeSettings(input=grid(7, 7), kernel=grid(4, 4, 1), stride=2, padding=1)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: transposing(chosen), range(16)))
    assert all((one.by_gradient == found[0].by_gradient).all() for one in found)
    assert all((one.output == found[0].output).all() for one in found)


@pytest.mark.gpu
def test_a_gpu_gives_the_same():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    chosen = TransposeSettings(input=grid(7, 5), kernel=grid(4, 3, 1), stride=2, padding=1)
    x, kernel = (
        torch.tensor(one, dtype=torch.float64, device="cuda")[None, None] for one in (chosen.input, chosen.kernel)
    )
    there = functional.conv_transpose2d(x, kernel, stride=2, padding=1)[0, 0].cpu().numpy()
    np.testing.assert_allclose(transposing(chosen).output, there, atol=1e-9)
