"""The controls of the view Segment: which network, which one beside it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import model_picker, networks, parts

BESIDE, NOTHING = "seg-beside", "Nothing"
MODEL = f"{Task.SEGMENT.value}-model"


def head() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for the network, and for the rest of the settings."""
    with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
        return st.container(width=360, gap="xsmall"), st.popover(
            "More settings", icon=":material/tune:", width="content"
        )


def beside(first: ModelCard, cell: DeltaGenerator, below: DeltaGenerator) -> ModelCard | None:
    """A second network, to look at the same photo; one that is not here is offered in `below`."""
    titles = {row.title: row for row in of(Task.SEGMENT)}
    chosen = cell.selectbox(
        "Beside it", (NOTHING, *titles), key=BESIDE, bind="query-params", help="A second network on the same photo."
    )
    other = titles.get(chosen or NOTHING)
    if other is None:
        return None
    with below:
        if other is first:
            st.caption(f"**{other.title}** is asked already: choose another one to stand beside it.")
            return None
        if not networks.present(other):
            model_picker.offer(other)
            return None
    return other
