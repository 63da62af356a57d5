"""What a painting will take, told before it is started: seconds and megabytes, or why its size does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import between, cached, growing, messages
from ui.cached import style_forecasts
from ui.progress import span
from ui.sections.style.case import Case
from ui.watched import BUDGET

if TYPE_CHECKING:
    from core.experiments.styling import Forecast

NAME = "style-forecast"

PARTS = 2
"""A place to wait in, so that the picture is seen first, and then the answer."""


def line(case: Case) -> None:
    """One line, filled in after the rest of the page: it takes a few updates of a small picture to know."""

    def draw(done: int) -> None:
        if done < PARTS:
            st.skeleton(height=24)
        else:
            tell(case, style_forecasts.forecast(case.card.key, case.photo, case.styles, case.settings))

    growing.filled(
        NAME, f"{cached.version(case.card.key)} {style_forecasts.name(case.photo, case.settings)}", PARTS, draw
    )


def tell(case: Case, found: Forecast) -> None:
    """The forecast in words; of a size that does not fit, what would."""
    if found.short:
        st.warning(
            f"**{messages.escape(found.short.problem)}** {messages.escape(found.short.advice)}",
            icon=":material/memory:",
        )
        return
    seconds = between.watched(found.seconds, case.settings.steps, BUDGET)
    st.caption(
        f":material/hourglass_empty: Start paints {case.settings.steps:,} updates up to {found.width:,} × {found.height:,} px: "
        f"about {span(seconds)} while you watch and nothing else runs, and {found.megabytes:,.0f} MB of memory; "
        f"{found.free:,.0f} MB are free."
    )
