"""What there is to see at each point of the path, in a sentence: from the numbers of that point alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui import parts

if TYPE_CHECKING:
    from core.experiments.integration import Walk

FLAT, STEEP = 0.5, 1.5
"""f rises less than half, or more than one and a half times, as fast as it does on the whole."""

STRONG, WEAK = 0.4, 0.25
"""Shares of the strongest gradient of the path."""


def said(walk: Walk) -> tuple[str, ...]:
    """A sentence for each point: where it is, what it adds, and what the gradient does there."""
    return tuple(_said(walk, place) for place in range(len(walk.alphas)))


def strength(walk: Walk) -> np.ndarray:
    """How strong the gradient is at each point, as a share of the strongest: the mean size of its values."""
    sizes = np.abs(walk.slopes).mean(axis=(1, 2))
    return sizes / sizes.max() if sizes.max() else sizes


def pace(walk: Walk) -> np.ndarray:
    """How fast f rises at each point, where 1 is its pace on the whole way; below 0 it goes the other way."""
    rise = walk.score - walk.baseline_score
    if not rise or len(walk.alphas) < 2:
        return np.zeros(len(walk.alphas))
    return np.gradient(np.array(walk.path_scores), np.array(walk.alphas)) / rise


def number(value: float) -> str:
    """Two decimals and a real minus; what rounds to zero has no sign."""
    return f"{value:z.2f}".replace("-", "−")


def added(value: float) -> str:
    """The same with a sign for what is above zero too."""
    return f"{value:+z.2f}".replace("-", "−").removeprefix("+" if round(value, 2) == 0 else "")


def _said(walk: Walk, place: int) -> str:
    before = walk.running[place - 1] if place else 0.0
    adds = walk.running[place] - before
    rise = walk.score - walk.baseline_score
    if not rise:
        return f"f is {number(walk.path_scores[place])}. Baseline and photo have one score, so there is no rise to share out."
    done = (walk.path_scores[place] - walk.baseline_score) / rise
    here = f"At α = {walk.alphas[place]:.2f} f is {number(walk.path_scores[place])}, {_way(done)}; this point adds {added(adds)}."
    return f"{here} {_lesson(float(pace(walk)[place]), float(strength(walk)[place]), done)}"


def _way(done: float) -> str:
    if done < 0:
        return "behind the baseline's score"
    if done > 1.005:
        return "beyond the photo's score"
    return f"{parts.percent(done, 0)} of the way to the photo's score"


def _lesson(pace: float, strength: float, done: float) -> str:
    of_strongest = f"{parts.percent(strength, 0)} as strong as at its strongest"
    if pace < -FLAT:
        return "f moves away from the photo's score here: what was given before is taken back."
    if pace > STEEP:
        return f"f changes {pace:.1f} times as fast as on the whole way: much of the credit is given here."
    if pace < FLAT and strength >= STRONG:
        level = "f has nearly saturated" if done > 0.75 else "f is nearly flat here"
        return f"{level}, yet the gradient is {of_strongest}: along this path its reds and blues cancel."
    if pace < FLAT:
        return f"f is nearly flat, and the gradient is {'weak' if strength < WEAK else 'weaker'}: {of_strongest}."
    return f"f changes about as fast as on the whole way; the gradient is {of_strongest}."
