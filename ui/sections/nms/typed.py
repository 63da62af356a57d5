"""Boxes as a link holds them: `dog 0.9 40, 30, 200, 180; cat 0.7 45, 32, 210, 190`."""

from __future__ import annotations

import re

import numpy as np

from core.boxes.files import BoxTable
from core.boxes.settings import LONGEST_LABEL
from core.errors import SettingError

LONGEST = 2_000
"""Letters: what is longer makes links that break in chats and mails."""
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
EMPTY = BoxTable(np.empty((0, 4)), np.empty(0), ())


def written(table: BoxTable) -> str | None:
    """The table in one line; None if that is too long for a link. Labels lose what separates boxes."""
    rows = zip(table.labels, table.scores.tolist(), table.boxes.tolist(), strict=True)
    words = "; ".join(f"{_word(label)} {_number(score, 4)} {_sides(box)}" for label, score, box in rows)
    return words if len(words) <= LONGEST else None


def read(words: str) -> BoxTable:
    """The table that somebody typed, or that a link holds; a box without a name is called "box".

    Raises:
        SettingError: a part is no box, or they are too many for a link.
    """
    if len(words) > 2 * LONGEST:
        raise SettingError(
            f"These boxes have {len(words):,} letters; the most is {2 * LONGEST:,}.", "Bring them as a file instead."
        )
    rows = [_row(number, part) for number, part in enumerate(filter(str.strip, words.split(";")), 1)]
    if not rows:
        return EMPTY
    labels, scores, boxes = zip(*rows, strict=True)
    return BoxTable(np.array(boxes, float), np.array(scores, float), labels)


def problem(score: float, box: tuple[float, float, float, float]) -> str:
    """Why these numbers are no candidate; empty if they are one."""
    x1, y1, x2, y2 = box
    if not 0 <= score <= 1:
        return f"the score must be from 0 to 1, got {score:g}"
    if max(map(abs, box)) > 1e6:
        return "a coordinate is farther out than 1,000,000 px"
    if not (x1 < x2 and y1 < y2):
        return f"left must be less than right and top less than bottom, got {x1:g}, {y1:g}, {x2:g}, {y2:g}"
    return ""


def _row(number: int, part: str) -> tuple[str, float, tuple[float, float, float, float]]:
    named = re.split(r"[\s,]+", part.strip(" ,\t\r\n"))
    numbers = named[-5:]
    if len(numbers) < 5 or not all(map(_NUMBER.fullmatch, numbers)):
        raise SettingError(
            f"Box {number} needs a name, a score and four numbers, got “{part.strip()[:60]}”.",
            "Write it as in “dog 0.9 40, 30, 200, 180”, with a semicolon before the next one.",
        )
    score, x1, y1, x2, y2 = map(float, numbers)
    if wrong := problem(score, (x1, y1, x2, y2)):
        raise SettingError(f"Box {number}: {wrong}.", "Correct it, or leave the box out.")
    return (_word(" ".join(named[:-5])), score, (x1, y1, x2, y2))


def _word(label: str) -> str:
    """A name that is read back as it is: without what separates boxes."""
    return re.sub(r"[;,\s]+", " ", label).strip()[:LONGEST_LABEL].strip() or "box"


def _sides(box: list[float]) -> str:
    """Six digits each; a box that is too thin for them has all that a table holds."""
    short = [_number(side, 6) for side in box]
    x1, y1, x2, y2 = map(float, short)
    return ", ".join(short if x1 < x2 and y1 < y2 else (_number(side, 17) for side in box))


def _number(value: float, digits: int) -> str:
    """So many digits, and never an exponent."""
    return np.format_float_positional(value, precision=digits, unique=digits > 16, fractional=False, trim="-")
