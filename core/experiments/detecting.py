"""What is on a photo, read again from a detector's answer whenever a threshold moves: only `see` runs a network.

`see` looks once (`core.experiments.seeing`), `found` names the things, and `fate` tells what became of one anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from core.boxes.evaluation import Detections
from core.boxes.files import BoxTable
from core.boxes.matrix_nms import MatrixNms
from core.boxes.nms_settings import NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.detection.looked import Family, HeadGrid, Looked
from core.detection.racing import Racers, merged_looks, racers
from core.detection.tiling import Merge
from core.errors import SettingError
from core.experiments.models import Found
from core.experiments.nms import Result, suppress
from core.experiments.seeing import Seen, see
from core.options import Option

__all__ = [
    "Detected",
    "Family",
    "Fate",
    "FindSettings",
    "Found",
    "HeadGrid",
    "Looked",
    "Outcome",
    "SeeSettings",
    "Seen",
    "fate",
    "found",
    "see",
]


class Outcome(Option):
    """What became of an anchor."""

    BELOW = "below", "Not sure enough", "Its score is below the confidence threshold."
    OUTSIDE = "outside", "Beside the photo", "Nothing of its box lies on the photo."
    OTHER_CLASS = "other class", "Another class", "Its class is not among those that are looked for."
    BEYOND = "beyond", "Too many", "It was sure enough, but there are surer ones than fit into the list."
    SUPPRESSED = "suppressed", "Suppressed", "A better box overlaps it too much: both mean the same thing."
    KEPT = "kept", "Kept", "It is one of the things on the photo."


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one anchor. `score` is that of its class `label`, before any suppression.

    `place` is where it stands among the things if it was kept, and if it was suppressed, where the one stands that did it,
    which overlaps it by `overlap`; None if that is not among them. `by` is the look and the anchor of that one. `after` is
    the score that suppression left it. `threshold` is the one that decided: the confidence, or the IoU (None where a
    method has none).
    """

    outcome: Outcome
    label: str
    index: int
    score: float
    after: float | None = None
    threshold: float | None = None
    place: int | None = None
    by: tuple[int, int] | None = None
    overlap: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """The `things` on a photo, best first, and how they were chosen. Boxes are in pixels of the photo, cut at its edges.

    `rows` are the look and the anchor in `Seen` that each thing comes from. `raced` is what went into the suppression, by
    falling score, and `raced_rows` the look and the anchor of each. `kept` are the places in `raced` of what was left, best
    first; the first of them are the things. `trace` tells every decision of the suppression. Where there are tiles it is
    None and `merge` tells them: pieces count for less (`core.detection.tiling`), and the race is greedy by IoU whatever the
    method.

    `below` candidates of the classes that are looked for score at least 0.01, but less than the confidence.
    """

    settings: FindSettings
    things: tuple[Found, ...]
    rows: tuple[tuple[int, int], ...]
    raced: BoxTable
    raced_rows: tuple[tuple[int, int], ...]
    kept: tuple[int, ...]
    trace: Result | None
    merge: Merge | None
    below: int


def found(seen: Seen, photo_size: tuple[int, int], settings: FindSettings) -> Detected:
    """The things that `settings` find in an answer; of more than 2,000 candidates the surest race. `photo_size` is (h, w).

    Raises:
        SettingError: the answer is of a photo of another size, or the network knows no class of one of these names.
    """
    _check(seen, photo_size, settings)
    wanted = tuple(seen.names.index(name) for name in settings.classes)
    who = racers(seen.looks, confidence=settings.confidence, labels=settings.labels, wanted=wanted)
    label = who.found.labels
    table = BoxTable(
        who.found.boxes.numpy().astype(np.float64),
        who.found.scores.numpy().astype(np.float64),
        tuple(seen.names[index] for index in label.tolist()),
    )
    race = _race(seen, who, table, settings)
    rows = tuple((int(look), int(anchor)) for look, anchor in who.rows.tolist())
    shown = list(race.kept[: settings.limit])
    boxes, labels = table.boxes[shown].tolist(), label[shown].tolist()
    return Detected(
        settings=settings,
        things=tuple(
            Found(seen.names[index], index, score, (x1, y1, x2, y2))
            for index, score, (x1, y1, x2, y2) in zip(labels, race.scores[: len(shown)], boxes, strict=True)
        ),
        rows=tuple(rows[at] for at in shown),
        raced=table,
        raced_rows=rows,
        kept=race.kept,
        trace=race.trace,
        merge=race.merge,
        below=who.below,
    )


