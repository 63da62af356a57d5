"""Right and wrong pixels over a photo: a colour for each verdict, and stripes that run its own way as a second cue."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PIL import Image

from core.experiments.mask_verdicts import VERDICTS, Verdict
from viz.colours import Stroke
from viz.images import to_image

COLOURS = {
    Verdict.RIGHT: Stroke("#009E73"),
    Verdict.MISSED: Stroke("#0072B2"),
    Verdict.INVENTED: Stroke("#D55E00"),
    Verdict.CONFUSED: Stroke("#CC79A7"),
}
MARKS = {Verdict.RIGHT: "none", Verdict.MISSED: "rising", Verdict.INVENTED: "falling", Verdict.CONFUSED: "crossed"}
"""How the stripes of a verdict run. What is right has none."""

PERIOD, STRIPE = 12, 4  # px of a picture that is 600 px long; of a longer one in proportion
LINE, GROUND, QUIET = 230, 120, 70  # opacity of a stripe, between stripes, and of what is right, of 255


def layer(verdicts: np.ndarray, verdict: Verdict) -> Image.Image:
    """The pixels of one verdict as an RGBA picture, everything else transparent. `verdicts` (h, w) as in `Judged`."""
    inside = verdicts == VERDICTS.index(verdict)
    picture = np.empty((*verdicts.shape, 4), np.uint8)
    picture[..., :3] = COLOURS[verdict].rgb
    picture[..., 3] = np.where(inside, _opacity(verdicts.shape, verdict), 0)
    return Image.fromarray(picture)


def error_picture(pixels: np.ndarray, verdicts: np.ndarray, shown: Collection[Verdict]) -> Image.Image:
    """The photo (h, w, 3) under the layers of some verdicts."""
    picture = to_image(pixels).convert("RGBA")
    for verdict in VERDICTS:
        if verdict in shown:
            picture.alpha_composite(layer(verdicts, verdict))
    return picture.convert("RGB")


def _opacity(shape: tuple[int, ...], verdict: Verdict) -> np.ndarray:
    """Of each pixel (h, w), 0 to 255."""
    if MARKS[verdict] == "none":
        return np.full(shape, QUIET, np.uint8)
    height, width = shape
    period = max(4, round(PERIOD * max(shape) / 600))
    stripe = max(1, round(period * STRIPE / PERIOD))
    y, x = np.ogrid[:height, :width]
    rising, falling = (x + y) % period < stripe, (x - y) % period < stripe
    lines = {"rising": rising, "falling": falling, "crossed": rising | falling}[MARKS[verdict]]
    return np.where(lines, LINE, GROUND).astype(np.uint8)
