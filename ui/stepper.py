"""Finished steps of an algorithm, moved in the browser: `scrub()` shows them and keeps the step in the URL."""

from __future__ import annotations

import streamlit as st

from ui import address
from ui.components.scrubber import Fixed, Scene, Track, scrubber

__all__ = ["Fixed", "Scene", "Track", "scrub"]


def scrub(scene: Scene, *, key: str, opening: int) -> int:
    """Show `scene`, open at the step the URL names (`?key=`), else at `opening`; return the step that was let go last.

    `key` names the step in the session and in the URL, so it is distinct across pages.
    """
    last = max(len(track.boxes) for track in scene.tracks) - 1
    named = address.changed(key)
    if named is not None:
        st.session_state[key] = int(named) if named.isdecimal() and len(named) < 9 else opening
    step = min(st.session_state.get(key, opening), last)

    def keep(moved: int) -> None:
        st.session_state[key] = moved
        address.changes(key)

    scrubber(f"{key}-scrubber", scene, step, keep)
    address.show(key, None if step == opening else str(step))
    return step
