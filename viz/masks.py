"""Masks over photos: each class an area in its own colour, with a pale edge and a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.segmentation.settings import IGNORE
from core.segmentation.truths import BACKGROUND
from viz.class_maps import UNKNOWN
from viz.colours import AREAS, Stroke
from viz.images import to_image

OPACITY = 0.6
EDGE = (255, 255, 255)
NUMBER = 18  # px high
LEAST = 2 * NUMBER  # px of the shorter side of a picture with numbers


def colours(indices: Sequence[int]) -> dict[int, str]:
    """A colour for each class in the order of `indices`; after the last colour they begin again."""
    return {index: AREAS[place % len(AREAS)] for place, index in enumerate(indices)}


def palette(names: Sequence[str]) -> dict[int, str]:
    """A colour for each class of a network by its place, the same on every picture; the background has none.

    From the eighth on they are the first ones darker, then paler; a number is their second cue.
    """
    shown = [place for place, name in enumerate(names) if name != BACKGROUND]
    return {place: _shade(AREAS[rank % len(AREAS)], rank // len(AREAS)) for rank, place in enumerate(shown)}


def coloured(pixels: np.ndarray, classes: np.ndarray, of: Mapping[int, str], *, by_place: bool = False) -> Image.Image:
    """The photo with the areas of some classes coloured, edged and numbered; the rest is dimmed.

    `classes` (h, w) holds the class of each pixel of the whole photo in whatever size; `of` gives the colours of those
    to show, whose numbers count from 1 in its order; with `by_place` they are those of the network's classes.
    """
    height, width = pixels.shape[:2]
    places = np.asarray(Image.fromarray(classes).resize((width, height), Image.Resampling.NEAREST))
    out = pixels.astype(np.float32) * 0.6
    for index, colour in of.items():
        inside = places == index
        out[inside] = (1 - OPACITY) * pixels[inside] + OPACITY * np.array(Stroke(colour).rgb, np.float32)
    out[_edges(places, of)] = EDGE
    image = to_image(np.rint(out).astype(np.uint8))
    _number(image, places, {index: index if by_place else number for number, index in enumerate(of, start=1)})
    return image


def painted(
    pixels: np.ndarray,
    classes: np.ndarray,
    of: Mapping[int, str],
    *,
    opacity: float = OPACITY,
    outlines: bool = True,
    bare: bool = False,
) -> Image.Image:
    """The photo under a veil of the colours `of` its classes, numbered by their places; no other pixel is changed.

    `classes` (h, w) is the class of each pixel of the whole photo in whatever size; 255, nobody knows, is grey. `bare` is the
    mask alone, on black.
    """
    height, width = pixels.shape[:2]
    places = np.asarray(Image.fromarray(classes).resize((width, height), Image.Resampling.NEAREST))
    shown = {**of, IGNORE: UNKNOWN}
    inks = np.zeros((256, 3), np.float32)
    for index, colour in shown.items():
        inks[index] = Stroke(colour).rgb
    share = np.isin(places, list(shown))[..., None] * (1.0 if bare else opacity)
    out = (0 if bare else 1 - share) * pixels + share * inks[places]
    if outlines:
        out[_edges(places, shown)] = EDGE
    image = to_image(np.rint(out).astype(np.uint8))
    _number(image, places, {index: index for index in of})
    return image


def _number(image: Image.Image, places: np.ndarray, numbers: Mapping[int, int]) -> None:
    """Write the number of each class on its area; on a photo so small that they would cover it, none."""
    if min(image.size) < LEAST:
        return
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(NUMBER)
    for index, number in numbers.items():
        if (spot := _middle(places == index)) is not None:
            draw.text(spot, str(number), "white", font, anchor="mm", stroke_width=3, stroke_fill="black")


def _shade(colour: str, turn: int) -> str:
    """The colour itself, then darker, then paler, and so on."""
    towards, part = ((0, 0.0), (0, 0.4), (255, 0.5))[turn % 3]
    return "#" + "".join(f"{round(one + (towards - one) * part):02X}" for one in Stroke(colour).rgb)


def _edges(places: np.ndarray, of: Mapping[int, str]) -> np.ndarray:
    """Where a shown class meets another one."""
    shown = np.where(np.isin(places, list(of)), places.astype(np.int16), -1)
    edge = np.zeros(places.shape, bool)
    edge[1:] |= shown[1:] != shown[:-1]
    edge[:, 1:] |= shown[:, 1:] != shown[:, :-1]
    return edge


def _middle(inside: np.ndarray) -> tuple[int, int] | None:
    """The middle (x, y) of the largest square that fits into an area; of several the middle one."""
    if not inside.any():
        return None
    sums = np.pad(inside.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    reach, most = 0, (min(inside.shape) - 1) // 2
    while reach < most:
        half = (reach + most + 1) // 2
        reach, most = (half, most) if _filled(sums, half).any() else (reach, half - 1)
    centres = np.argwhere(_filled(sums, reach))
    y, x = centres[len(centres) // 2] + reach
    return int(x), int(y)


def _filled(sums: np.ndarray, reach: int) -> np.ndarray:
    """Where a square that reaches so far around its middle is full, by the sums of all that is above and to the left."""
    side = 2 * reach + 1
    there = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return there == side * side
