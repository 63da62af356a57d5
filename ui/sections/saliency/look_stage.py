"""The photo under its saliency map, to be wiped, or with the pixels marked that the map puts first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.attribution.settings import Measure
from ui import cached, messages, parts
from ui.cached import attributions, drawings, gradients
from ui.components.wipe import Veil, Wipe, wipe
from ui.sections.attribution import display
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display, Shown, Sign
from ui.sections.models import guesses, stranger
from ui.sections.saliency.look_controls import Gaze
from viz import images
from viz.attributions import ColourMap, over, veil
from viz.colours import BOX_B
from viz.images import to_image

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation
    from core.experiments.looking import Covered

LARGE = 900  # px, the longest side of the photo
DISPLAY = Display(sign=Sign.MAGNITUDE)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One map: what the method computed, how much each pixel matters by it (h, w), and what came of covering."""

    explanation: Explanation
    map: np.ndarray
    covered: Covered


def seen(case: Case, gaze: Gaze) -> Seen:
    """The map and what its foremost pixels carry; cached."""
    explanation = attributions.explain(case.photo, case.card.key, gaze.method, case.target, gaze.settings)
    map = gradients.magnitude(explanation, gaze.settings.channels)
    covered = gradients.cover(case.photo, case.card.key, explanation, gaze.settings, gaze.share, gaze.fill)
    return Seen(explanation, map, covered)


def stage(case: Case, gaze: Gaze, found: Seen, *, hidden: bool) -> None:
    """The wipe, its scale and its words, with the guesses beside it."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        stranger.stranger(case.photo, case.card)
        guesses.bars(case.card, case.opened.guesses)
    scaled = scale(found)
    small = images.fit(case.photo.pixels, LARGE)
    factor = small.width / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in case.opened.seen)
    marks = f"Top {100 * gaze.share:g} %"
    with left:
        wipe(
            "look-wipe",
            Wipe(
                photo=cached.backdrop(case.photo),
                width=small.width,
                height=small.height,
                alt=f"The photo, and over it {gaze.method.title} of the class {case.label}",
                seen=(x1, y1, x2, y2),
                veils=(
                    Veil(gaze.method.title, _map(case, gaze, scaled)),
                    Veil(marks, _marks(case, gaze, found)),
                ),
                position=0.3,
                opacity=0.85,
            ),
            lambda rest: None,
        )
        with st.container(width=round(420 * small.width / small.height), gap="xsmall"):
            parts.colour_bar(parts.Scale("viridis", "0", "how much a pixel matters", f"{scaled.most:.2g}"))
            st.caption(words(case, gaze, found, hidden=hidden))


def words(case: Case, gaze: Gaze, found: Seen, *, hidden: bool) -> str:
    """What is seen, in a line or two."""
    said = f"**{gaze.method.title}** · {messages.escape(case.told(case.target))} · signs dropped"
    if not np.any(found.map):
        return f"{said}. The map is empty: no pixel moves this number at all."
    if gaze.measure is Measure.CROSS_ENTROPY and not hidden:
        said += (
            ". Cross-entropy is −log p: where the class is nearly certain it is nearly flat, so all values shrink, and what "
            "pulls other classes up counts as well. The picture is scaled to its own largest value."
        )
    return said


def scale(found: Seen) -> Shown:
    """The magnitudes, blurred a little and clipped, ready to be coloured."""
    (scaled,) = display.shown([replace(found.explanation, map=found.map)], DISPLAY)
    return replace(scaled, colours=ColourMap.VIRIDIS)


def marked(found: Seen) -> Image.Image:
    """The pixels that are covered, in one colour, as a veil (RGBA)."""
    hidden = found.covered.hidden
    colour = np.broadcast_to(np.array(BOX_B.rgb, np.uint8), (*hidden.shape, 3))
    return to_image(np.dstack((colour, hidden.astype(np.uint8) * 255)))


def picture(case: Case, found: Seen) -> Image.Image:
    """The photo with the map over it, as it is taken away."""
    scaled, small = scale(found), images.fit(case.photo.pixels, LARGE)
    factor = small.width / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in case.opened.seen)
    size = (max(1, round(x2 - x1)), max(1, round(y2 - y1)))
    made = veil(scaled.values, scaled.colours, size, smooth=False, signed=False)
    return over(np.asarray(small), made, (x1, y1, x2, y2), 0.85)


def key(case: Case, gaze: Gaze) -> str:
    """What a picture of the map follows from."""
    return f"look {case.name} {gaze.method.value} {gaze.settings}"


def _map(case: Case, gaze: Gaze, scaled: Shown) -> str:
    height, width = scaled.values.shape
    return drawings.veil(
        key(case, gaze),
        lambda: veil(scaled.values, scaled.colours, (width, height), smooth=False, signed=False),
    )


def _marks(case: Case, gaze: Gaze, found: Seen) -> str:
    return drawings.veil(f"{key(case, gaze)} {gaze.share}", lambda: marked(found))
