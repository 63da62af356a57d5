"""The pictures of a path: signed maps over a pale grey photo, each set of them on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ui.sections.attribution.display import Display
from viz.attributions import ColourMap, alone, blurred, percentile_clipped, veil
from viz.images import to_image

if TYPE_CHECKING:
    from core.experiments.integration import Walk

CLIP, BLUR = Display().clip, Display().blur
"""The percentile of the magnitudes that gets full colour, and by how many pixels maps are blurred before."""

PALE = 0.45
"""How much of the photo's contrast is left under a map."""


def limit(values: np.ndarray) -> float:
    """The size of `values` that gets full colour; 0 where all are 0."""
    return float(np.percentile(np.abs(values), CLIP)) or float(np.abs(values).max(initial=0.0))


def slopes(walk: Walk) -> np.ndarray:
    """The gradient of each frame, alone, all on one scale: (n, h, w, 3), uint8."""
    height, width = walk.slopes.shape[1:]
    scaled = percentile_clipped(blurred(walk.slopes, BLUR), CLIP)
    return np.stack([np.asarray(alone(one, ColourMap.RED_BLUE, (width, height))) for one in scaled])


def accumulated(walk: Walk, *, over: bool) -> np.ndarray:
    """The attribution so far at each frame, over the grey photo or alone, all on the scale of the last: (n, h, w, 3), uint8."""
    soft = blurred(walk.accumulated, BLUR)
    photo = walk.pictures[-1] if over else None
    return np.stack([np.asarray(_coloured(one, limit(soft[-1]), photo)) for one in soft])


def signed(values: np.ndarray, photo: np.ndarray) -> Image.Image:
    """A signed map (h, w), blurred and on its own scale, in red and blue over the photo (h, w, 3) in pale grey."""
    soft = blurred(values, BLUR)
    return _coloured(soft, limit(soft), photo)


def _coloured(values: np.ndarray, most: float, photo: np.ndarray | None) -> Image.Image:
    scaled = np.clip(values / most, -1, 1) if most else np.zeros_like(values)
    size = (values.shape[1], values.shape[0])
    if photo is None:
        return alone(scaled, ColourMap.RED_BLUE, size)
    under = grey(photo).resize(size, Image.Resampling.BILINEAR).convert("RGBA")
    return Image.alpha_composite(under, veil(scaled, ColourMap.RED_BLUE, size, smooth=False, signed=True)).convert(
        "RGB"
    )


def grey(photo: np.ndarray) -> Image.Image:
    """The photo in pale grey, so that red and blue stand out on it."""
    light = 255 - PALE * (255 - np.asarray(to_image(photo).convert("L"), np.float32))
    return to_image(np.repeat(np.rint(light).astype(np.uint8)[..., None], 3, axis=2))
