"""Class maps as a browser or a picture takes them: runs of equal pixels, an outline, and where two of them differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from viz.colours import Stroke
from viz.heatmaps import DIMMED
from viz.images import to_image


def runs(classes: np.ndarray) -> list[int]:
    """A class map (h, w) row by row as pairs: a class, and how many pixels in a row have it."""
    flat = classes.ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=-1, append=-1))
    return np.stack((flat[starts[:-1]], np.diff(starts)), axis=1).ravel().tolist()


def outline(inside: np.ndarray) -> str:
    """An SVG path along the borders of an area (h, w) of booleans, in its pixels; not along the picture's own border."""
    across = np.pad(inside[1:] != inside[:-1], ((0, 0), (1, 1)))
    down = np.pad(inside[:, 1:] != inside[:, :-1], ((1, 1), (0, 0)))
    flat = [f"M{start} {row + 1}H{end}" for row, start, end in _stretches(across)]
    steep = [f"M{row + 1} {start}V{end}" for row, start, end in _stretches(down.T)]
    return "".join((*flat, *steep))


def differing(pixels: np.ndarray, kinds: np.ndarray, of: Mapping[int, str]) -> Image.Image:
    """The photo (h, w, 3) in dim grey, and over all of it the pixels of `kinds`, of whatever size, that have a colour."""
    height, width = pixels.shape[:2]
    places = np.asarray(Image.fromarray(kinds).resize((width, height), Image.Resampling.NEAREST))
    grey = np.asarray(to_image(pixels).convert("L"), np.float32)[..., None]
    out = np.repeat(grey * DIMMED, 3, axis=2)
    for kind, colour in of.items():
        out[places == kind] = Stroke(colour).rgb
    return to_image(np.rint(out).astype(np.uint8))


def _stretches(edges: np.ndarray) -> list[tuple[int, int, int]]:
    """Row, first and last column plus one of each unbroken stretch in rows that are padded by one false at both ends."""
    change = np.diff(edges.astype(np.int8), axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True))
