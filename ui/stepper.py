"""Finished steps of an algorithm, moved in the browser: `scrub()` shows them and keeps the step in the URL."""

from __future__ import annotations

from ui import address
from ui.components.scrubber import Fixed, Scene, Track, scrubber

__all__ = ["Fixed", "Scene", "Track", "scrub"]


def scrub(scene: Scene, *, key: str, opening: int) -> int:
    """Show `scene`, open at the step the URL names (`?key=`), else at `opening`; return the step that was let go last.

    `key` names the step in the session and in the URL, so it is distinct across pages.
    """
    last = max(len(track.boxes) for track in scene.tracks) - 1
    step = min(address.number(key, opening) or 0, last)
    scrubber(f"{key}-scrubber", scene, step, lambda moved: address.keep(key, moved))
    address.show(key, None if step == opening else str(step))
    return step
