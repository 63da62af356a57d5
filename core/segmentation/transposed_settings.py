"""What a visitor chooses of a transposed convolution: two grids of numbers, stride and padding. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import SettingError
from core.segmentation.settings import check_transposed, transposed_side

Grid: TypeAlias = tuple[tuple[float, ...], ...]
"""Numbers by row and column."""

LARGEST = 1e6
"""No number lies farther from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransposeSettings:
    """The input, the kernel, and how the products are spread and cut.

    Raises:
        SettingError: a grid is empty or ragged or holds a number farther from 0 than 1,000,000, or see `check_transposed`.
    """

    input: Grid
    kernel: Grid
    stride: int = 1
    padding: int = 0

    def __post_init__(self) -> None:
        check_grid("input", self.input)
        check_grid("kernel", self.kernel)
        check_transposed(*sides(self.input), *sides(self.kernel), stride=self.stride, padding=self.padding)

    @property
    def whole(self) -> tuple[int, int]:
        """Rows and columns of the sum of all products."""
        return self._size(0)

    @property
    def output(self) -> tuple[int, int]:
        """Rows and columns that are left without the padding."""
        return self._size(self.padding)

    def _size(self, padding: int) -> tuple[int, int]:
        rows, columns = (
            transposed_side(side, kernel, stride=self.stride, padding=padding)
            for side, kernel in zip(sides(self.input), sides(self.kernel), strict=True)
        )
        return rows, columns


def sides(grid: Grid) -> tuple[int, int]:
    """Rows and columns."""
    return len(grid), len(grid[0])


def check_grid(name: str, grid: Grid) -> None:
    """Refuse what is no grid of numbers.

    Raises:
        SettingError: it is empty or ragged, or holds a number farther from 0 than 1,000,000.
    """
    if not grid or not grid[0]:
        raise SettingError(f"The {name} has no numbers.", "Type some, such as 0 1; 2 3.")
    for number, row in enumerate(grid, start=1):
        if len(row) != len(grid[0]):
            raise SettingError(
                f"Row {number} of the {name} has {_numbers(len(row))}, and row 1 has {_numbers(len(grid[0]))}.",
                "Give all rows as many numbers.",
            )
        for value in row:
            if not math.isfinite(value) or abs(value) > LARGEST:
                raise SettingError(f"Numbers of the {name} must lie from −{LARGEST:,.0f} to {LARGEST:,.0f}.")


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
