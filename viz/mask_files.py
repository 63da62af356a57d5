"""Masks as PNG files with a palette, as PASCAL VOC has them: a number for each pixel, and a colour for each number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.segmentation.mask_files import VOC_CLASSES, VOID, voc_colour
from core.segmentation.settings import IGNORE


def numbered(names: Sequence[str], voc: Sequence[str]) -> dict[int, str]:
    """A number for each of at most 255 names: VOC's own where it has one, and for the others those from 21 on, in their order."""
    taken = {voc.index(name) for name in names if name in voc}
    others = iter([one for one in (*range(VOC_CLASSES, IGNORE), *range(VOC_CLASSES)) if one not in taken])
    return {(voc.index(name) if name in voc else next(others)): name for name in names}


def palette_image(mask: UInt8[np.ndarray, "h w"], names: Sequence[str], voc: Sequence[str]) -> Image.Image:
    """The mask, whose pixels are places in `names` or 255, with the numbers of `numbered` and VOC's colours."""
    places = np.full(256, IGNORE, np.uint8)
    places[: len(names)] = list(numbered(names, voc))
    image = Image.fromarray(places[mask], "P")
    image.putpalette([part for number in range(IGNORE) for part in voc_colour(number)] + list(VOID))
    return image
