"""How the head is taught: what a run begins with, and what steers it while it goes on."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.detection.learning_settings import LossSettings, OverfitSettings, Start
from ui import parts

START, STEPS, SEED = "overfit-start", "overfit-steps", "overfit-seed"
RATE, OFFSETS, CLASSES, FOCUS = "overfit-rate", "overfit-offsets", "overfit-classes", "overfit-focus"
KEYS = (START, STEPS, SEED, RATE, OFFSETS, CLASSES, FOCUS)

STARTS = {one.title: one for one in Start}
LENGTHS = (40, 100, 200, 400, 1000)
RATES = (0.0, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


def beginning() -> OverfitSettings:
    """What stays the same during a run; another choice ends the one that is there."""
    standard = OverfitSettings()
    first, second, third, _ = parts.four(150)
    title = first.selectbox("Begin with", list(STARTS), key=START, bind="query-params")
    start = STARTS.get(title or "", standard.start)
    steps = second.selectbox("Updates", LENGTHS, index=1, key=STEPS, bind="query-params")
    seed = third.number_input("Seed", 0, 9999, standard.seed, key=SEED, bind="query-params", help="Of new weights.")
    st.caption(f"{start.lesson} Another start, length or seed is another run.")
    return OverfitSettings(start=start, steps=steps or LENGTHS[1], seed=seed)


def steering(settings: OverfitSettings) -> OverfitSettings:
    """What may change while it goes on: it acts from the next update. In a narrow place one below the other, else in rows."""
    loss = LossSettings()
    grid = st.grid(4, min_column_width=140, gap="medium")
    rate = grid.cell().select_slider(
        "Learning rate",
        RATES,
        settings.learning_rate,
        key=RATE,
        bind="query-params",
        help="Adam's. Too large, and the boxes jump about; 0 learns nothing.",
    )
    offsets = grid.cell().select_slider("Weight of offsets", _WEIGHTS, loss.offsets, key=OFFSETS, bind="query-params")
    classes = grid.cell().select_slider("Weight of class", _WEIGHTS, loss.classes, key=CLASSES, bind="query-params")
    focus = grid.cell().slider(
        "Focus of the run",
        0.0,
        5.0,
        loss.focus,
        0.5,
        key=FOCUS,
        bind="query-params",
        help="γ; 0 is plain cross-entropy.",
    )
    st.caption("They steer the run while it goes on. A part with weight 0 is not learned.")
    return replace(settings, learning_rate=rate, loss=LossSettings(focus=focus, offsets=offsets, classes=classes))
