"""Files of scored boxes that a visitor brings or takes along: CSV, and the results and annotations of COCO in JSON.

A table holds the boxes of one photo. Its coordinates are whole millionths of a pixel, so that x + width in COCO's
`bbox` gives the same right edge that the width was taken from: what is written is read back exactly. Its labels are one
line of text each, whatever they were in the file.

A row without meaning is left out and told, never guessed. Torch-free, but for `BoxTable.detections`.

    CSV   a header with x1, y1, x2, y2 (or x, y, w, h), score and, if there are names, label
    COCO  https://cocodataset.org/#format-results and #format-data
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float64

from core.errors import PhotoError

if TYPE_CHECKING:
    import core.boxes.evaluation

MOST_BYTES = 5 * 10**6
MOST_ROWS = 5000
MOST_LINES = 20 * MOST_ROWS  # counting blank ones, which cost time too
MOST_COLUMNS = 1000
MOST_PROBLEMS = 5
FARTHEST = 10**6  # pixels; beyond 10**9 a millionth of a pixel would be lost
DECIMALS = 6
LONGEST_NAME = 100
UNNAMED = "object"
"""The label of a box whose file names none."""

_DELIMITERS = (",", ";", "\t")
_HEADS = {
    "left edge": ("x1", "xmin", "left", "x"),
    "top edge": ("y1", "ymin", "top", "y"),
    "right edge": ("x2", "xmax", "right"),
    "bottom edge": ("y2", "ymax", "bottom"),
    "width": ("w", "width"),
    "height": ("h", "height"),
    "score": ("score", "confidence", "conf"),
    "label": ("label", "name", "class", "category"),
}
_CORNERS = ("left edge", "top edge", "right edge", "bottom edge")
_SIZES = ("left edge", "top edge", "width", "height")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 60
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")  # or text turned around
_FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet may run, the wide ones in East Asian settings
_CLASS = re.compile(r"class (0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """Boxes `(x1, y1, x2, y2)` in photo pixels, `x2` and `y2` exclusive, with a score from 0 to 1 and a label each."""

    boxes: Float64[np.ndarray, "n 4"]
    scores: Float64[np.ndarray, " n"]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", np.round(self.boxes, DECIMALS))
        object.__setattr__(self, "labels", tuple(_one_line(label) or UNNAMED for label in self.labels))

    @property
    def classes(self) -> tuple[str, ...]:
        """Each label once, in alphabetical order, whatever the order of the rows."""
        return tuple(sorted(set(self.labels)))

    @property
    def digest(self) -> str:
        """Names these boxes, scores and labels: one different bit changes it."""
        data = (self.boxes.tobytes(), self.scores.tobytes(), "\n".join(self.labels).encode())
        return hashlib.sha256(b"|".join(data)).hexdigest()

    def detections(self) -> core.boxes.evaluation.Detections:
        """The same in tensors; a label is its place in `classes`."""
        import torch  # takes seconds, and reading needs none of it

        from core.boxes.evaluation import Detections

        number = {name: place for place, name in enumerate(self.classes)}
        labels = torch.tensor([number[label] for label in self.labels], dtype=torch.int64)
        return Detections(torch.tensor(self.boxes), torch.tensor(self.scores), labels)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a file gave: the good rows of one photo, and what is wrong with the others, the first five in words.

    `images` are the photos that a JSON file speaks of, in its order, and `image` the one of the table; a CSV has none.
    """

    table: BoxTable
    problems: tuple[str, ...]
    left_out: int  # rows
    images: tuple[str, ...] = ()
    image: str | None = None


def read_boxes(data: bytes, image: str | None = None) -> Reading:
    """The boxes in a file, CSV or JSON; of several photos those of `image`, or of the first if that is None.

    CSV is in UTF-8, its columns in any order, between commas, semicolons or tabs; beside the last two a number may have
    a decimal comma. Annotations of COCO have no scores: each counts as sure, 1.

    Raises:
        PhotoError: the file has more than 5 MB, 5,000 rows or 100,000 lines, is neither CSV nor JSON of boxes,
            does not speak of `image`, or has no good row for it.
    """
    if len(data) > MOST_BYTES:
        problem = f"This file has {len(data) / 10**6:,.1f} MB; the most is {MOST_BYTES // 10**6} MB."
        raise PhotoError(problem, "Keep the boxes of fewer photos.")
    text = _text(data)
    return _read_json(text, image) if text.lstrip()[:1] in ("[", "{") else _read_csv(text)


