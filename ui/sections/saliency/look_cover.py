"""Whether the foremost pixels carry the answer: they are covered, and beside it as many that were drawn by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import messages, parts
from ui.cached import drawings
from ui.sections.attribution.case import Case
from ui.sections.saliency.look_controls import Gaze
from ui.sections.saliency.look_stage import Seen, key
from viz.images import Picture, to_image

if TYPE_CHECKING:
    import numpy as np

    from core.experiments.overview import Guess

TALLEST = 260  # px


def cover(case: Case, gaze: Gaze, found: Seen) -> None:
    """Both pictures, what the network says of each, and the verdict."""
    covered, share = found.covered, f"{100 * gaze.share:g} %"
    label = messages.escape(case.label)
    parts.section(
        "Do these pixels carry the answer?",
        f"Paint over the top {share} of the pixels and ask again. Beside it as many pixels drawn by chance: covering alone "
        "also harms.",
    )
    first, second, third = st.columns(3, gap="medium")
    with first:
        parts.picture(
            _picture(case, gaze, covered.picture, "top"),
            f"Top {share} covered",
            f"{label} {parts.percent(covered.probability)}{_instead(case, covered.after)}",
            alt=f"The network's picture without the pixels that {gaze.method.title} puts first",
            tallest=TALLEST,
        )
    with second:
        parts.picture(
            _picture(case, gaze, covered.random_picture, "random"),
            f"Random {share} covered",
            f"this draw {label} {parts.percent(covered.random[0])}{_instead(case, covered.random_after)}",
            alt="The network's picture without as many random pixels",
            tallest=TALLEST,
        )
    with third, st.container(gap="small"):
        _figures(case, found)


def verdict(found: Seen) -> str:
    """What the two falls say together, in a sentence."""
    covered = found.covered
    top, chance = covered.before - covered.probability, covered.before - covered.chance
    if max(top, chance) < 0.01:
        return "Neither takes a hundredth of the probability: at this share the answer does not hang on these pixels. Cover more."
    if top <= chance:
        return "Random pixels take as much or more: this map does not point at what the answer hangs on."
    if top < 2 * chance:
        return "The top pixels take more than random ones, but less than twice as much: a weak sign for the map."
    return "The top pixels take at least twice what random ones take: the answer hangs on them more than on others."


def _figures(case: Case, found: Seen) -> None:
    covered = found.covered
    low, high = min(covered.random), max(covered.random)
    st.metric("Before", parts.percent(covered.before), help=f"The probability of {case.label} for the whole picture.")
    st.metric(
        "Top pixels covered",
        parts.percent(covered.probability),
        delta=_fall(covered.before - covered.probability),
        delta_color="off",
        delta_arrow="off",
        help=f"{covered.count:,} of {covered.hidden.size:,} pixels.",
    )
    st.metric(
        f"Random, mean of {len(covered.random)}",
        parts.percent(covered.chance),
        delta=_fall(covered.before - covered.chance),
        delta_color="off",
        delta_arrow="off",
        help=f"{len(covered.random)} draws of as many pixels leave from {parts.percent(low)} to {parts.percent(high)}. The picture "
        "is of the first.",
    )
    st.caption(verdict(found))


def _fall(lost: float) -> str:
    points = 100 * abs(lost)
    return f"{points:.1f} points {'lost' if lost >= 0 else 'gained'}"


def _instead(case: Case, guess: Guess) -> str:
    """The first guess, where it is another one now."""
    if guess.index == case.target:
        return ""
    return f" · first guess {messages.escape(guess.label)} {parts.percent(guess.probability)}"


def _picture(case: Case, gaze: Gaze, pixels: np.ndarray, name: str) -> Picture:
    return drawings.drawn(f"{key(case, gaze)} {gaze.share} {gaze.fill} {name}", lambda: to_image(pixels))
