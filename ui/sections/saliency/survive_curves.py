"""A small curve for each kind of handling: how probable both classes are, from nothing done to very strong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.adversarial.survival_settings import Treatment
from ui import growing, messages, parts
from ui.cached import adversarial
from ui.sections.saliency import survive_case
from ui.sections.saliency import survive_handling as handling
from ui.sections.saliency.survive_case import Fooled
from viz import plot
from viz.colours import BOX_A, BOX_B, Stroke

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.survival import Swept

NAME = "survive-curves"
CLEAN, FOOLED = Stroke(BOX_A.colour, "7 5"), BOX_B
TICKS = 5  # words at most below a chart


def curves(made: Fooled, treatment: Treatment) -> list[Cost]:
    """All kinds of handling of the changed picture, one after another; what they cost so far."""
    parts.section(
        "Which handling undoes it?", "The changed picture, handled in one way at a time, stronger and stronger."
    )
    st.caption(legend(made))
    kinds, costs = list(handling.SLIDERS), []

    def draw(done: int) -> None:
        costs.clear()
        grid = st.grid(3, min_column_width=260, gap="medium")
        for place, kind in enumerate(kinds):
            with grid.cell():
                if place >= done:
                    st.empty().skeleton(height=190)
                    continue
                swept = adversarial.swept(made.outcome.pixels, made.asked.card.key, kind)
                costs.append(swept.cost)
                at = _place(swept, treatment)
                st.image(chart(made, swept, at), width="stretch", alt=f"Both probabilities over {kind.title}")
                st.caption(f"**{kind.title}** · {until(made, swept)}")

    growing.filled(NAME, f"{made.key}", len(kinds), draw)
    return costs


def legend(made: Fooled) -> str:
    """Which curve is which class, and that the attack had another in mind, where it had."""
    classes = made.outcome.classes
    aim = survive_case.missed(made)
    missed = f" (it was to be {messages.escape(aim)}, which the attack missed)" if aim else ""
    return (
        f":orange[**——**] **{messages.escape(classes[made.fooled])}**, what the network sees in it{missed} · "
        f":blue[**– –**] **{messages.escape(classes[made.clean])}**, what it saw before. The line is what is set above."
    )


def chart(made: Fooled, swept: Swept, at: int | None) -> str:
    """Both probabilities at the strengths of a sweep, evenly spread; a line at number `at`. As SVG."""
    count = len(swept.strengths)
    words = [handling.word(swept.kind, one) for one in swept.strengths]
    drawn = "" if at is None else plot.upright(at / (count - 1))
    drawn += _curve([float(one) for one in swept.of(made.clean)], CLEAN)
    drawn += _curve([float(one) for one in swept.of(made.fooled)], FOOLED)
    return plot.chart(
        drawn,
        x_name=swept.kind.title,
        y_name="probability",
        x_ticks=[(place / (count - 1), words[place]) for place in ticks(count)],
        y_ticks=[(part, f"{part:g}") for part in (0, 0.5, 1)],
    )


def ticks(count: int) -> list[int]:
    """The places of at most `TICKS` words, evenly spread, the first and the last among them."""
    return sorted({round(part * (count - 1) / (TICKS - 1)) for part in range(TICKS)})


def until(made: Fooled, swept: Swept) -> str:
    """From where on the attack is gone, in words."""
    gone = next((place for place, one in enumerate(swept.guesses) if one.index != made.fooled), None)
    if gone is None:
        return "the attack survives all of it"
    if gone == 0:
        return "there is no attack to undo"
    back = any(one.index == made.fooled for one in swept.guesses[gone:])
    seen = messages.escape(swept.guesses[gone].label)
    return f"gone at {handling.word(swept.kind, swept.strengths[gone])}: {seen}" + (", and back later" if back else "")


def _place(swept: Swept, treatment: Treatment) -> int | None:
    strength = treatment.strength(swept.kind)
    return next((place for place, one in enumerate(swept.strengths) if one == strength), None)


def _curve(values: Sequence[float], stroke: Stroke) -> str:
    points = " ".join(
        f"{plot.x(place / (len(values) - 1)):.1f},{plot.y(value):.1f}" for place, value in enumerate(values)
    )
    dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
    return f'<polyline points="{points}" fill="none" stroke="{stroke.colour}" stroke-width="2.5"{dash}/>'
