"""What leaves the app as a file: tables as comma-separated values, settings as JSON, arrays as NumPy writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from csv import DictWriter
from dataclasses import fields, is_dataclass
from enum import Enum
from io import BytesIO, StringIO
from typing import TypeAlias

import numpy as np

from core.boxes.cells import as_cell

Rows: TypeAlias = Sequence[Mapping[str, str | float | int]]


def csv(rows: Rows) -> str:
    """`rows` as comma-separated values with a header; numbers with all their digits, words in quotes where they need it.

    A word that a spreadsheet would run as a formula is led by an ': names come from files and links of others. No rows are
    no header.
    """
    if not rows:
        return ""
    text = StringIO()
    table = DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(
        {name: as_cell(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows
    )
    return text.getvalue()


def plain(settings: object) -> object:
    """Settings as JSON knows them: dataclasses and mappings as objects, one of several by its value."""
    if isinstance(settings, Enum):
        return settings.value
    if is_dataclass(settings) and not isinstance(settings, type):
        return {one.name: plain(getattr(settings, one.name)) for one in fields(settings)}
    if isinstance(settings, Mapping):
        return {name: plain(value) for name, value in settings.items()}
    return list(settings) if isinstance(settings, tuple) else settings


def npy(values: np.ndarray) -> bytes:
    """`values` as a file of NumPy."""
    buffer = BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()
