"""What all files of boxes have in common: their limits, their numbers and words, and rows that are kept or told.

A row without meaning is left out and told, never guessed. Torch-free.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from core.errors import PhotoError

MOST_BYTES = 5 * 10**6
MOST_ROWS = 5000
MOST_LINES = 20 * MOST_ROWS  # counting blank ones, which cost time too
MOST_PROBLEMS = 5
FARTHEST = 10**6  # pixels; beyond 10**9 a millionth of a pixel would be lost
DECIMALS = 6
LONGEST_NAME = 100
UNNAMED = "object"
"""The label of a box whose file names none."""

CORNERS = ("left edge", "top edge", "right edge", "bottom edge")
SIZES = ("left edge", "top edge", "width", "height")

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 60
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")  # or text turned around

RowT = TypeVar("RowT")
Box = tuple[float, float, float, float]


class BadRowError(Exception):
    """What is wrong with one row, as the rest of a sentence that begins with its place."""


@dataclass(slots=True)
class Sorter(Generic[RowT]):
    """Keeps the good rows and tells of the others."""

    rows: list[RowT] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def add(self, place: str, read: Callable[[], RowT]) -> None:
        """Keep what `read` returns, or tell why it does not."""
        try:
            self.rows.append(read())
        except BadRowError as bad:
            self.left_out += 1
            self.tell(f"{place}: {bad}")

    def tell(self, problem: str) -> None:
        """Note a problem, unless there are enough to read."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def check_some(self, image: str | None = None, *notes: str) -> None:
        """Refuse a file without a single good row: there is nothing to show but the problems.

        Raises:
            PhotoError: there is none.
        """
        if not self.rows:
            where = "" if image is None else f" for photo “{image}”"
            problem = " ".join((f"This file has no box{where} that can be used.", *self.problems, *notes))
            raise PhotoError(problem, "Correct the rows, or choose another file.")


def text_of(data: bytes, *, small: str, kind: str) -> str:
    """The text in a file of at most `MOST_BYTES`. `small` is the advice for a larger one, `kind` for one that is no text.

    Raises:
        PhotoError: it has more than 5 MB, or is not text in UTF-8.
    """
    if len(data) > MOST_BYTES:
        raise PhotoError(f"This file has {len(data) / 10**6:,.1f} MB; the most is {MOST_BYTES // 10**6} MB.", small)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PhotoError("This file is not text in UTF-8.", kind) from error
    if "\0" in text:
        raise PhotoError("This file is not text.", kind)
    return text


def document(text: str) -> object:
    """What a JSON file holds.

    Raises:
        PhotoError: it is not JSON, or nested too deeply.
    """
    advice = "Export it again, or choose another file."
    try:
        # Python refuses to read whole numbers of thousands of digits.
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits))
    except RecursionError as error:
        raise PhotoError("The lists in this JSON file are nested too deeply.", advice) from error
    except json.JSONDecodeError as error:
        raise PhotoError(
            f"This file is not JSON: it breaks off or goes wrong in line {error.lineno}.", advice
        ) from error


def category_names(categories: object, sorter: Sorter[Any]) -> dict[int, str]:
    """The names of COCO's categories by their ids; one without id or name is told."""
    names: dict[int, str] = {}
    listed = categories if isinstance(categories, list) else [categories]
    for count, category in enumerate(listed[:MOST_ROWS], start=1):
        try:
            if not isinstance(category, dict):
                raise BadRowError("it has neither an id nor a name.")
            names[counted(category, "id")] = label_of(category.get("name"))
        except BadRowError as bad:
            sorter.tell(f"Category {count}: {bad}")
    return names


def photo_of(entry: object) -> str | None:
    """The photo that an entry of COCO names by its `image_id`; None where it names none."""
    return identity(entry.get("image_id")) if isinstance(entry, dict) else None