def fate(seen: Seen, detected: Detected, look: int, anchor: int) -> Fate:
    """What became of one anchor of one look. Where it counts for several classes, of the class that came furthest.

    Raises:
        SettingError: there is no such look or anchor.
    """
    if not (0 <= look < len(seen.looks) and 0 <= anchor < len(seen.looks[look].boxes)):
        raise SettingError(f"There is no anchor {anchor} in look {look}.", "Choose one of the anchors on the photo.")
    mine = [at for at, row in enumerate(detected.raced_rows) if row == (look, anchor)]
    if not mine:
        return _never_raced(seen, detected, look, anchor)
    fates = [_raced(seen, detected, at) for at in mine]
    return max(fates, key=lambda one: (list(Outcome).index(one.outcome), one.score))


class _Race(NamedTuple):
    """Places of what is left, best first, with its scores, and who decided."""

    kept: tuple[int, ...]
    scores: tuple[float, ...]
    trace: Result | None
    merge: Merge | None


def _check(seen: Seen, photo_size: tuple[int, int], settings: FindSettings) -> None:
    where = seen.looks[0].placement
    if photo_size != (where.photo_height, where.photo_width):
        raise SettingError(
            f"This answer is of a photo of {where.photo_width} × {where.photo_height} pixels, not of "
            f"{photo_size[1]} × {photo_size[0]}.",
            "Run the network on this photo.",
        )
    for name in settings.classes:
        if name not in seen.names:
            raise SettingError(f"This network knows no “{name}”.", "Choose among the classes that it knows.")


def _race(seen: Seen, who: Racers, table: BoxTable, settings: FindSettings) -> _Race:
    every = Detections(torch.tensor(table.boxes), torch.tensor(table.scores), who.found.labels)
    tiles = [look.tile for look in seen.looks if look.tile is not None]
    if not tiles:
        trace = suppress(every, settings.race)
        return _Race(tuple(trace.kept.tolist()), tuple(trace.kept_scores.tolist()), trace, None)
    merged = merged_looks(
        every, who.rows[:, 0], tiles, iou_threshold=_iou_threshold(settings), per_class=settings.nms.per_class
    )
    return _Race(tuple(merged.kept.tolist()), tuple(every.scores[merged.kept].tolist()), None, merged)


def _iou_threshold(settings: FindSettings) -> float:
    """The IoU that decides between tiles, also for a method that has none."""
    return settings.nms.iou_threshold if settings.nms.method.has_threshold else NmsSettings().iou_threshold


def _never_raced(seen: Seen, detected: Detected, look: int, anchor: int) -> Fate:
    one, settings = seen.looks[look], detected.settings
    scores = one.objectness[anchor] * one.classes[anchor]
    index = int(scores.argmax())
    score, name = float(scores[index]), seen.names[index]
    x1, y1, x2, y2 = one.on_photo(one.boxes[anchor : anchor + 1])[0].tolist()
    if score < settings.confidence:
        return Fate(Outcome.BELOW, name, index, score, threshold=settings.confidence)
    if not (x1 < x2 and y1 < y2):
        return Fate(Outcome.OUTSIDE, name, index, score)
    if settings.classes and name not in settings.classes:
        return Fate(Outcome.OTHER_CLASS, name, index, score)
    return Fate(Outcome.BEYOND, name, index, score)


def _raced(seen: Seen, detected: Detected, at: int) -> Fate:
    """The fate of the candidate at one place of the race."""
    name, score = detected.raced.labels[at], float(detected.raced.scores[at])
    index = seen.names.index(name)
    if at in detected.kept:
        place = detected.kept.index(at)
        if place >= len(detected.things):
            return Fate(Outcome.BEYOND, name, index, score)
        return Fate(Outcome.KEPT, name, index, score, after=detected.things[place].score, place=place)
    winner, overlap, after = _loss(detected, at)
    race = detected.settings.race
    if winner is None:
        return Fate(Outcome.BELOW, name, index, score, threshold=race.score_threshold)
    place = detected.kept.index(winner) if winner in detected.kept else len(detected.things)
    threshold = _iou_threshold(detected.settings) if detected.merge or race.method.has_threshold else None
    return Fate(
        Outcome.SUPPRESSED,
        name,
        index,
        score,
        after=after,
        threshold=threshold,
        place=place if place < len(detected.things) else None,
        by=detected.raced_rows[winner],
        overlap=overlap,
    )


def _loss(detected: Detected, at: int) -> tuple[int | None, float | None, float]:
    """Who removed a candidate, their overlap, and the score that was left."""
    if detected.merge is not None:
        return int(detected.merge.winner[at]), float(detected.merge.overlap[at]), 0.0
    if detected.trace is None:
        raise ValueError("a race leaves a trace or a merge")
    if isinstance(detected.trace, MatrixNms):
        at_once = detected.trace.why(at)
        return at_once.rival, at_once.overlap, at_once.after
    verdict = detected.trace.why(at)
    return verdict.winner, verdict.overlap, verdict.score
