"""The sanity check as a film of maps and a curve for each, and what it says in words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from ui.cached import drawings
from ui.components.film import Chart, Film, Panel, Series
from ui.sections.attribution.fall import STROKES
from viz.attributions import ColourMap, alone, percentile_clipped

if TYPE_CHECKING:
    from core.experiments.trust import SanityAnswer

STAYED, CHANGED = 0.4, 0.2
"""From which rank correlation on a map counts as one that stayed, and below which as one that changed. Ours: the paper
draws no line."""

SIDE = 224  # px of a map in the film
CLIP = 99.0  # % of the pixels of a fine map that stay below full colour


class Likeness(Enum):
    """What two maps are compared by."""

    RANKS = "Rank correlation"
    SSIM = "SSIM"

    def values(self, one: SanityAnswer) -> tuple[float, ...]:
        """How like the first map each map is."""
        return tuple(step.ssim if self is Likeness.SSIM else step.rank_correlation for step in one.steps)


def reel(name: str, found: Sequence[SanityAnswer], by: Likeness) -> Film:
    """A panel for each method, and how like its first map each of its maps is. `name` tells photo, network and class."""
    stages = ["trained", *(str(step.stage) for step in found[0].steps[1:])]
    series = tuple(
        Series(one.method.title, stroke, by.values(one)) for one, stroke in zip(found, STROKES, strict=False)
    )
    places = tuple(float(place) for place in range(len(stages)))
    lowest = min(value for one in series for value in one.values if value is not None)
    chart = Chart(
        by.value,
        "weights forgotten from the output down to this layer",
        "with the first map; 1 is the same",
        places,
        series,
        y_range=(min(0.0, np.floor(lowest * 4) / 4), 1.0),
        x_ticks=tuple(zip(places, stages, strict=True)),
    )
    steps = ("trained", *(f"down to {stage}" for stage in stages[1:]))
    return Film(tuple(_panel(name, one) for one in found), (chart,), steps)


def _panel(name: str, one: SanityAnswer) -> Panel:
    notes = tuple(
        "empty" if empty(one, place) else f"rank correlation {number(step.rank_correlation)}"
        for place, step in enumerate(one.steps)
    )
    sheet = drawings.drawn_frames(f"{name} {one.method.value} forgetting", lambda: maps(one))
    return Panel(one.method.title, f"The map of {one.method.title} while the network forgets", sheet, notes)


def maps(one: SanityAnswer) -> np.ndarray:
    """The maps as pictures (n, h, w, 3), uint8, each by its own largest value."""
    signed = one.method.signed
    pictures = []
    for step in one.steps:
        values = step.map.numpy() if signed else np.abs(step.map.numpy())
        scaled = percentile_clipped(values, 100.0 if one.method.coarse else CLIP)
        factor = SIDE / max(scaled.shape)
        size = (round(scaled.shape[1] * factor), round(scaled.shape[0] * factor))
        colours = ColourMap.RED_BLUE if signed else ColourMap.VIRIDIS
        pictures.append(np.asarray(alone(scaled, colours, size, signed=signed)))
    return np.stack(pictures)


def verdict(found: Sequence[SanityAnswer]) -> str:
    """Which maps stayed when everything was forgotten, which are empty, and what that means."""
    void = [one for one in found if empty(one, -1)]
    rest = [one for one in found if one not in void]
    stayed = [one for one in rest if one.steps[-1].rank_correlation >= STAYED]
    partly = [one for one in rest if CHANGED <= one.steps[-1].rank_correlation < STAYED]
    changed = [one for one in rest if one.steps[-1].rank_correlation < CHANGED]
    told = []
    if stayed:
        told.append(
            f"**{listed(stayed)} stayed much alike** although nothing that was learned is left: what does not change explains "
            "the picture, not the network."
        )
    if partly:
        told.append(f"**{listed(partly)} changed in part.**")
    if changed:
        them = "it" if len(changed) == 1 else "them"
        told.append(f"**{listed(changed)} changed**: what was learned has a part in {them}.")
    if void:
        told.append(
            f"**{listed(void)}: empty** after the last stage. An empty map has no order, so its correlation counts as 0, which "
            "says nothing for or against the method."
        )
    return " ".join(told)


def empty(one: SanityAnswer, place: int) -> bool:
    """Whether the map after that stage is the same everywhere."""
    map = one.steps[place].map
    return bool((map == map.flatten()[0]).all())


def formula(one: SanityAnswer) -> str:
    """The rank correlation in LaTeX, with the number of a method after the last stage."""
    step = one.steps[-1]
    count = f"{step.map.numel():,}".replace(",", "{,}")
    return (
        r"\begin{gathered} \rho = \frac{\sum_i (r_i - \bar r)(q_i - \bar r)}"
        r"{\sqrt{\sum_i (r_i - \bar r)^2 \sum_i (q_i - \bar r)^2}} \\[0.7em] "
        rf"n = {count}, \quad \rho_\text{{{one.method.title}}} = {step.rank_correlation:z.3f} \end{{gathered}}"
    )


def listed(found: Sequence[SanityAnswer]) -> str:
    """The methods with their rank correlations after half of the stages and after the last."""
    each = [
        f"{one.method.title} ({number(one.steps[len(one.steps) // 2].rank_correlation)} halfway, "
        f"{number(one.steps[-1].rank_correlation)} at the end)"
        for one in found
    ]
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}"


def number(value: float) -> str:
    """Two decimals and a real minus."""
    return f"{value:z.2f}".replace("-", "−")
