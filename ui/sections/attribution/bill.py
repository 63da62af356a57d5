"""What maps cost: passes are added up, and the one pass that all of them start from is named apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui import parts

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation


def bill(found: Sequence[Explanation]) -> None:
    """The cost line of all maps that are shown."""
    distinct = list({id(one): one for one in found}.values())
    parts.cost(*(one.cost for one in distinct))
    st.caption(
        f"For {len(distinct)} map{'s' if len(distinct) > 1 else ''}. Before them the photo went through the network once; "
        "a pass takes up to 16 pictures at once."
    )
