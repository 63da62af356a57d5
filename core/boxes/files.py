"""Files of scored boxes that a visitor brings or takes along: CSV, and the results and annotations of COCO in JSON.

A table holds the boxes of one photo. Its coordinates are whole millionths of a pixel, so that x + width in COCO's
`bbox` gives the same right edge that the width was taken from: what is written is read back exactly. Its labels are one
line of text each, whatever they were in the file.

Torch-free, but for `BoxTable.detections`.

    CSV   a header with x1, y1, x2, y2 (or x, y, w, h), score and, if there are names, label
    COCO  https://cocodataset.org/#format-results and #format-data
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float64

from core.boxes.cells import as_cell, of_cell
from core.boxes.rows import (
    CORNERS,
    DECIMALS,
    MOST_LINES,
    MOST_PROBLEMS,
    SIZES,
    UNNAMED,
    BadRowError,
    Box,
    Sorter,
    box_of,
    category_names,
    check_rows,
    counted,
    document,
    label_of,
    number,
    one_line,
    parsed,
    photo_of,
    quoted,
    sides_of,
    text_of,
)
from core.errors import PhotoError

if TYPE_CHECKING:
    import core.boxes.evaluation

MOST_COLUMNS = 1000

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
_CLASS = re.compile(r"class (0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """Boxes `(x1, y1, x2, y2)` in photo pixels, `x2` and `y2` exclusive, with a score from 0 to 1 and a label each."""

    boxes: Float64[np.ndarray, "n 4"]
    scores: Float64[np.ndarray, " n"]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", np.round(self.boxes, DECIMALS))
        object.__setattr__(self, "labels", tuple(one_line(label) or UNNAMED for label in self.labels))

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
    text = text_of(
        data,
        small="Keep the boxes of fewer photos.",
        kind="Choose a CSV or a JSON file; a spreadsheet saves one as “CSV UTF-8”.",
    )
    return _read_json(text, image) if text.lstrip()[:1] in ("[", "{") else _read_csv(text)


def csv_text(table: BoxTable) -> str:
    """A CSV that `read_boxes` reads back exactly. A label that a spreadsheet would run as a formula is led by an '.

    The label comes first and in quotes: there it stays one cell, whichever delimiter the spreadsheet expects.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(("label", "x1", "y1", "x2", "y2", "score"))
    for box, score, label in _rows_of(table):
        writer.writerow((as_cell(label), *box, score))
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
    box: Box
    score: float
    label: str


def _read_csv(text: str) -> Reading:
    for delimiter in _DELIMITERS:
        records = _records(text, delimiter)
        try:
            _, header = next(records, (0, []))
        except BadRowError:
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
        raise BadRowError(f"Line {line}: its quotes do not close in order, so reading ends here.") from error


def _columns(header: list[str]) -> dict[str, int] | None:
    """Where each thing stands, by the words of `_HEADS`; None where that does not make scored boxes."""
    if len(header) > MOST_COLUMNS:
        return None
    heads = [re.sub(r"[\s_-]", "", head).lower() for head in header]
    named = {
        thing: heads.index(name) for thing, names in _HEADS.items() for name in reversed(names) if name in heads
    }  # the first of a thing's names wins, since it comes last
    whole = any({*edges, "score"} <= named.keys() for edges in (CORNERS, SIZES))
    return named if whole else None


def _read_records(
    records: Iterator[tuple[int, list[str]]], columns: dict[str, int], width: int, *, decimal_comma: bool
) -> Reading:
    sorter: Sorter[_Row] = Sorter()
    try:
        for count, (line, cells) in enumerate(records, start=1):
            check_rows(count)
            sorter.add(f"Line {line}", lambda cells=cells: _record(cells, columns, width, decimal_comma))
    except BadRowError as broken:
        sorter.left_out += 1
        sorter.tell(str(broken))
    return _reading(sorter)


