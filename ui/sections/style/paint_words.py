"""The numbers of a painting, and the loss it is made by with the numbers of this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.style.settings import StyleSettings
from core.zoo.model_card import ModelCard
from ui import parts
from ui.sections.style.case import Drawn

if TYPE_CHECKING:
    from core.style.objective import Losses

CLOSE = 0.005
"""Two losses whose ratio is as near to 1 are of the same weights."""

_LOSS = r"J(x) = \alpha\,L_c + \beta\,L_s + \gamma\,L_v"
_CONTENT = r"L_c = \frac{\overline{(F - P)^2}}{\overline{P^2}}"
_STYLE = (
    r"\begin{gathered} G_\ell = \frac{X_\ell X_\ell^{\top}}{c\,h\,w} \\[10pt] "
    r"L_\ell = \frac{2\,\overline{(G_\ell - A_\ell)^2}}{\overline{A_\ell^2} + \overline{B_\ell^2}} \\[10pt] "
    r"L_s = \sum_\ell \frac{w_\ell}{\sum w}\, L_\ell \end{gathered}"
)
_VARIATION = (
    r"\begin{gathered} L_v = \frac1N \sum_{i,j} \big( |x_{i,j} - x_{i+1,j}| \\ "
    r"{} + |x_{i,j} - x_{i,j+1}| \big) \end{gathered}"
)
_DEPARTS = """
* **Means instead of sums, relative to what is wanted.** The paper takes half the sum of squares for content (equation 1), and
  for a style layer the sum over 4 c² (h w)² (equation 4). Here each part is over the mean square of what it is compared with. It
  is then of the order of 1, and a weight means the same at every layer, with every network and at every size.
* **The photo's Gram matrix B in the denominator.** A calm style has next to no energy in a layer where the photo has much.
  Relative to the style alone, that layer would drown all others.
* **Total variation.** The paper has none; it is the course's.
* **From small to large.** Large strokes come first, on a smaller picture (Gatys et al., 2017, section 6). With one octave it is
  the paper's way.
* **The network.** The paper's is VGG-19, with average pooling and rescaled weights. Choose VGG-19 above for its layers; its
  pooling and its weights are those of torchvision.
"""


def figures(drawn: Drawn) -> None:
    """Four numbers of the picture that is seen, a sentence, and the loss with its weights."""
    cells = parts.four(150)
    if drawn.fast:
        _in_one_pass(cells, drawn, drawn.fast)
    elif drawn.losses:
        _measured(cells, drawn, drawn.losses)


def _in_one_pass(cells: list[DeltaGenerator], drawn: Drawn, card: ModelCard) -> None:
    height, width = drawn.canvas.shape[1:]
    cells[0].metric("Painted in", f"{drawn.cost.milliseconds:,.0f} ms", help="Without loading the network.")
    cells[1].metric(
        "Passes forward", f"{drawn.cost.forward}", help="An update by optimisation takes one, and one back."
    )
    cells[2].metric("Parameters", f"{card.parameters:,}", help=f"Of {card.title}.")
    cells[3].metric("Picture", f"{width} × {height} px")
    st.caption("No loss is measured for a picture of a single pass. Start, and watch it fall.")
    st.empty()  # of the formula


def _measured(cells: list[DeltaGenerator], drawn: Drawn, losses: Losses) -> None:
    own = drawn.case.settings
    now = losses.under(own)
    cells[0].metric("Loss", parts.number(now.total), help="The weighted sum of the other three: what falls.")
    cells[1].metric(
        f"Content × {own.content:g}", parts.number(now.content), help="1: as far from the photo as no feature at all."
    )
    cells[2].metric(
        f"Style × {own.style:g}",
        parts.number(now.style),
        help="Of Gram matrices, the mean of the layers. 0: all are those of the style.",
    )
    cells[3].metric(
        f"Total variation × {own.total_variation:g}",
        parts.number(now.total_variation),
        help="How much a value differs from its neighbours below and to the right, in the mean. Values are from 0 to 1.",
    )
    st.caption(meant(own, losses))
    st.latex(numbers(now, own))


def meant(own: StyleSettings, losses: Losses) -> str:
    """What the numbers are of, in a sentence or two."""
    content, style = ", ".join(own.content_layers), ", ".join(own.style_layers)
    where = f"Content at {content}; style at {style}, from fine to coarse."
    then = losses.total
    if abs(losses.under(own).total - then) <= CLOSE * max(then, 1e-6):
        return where
    return f"{where} The weights are those of now: with those of then, this picture had a loss of {parts.number(then)}."


def numbers(losses: Losses, own: StyleSettings) -> str:
    """The loss with weights and values put in, in LaTeX; no line is too long for a phone."""
    layers = [
        (weight, losses.style_layers[name]) for name, weight in own.style_layers.items() if name in losses.style_layers
    ]
    terms = [rf"{weight:g} \cdot {_digits(value)}" for weight, value in layers]
    heaviest = sum(weight for weight, _ in layers)
    lines = r" \\ {} + ".join(" + ".join(terms[first : first + 2]) for first in range(0, len(terms), 2))
    style = (
        rf"\\[6pt] L_s = \tfrac{{1}}{{{heaviest:g}}} ( {lines} ) \\ {{}} = {_digits(losses.style)}" if heaviest else ""
    )
    return (
        rf"\begin{{gathered}} J = {own.content:g} \cdot {_digits(losses.content)} + {own.style:g} \cdot {_digits(losses.style)} "
        rf"\\ {{}} + {own.total_variation:g} \cdot {_digits(losses.total_variation)} = {_digits(losses.total)} {style} "
        r"\end{gathered}"
    )


def formula(drawn: Drawn) -> None:
    """The loss, its three parts, and where it departs from the paper."""
    parts.section(
        "The formula",
        "The network stays as it is, and the pixels are what learns. The numbers of this moment are under the picture.",
    )
    own = drawn.case.settings
    st.latex(_LOSS)
    st.caption(
        f"x is the painting, and α = {own.content:g}, β = {own.style:g}, γ = {own.total_variation:g} are the weights. Gatys, Ecker "
        "and Bethge, Image Style Transfer Using Convolutional Neural Networks, 2016."
    )
    grid = st.grid(3, min_column_width=240, gap="large")
    for title, latex, words in pieces(own):
        with grid.cell():
            st.markdown(f"**{title}**")
            st.latex(latex)
            st.caption(words)
    with st.expander("Where this departs from the paper", icon=":material/difference:"):
        st.markdown(_DEPARTS)


def pieces(own: StyleSettings) -> tuple[tuple[str, str, str], ...]:
    """Each part of the loss: its title, its formula, and what its letters stand for."""
    layers = ", ".join(f"{weight:g} for {name}" for name, weight in own.style_layers.items())
    return (
        (
            "Content",
            _CONTENT,
            f"F and P are the maps that {', '.join(own.content_layers)} makes of the painting and of the photo. A line over "
            "something is its mean.",
        ),
        (
            "Style",
            _STYLE,
            "G, A and B are the Gram matrices of painting, style and photo. X has a row for each of the c maps of h × w places, so "
            f"an entry says how much two maps are active together, wherever that is. The weights w are {layers}.",
        ),
        ("Total variation", _VARIATION, "How much neighbours differ, in the mean of all N values of the painting."),
    )


def _digits(value: float) -> str:
    """A number in LaTeX, where a comma is a list."""
    return parts.number(value).replace(",", r"\,")
