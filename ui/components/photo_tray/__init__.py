"""The thumbnails of the photo tray: a radio group with arrow keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_component = component(
    "photo_tray",
    html='<div class="tray" role="radiogroup"></div>',
    css=(_HERE / "photo_tray.css").read_text(),
    js=(_HERE / "photo_tray.js").read_text(),
)


def photo_tray(
    key: str, photos: list[dict[str, str]], chosen: str, choose: Callable[[str], None], *, label: str = "Photo"
) -> None:
    """Show `photos` (each with key, name and thumbnail as a data URL) and call `choose` with the key of the picked one.

    `label` says what is chosen, to those who do not see it.
    """

    def picked() -> None:
        photo = st.session_state[key].get("photo")
        if photo in {row["key"] for row in photos}:
            choose(photo)

    # A tuple: of a list Streamlit asks whether it is a table, and imports pandas for that on the first page of a new server
    _component(key=key, data={"photos": tuple(photos), "chosen": chosen, "label": label}, on_photo_change=picked)
