"""A mask as text: the class and the length of each run of equal pixels, row after row, such as `0,451,3,20`."""

from __future__ import annotations

import re

import numpy as np
from jaxtyping import UInt8

from core.segmentation.settings import IGNORE

MOST_LETTERS = 2**22
"""A mask of 2.5 megapixels that is painted by hand has some ten thousand runs; noise is refused."""

_TEXT = re.compile(r"[0-9]{1,3},[0-9]{1,7}(?:,[0-9]{1,3},[0-9]{1,7})*")


def written(mask: UInt8[np.ndarray, "h w"]) -> str:
    """The mask, which has pixels, in the one way in which no two neighbouring runs have the same class."""
    flat = mask.ravel()
    starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
    lengths = np.diff(np.r_[starts, flat.size])
    return ",".join(f"{value},{length}" for value, length in zip(flat[starts].tolist(), lengths.tolist(), strict=True))


def read(text: object, height: int, width: int, *, classes: int) -> UInt8[np.ndarray, "h w"] | None:
    """The mask of a message; None for anything that is not one of this size with these classes, or 255."""
    if not isinstance(text, str) or len(text) > MOST_LETTERS or not _TEXT.fullmatch(text):
        return None
    rows = np.array(text.split(","), np.int64).reshape(-1, 2)
    values, lengths = rows.T
    if int(lengths.sum()) != height * width or bool(((values >= classes) & (values != IGNORE)).any()):
        return None
    return np.repeat(values.astype(np.uint8), lengths).reshape(height, width)
