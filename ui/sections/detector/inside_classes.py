"""What is in the cell: how probable each class is, and the score, which is that times the objectness."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from ui import parts
from ui.sections.detector.inside_decode import sigmoid
from ui.sections.detector.inside_grid import Grids, Place

MOST = 10


def classes(grids: Grids, place: Place) -> None:
    """The most probable classes of the anchor as bars, and the score as a product."""
    number = grids.number(place)
    likely = grids.classes[number]
    softmax = grids.look.heads[place.head].softmax
    order = np.argsort(-likely, kind="stable")[:MOST]
    logits = grids.raw(place)[5:]
    st.html(bars([(grids.names[index], float(likely[index]), logits[index]) for index in order]))
    shown = f"The {len(order)} most probable of {len(likely)} classes. " if len(order) < len(likely) else ""
    st.caption(shown + _rule(grids, softmax=softmax))
    st.latex(product(grids, place))


def product(grids: Grids, place: Place) -> str:
    """The score in LaTeX, as the product that it is, with the numbers of this anchor."""
    number = grids.number(place)
    sure, likely = float(grids.objectness[number]), float(grids.best[number])
    name = grids.names[int(grids.classes[number].argmax())]
    softmax = grids.look.heads[place.head].softmax
    of_class = r"\mathrm{softmax}(z)_c" if softmax else r"\sigma(z_c)"
    if not grids.has_objectness:
        return rf"\text{{score}} = {of_class} = {likely:.3f} \quad \text{{({_plain(name)})}}"
    logit = grids.raw(place)[4]
    return (
        r"\begin{aligned} \text{score} &= \underbrace{\sigma(t_o)}_{\text{objectness}} \cdot "
        rf"\underbrace{{{of_class}}}_{{\text{{{_plain(name)}}}}} \\[1.1em]"
        rf"&= \sigma({logit:.3f}) \cdot {likely:.3f} \\[0.3em] &= {sigmoid(logit):.3f} \cdot {likely:.3f} = {sure * likely:.3f}"
        r"\end{aligned}"
    )


def bars(rows: list[tuple[str, float, float]]) -> str:
    """A bar for each class, with its name, its probability and the raw number z that it comes from."""
    lines = "".join(
        f"<span>{html.escape(name)}</span>"
        '<span style="height:10px;border-radius:3px;background:rgba(128,128,140,.2)">'
        f'<span style="display:block;height:10px;border-radius:3px;background:#56B4E9;width:{max(share, 0.004):.2%}"></span></span>'
        f'<span style="text-align:right">{parts.percent(share)}</span>'
        f'<span style="text-align:right;opacity:.66">z = {_minus(logit)}</span>'
        for name, share, logit in rows
    )
    return (
        '<div style="display:grid;grid-template-columns:minmax(4.5rem,auto) 1fr auto auto;gap:5px 12px;align-items:center;'
        f'max-width:460px;font-variant-numeric:tabular-nums">{lines}</div>'
    )


def _rule(grids: Grids, *, softmax: bool) -> str:
    """How the raw numbers become probabilities."""
    if not softmax:
        return "A sigmoid for each class by itself: they do not compete, and two may be likely at once."
    if not grids.has_objectness:
        return "A softmax: the classes compete with each other and with “nothing here”, which takes the rest up to 1."
    return "A softmax: the classes of a cell compete, and their probabilities add up to 1."


def _minus(value: float) -> str:
    return f"{value:z.2f}".replace("-", "−")


def _plain(name: str) -> str:
    """A name that LaTeX can set: letters, digits and spaces."""
    return "".join(letter if letter.isalnum() else " " for letter in name).strip() or "class"
