"""The pixel that is read as a formula, and what to do where the network knows nothing of what is on the photo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.settings import kind_of
from core.zoo.catalog import card
from ui import messages, model_picker, parts
from ui.cached import attributions
from ui.sections.attribution import areas
from ui.sections.segmenter import segment_case
from ui.sections.segmenter.segment_case import Case
from ui.sections.segmenter.segment_stage import entropy, margin

if TYPE_CHECKING:
    from core.experiments.overview import Guess

WIDER = "lraspp"
"""The network of 21 classes that is offered where the lab's own knows nothing: small, and quick on a CPU."""
LITTLE = 0.005
"""A smaller part of a photo is no find."""
TERMS = 2
ATTRIBUTION, VIEW = "pages/attribution.py", "Boxes & areas"


def nothing(case: Case) -> None:
    """Where nothing is found, or nothing that is there can be: what to do."""
    words = trouble(case)
    if not words:
        return
    other, row = card(WIDER), st.container(horizontal=True, vertical_alignment="center")
    row.info(words, icon=":material/info:", width=660)
    if len(case.look.found.names) < other.class_count:
        row.button(
            f"Take {other.title}, {other.class_count} classes, {other.megabytes}",
            icon=":material/format_paint:",
            key="seg-wider",
            on_click=model_picker.choose,
            args=(other,),
        )


def trouble(case: Case) -> str:
    """What is wrong with this photo for this network; empty where nothing is."""
    found, photo = case.look.found, case.look.photo
    knows = f"This network knows {messages.escape(segment_case.known(found.names))}"
    things = [one for one in found.regions if one.index in case.look.colours and one.share >= LITTLE]
    other = "Take a network that knows more, or another photo."
    if not things:
        return f"{knows}, and finds none of it: all of this photo is background to it. {other}"
    there = [] if photo.truth is None else [kind_of(label) for label in photo.truth.labels]
    if there and not any(label in found.names for label in there):
        named = messages.escape(", ".join(dict.fromkeys(there)))
        return f"{knows}, and none of what is on this photo ({named}): every coloured area here is a mistake. {other}"
    return ""


def pixel(case: Case) -> None:
    """The pixel that is read in a sentence, and where to ask on."""
    here, (x, y) = case.here(), case.point
    lead = "The one that the network is least sure of; click any other." if case.view.point is None else ""
    parts.section(f"Pixel {x}, {y}", lead)
    st.markdown(sentence(here, case.view.unsure), width=760)
    if case.look.row.key == attributions.SEGMENTER and here[0].index in case.look.colours:
        to_attribution(here[0].label)


def sentence(here: Sequence[Guess], threshold: float) -> str:
    """What there is to say about a pixel, with its numbers."""
    first, second = here[0], here[1]
    lead = margin([one.probability for one in here])
    words = (
        f"**{messages.escape(first.label)}** with {parts.percent(first.probability)}, "
        f"then {messages.escape(second.label)} with {parts.percent(second.probability)}."
    )
    verdict = "unknown" if lead < threshold else messages.escape(first.label)
    return f"{words} With a margin of {lead:.2f} against a threshold of {threshold:.2f} it is painted as {verdict}."


def to_attribution(label: str) -> None:
    """A button that opens the Grad-CAM of a class over its area."""
    pressed = st.button(
        f"Why {messages.escape(label)}?",
        icon=":material/center_focus_strong:",
        key="seg-attribution",
        help="Grad-CAM of the mean score of this class over its area, on the attribution page.",
        on_click=lambda: st.session_state.update({"part": VIEW}),
    )
    if pressed:
        st.switch_page(ATTRIBUTION, query_params={areas.AREA: label})


def formula(case: Case) -> None:
    """Softmax, margin and entropy of the pixel that is read."""
    here = case.here()
    for cell, line in zip(st.columns([4, 3, 5], gap="small"), formulas(here), strict=True):
        cell.latex(line)
    st.caption(
        f"Softmax: z are the scores of the {len(here)} classes, here less the best one, which leaves it 0. m is the margin, "
        "H the entropy: Shannon, A Mathematical Theory of Communication, 1948, section 6."
    )


def formulas(here: Sequence[Guess]) -> tuple[str, str, str]:
    """The three formulas in LaTeX, with the numbers of these classes, the most probable first."""
    shares = [one.probability for one in here]
    best = shares[0]
    logits = [math.log(share / best) for share in shares[1 : 1 + TERMS] if share > 0]
    rest = sum(shares[1 + len(logits) :]) / best
    terms = "".join(f" + e^{{{signed(one)}}}" for one in logits) + (f" + {rest:.3f}" if rest >= 0.0005 else "")
    name = r"\text{" + "".join(letter for letter in here[0].label if letter.isalnum() or letter in " -") + "}"
    second = shares[1] if len(shares) > 1 else 0.0
    told = [share for share in shares[:TERMS] if share > 0]
    sums = " + ".join(rf"{share:.3f} \cdot {abs(math.log2(share)):.2f}" for share in told)
    more = entropy(shares) - entropy(told)
    sums += f" + {more:.2f}" if more >= 0.005 else ""
    chance = r"\frac{e^{z_c}}{\sum_k e^{z_k}}"
    return (
        rf"\begin{{aligned}} p_{{{name}}} &= {chance} \\ &= \frac{{1}}{{1{terms}}} \\ &= {best:.3f} \end{{aligned}}",
        rf"\begin{{aligned}} m &= p_1 - p_2 \\ &= {best:.3f} - {second:.3f} \\ &= {margin(shares):.3f} \end{{aligned}}",
        rf"\begin{{aligned}} H &= \textstyle\sum_k p_k \cdot \log_2 (1 / p_k) \\ &= {sums} \\ "
        rf"&= {entropy(shares):.2f} \text{{ bits}} \end{{aligned}}",
    )


def signed(value: float) -> str:
    """A score in two decimals; -0.00 is 0.00."""
    return f"{value:z.2f}"
