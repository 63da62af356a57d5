"""Ground truth on a photo, edited by hand, with the anchors that Python matched to it.

The browser draws, and measures the best overlap of a box while it moves; it sends the boxes once they rest, and the index
of an anchor that was picked. Python echoes the `revision` of the last message it has seen, so that a late answer never
throws a box back that has been moved again meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from core.boxes.settings import LONGEST_LABEL, MOST_OBJECTS, Labelled
from ui.components import script
from ui.components.sent import LARGEST, message, revision, whole
from viz.colours import IGNORED, POSITIVE, TRUTH, VIRIDIS

if TYPE_CHECKING:
    from core.boxes.layout import Level
    from core.boxes.settings import Box

_SMALLEST = 1.0  # px; the browser stops at 4
_HERE = Path(__file__).parent
_component = component(
    "truth_editor",
    html=(_HERE / "truth_editor.html").read_text(),
    css=(_HERE / "truth_editor.css").read_text(),
    js=script(_HERE / "parts.js", _HERE / "truth_editor.js"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An anchor that is drawn.

    `kind` is "positive" or "ignored", or "background" for a picked anchor that is neither; `truth` the index of the
    ground truth it belongs to, or overlaps most, -1 for none; `index` its place among all anchors, level after level.
    """

    box: Box
    kind: str
    truth: int
    iou: float
    index: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What is on the stage.

    `image` is the photo as a data URL, `width` and `height` its size in pixels. `heat` is the map of the best IoU at each
    location, coloured with `VIRIDIS` from 0 to 1, as a data URL; it is stretched over the photo, and "" stands for none.
    `marks` are the anchors to draw, a hundred or so, of those that `counts` knows as "positive", "ignored" and
    "background". `locations` are x, y and one of these three words for each place where anchors stand, empty where they
    are too dense. A truth counts as covered from a best IoU of `threshold` on. `picked` is drawn strongest. Without
    `levels` there are no anchors, and nothing is said of them.
    """

    image: str
    width: int
    height: int
    heat: str
    levels: tuple[Level, ...]
    truths: tuple[Labelled, ...]
    marks: tuple[Mark, ...]
    locations: tuple[tuple[float, float, str], ...]
    counts: dict[str, int]
    threshold: float
    picked: Mark | None


@dataclass(frozen=True, slots=True)
class Change:
    """All ground truths as they stand after a visitor moved, resized, added or deleted one. All lie within the photo."""

    truths: tuple[Labelled, ...]


def truth_editor(
    key: str, stage: Stage, *, on_change: Callable[[Change], None], on_pick: Callable[[int], None]
) -> None:
    """Show `stage`. Calls `on_change` after each edit, and `on_pick` with the index of an anchor among all of `levels`."""

    def changed() -> None:
        change = _change(message(key, "change"), stage)
        if change is not None:
            on_change(change)

    def picked() -> None:
        index = whole(message(key, "pick").get("index"))
        if index is not None and 0 <= index < sum(level.count for level in stage.levels):
            on_pick(index)

    _component(
        key=key,
        data={
            **asdict(stage),
            "most": MOST_OBJECTS,
            "revision": revision(key, "change", "pick"),
            "colours": {
                "truth": TRUTH.colour,
                "positive": POSITIVE.colour,
                "ignored": IGNORED.colour,
                "dots": IGNORED.dash,
                "scale": ", ".join(VIRIDIS),
            },
        },
        on_change_change=changed,
        on_pick_change=picked,
    )


def truth_drawer(
    key: str,
    image: str,
    width: int,
    height: int,
    objects: Sequence[Labelled],
    *,
    on_change: Callable[[Change], None],
) -> None:
    """The editor without anchors: the photo, a data URL of that size in pixels, with `objects` to drag."""
    stage = Stage(
        image=image,
        width=width,
        height=height,
        heat="",
        levels=(),
        truths=tuple(objects),
        marks=(),
        locations=(),
        counts={},
        threshold=0.0,
        picked=None,
    )
    truth_editor(key, stage, on_change=on_change, on_pick=lambda _: None)


def _change(sent: Mapping[str, object], stage: Stage) -> Change | None:
    """The truths of a message, or None where any of it is not what the browser would send."""
    rows = sent.get("truths")
    if not isinstance(rows, list) or len(rows) > MOST_OBJECTS:
        return None
    truths = tuple(truth for row in rows if (truth := _truth(row, stage)) is not None)
    return Change(truths) if len(truths) == len(rows) else None


def _truth(row: object, stage: Stage) -> Labelled | None:
    label, sides = (row.get("label"), row.get("box")) if isinstance(row, Mapping) else (None, None)
    if not isinstance(label, str) or not isinstance(sides, list) or len(sides) != 4:
        return None
    if not all(type(side) in (int, float) and abs(side) < LARGEST for side in sides):  # NaN and infinity fail too
        return None
    x1, x2 = (min(max(float(side), 0.0), float(stage.width)) for side in sides[::2])
    y1, y2 = (min(max(float(side), 0.0), float(stage.height)) for side in sides[1::2])
    if x2 - x1 < _SMALLEST or y2 - y1 < _SMALLEST:
        return None
    return Labelled(label[:LONGEST_LABEL], (x1, y1, x2, y2))
