"""The controls of the view Segment: which network, which one beside it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.zoo.model_card import Task
from ui import parts

BESIDE = "seg-beside"
MODEL = f"{Task.SEGMENT.value}-model"


def head() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for the network, and for the rest of the settings."""
    with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
        return st.container(width=360, gap="xsmall"), st.popover(
            "More settings", icon=":material/tune:", width="content"
        )
