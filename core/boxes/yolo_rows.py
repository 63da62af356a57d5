"""YOLO's lines of numbers: class, centre and size in shares of the photo; a sixth number is a score, as trackers write it.

Redmon, Darknet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.boxes.files import BoxTable
from core.boxes.rows import (
    MOST_LINES,
    BadRowError,
    Sorter,
    box_of,
    check_rows,
    label_of,
    one_line,
    parsed,
    quoted,
    text_of,
)
from core.boxes.truth_reading import ADVICE, Format, Frame, Marked, TruthReading, inside, reading_of
from core.errors import PhotoError

_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class YoloFiles:
    """Two texts: `boxes` with a line for each box, and `names`, whose line k (from 0) is the name of class k."""

    boxes: str
    names: str


def read_yolo(text: str, width: int, height: int, names: Sequence[str]) -> TruthReading:
    """What lines of numbers mark on a photo; where `names` do not reach, class 17 is called “class 17”.

    Raises:
        PhotoError: they are no such lines, too many, or none is good.
    """
    rows = [(count, line.split()) for count, line in enumerate(_lines(text), start=1) if line.strip()]
    if not rows or _is_bad(lambda: parsed(rows[0][1][0], "class")):
        raise PhotoError("This file holds no boxes as COCO, PASCAL VOC or YOLO write them.", ADVICE)
    check_rows(len(rows))
    frame = Frame(width, height)
    sorter: Sorter[Marked] = Sorter()
    for count, words in rows:
        sorter.add(f"Line {count}", lambda words=words: _box(words, names, frame))
    scored = any(len(words) == 6 for _, words in rows)
    notes = ["A sixth number is a detector's score: it is passed over, since every object here counts as sure."]
    return reading_of(sorter, Format.YOLO, frame, notes if scored else [])


def read_names(data: bytes) -> tuple[str, ...]:
    """The names in a `classes.txt`, one in each line; a blank line in between is “class 17”.

    Raises:
        PhotoError: it is no text, too large, or a line is too long.
    """
    text = text_of(data, small="Choose the list of names.", kind="Choose the list of names, a text file.")
    names = []
    for place, line in enumerate(_lines(text.rstrip())):
        try:
            names.append(label_of(line) if line.strip() else f"class {place}")
        except BadRowError as bad:
            raise PhotoError(f"Line {place + 1}: {bad}", "Choose the list of names, one in each line.") from bad
    return tuple(names) if text.strip() else ()


def yolo_text(
    table: BoxTable, *, width: int, height: int, names: Sequence[str] = (), scores: bool = False
) -> YoloFiles:
    """The table as YOLO writes it, with `scores` as a sixth number, and the names of its classes.

    Classes are counted as in `names`; labels that are none of them follow in the order of `table.classes`. YOLO's
    numbers are shares of the photo, so a box is cut at its edges and one wholly outside is left out. All others are read
    back by `read_truths` to the millionth of a pixel.
    """
    known = [one_line(name) for name in names]
    every = [*known, *(label for label in table.classes if label not in known)]
    number = {name: place for place, name in reversed(list(enumerate(every)))}  # of two equal names the first counts
    lines = []
    for box, score, label in zip(table.boxes.tolist(), table.scores.tolist(), table.labels, strict=True):
        x1, y1, x2, y2 = inside(box, width, height)
        if x1 < x2 and y1 < y2:
            shares = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)
            lines.append(" ".join(map(str, (number[label], *shares, *((score,) if scores else ())))))
    return YoloFiles("".join(f"{line}\n" for line in lines), "".join(f"{name}\n" for name in every))


def _lines(text: str) -> list[str]:
    lines = _LINE.split(text)
    if len(lines) > MOST_LINES:
        raise PhotoError(f"This file has more than {MOST_LINES:,} lines.", "Take out the blank ones.")
    return lines


def _box(words: Sequence[str], names: Sequence[str], frame: Frame) -> Marked:
    if len(words) not in (5, 6):
        raise BadRowError(f"it has {len(words)} numbers; a box has a class, a centre x and y, a width and a height.")
    things = ("class", "centre x", "centre y", "width", "height", "score")[: len(words)]
    kind, *numbers = (parsed(word, thing) for word, thing in zip(words, things, strict=True))
    if not (kind.is_integer() and 0 <= kind < 10**9):
        raise BadRowError(f"the class {quoted(words[0])} is not a whole number from 0 on.")
    for number, thing, word in zip(numbers[:4], things[1:], words[1:], strict=False):
        if not -1 <= number <= 2:
            raise BadRowError(f"the {thing} {quoted(word)} is no share of the photo, which would be from 0 to 1.")
    across, down, share_x, share_y = (
        number * side for number, side in zip(numbers, (frame.width, frame.height) * 2, strict=False)
    )
    edges = [across - share_x / 2, down - share_y / 2, across + share_x / 2, down + share_y / 2]
    number = int(kind)
    return frame.marked(box_of(edges, sizes=False), names[number] if number < len(names) else f"class {number}")


def _is_bad(read: Callable[[], object]) -> bool:
    try:
        read()
    except BadRowError:
        return True
    return False
