"""A second network beside the first one, on the same photo."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import model_picker, networks

NOTHING = "Nothing"


def beside(
    first: ModelCard | None, task: Task, *, key: str, cell: DeltaGenerator, below: DeltaGenerator, words: str
) -> ModelCard | None:
    """The chosen one, or None; one that is not here is offered in `below`. `words` say more about the choice."""
    titles = {row.title: row for row in of(task)}
    chosen = cell.selectbox("Beside it", (NOTHING, *titles), key=key, bind="query-params", help=words)
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
