"""Attribution maps as pictures: over their photo, alone, compared with each other.

A map is a float array (h, w): unsigned in [0, 1], or signed in [-1, 1], where positive values speak for the class and
negative ones against it. `size` is always width and height in pixels, and a picture never says more than its map: values
are stretched first and coloured afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PIL import Image

from core.errors import SettingError
from viz.colours import CIVIDIS, JET, RED_BLUE, VIRIDIS
from viz.heatmaps import Part, between, covered, window
from viz.images import to_image

HELD_BACK = 0.7  # the exponent of a veil's alpha: below 1, so that thin details of a map are seen too
GREY_CLIP = 99.5  # % of the values of a colour gradient that stay below full colour


class ColourMap(Enum):
    """The colours of a map. The value is what a page calls it."""

    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    RED_BLUE = "red-blue"
    JET = "jet, as in the older papers"

    @property
    def stops(self) -> tuple[str, ...]:
        """Its colours from the lowest to the highest value, "#RRGGBB", evenly spaced."""
        return {"VIRIDIS": VIRIDIS, "CIVIDIS": CIVIDIS, "RED_BLUE": RED_BLUE, "JET": JET}[self.name]

    @property
    def signed(self) -> bool:
        """Whether its middle means zero."""
        return self is ColourMap.RED_BLUE


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """`values` (h, w) in [-1, 1], which times `scale` are the first map less the second, in the units of both."""

    values: np.ndarray
    scale: float


def ramp(values: np.ndarray, colour_map: ColourMap, *, signed: bool = False) -> np.ndarray:
    """Colours of `values`, any shape; uint8 RGB along a new last axis.

    Red-blue always reads them as signed: from -1, blue, over 0, pale, to 1, red, with equally strong colours at equal
    distances from 0. The other maps go from 0 to 1, or where `signed`
    from -1 to 1.
    """
    return between((values + 1) / 2 if signed or colour_map.signed else values, colour_map.stops)


def veil(
    values: np.ndarray, colour_map: ColourMap, size: tuple[int, int], *, smooth: bool, signed: bool
) -> Image.Image:
    """A map (h, w) stretched to `size` as an RGBA picture to lay over a photo: opaque where |value| is 1, clear where it is 0.

    So the photo stays as it is where the map says nothing. `smooth` stretches bilinearly, otherwise each cell of the map
    stays one area of one colour.
    """
    stretched = _stretched(values, size, smooth=smooth)
    alpha = np.clip(np.abs(stretched), 0, 1) ** HELD_BACK
    opaque = np.rint(alpha * 255).astype(np.uint8)
    return to_image(np.dstack((ramp(stretched, colour_map, signed=signed), opaque)))


def over(pixels: np.ndarray, veil: Image.Image, seen: Part, opacity: float) -> Image.Image:
    """The photo (h, w, 3) under a veil (RGBA) stretched over the part that was `seen`, and dimmed outside it.

    `opacity` in [0, 1] is how much of the photo an opaque pixel of the veil covers.
    """
    layer = np.asarray(veil.resize(window(pixels, seen)[2:], Image.Resampling.BILINEAR))
    return covered(pixels, layer[..., :3], layer[..., 3] / np.float32(255) * opacity, seen)


def alone(
    values: np.ndarray, colour_map: ColourMap, size: tuple[int, int], *, smooth: bool = False, signed: bool = False
) -> Image.Image:
    """The map (h, w) without a photo, stretched to `size`: each cell one area of one colour, or `smooth`, as for `veil`."""
    return to_image(ramp(_stretched(values, size, smooth=smooth), colour_map, signed=signed))


def colour_gradient(attribution: np.ndarray, *, percent: float = GREY_CLIP) -> Image.Image:
    """A signed attribution (c, h, w) of each colour channel as a picture: mid-grey is 0, brighter is positive.

    As guided backpropagation is shown by Springenberg et al., Striving for Simplicity, 2015, figure 3. They say no scale:
    here `percent` of the values lie within the range of colours, and the rest are clipped to its ends. One channel gives a
    grey picture.

    Raises:
        SettingError: `percent` is not above 0 and at most 100.
    """
    values = np.broadcast_to(percentile_clipped(attribution, percent), (3, *attribution.shape[1:]))
    return to_image(np.rint(127.5 + 127.5 * values.transpose(1, 2, 0)).astype(np.uint8))


def difference(first: np.ndarray, second: np.ndarray) -> Difference:
    """Where one map is above another one: positive, red, where the first is.

    Both hold values on one scale (`same_scale` brings them there). The coarser one is stretched bilinearly to the size of
    the finer one. The largest difference gets the strongest colour, and `scale` says how large it is: 0 for equal maps.
    """
    finer = max((first, second), key=lambda one: one.size)
    size = (finer.shape[1], finer.shape[0])
    apart = _stretched(first, size, smooth=True) - _stretched(second, size, smooth=True)
    scale = strongest((apart,))
    return Difference(_divided(apart, scale), scale)


def blurred(values: np.ndarray, sigma: float) -> np.ndarray:
    """Maps (..., h, w), each through a Gaussian of standard deviation `sigma` in pixels; 0 leaves them as they are.

    Single pixels of full colour can hardly be seen, so pictures are blurred a little; no number on a page is.
    """
    from skimage.filters import gaussian  # takes a moment to import, and not every page needs it

    if not sigma:
        return values
    if values.ndim > 2:
        return np.stack([blurred(one, sigma) for one in values])
    return gaussian(values, sigma, mode="reflect", preserve_range=True)


def percentile_clipped(values: np.ndarray, percent: float) -> np.ndarray:
    """`values`, any shape, divided by the size that `percent` of them do not exceed, and clipped to [-1, 1].

    A few strong pixels then no longer make all others look like 0. Where that size is 0, because most values are, the
    largest one takes its place.

    Raises:
        SettingError: `percent` is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise SettingError(f"percent must lie above 0 and be at most 100, got {percent}.")
    limit = float(np.percentile(np.abs(values), percent)) or strongest((values,))
    return _divided(np.clip(values.astype(np.float64), -limit, limit), limit)


def same_scale(maps: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """All `maps` divided by the strongest value of any of them, so that one colour means one value in all of them."""
    common = strongest(maps)
    return tuple(_divided(values, common) for values in maps)


def strongest(maps: Sequence[np.ndarray]) -> float:
    """The largest |value| of all `maps`, of any shapes; 0 without any value."""
    return max((float(np.abs(values).max()) for values in maps if values.size), default=0.0)


def _divided(values: np.ndarray, by: float) -> np.ndarray:
    """Zeros stay zeros, also where all are."""
    return (values / by if by else np.zeros_like(values)).astype(np.float32)


def _stretched(values: np.ndarray, size: tuple[int, int], *, smooth: bool) -> np.ndarray:
    """The map at `size`. Without `smooth`, cells of a map that shrinks are averaged rather than dropped."""
    if values.shape == (size[1], size[0]):
        return values.astype(np.float32)
    way = Image.Resampling.BILINEAR if smooth else Image.Resampling.BOX
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, way))