def identity(named: object) -> str | None:
    """A number or a name of a photo as text; None for anything else, and for nothing but blanks."""
    name = named if isinstance(named, str) else str(whole(named) if whole(named) is not None else "")
    return one_line(name) or None if len(name) <= LONGEST_NAME else None


def sides_of(entry: dict[str, Any]) -> list[float]:
    """The four numbers of COCO's `bbox`: left and top edge, width and height.

    Raises:
        BadRowError: they are no four numbers.
    """
    bbox = entry.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4:
        raise BadRowError("its bbox is not a list of four numbers.")
    return [number(value, thing) for value, thing in zip(bbox, SIZES, strict=True)]


def parsed(text: str, thing: str, *, decimal_comma: bool = False) -> float:
    """A number out of a text; nan, infinity and other alphabets' digits are none.

    Raises:
        BadRowError: it is none.
    """
    if not text:
        raise BadRowError(f"the {thing} is missing.")
    plain = text.replace(",", ".") if decimal_comma and "." not in text else text
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise BadRowError(f"the {thing} {quoted(text)} is not a number.")
    return float(plain)


def number(value: object, thing: str) -> float:
    """A number out of JSON, which may be infinite.

    Raises:
        BadRowError: it is none.
    """
    if value is None:
        raise BadRowError(f"the {thing} is missing.")
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        shown = f" {quoted(value)}" if isinstance(value, str) else ""
        raise BadRowError(f"the {thing}{shown} is not a number.")
    return float(value)


def counted(entry: dict[str, Any], key: str) -> int:
    """A whole number from 0 on.

    Raises:
        BadRowError: it is none.
    """
    value = whole(entry.get(key))
    if value is None or value < 0:
        raise BadRowError(f"its {key} is not a whole number from 0 on.")
    return value


def whole(value: object) -> int | None:
    """A whole number, also if it is written as 17.0; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def label_of(value: object) -> str:
    """A name in one line; `UNNAMED` for blanks.

    Raises:
        BadRowError: it is no text, or too long.
    """
    if not isinstance(value, str):
        raise BadRowError("its name is not text.")
    if len(value) > LONGEST_NAME:
        raise BadRowError(f"the label has {len(value):,} letters; the most is {LONGEST_NAME}.")
    return one_line(value) or UNNAMED


def box_of(numbers: list[float], *, sizes: bool) -> Box:
    """A box of four edges, or of two and the sizes, which may be infinite; in whole millionths of a pixel.

    Raises:
        BadRowError: it is empty, inverted, or too far away.
    """
    x1, y1, x2, y2 = numbers
    if sizes:
        x2, y2 = x1 + x2, y1 + y2
    for edge, thing in zip((x1, y1, x2, y2), CORNERS, strict=True):
        if not abs(edge) <= FARTHEST:
            raise BadRowError(f"the {thing} is at {edge:.12g}, more than {FARTHEST:,} pixels away.")
    x1, y1, x2, y2 = (round(edge, DECIMALS) for edge in (x1, y1, x2, y2))
    _check_order(x1, x2, "left", "right", "left of")
    _check_order(y1, y2, "top", "bottom", "above")
    return (x1, y1, x2, y2)


def check_rows(count: int) -> None:
    """Refuse more than `MOST_ROWS`.

    Raises:
        PhotoError: there are more.
    """
    if count > MOST_ROWS:
        raise PhotoError(f"This file has more than {MOST_ROWS:,} boxes.", "Keep those of one photo, or the best ones.")


def one_line(text: str) -> str:
    """Without line breaks, control characters, text that runs backwards, and half characters that no file can hold."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def quoted(text: str) -> str:
    """What a file says, short enough to be quoted in a sentence."""
    text = one_line(text[:LONGEST_NAME])
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"


def _check_order(first: float, second: float, near: str, far: str, wrong: str) -> None:
    if second < first:
        raise BadRowError(f"the {far} edge {second:.12g} is {wrong} the {near} edge {first:.12g}.")
    if second == first:
        raise BadRowError(f"the box is empty, since its {near} and {far} edges are both {first:.12g}.")