def csv_text(table: BoxTable) -> str:
    """A CSV that `read_boxes` reads back exactly. A label that a spreadsheet would run as a formula is led by an '.

    The label comes first and in quotes: there it stays one cell, whichever delimiter the spreadsheet expects.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(("label", "x1", "y1", "x2", "y2", "score"))
    for box, score, label in _rows_of(table):
        writer.writerow((f"'{label}" if _is_formula(label) else label, *box, score))
    return file.getvalue()


def coco_results(table: BoxTable, image_id: int) -> list[dict[str, Any]]:
    """The table as COCO's results, ready for `json.dumps`. `read_boxes` reads them back exactly.

    “class 17” has the category 17; other labels get the lowest numbers from 1 on that are free, in the order of
    `classes`. The format has no place for names, so each result brings its own as `category_name`, which tools of COCO
    pass over.
    """
    numbers = _category_ids(table.classes)
    return [
        {
            "image_id": image_id,
            "category_id": numbers[label],
            "bbox": [x1, y1, round(x2 - x1, DECIMALS), round(y2 - y1, DECIMALS)],
            "score": score,
            "category_name": label,
        }
        for (x1, y1, x2, y2), score, label in _rows_of(table)
    ]


class _Row(NamedTuple):
    box: tuple[float, float, float, float]
    score: float
    label: str


class _BadRowError(Exception):
    """What is wrong with one row, as the rest of a sentence that begins with its place."""


@dataclass(slots=True)
class _Sorter:
    """Keeps the good rows and tells of the others."""

    rows: list[_Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def add(self, place: str, read: Callable[[], _Row]) -> None:
        """Keep what `read` returns, or tell why it does not."""
        try:
            self.rows.append(read())
        except _BadRowError as bad:
            self.left_out += 1
            self.tell(f"{place}: {bad}")

    def tell(self, problem: str) -> None:
        """Note a problem, unless there are enough to read."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def reading(self, images: tuple[str, ...] = (), image: str | None = None) -> Reading:
        """What was kept; without a single row there is nothing to show but the problems."""
        if not self.rows:
            where = "" if image is None else f" for photo “{image}”"
            problem = " ".join((f"This file has no box{where} that can be used.", *self.problems))
            raise PhotoError(problem, "Correct the rows, or choose another file.")
        boxes, scores, labels = zip(*self.rows, strict=True)
        table = BoxTable(np.array(boxes, np.float64), np.array(scores, np.float64), labels)
        return Reading(table, tuple(self.problems), self.left_out, images, image)


def _text(data: bytes) -> str:
    advice = "Choose a CSV or a JSON file; a spreadsheet saves one as “CSV UTF-8”."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PhotoError("This file is not text in UTF-8.", advice) from error
    if "\0" in text:
        raise PhotoError("This file is not text.", advice)
    return text


def _read_csv(text: str) -> Reading:
    for delimiter in _DELIMITERS:
        records = _records(text, delimiter)
        try:
            _, header = next(records, (0, []))
        except _BadRowError:
            continue
        if columns := _columns(header):
            return _read_records(records, columns, len(header), decimal_comma=delimiter != ",")
    raise PhotoError(
        "This file is neither a CSV with the columns of boxes nor JSON.",
        "Name the columns in its first line: x1, y1, x2, y2 (or x, y, w, h), score and, if there are names, label.",
    )


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of every line that is not blank, with the number of the line they begin in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1
    try:
        for cells in reader:
            if line > MOST_LINES:
                raise PhotoError(f"This file has more than {MOST_LINES:,} lines.", "Take out the blank ones.")
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _BadRowError(f"Line {line}: its quotes do not close in order, so reading ends here.") from error


