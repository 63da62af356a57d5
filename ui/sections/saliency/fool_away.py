"""The closing row of the view Fool: the adversarial PNG, proved before it is offered, the change, the run, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ui import controls, export, formats, messages, parts
from ui.cached import adversarial
from ui.sections.saliency import fool_controls, fool_film, fool_snippet, presets
from ui.sections.saliency.fool_case import Asked
from viz import images
from viz.animations import animated

if TYPE_CHECKING:
    from core.experiments.adversarial import Changed, Outcome
    from core.experiments.survival import Verified

PACE = 250  # milliseconds a frame
LAST = 1_500  # milliseconds of the last one


def take_away(asked: Asked, outcome: Outcome, factor: int) -> Verified:
    """The row; returns what the network said to the file."""
    parts.section("Take it away")
    data = adversarial.png(outcome.pixels)
    proof = adversarial.verified(data, asked.card.key)
    with st.container(horizontal=True):
        offer("adversarial", data, outcome, factor)
        export.buttons(
            "fool",
            picture=lambda: sheet(outcome, factor),
            rows=lambda: rows(outcome),
            settings=lambda: {
                "photo": asked.photo.name,
                "network": asked.card.key,
                "goal": asked.aim.goal.value,
                "class": asked.clean.classes[asked.aim.label],
                "attack": formats.plain(asked.settings),
                "before": outcome.before.label,
                "after": outcome.after.label,
                "succeeded after rounding": outcome.succeeded,
                "succeeded in real numbers": outcome.reached,
                "distances": formats.plain(outcome.distances),
            },
            link=lambda: controls.link("part", presets.KEY, "model", *fool_controls.KEYS, *fool_film.KEYS),
            snippet=lambda: fool_snippet.attack(asked.photo, asked.card, asked.aim, asked.settings),
            figures=lambda: figures(outcome),
        )
    st.caption(proved(proof, outcome))
    return proof


def figures(outcome: Outcome) -> dict[str, object]:
    """What the network saw before and after, how sure it was, and how far the picture is from the clean one."""
    before, after = outcome.before, outcome.after
    return {
        "saw": f"{before.label} {parts.percent(before.probability)}",
        "sees": f"{after.label} {parts.percent(after.probability)}",
        **distances(outcome),
    }


def distances(outcome: Changed) -> dict[str, object]:
    """How far the picture is from the clean one."""
    far = outcome.distances
    return {"largest change in levels": far.levels, "L2": far.l2, "pixels changed": far.l0, "SSIM": far.ssim}


def offer(name: str, data: bytes, outcome: Changed, factor: int) -> None:
    """The adversarial picture as it is, its change as numbers, and the run as an animation."""
    st.download_button(
        "Adversarial PNG",
        data,
        f"{name}.png",
        "image/png",
        icon=":material/verified:",
        on_click="ignore",
        key=f"{name}-itself",
        help="Exactly the pixels that the network was given. Upload it as your photo and see.",
    )
    st.download_button(
        "Change",
        lambda: formats.npy(outcome.perturbation),
        f"{name}-change.npy",
        "application/octet-stream",
        icon=":material/grid_on:",
        on_click="ignore",
        key=f"{name}-npy",
        help="What was added, float32 (3, height, width), with values from 0 to 1. A file of NumPy.",
    )
    words = "The run as an animated PNG: the picture and its change, in true colour."
    export.animation(name, lambda: animation(outcome, factor), words)


def proved(proof: Verified, outcome: Outcome) -> str:
    """What the network says to the file, and whether that is what the page claims."""
    seen = f"**{messages.escape(proof.guess.label)} {parts.percent(proof.guess.probability)}**"
    if not proof.same:
        return f"The file was opened again, and the network sees {seen}; it is not given exactly these pixels, though."
    if proof.guess.index != outcome.after.index:
        return f"The file was opened again, and the network sees {seen}: not what stands above. Do not rely on it."
    return f":material/verified: The PNG was opened again as a photo and classified. Verified: {seen}."


def animation(outcome: Changed, factor: int) -> bytes:
    """The run as an animated PNG, the picture beside its magnified change."""
    frames = outcome.frames
    made = [
        images.beside([images.to_image(frame), images.to_image(fool_film.magnified(frame, frames[0], factor))])
        for frame in frames
    ]
    return animated(made, each=PACE, rest=LAST)


def sheet(outcome: Changed, factor: int) -> Image.Image:
    """Clean, adversarial and the magnified change beside each other."""
    change = fool_film.magnified(outcome.pixels, outcome.clean_pixels, factor)
    return images.beside([images.to_image(one) for one in (outcome.clean_pixels, outcome.pixels, change)])


def rows(outcome: Outcome) -> list[dict[str, str | float | int]]:
    """A row for each step that was kept."""
    label, before = outcome.aim.label, outcome.before.index
    return [
        {
            "update": step.index,
            "sees": outcome.classes[int(np.argmax(step.answer))],
            f"probability of {outcome.classes[before]}": float(step.answer[before]),
            f"probability of {outcome.classes[label]} (aim)": float(step.answer[label]),
            "largest change in levels": step.levels,
            "fooled in real numbers": step.reached,
            "fooled on 8 bits": "" if step.succeeded is None else step.succeeded,
        }
        for step in outcome.steps
    ]
