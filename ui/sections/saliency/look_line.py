"""How far a gradient is true: a step along it, what the tangent promises, and what the network says. Scrubbed in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.attribution.settings import Measure
from ui import address, messages, parts
from ui.cached import drawings, gradients
from ui.components.film import Chart, Film, Level, Panel, Series, film
from ui.sections.attribution.case import Case
from ui.sections.saliency import look_controls
from ui.sections.saliency.look_controls import STEP, Gaze
from viz.colours import BOX_A, BOX_B, MANY, Stroke

if TYPE_CHECKING:
    from core.experiments.tangents import Tangent

PROMISED, REAL, CHANCE = Stroke(BOX_B.colour, "9 5"), Stroke(BOX_A.colour), Stroke(MANY[5].colour, "2 5")
OPENS = 4
"""The frame that is seen first: a quarter of the way."""

SEEN = 0.35
"""The change of a value that the picture of the direction shows in full colour, times its largest."""


def line(case: Case, gaze: Gaze) -> Tangent:
    """The film, its numbers and its sentence; returns the walk."""
    parts.section(
        "How far does the gradient hold?",
        "Walk along the gradient by a length of t. The tangent promises a rise; the network says what comes of it.",
    )
    longest = look_controls.reach()
    with st.skeleton(height=420):
        found = gradients.tangent(case.photo, case.card.key, case.target, gaze.measure, longest)
    last = len(found.lengths) - 1
    step = min(address.number(STEP, OPENS) or 0, last)
    film("look-film", reel(case, gaze, found), step, lambda moved: address.keep(STEP, moved))
    address.show(STEP, None if step == OPENS else str(step))
    figures(gaze, found)
    return found


def reel(case: Case, gaze: Gaze, found: Tangent) -> Film:
    """The picture along the way, the direction, and three curves over t."""
    key = f"{case.name} {gaze.measure.value}"
    name = "score" if gaze.measure is Measure.SCORE else "cross-entropy"
    frames = len(found.lengths)
    panels = (
        Panel(
            "The photo after the step",
            f"The network's picture, moved along the gradient of the {name} of {case.label}",
            drawings.drawn_frames(f"{key} {found.lengths[-1]} {frames}", lambda: found.pictures),
            tuple(f"values changed by {levels(found, length)} on average" for length in found.lengths),
        ),
        Panel(
            "The step itself, magnified",
            f"The gradient of the {name} of {case.label}: grey is no change",
            drawings.drawn_frames(f"{key} direction {frames}", lambda: np.stack([direction(found)] * frames)),
            ("grey is no change",),
        ),
    )
    series = (
        Series("promised by the tangent", PROMISED, found.predicted),
        Series("what the network says", REAL, found.real),
        Series("after a random step as long", CHANCE, found.random),
    )
    chart = Chart(
        f"The {name} along the gradient",
        "t, the L2 length of the step",
        name,
        found.lengths,
        series,
        (Level("the photo", found.value),),
    )
    return Film(
        panels,
        (chart,),
        tuple(f"t = {length:.3g}" for length in found.lengths),
        tuple(said(found, frame) for frame in range(frames)),
    )


def direction(found: Tangent) -> np.ndarray:
    """The unit step as a picture (h, w, 3), uint8, around mid-grey and clipped, so that more than its peaks is seen."""
    values = found.direction.transpose(1, 2, 0)
    limit = SEEN * float(np.abs(values).max()) or 1.0
    return np.rint(127.5 + 127.5 * np.clip(values / limit, -1, 1)).astype(np.uint8)


def said(found: Tangent, frame: int) -> str:
    """A sentence for a frame."""
    if not frame:
        return "At the photo itself nothing has changed."
    promised, real = (one[frame] - found.value for one in (found.predicted, found.real))
    return f"The tangent promises {number(promised)}, the network says {number(real)}."


def figures(gaze: Gaze, found: Tangent) -> None:
    """The slope, where promise and truth part, how much that is in levels, and the control."""
    name = "score" if gaze.measure is Measure.SCORE else "cross-entropy"
    cells = parts.four(150)
    cells[0].metric("‖g‖, the slope", f"{found.slope:.3g}", help=f"The {name} per unit of L2 length, at the photo.")
    if found.parting is None:
        cells[1].metric("They part by 10 % at", "–", help="Nowhere on the way, or no change is larger than rounding.")
        cells[2].metric("That is per value", "–")
    else:
        cells[1].metric(
            "They part by 10 % at",
            f"t = {found.parting:.2g}",
            help="The shortest step at which promised and real change differ by a tenth of the promised one.",
        )
        cells[2].metric(
            "That is per value",
            f"{found.levels(found.parting):.2g} / 255",
            delta="less than one level" if found.levels(found.parting) < 1 else "more than one level",
            delta_color="off",
            delta_arrow="off",
            help="The root mean square over all values. A picture of 8 bits can't change a value by less than one level.",
        )
    cells[3].metric(
        "Slope at random",
        f"{abs(found.random_slope):.2g}",
        help="The slope along one random direction: almost all directions hardly matter to first order.",
    )
    st.markdown(sentence(found), width=760)


def sentence(found: Tangent) -> str:
    """What the walk teaches, with its numbers."""
    if not found.slope:
        return "The gradient is 0 here: to first order no change of the photo matters, and yet larger ones may."
    whole = found.real[-1] - found.value
    promised = found.predicted[-1] - found.value
    reach = f"At t = {found.lengths[-1]:g} it promises {number(promised)} and the network says {number(whole)}."
    return f"**The gradient tells what *this tiny* change does**, not what a large one would. {reach}"


def formula(case: Case, gaze: Gaze, found: Tangent) -> None:
    """The first-order view with the numbers of the frame that is shown."""
    frame = min(int(st.session_state.get(STEP, OPENS) or 0), len(found.lengths) - 1)
    length, real = found.lengths[frame], found.real[frame]
    name = "S" if gaze.measure is Measure.SCORE else r"\mathcal{L}"
    rise = found.predicted[frame] - found.value
    parts.section("The formula", "A function is a line if one looks closely enough.")
    st.latex(
        rf"\begin{{gathered}} {name}(x + d) \approx {name}(x) + g \cdot d, \quad g = \frac{{\partial {name}}}{{\partial x}} "
        rf"\\[4pt] d = t\,\frac{{g}}{{\lVert g \rVert}} \;\Rightarrow\; g \cdot d = t\,\lVert g \rVert \end{{gathered}}"
    )
    st.latex(
        rf"\begin{{gathered}} {tex(found.value)} + {tex(length)} \cdot {tex(found.slope)} = {tex(found.value + rise)} \\[4pt] "
        rf"\text{{the network says }} {tex(real)} \end{{gathered}}"
    )
    st.caption(
        f"{messages.escape(case.label)}, at t = {length:.3g}. Simonyan, Vedaldi and Zisserman, 2013, equation 3. The step is "
        "not clamped to [0, 1]: it would be another step."
    )


def levels(found: Tangent, length: float) -> str:
    """How far a step of a length changes values, in levels of 8 bits."""
    return f"{found.levels(length):.2g} / 255"


def number(value: float) -> str:
    """A change with its sign and a real minus."""
    return f"{value:+.3g}".replace("-", "−")


def tex(value: float) -> str:
    """Three digits for LaTeX."""
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
