"""Grids of numbers as a person types them and a link holds them: `0 1; 2 3`. Torch-free."""

from __future__ import annotations

import re

import numpy as np

from core.errors import SettingError
from core.segmentation.transposed_settings import Grid, check_grid

LONGEST = 4_000
"""Letters."""
_NUMBER = re.compile(r"[-+−]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]{1,2})?", re.IGNORECASE)


def read(words: str, name: str) -> Grid:
    """The grid that somebody typed: numbers apart by spaces or commas, rows by semicolons. Lists of Python are read too.

    Raises:
        SettingError: a part is no number, or they make no grid.
    """
    rows = re.sub(r"\]\s*,?\s*\[", ";", words).translate(str.maketrans("", "", "[]()")).split(";")
    grid = tuple(_row(row, name) for row in rows if row.strip(" ,\t\r\n"))
    check_grid(name, grid)
    return grid


def written(grid: Grid) -> str:
    """The grid in one line; each number has all of its digits."""
    return "; ".join(" ".join(np.format_float_positional(value, trim="-") for value in row) for row in grid)


def _row(words: str, name: str) -> tuple[float, ...]:
    parts = [part for part in re.split(r"[\s,]+", words) if part]
    for part in parts:
        if not _NUMBER.fullmatch(part):
            raise SettingError(
                f"The {name} needs numbers, got “{part[:30]}”.",
                "Type them as in 0 1; 2 3, with a semicolon before the next row.",
            )
    return tuple(float(part.replace("−", "-")) for part in parts)