def _columns(header: list[str]) -> dict[str, int] | None:
    """Where each thing stands, by the words of `_HEADS`; None where that does not make scored boxes."""
    if len(header) > MOST_COLUMNS:
        return None
    heads = [re.sub(r"[\s_-]", "", head).lower() for head in header]
    named = {
        thing: heads.index(name) for thing, names in _HEADS.items() for name in reversed(names) if name in heads
    }  # the first of a thing's names wins, since it comes last
    whole = any({*edges, "score"} <= named.keys() for edges in (_CORNERS, _SIZES))
    return named if whole else None


def _read_records(
    records: Iterator[tuple[int, list[str]]], columns: dict[str, int], width: int, *, decimal_comma: bool
) -> Reading:
    sorter = _Sorter()
    try:
        for count, (line, cells) in enumerate(records, start=1):
            _check_rows(count)
            sorter.add(f"Line {line}", lambda cells=cells: _record(cells, columns, width, decimal_comma))
    except _BadRowError as broken:
        sorter.left_out += 1
        sorter.tell(str(broken))
    return sorter.reading()


def _record(cells: list[str], columns: dict[str, int], width: int, decimal_comma: bool) -> _Row:
    if any(cells[width:]):
        raise _BadRowError(f"it has {len(cells)} columns, but the header {width}.")
    texts = {thing: cells[place].strip() if place < len(cells) else "" for thing, place in columns.items()}
    edges = _CORNERS if {*_CORNERS} <= columns.keys() else _SIZES
    numbers = [_parsed(texts[thing], thing, decimal_comma) for thing in (*edges, "score")]
    label = texts.get("label", "")
    if label.startswith("'") and _is_formula(label):
        label = label[1:]
    return _row(numbers[:4], numbers[4], label, sizes=edges is _SIZES)


def _parsed(text: str, thing: str, decimal_comma: bool) -> float:
    if not text:
        raise _BadRowError(f"the {thing} is missing.")
    plain = text.replace(",", ".") if decimal_comma and "." not in text else text
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise _BadRowError(f"the {thing} {_quoted(text)} is not a number.")
    return float(plain)


def _read_json(text: str, image: str | None) -> Reading:
    sorter = _Sorter()
    entries, names, score = _entries(_document(text), sorter)
    _check_rows(len(entries))
    photos = [_photo_of(entry) for entry in entries]
    images = tuple(dict.fromkeys(photo for photo in photos if photo is not None))
    if image is not None and image not in images:
        known = ", ".join(f"“{name}”" for name in images[:MOST_PROBLEMS])
        raise PhotoError(f"This file has no boxes for photo {_quoted(image)}.", f"It speaks of {known or 'none'}.")
    chosen = images[0] if image is None and images else image
    for count, (entry, photo) in enumerate(zip(entries, photos, strict=True), start=1):
        if photo in (None, chosen):
            sorter.add(f"Entry {count}", lambda entry=entry: _entry(entry, names, score))
    return sorter.reading(images, chosen)


def _document(text: str) -> object:
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


def _entries(document: object, sorter: _Sorter) -> tuple[list[object], dict[int, str], float | None]:
    """The boxes of a results or a data file, the names of its categories, and the score of a box that has none."""
    if isinstance(document, list):
        return document, {}, None
    if not isinstance(document, dict) or not isinstance(document.get("annotations"), list):
        advice = "Choose COCO results, which are one list, or a data file with “annotations”."
        raise PhotoError("This JSON file holds no list of boxes.", advice)
    return document["annotations"], _category_names(document.get("categories", []), sorter), 1.0


def _category_names(categories: object, sorter: _Sorter) -> dict[int, str]:
    names: dict[int, str] = {}
    listed = categories if isinstance(categories, list) else [categories]
    for count, category in enumerate(listed[:MOST_ROWS], start=1):
        try:
            if not isinstance(category, dict):
                raise _BadRowError("it has neither an id nor a name.")
            names[_counted(category, "id")] = _label(category.get("name"))
        except _BadRowError as bad:
            sorter.tell(f"Category {count}: {bad}")
    return names


def _photo_of(entry: object) -> str | None:
    """The photo that an entry names; None where it names none."""
    named = entry.get("image_id") if isinstance(entry, dict) else None
    name = named if isinstance(named, str) else str(_whole(named) if _whole(named) is not None else "")
    return _one_line(name) or None if len(name) <= LONGEST_NAME else None


