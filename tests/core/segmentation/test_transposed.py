"""The traced transposed convolution: the course's numbers, torch's, the matrix, laws, and refusals."""

from concurrent.futures import ThreadPoolExecutor

import jaxtyping
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from core.errors import SettingError
from core.networks.upsampling import bilinear_kernel
from core.segmentation.settings import MOST_INPUT, told_side, transposed_side
from core.segmentation.transposed import convolution_matrix, coverage, is_even, transpose

COURSE = torch.tensor([[0.0, 1.0], [2.0, 3.0]])


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize(
    ("stride", "padding", "expected"),
    [
        (1, 0, [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
        (2, 0, [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
        (1, 1, [[4]]),
    ],
)
def test_the_courses_examples_have_the_courses_numbers(stride, padding, expected):
    assert transpose(COURSE, COURSE, stride=stride, padding=padding).output.tolist() == expected


def test_every_product_of_the_courses_example_is_told():
    found = transpose(COURSE, COURSE)
    assert [(one.row, one.column, one.value, one.top, one.left) for one in found.products] == [
        (0, 0, 0.0, 0, 0),
        (0, 1, 1.0, 0, 1),
        (1, 0, 2.0, 1, 0),
        (1, 1, 3.0, 1, 1),
    ]
    assert [one.values.tolist() for one in found.products] == [(value * COURSE).tolist() for value in (0, 1, 2, 3)]
    assert [found.after(count).tolist() for count in range(5)] == [
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[0, 0, 1], [0, 2, 3], [0, 0, 0]],
        [[0, 0, 1], [0, 4, 3], [4, 6, 0]],
        [[0, 0, 1], [0, 4, 6], [4, 12, 9]],
    ]
    assert told_side(2, 2, stride=1, padding=0) == "(2 − 1) · 1 + 2 − 2 · 0 = 3"


SIDES = st.integers(1, 6)


@settings(deadline=None, max_examples=60)
@given(
    h=SIDES, w=SIDES, kh=SIDES, kw=SIDES, stride=st.integers(1, 4), padding=st.integers(0, 3), seed=st.integers(0, 9)
)
def test_sums_are_torchs_and_the_size_law_holds(h, w, kh, kw, stride, padding, seed):
    x, kernel = numbers(h, w, seed=seed), numbers(kh, kw, seed=seed + 10)
    size = [transposed_side(a, b, stride=stride, padding=padding) for a, b in ((h, kh), (w, kw))]
    if min(size) < 1:
        with pytest.raises(SettingError, match="takes away all of the output"):
            transpose(x, kernel, stride=stride, padding=padding)
        return
    found = transpose(x, kernel, stride=stride, padding=padding)
    peer = functional.conv_transpose2d(x[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]
    torch.testing.assert_close(found.output, peer)
    assert list(found.output.shape) == size
    assert told_side(h, kh, stride=stride, padding=padding).endswith(f"= {size[0]}")
    assert len(found.products) == h * w
    assert found.after(h * w).equal(found.whole)
    torch.testing.assert_close(sum(found.after(i + 1) - found.after(i) for i in range(h * w)), found.whole)
    reached = transpose(torch.ones(h, w), torch.ones(kh, kw), stride=stride, padding=padding).output
    assert coverage(h, w, kh, kw, stride=stride, padding=padding).equal(reached.long())


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_it_is_the_backward_pass_of_a_convolution_and_the_transposed_matrix(stride, padding):
    kernel, y = numbers(3, 3), numbers(3, 4, seed=1)
    found = transpose(y, kernel, stride=stride, padding=padding)
    x = torch.zeros(1, 1, *found.output.shape, dtype=torch.float64, requires_grad=True)
    forward = functional.conv2d(x, kernel[None, None], stride=stride, padding=padding)
    assert forward.shape[2:] == y.shape, "a convolution with the same numbers gives back the size"
    (gradient,) = torch.autograd.grad(forward, x, y[None, None])
    torch.testing.assert_close(found.output, gradient[0, 0])
    matrix = convolution_matrix(kernel, *found.output.shape, stride=stride, padding=padding)
    torch.testing.assert_close((matrix.T @ y.flatten()).view_as(found.output), found.output)
    picture = numbers(*found.output.shape, seed=2)
    convolved = functional.conv2d(picture[None, None], kernel[None, None], stride=stride, padding=padding)
    torch.testing.assert_close(matrix @ picture.flatten(), convolved.flatten())


@pytest.mark.parametrize(
    ("kernel", "stride", "even"), [(4, 2, True), (3, 2, False), (2, 2, True), (3, 3, True), (5, 3, False)]
)
def test_a_kernel_that_the_stride_divides_reaches_all_inner_places_equally_often(kernel, stride, even):
    inner = coverage(9, 9, kernel, kernel, stride=stride)[kernel:-kernel, kernel:-kernel]
    assert is_even(kernel, stride) == even == (len(inner.unique()) == 1)


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_the_bilinear_kernel_enlarges_the_interior_as_interpolation_does(factor):
    x = numbers(5, 6)
    found = transpose(x, bilinear_kernel(2 * factor).double(), stride=factor, padding=factor // 2)
    size = (5 * factor, 6 * factor)
    peer = functional.interpolate(x[None, None], size, mode="bilinear", align_corners=False)[0, 0]
    assert found.output.shape == peer.shape
    inside = slice(factor, -factor)
    torch.testing.assert_close(found.output[inside, inside], peer[inside, inside])
    assert not torch.allclose(found.output, peer), "at the edge there is nothing beyond to add"


def test_nothing_is_shared_with_the_caller_and_inputs_stay():
    x, kernel = COURSE.clone().requires_grad_(), COURSE.clone()
    found = transpose(x, kernel)
    kernel.zero_()
    assert found.kernel.equal(COURSE)
    assert not found.output.requires_grad
    found.after(2).zero_()
    assert found.output.tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    with pytest.raises(AttributeError):
        found.stride = 2


def test_eight_threads_get_the_same():
    with ThreadPoolExecutor(8) as pool:
        outputs = [
            one.output for one in pool.map(lambda _: transpose(numbers(5, 5), numbers(3, 3), stride=2), range(16))
        ]
    assert all(one.equal(outputs[0]) for one in outputs)


def test_every_device_gives_the_same(device):
    here = transpose(numbers(4, 5), numbers(3, 2), stride=2, padding=1)
    there = transpose(numbers(4, 5).to(device), numbers(3, 2).to(device), stride=2, padding=1)
    assert there.output.device.type == device.type
    torch.testing.assert_close(there.output.cpu(), here.output)


@pytest.mark.parametrize(
    ("x", "kernel", "options", "rule"),
    [
        (torch.ones(MOST_INPUT + 1, 1), COURSE, {}, "height of the input must be from 1 to 12 numbers, got 13"),
        (torch.ones(1, 0), COURSE, {}, "width of the input must be from 1 to 12 numbers, got 0"),
        (COURSE, torch.ones(17, 1), {}, "height of the kernel must be from 1 to 16 numbers, got 17"),
        (COURSE, COURSE, {"stride": 0}, "stride must be from 1 to 16, got 0"),
        (COURSE, COURSE, {"padding": -1}, "padding must be at least 0, got -1"),
        (COURSE, COURSE, {"padding": 2}, "padding of 2 takes away all"),
    ],
)
def test_what_has_no_meaning_or_no_end_is_refused_with_its_rule(x, kernel, options, rule):
    with pytest.raises(SettingError, match=rule):
        transpose(x, kernel, **options)


def test_a_sum_of_more_products_than_there_are_is_refused():
    with pytest.raises(SettingError, match="There are 4 products, and 5"):
        transpose(COURSE, COURSE).after(5)


def test_a_matrix_without_meaning_or_too_large_is_refused(monkeypatch):
    with pytest.raises(SettingError, match="larger than the map"):
        convolution_matrix(torch.ones(3, 3), 2, 2)
    with pytest.raises(SettingError, match="more than 40,000 numbers"):
        convolution_matrix(torch.ones(3, 3), 30, 30)
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(SettingError, match="must be at least 1"):
        convolution_matrix(torch.ones(3, 3), 5, 5, stride=0)
