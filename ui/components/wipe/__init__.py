"""A wipe: the edge between a photo and what lies over it is dragged in the browser, or two pictures are compared.

Nothing is sent while a visitor drags: the pictures travel once, and the page is told where the edge, the opacity and the
choice of veil came to rest. Python echoes the `revision` of the last message it has seen, so that a late answer never
moves the edge back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision, whole

if TYPE_CHECKING:
    from core.boxes.settings import Box

_HERE = Path(__file__).parent
_component = component(
    "wipe",
    html=(_HERE / "wipe.html").read_text(),
    css=(_HERE / "wipe.css").read_text(),
    js=script(_HERE / "wipe.js"),
)


@dataclass(frozen=True, slots=True)
class Veil:
    """What can lie over the photo: an RGBA picture as a data URL, its name, and what was set, in one line."""

    title: str
    uri: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wipe:
    """What is wiped, and how it stands.

    `photo` is a data URL of `width` x `height` pixels, described by `alt`. Left of the edge it is seen alone. To the right
    lies one of `veils`, whose titles differ, over its part `seen`, with `opacity`, and the rest is dimmed; without `seen` a
    veil covers all of it. Without veils the photo has no edge. `names` stand in the upper corners; with veils the right one
    is the title of the veil.

    With `after`, a second picture of the same proportions is to the right instead; it needs neither veils nor opacity.

    `position` of the edge, a share of the width from the left, and `opacity` lie in [0, 1]; `veil` counts from 0. The
    picture is never wider than its column and never higher than `tallest` px.
    """

    photo: str
    width: int
    height: int
    alt: str
    seen: Box | None = None
    veils: tuple[Veil, ...] = ()
    after: str = ""
    names: tuple[str, str] = ("Photo", "After")
    position: float = 0.5
    opacity: float = 0.8
    veil: int = 0
    tallest: int = 420


@dataclass(frozen=True, slots=True)
class Rest:
    """How a visitor left it: `position` and `opacity` in [0, 1], and which veil is shown, 0 where there is none."""

    position: float
    opacity: float
    veil: int


def wipe(key: str, shown: Wipe, on_rest: Callable[[Rest], None]) -> None:
    """Show `shown`. Calls `on_rest` once a visitor rests after a move of the edge, the opacity, or to another veil.

    Where `position`, `opacity` or `veil` is another than in the last run, the browser follows, unless a hand is on it; so a
    page may keep what `on_rest` says and hand it back, or ignore it. New pictures leave all three as they are; a veil is
    known by its title.
    """

    def rested() -> None:
        rest = _rest(message(key, "rest"), len(shown.veils))
        if rest is not None:
            on_rest(rest)

    _component(
        key=key,
        data={
            **asdict(shown),
            "veil": min(max(0, shown.veil), max(0, len(shown.veils) - 1)),  # fewer than when it was chosen, perhaps
            "revision": revision(key, "rest"),
        },
        on_rest_change=rested,
    )


def _rest(sent: Mapping[str, object], veils: int) -> Rest | None:
    """A message in words, or None where any of it is not what the browser would send."""
    position, opacity, veil = _share(sent.get("position")), _share(sent.get("opacity")), whole(sent.get("veil"))
    if position is None or opacity is None or veil is None or not 0 <= veil < max(1, veils):
        return None
    return Rest(position, opacity, veil)


def _share(value: object) -> float | None:
    return float(value) if type(value) in (int, float) and 0 <= value <= 1 else None  # pyright: ignore[reportOperatorIssue, reportArgumentType]
