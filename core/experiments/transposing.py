"""A transposed convolution beside the convolution whose backward pass it is, and as an interpolation of a small patch.

All of it is arithmetic of a few thousand numbers in 64 bits, so it stays on the CPU, where it is soonest done.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor
from torch.nn import functional

from core.experiments.cost import Cost, Meter
from core.networks.upsampling import bilinear_kernel
from core.segmentation.transposed import MOST_ENTRIES, convolution_matrix, coverage, is_even, transpose
from core.segmentation.transposed_settings import Grid, TransposeSettings

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, eq=False)
class Transposing:
    """What the products add up to, and the same output in three other ways.

    `whole` is the sum before the padding is taken away, `reached` how many products each of its places gets. `matrix` is
    that of the convolution with the same kernel, stride and padding, from a map of the output's size to one of the input's;
    None where it would have more than 40,000 numbers, and then `by_matrix` is None too. `by_gradient` is what autograd hands
    back through that convolution when the input is the gradient at its output.
    """

    settings: TransposeSettings
    whole: Float64[np.ndarray, "rows columns"]
    output: Float64[np.ndarray, "oh ow"]
    reached: Int64[np.ndarray, "rows columns"]
    matrix: Float64[np.ndarray, "outputs inputs"] | None
    by_torch: Float64[np.ndarray, "oh ow"]
    by_matrix: Float64[np.ndarray, "oh ow"] | None
    by_gradient: Float64[np.ndarray, "oh ow"]
    cost: Cost

    @property
    def overlapping(self) -> int:
        """How many places get more than one product."""
        return int((self.reached > 1).sum())

    @property
    def difference(self) -> float:
        """The largest difference between the output and any of the other ways to it."""
        others = [one for one in (self.by_torch, self.by_matrix, self.by_gradient) if one is not None]
        return max(float(abs(one - self.output).max()) for one in others)


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """How many products of a kernel of `rows` x `columns` reach each place of an output.

    `inner` are the different counts that places away from the edge get, the least first; it is `even` where there is one.
    """

    rows: int
    columns: int
    stride: int
    counts: Int64[np.ndarray, "oh ow"]
    inner: tuple[int, ...]
    even: bool


@dataclass(frozen=True, slots=True, eq=False)
class Enlarged:
    """A patch made `factor` times as large, by the transposed convolution with the bilinear kernel and by interpolation.

    `edge` rows and columns at each side are left out of the `interior`, where both are the same: beyond the patch there is
    nothing that the transposed convolution could add, and interpolation repeats the last value.
    """

    patch: Float64[np.ndarray, "h w"]
    factor: int
    kernel: Float64[np.ndarray, "side side"]
    transposed: Float64[np.ndarray, "oh ow"]
    interpolated: Float64[np.ndarray, "oh ow"]
    cost: Cost

    @property
    def edge(self) -> int:
        """Half of the factor."""
        return self.factor // 2

    @property
    def interior(self) -> float:
        """The largest difference away from the edge."""
        inside = slice(self.edge, -self.edge)
        return float(abs(self.transposed - self.interpolated)[inside, inside].max())

    @property
    def everywhere(self) -> float:
        """The largest difference, the edge included."""
        return float(abs(self.transposed - self.interpolated).max())


def transposing(settings: TransposeSettings) -> Transposing:
    """The transposed convolution, checked by torch's own, by the matrix of the convolution, and by its gradient."""
    stride, padding = settings.stride, settings.padding
    with Meter(CPU) as meter:
        x, kernel = _tensor(settings.input), _tensor(settings.kernel)
        found = transpose(x, kernel, stride=stride, padding=padding)
        weight = kernel[None, None]
        by_torch = functional.conv_transpose2d(x[None, None], weight, stride=stride, padding=padding)[0, 0]
        matrix = by_matrix = None
        if x.numel() * found.output.numel() <= MOST_ENTRIES:
            matrix = convolution_matrix(kernel, *found.output.shape, stride=stride, padding=padding)
            by_matrix = (matrix.T @ x.flatten()).view_as(found.output)
        before = torch.zeros_like(found.output).requires_grad_()
        after = functional.conv2d(before[None, None], weight, stride=stride, padding=padding)
        (gradient,) = torch.autograd.grad(after, before, x[None, None])
        reached = coverage(*x.shape, *kernel.shape, stride=stride)
    return Transposing(
        settings,
        found.whole.numpy(),
        found.output.numpy(),
        reached.numpy(),
        None if matrix is None else matrix.numpy(),
        by_torch.numpy(),
        None if by_matrix is None else by_matrix.numpy(),
        gradient.numpy(),
        meter.cost,
    )


def reached(rows: int, columns: int, stride: int, side: int) -> Reached:
    """How evenly a kernel covers the output of a `side` x `side` input, without padding.

    Raises:
        SettingError: see `core.segmentation.settings.check_transposed`.
    """
    counts = coverage(side, side, rows, columns, stride=stride)
    down, across = (_along(kernel, stride) for kernel in (rows, columns))
    inner = tuple(sorted({one * other for one in down for other in across}))
    even = is_even(rows, stride) and is_even(columns, stride)
    return Reached(rows, columns, stride, counts.numpy(), inner, even)


def bilinear(size: int) -> Grid:
    """The kernel that interpolates, as numbers."""
    return tuple(tuple(row) for row in bilinear_kernel(size).double().tolist())


def enlarging(patch: Grid, factor: int) -> Enlarged:
    """A patch of at least 2 x 2 numbers, `factor` times as large. `factor` is even.

    Raises:
        SettingError: the patch has more than 12 rows or columns, or `factor` is above 8.
    """
    with Meter(CPU) as meter:
        x, kernel = _tensor(patch), bilinear_kernel(2 * factor).double()
        found = transpose(x, kernel, stride=factor, padding=factor // 2)
        smooth = functional.interpolate(x[None, None], scale_factor=factor, mode="bilinear", align_corners=False)
    return Enlarged(x.numpy(), factor, kernel.numpy(), found.output.numpy(), smooth[0, 0].numpy(), meter.cost)


def _tensor(grid: Grid) -> Float64[Tensor, "rows columns"]:
    return torch.tensor(grid, dtype=torch.float64)


def _along(kernel: int, stride: int) -> set[int]:
    """How many products reach places away from the edge along one side: those 0, 1, ... places after a product begins."""
    return {max(0, -(-(kernel - after) // stride)) for after in range(stride)}