def _record(cells: list[str], columns: dict[str, int], width: int, decimal_comma: bool) -> _Row:
    if any(cells[width:]):
        raise BadRowError(f"it has {len(cells)} columns, but the header {width}.")
    texts = {thing: cells[place].strip() if place < len(cells) else "" for thing, place in columns.items()}
    edges = CORNERS if {*CORNERS} <= columns.keys() else SIZES
    numbers = [parsed(texts[thing], thing, decimal_comma=decimal_comma) for thing in (*edges, "score")]
    return _row(numbers[:4], numbers[4], of_cell(texts.get("label", "")), sizes=edges is SIZES)


def _read_json(text: str, image: str | None) -> Reading:
    sorter: Sorter[_Row] = Sorter()
    entries, names, score = _entries(document(text), sorter)
    check_rows(len(entries))
    photos = [photo_of(entry) for entry in entries]
    images = tuple(dict.fromkeys(photo for photo in photos if photo is not None))
    if image is not None and image not in images:
        known = ", ".join(f"“{name}”" for name in images[:MOST_PROBLEMS])
        raise PhotoError(f"This file has no boxes for photo {quoted(image)}.", f"It speaks of {known or 'none'}.")
    chosen = images[0] if image is None and images else image
    for count, (entry, photo) in enumerate(zip(entries, photos, strict=True), start=1):
        if photo in (None, chosen):
            sorter.add(f"Entry {count}", lambda entry=entry: _entry(entry, names, score))
    return _reading(sorter, images, chosen)


def _entries(content: object, sorter: Sorter[_Row]) -> tuple[list[object], dict[int, str], float | None]:
    """The boxes of a results or a data file, the names of its categories, and the score of a box that has none."""
    if isinstance(content, list):
        return content, {}, None
    if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
        advice = "Choose COCO results, which are one list, or a data file with “annotations”."
        raise PhotoError("This JSON file holds no list of boxes.", advice)
    return content["annotations"], category_names(content.get("categories", []), sorter), 1.0


def _entry(entry: object, names: dict[int, str], usual_score: float | None) -> _Row:
    if not isinstance(entry, dict) or photo_of(entry) is None:
        raise BadRowError("it does not name its photo by an image_id.")
    sides = sides_of(entry)
    score = usual_score if usual_score is not None and "score" not in entry else number(entry.get("score"), "score")
    if "category_name" in entry:
        return _row(sides, score, label_of(entry["category_name"]), sizes=True)
    category = counted(entry, "category_id")
    return _row(sides, score, names.get(category, f"class {category}"), sizes=True)


def _row(numbers: list[float], score: float, label: str, *, sizes: bool) -> _Row:
    """A row of four edges, or of two and the sizes, which may be infinite."""
    box = box_of(numbers, sizes=sizes)
    if not 0 <= score <= 1:
        raise BadRowError(f"the score {score:.12g} is not from 0 to 1.")
    return _Row(box, score, label_of(label))


def _reading(sorter: Sorter[_Row], images: tuple[str, ...] = (), image: str | None = None) -> Reading:
    sorter.check_some(image)
    boxes, scores, labels = zip(*sorter.rows, strict=True)
    table = BoxTable(np.array(boxes, np.float64), np.array(scores, np.float64), labels)
    return Reading(table, tuple(sorter.problems), sorter.left_out, images, image)


def _rows_of(table: BoxTable) -> Iterator[tuple[list[float], float, str]]:
    return zip(table.boxes.tolist(), table.scores.tolist(), table.labels, strict=True)


def _category_ids(classes: tuple[str, ...]) -> dict[str, int]:
    numbered = {label: int(match[1]) for label in classes if (match := _CLASS.fullmatch(label))}
    taken = {*numbered.values()}
    free = (number for number in range(1, len(classes) + len(taken) + 1) if number not in taken)
    return {label: numbered[label] if label in numbered else next(free) for label in classes}
