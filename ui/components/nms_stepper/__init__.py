"""Greedy non-maximum suppression over a photo, one decision at a time: one race, or two in lockstep on the same boxes.

All decisions travel once, and the browser derives what the race looks like after any number of them. The page is told only
where the slider came to rest, and which box was picked. Python echoes the `revision` of the last message it has seen, so
that a late answer never moves the slider back.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision, whole
from viz.colours import BOX_B, IGNORED

if TYPE_CHECKING:
    from core.boxes.settings import Box

_NONE = -1  # no box is picked
_DIGITS = 4  # of scores and overlaps
_SHARES = 2**16 - 1  # of the highest score, in which scores that fall travel

_HERE = Path(__file__).parent
_component = component(
    "nms_stepper",
    html=(_HERE / "nms_stepper.html").read_text(),
    css=(_HERE / "nms_stepper.css").read_text(),
    js=script(*(_HERE / f"{name}.js" for name in ("race", "painter", "parts", "nms_stepper"))),
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One race: its decisions from 0 on, and who decided each box.

    `winners` are the boxes that won, in order. Box i was decided at decision `step[i]` by box `winner[i]`, itself where it is
    kept, with `overlap[i]`, 0 where it is kept. A `winner` of -1 never raced because of its score; `step` is then the
    decision after which it was dropped, -1 from the start. `threshold` is None where overlap has none. `lines` are four
    lines of pseudo-code: sort, take the best, suppress the rest, return. `measure` is what is compared with the threshold, "IoU" or
    "DIoU"; `per_class` says that boxes of other classes are left alone.

    `changes` belong to a race in which scores fall: for each decision, the boxes whose score changed and their score after
    it. They are empty in any other race.
    """

    title: str
    note: str
    winners: tuple[int, ...]
    winner: tuple[int, ...]
    step: tuple[int, ...]
    overlap: tuple[float, ...]
    threshold: float | None
    lines: tuple[str, ...]
    measure: str = "IoU"
    per_class: bool = True
    changes: tuple[tuple[tuple[int, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What races: a photo (data URL, width, height in pixels), boxes with their scores and classes, and one or two lanes.

    `colours` gives each class "#RRGGBB".
    """

    image: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    scores: tuple[float, ...]
    names: tuple[str, ...]
    colours: dict[str, str]
    lanes: tuple[Lane, ...]


def nms_stepper(
    key: str,
    stage: Stage,
    *,
    step: int,
    picked: int | None,
    on_step: Callable[[int], None],
    on_pick: Callable[[int | None], None],
) -> None:
    """Show `stage` after `step` decisions, with one box picked or none.

    Calls `on_step` with the number of decisions where a visitor came to rest, and `on_pick` with a box or None. Where `step`
    or `picked` is another than in the last run, the browser follows, unless a hand is on the slider.
    """

    def moved() -> None:
        sent = whole(message(key, "step").get("value"))
        if sent is not None and 0 <= sent <= max((len(lane.winners) for lane in stage.lanes), default=0):
            on_step(sent)

    def chosen() -> None:
        sent = whole(message(key, "picked").get("value"))
        if sent is not None and _NONE <= sent < len(stage.boxes):
            on_pick(None if sent == _NONE else sent)

    _component(
        key=key,
        data={
            **_plain(stage),
            "step": step,
            "picked": _NONE if picked is None else picked,
            "revision": revision(key, "step", "picked"),
        },
        on_step_change=moved,
        on_picked_change=chosen,
    )


def _plain(stage: Stage) -> dict[str, object]:
    """The stage as columns of numbers that are as short as they are exact enough."""
    classes = tuple(dict.fromkeys(stage.names))
    number = {name: place for place, name in enumerate(classes)}
    scores = np.array(stage.scores, np.float64)
    return {
        "image": stage.image,
        "width": stage.width,
        "height": stage.height,
        "boxes": np.round(np.array(stage.boxes, np.float64).reshape(-1, 4), 1).tolist(),
        "scores": np.round(scores, _DIGITS).tolist(),
        "order": np.argsort(-scores, kind="stable").tolist(),  # rounded scores have ties that these have not
        "classes": [{"name": name, "colour": stage.colours[name]} for name in classes],
        "names": [number[name] for name in stage.names],
        "colours": {"hit": BOX_B.colour, "gone": IGNORED.colour},
        "lanes": [_lane(lane, scores) for lane in stage.lanes],
    }


def _lane(lane: Lane, scores: np.ndarray) -> dict[str, object]:
    return {
        "title": lane.title,
        "note": lane.note,
        "threshold": lane.threshold,
        "lines": list(lane.lines),
        "measure": lane.measure,
        "perClass": lane.per_class,
        "winners": list(lane.winners),
        "winner": list(lane.winner),
        "step": list(lane.step),
        "overlap": np.round(np.array(lane.overlap, np.float64), _DIGITS).tolist(),
        "falls": _falls(lane.changes, scores) if lane.changes else None,
    }


def _falls(changes: tuple[tuple[tuple[int, float], ...], ...], scores: np.ndarray) -> dict[str, object]:
    """The changes box by box, where a digit shows them: how many each box has, then their decisions and their scores.

    There may be tens of thousands, so they travel as packed numbers: scores as shares of the highest one.
    """
    rows = np.array([row for step in changes for row in step], np.float64).reshape(-1, 2)
    at = np.repeat(np.arange(len(changes)), [len(step) for step in changes])
    order = np.argsort(rows[:, 0], kind="stable")
    box, score, at = rows[order, 0].astype(np.int64), rows[order, 1], at[order]
    before = np.roll(score, 1)
    first = np.flatnonzero(np.diff(box, prepend=_NONE))
    before[first] = scores[box[first]]
    shown = np.round(score, _DIGITS) != np.round(before, _DIGITS)
    most = max(float(scores.max(initial=0)), np.finfo(np.float64).tiny)
    return {
        "counts": np.bincount(box[shown], minlength=len(scores)).tolist(),
        "at": _packed(at[shown]),
        "scores": _packed(score[shown] / most * _SHARES),
        "most": most / _SHARES,
    }


def _packed(numbers: np.ndarray) -> str:
    return b64encode(np.rint(numbers).astype("<u2").tobytes()).decode()
