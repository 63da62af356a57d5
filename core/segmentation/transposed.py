"""A transposed convolution as the course teaches it: every input value multiplies the kernel, and products add up.

Dumoulin & Visin, A guide to convolution arithmetic for deep learning, 2016, chapter 4; Zhang et al., Dive into Deep
Learning, 2023, section 14.10.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.errors import SettingError
from core.segmentation.settings import check_transposed, transposed_side

MOST_ENTRIES = 40_000
"""Of a matrix that somebody looks at."""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """The input value at (`row`, `column`) times the kernel: `values`, laid down with the top left one at (`top`, `left`).

    Places are those of the whole sum, before the padding is taken away.
    """

    row: int
    column: int
    value: float
    top: int
    left: int
    values: Float[Tensor, "kh kw"]


@dataclass(frozen=True, slots=True, eq=False)
class Transposed:
    """A transposed convolution with all its products, in the order of the input's rows.

    `whole` is the sum of all products; `output` is what is left of it when `padding` rows and columns are taken away
    at each edge.
    """

    input: Float[Tensor, "h w"]
    kernel: Float[Tensor, "kh kw"]
    stride: int
    padding: int
    products: tuple[Product, ...]
    whole: Float[Tensor, "rows columns"]
    output: Float[Tensor, "oh ow"]

    def after(self, count: int) -> Float[Tensor, "rows columns"]:
        """The running sum of the first `count` products, of the size of `whole`; 0 gives zeros.

        Raises:
            SettingError: there are not so many products.
        """
        if not 0 <= count <= len(self.products):
            raise SettingError(f"There are {len(self.products)} products, and {count} were asked for.")
        total = torch.zeros_like(self.whole)
        for product in self.products[:count]:
            _landing(total, product).add_(product.values)
        return total


def transpose(
    x: Float[Tensor, "h w"], kernel: Float[Tensor, "kh kw"], *, stride: int = 1, padding: int = 0
) -> Transposed:
    """The transposed convolution of one map, with everything that happens on the way.

    The stride spreads the products over the output. The padding takes rows and columns away, the other way round than in
    a convolution. Nothing of `x` or `kernel` is shared with the answer.

    Raises:
        SettingError: see `check_transposed`.
    """
    check_transposed(*x.shape, *kernel.shape, stride=stride, padding=padding)
    x, kernel = x.detach().clone(), kernel.detach().clone()
    products = tuple(
        Product(row, column, float(x[row, column]), row * stride, column * stride, x[row, column] * kernel)
        for row in range(x.shape[0])
        for column in range(x.shape[1])
    )
    height, width = (
        transposed_side(side, size, stride=stride) for side, size in zip(x.shape, kernel.shape, strict=True)
    )
    whole = torch.zeros(height, width, dtype=torch.result_type(x, kernel), device=x.device)
    for product in products:
        _landing(whole, product).add_(product.values)
    output = whole[padding : height - padding, padding : width - padding].clone()
    return Transposed(x, kernel, stride, padding, products, whole, output)


def coverage(
    height: int, width: int, kernel_height: int, kernel_width: int, *, stride: int = 1, padding: int = 0
) -> Int64[Tensor, "oh ow"]:
    """How many products reach each place of the output.

    Where the kernel is no multiple of the stride, neighbours are reached by different numbers: the checkerboard of
    Odena et al., Deconvolution and Checkerboard Artifacts, 2016.

    Raises:
        SettingError: see `check_transposed`.
    """
    check_transposed(height, width, kernel_height, kernel_width, stride=stride, padding=padding)
    rows, columns = (
        _reached(side, size, stride)[padding : transposed_side(side, size, stride=stride) - padding]
        for side, size in ((height, kernel_height), (width, kernel_width))
    )
    return rows[:, None] * columns


def is_even(kernel: int, stride: int) -> bool:
    """Whether all places away from the edge are reached equally often along one side."""
    return kernel % stride == 0


def convolution_matrix(
    kernel: Float[Tensor, "kh kw"], height: int, width: int, *, stride: int = 1, padding: int = 0
) -> Float[Tensor, "outputs inputs"]:
    """The matrix W of the *convolution* of a `height` x `width` map by `kernel`: its values, row by row, are W times the map's.

    Its transpose makes a map of the size of the convolution's output as large as its input again, which is the transposed
    convolution, and the backward pass of the convolution.

    Raises:
        SettingError: a setting has no meaning, the kernel is larger than the padded map, or the matrix would have more
            than 40,000 numbers.
    """
    if min(height, width, stride) < 1 or padding < 0:
        raise SettingError("Sides and stride must be at least 1, and padding at least 0.")
    rows, columns = (
        (side + 2 * padding - size) // stride + 1 for side, size in zip((height, width), kernel.shape, strict=True)
    )
    if min(rows, columns) < 1:
        raise SettingError("The kernel is larger than the map.", "Choose a smaller kernel or a larger map.")
    if rows * columns * height * width > MOST_ENTRIES:
        raise SettingError(f"This matrix would have more than {MOST_ENTRIES:,} numbers.", "Choose a smaller map.")
    matrix = kernel.new_zeros(rows, columns, height + 2 * padding, width + 2 * padding)
    down, right = kernel.shape
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            matrix[row, column, top : top + down, left : left + right] = kernel
    inner = matrix[:, :, padding : padding + height, padding : padding + width]
    return inner.reshape(rows * columns, height * width)


def _landing(total: Tensor, product: Product) -> Tensor:
    """The part of `total` that a product is laid on."""
    height, width = product.values.shape
    return total[product.top : product.top + height, product.left : product.left + width]


def _reached(side: int, kernel: int, stride: int) -> Int64[Tensor, " places"]:
    """How many of `side` values reach each place along one side."""
    counts = torch.zeros(transposed_side(side, kernel, stride=stride), dtype=torch.int64)
    for value in range(side):
        counts[value * stride : value * stride + kernel] += 1
    return counts
