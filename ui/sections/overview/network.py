"""A real network looks at the photo: its five best guesses, and where on the photo the first one comes from."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import DownloadError, WeightsMissingError
from core.images.photo import Photo
from core.zoo.catalog import card
from ui import cached, messages, parts
from ui.sections.overview.snippet import snippet

if TYPE_CHECKING:
    from core.experiments.overview import Look

MODEL = "squeezenet1_1"
TALLEST = 360  # px


def look(photo: Photo) -> None:
    """The photo under the Grad-CAM map of the first guess, the five guesses, and the cost; or how to get the weights."""
    parts.section("A network looks at your photo")
    left, right = st.columns(2, gap="large")
    picture, words = left.empty(), right.empty()
    with picture.container():
        parts.picture(
            cached.picture(photo),
            "Photo",
            f"{photo.width} × {photo.height} px",
            alt="The chosen photo",
            tallest=TALLEST,
        )
    words.skeleton(height=250)
    try:
        answer = cached.look(photo, MODEL)
    except WeightsMissingError as error:
        with words.container():
            _offer(error)
        return
    with picture.container():
        _map(photo, answer)
    with words.container():
        _guesses(photo, answer)


def _map(photo: Photo, answer: Look) -> None:
    first = answer.guesses[0]
    rows, columns = answer.cam.shape
    parts.picture(
        cached.cam_picture(photo, answer),
        "Grad-CAM",
        f"where '{messages.escape(first.label)}' comes from. The network saw the bright square",
        alt=f"The photo under a heat map of the class {first.label}",
        scale=parts.Scale("viridis", "0", f"{rows} × {columns} cells, share of the largest", "1"),
        tallest=TALLEST,
    )


def _guesses(photo: Photo, answer: Look) -> None:
    st.caption(f"**{card(MODEL).title}** · five of 1,000 classes, trained on ImageNet")
    for guess in answer.guesses:
        _bar(guess.label, guess.probability)
    st.caption(_verdict(answer))
    parts.caveat(
        "A bright cell raised this score. It need not be what a person would point at, and the network may "
        "need only a part of it."
    )
    with st.popover("Copy as PyTorch", icon=":material/code:"):
        st.caption("Prints the five guesses of this card.")
        st.code(snippet(photo), language="python")
    st.caption(
        f":material/timer: {answer.cost.milliseconds:,.0f} ms on {answer.cost.device} · {parts.passes(answer.cost)}"
    )


def _bar(label: str, probability: float) -> None:
    name = html.escape(label)
    st.html(
        f'<div style="display:grid;grid-template-columns:1fr auto;gap:0 1em;font-variant-numeric:tabular-nums">'
        f"<span>{name}</span><span>{probability:.1%}</span>"
        f'<span style="grid-column:1/-1;height:6px;border-radius:3px;background:rgba(128,128,140,.2)">'
        f'<span style="display:block;height:6px;border-radius:3px;background:#56B4E9;'
        f'width:{max(probability, 0.004):.2%}"></span>'
        f"</span></div>"
    )


def _verdict(answer: Look) -> str:
    first = answer.guesses[0].probability
    if first >= 0.5:
        return (
            "One class has more than half of the probability. That is confidence, not proof: "
            "it must choose among its 1,000 classes."
        )
    return "No class has half of the probability: the network is unsure, or the photo shows nothing it was trained on."


def _offer(error: WeightsMissingError) -> None:
    st.caption(f"{messages.escape(error.problem)} {messages.escape(error.advice)}")
    slot, row = st.empty(), card(MODEL)
    if not slot.button(
        f"Download {row.title}, {row.megabytes} from {row.host}", icon=":material/download:", key="download"
    ):
        return
    bar = slot.progress(0.0, "Connecting")

    def progress(done: int, total: int) -> None:
        bar.progress(min(1.0, done / max(1, total)), f"{done / 2**20:.1f} of {total / 2**20:.1f} MB")

    try:
        cached.download(MODEL, progress)
    except DownloadError as failure:
        slot.empty()
        messages.explain(failure)
    else:
        st.rerun()