def _entry(entry: object, names: dict[int, str], usual_score: float | None) -> _Row:
    if not isinstance(entry, dict) or _photo_of(entry) is None:
        raise _BadRowError("it does not name its photo by an image_id.")
    bbox = entry.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4:
        raise _BadRowError("its bbox is not a list of four numbers.")
    sides = [_number(value, thing) for value, thing in zip(bbox, _SIZES, strict=True)]
    score = usual_score if usual_score is not None and "score" not in entry else _number(entry.get("score"), "score")
    if "category_name" in entry:
        return _row(sides, score, _label(entry["category_name"]), sizes=True)
    category = _counted(entry, "category_id")
    return _row(sides, score, names.get(category, f"class {category}"), sizes=True)


def _number(value: object, thing: str) -> float:
    if value is None:
        raise _BadRowError(f"the {thing} is missing.")
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        shown = f" {_quoted(value)}" if isinstance(value, str) else ""
        raise _BadRowError(f"the {thing}{shown} is not a number.")
    return float(value)


def _counted(entry: dict[str, Any], key: str) -> int:
    number = _whole(entry.get(key))
    if number is None or number < 0:
        raise _BadRowError(f"its {key} is not a whole number from 0 on.")
    return number


def _whole(value: object) -> int | None:
    """A whole number, also if it is written as 17.0; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _label(value: object) -> str:
    if not isinstance(value, str):
        raise _BadRowError("its name is not text.")
    if len(value) > LONGEST_NAME:
        raise _BadRowError(f"the label has {len(value):,} letters; the most is {LONGEST_NAME}.")
    return _one_line(value) or UNNAMED


def _row(numbers: list[float], score: float, label: str, *, sizes: bool) -> _Row:
    """A row of four edges, or of two and the sizes, which may be infinite. They are rounded before they are compared."""
    x1, y1, x2, y2 = numbers
    if sizes:
        x2, y2 = x1 + x2, y1 + y2
    for edge, thing in zip((x1, y1, x2, y2), _CORNERS, strict=True):
        if not abs(edge) <= FARTHEST:
            raise _BadRowError(f"the {thing} is at {edge:.12g}, more than {FARTHEST:,} pixels away.")
    if not 0 <= score <= 1:
        raise _BadRowError(f"the score {score:.12g} is not from 0 to 1.")
    x1, y1, x2, y2 = (round(edge, DECIMALS) for edge in (x1, y1, x2, y2))
    _check_order(x1, x2, "left", "right", "left of")
    _check_order(y1, y2, "top", "bottom", "above")
    return _Row((x1, y1, x2, y2), score, _label(label))


def _check_order(first: float, second: float, near: str, far: str, wrong: str) -> None:
    if second < first:
        raise _BadRowError(f"the {far} edge {second:.12g} is {wrong} the {near} edge {first:.12g}.")
    if second == first:
        raise _BadRowError(f"the box is empty, since its {near} and {far} edges are both {first:.12g}.")


def _check_rows(count: int) -> None:
    if count > MOST_ROWS:
        raise PhotoError(f"This file has more than {MOST_ROWS:,} boxes.", "Keep those of one photo, or the best ones.")


def _rows_of(table: BoxTable) -> Iterator[tuple[list[float], float, str]]:
    return zip(table.boxes.tolist(), table.scores.tolist(), table.labels, strict=True)


def _category_ids(classes: tuple[str, ...]) -> dict[str, int]:
    numbered = {label: int(match[1]) for label in classes if (match := _CLASS.fullmatch(label))}
    taken = {*numbered.values()}
    free = (number for number in range(1, len(classes) + len(taken) + 1) if number not in taken)
    return {label: numbered[label] if label in numbered else next(free) for label in classes}


def _is_formula(label: str) -> bool:
    """Whether it begins like one, also behind the ' that `csv_text` leads it by: so both are told apart from others."""
    return label.lstrip("'").startswith(_FORMULA)


def _one_line(text: str) -> str:
    """Without line breaks, control characters, text that runs backwards, and half characters that no file can hold."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _quoted(text: str) -> str:
    text = _one_line(text[:LONGEST_NAME])
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"
