"""COCO's annotations of one photo: one JSON file for many photos, `bbox` is left, top, width, height in pixels.

https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from core.boxes.rows import (
    MOST_LINES,
    MOST_PROBLEMS,
    BadRowError,
    Sorter,
    box_of,
    category_names,
    check_rows,
    counted,
    document,
    identity,
    label_of,
    photo_of,
    quoted,
    sides_of,
)
from core.boxes.truth_reading import Format, Frame, Marked, TruthReading, amount, frame_of, reading_of
from core.errors import PhotoError


def read_coco(text: str, width: int, height: int, image: str | None) -> TruthReading:
    """What the text of a JSON file marks on one photo: that called `image`, or the first with objects if that is None.

    Raises:
        PhotoError: it is no JSON, holds no annotations or too many, does not speak of `image`, or has no good box for it.
    """
    content = document(text)
    if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
        advice = (
            "Choose a data file with “annotations”; COCO's results, a list of scored boxes, are what a detector found."
        )
        raise PhotoError("This JSON file holds no annotations.", advice)
    if len(content["annotations"]) > MOST_LINES:
        raise PhotoError(f"This file has more than {MOST_LINES:,} annotations.", "Keep those of fewer photos.")
    sorter: Sorter[Marked] = Sorter()
    photos = _photos(content)
    whose = [photo_of(entry) for entry in content["annotations"]]
    shown = _shown(photos, whose)
    chosen = _chosen(photos, shown, image)
    pairs = enumerate(zip(content["annotations"], whose, strict=True), start=1)
    ours = [(count, entry) for count, (entry, photo) in pairs if photo in (None, chosen)]
    check_rows(len(ours))
    frame = frame_of(photos[chosen].size if chosen in photos else None, width, height)
    names = category_names(content.get("categories", []), sorter)
    crowds = {count for count, entry in ours if isinstance(entry, dict) and entry.get("iscrowd") in (1, True)}
    for count, entry in ours:
        if count not in crowds:
            sorter.add(f"Entry {count}", lambda entry=entry: _annotation(entry, names, frame))
    notes = [f"{amount(len(crowds))} marked as a crowd, not as one thing each: left out."] if crowds else []
    return reading_of(
        sorter, Format.COCO, frame, notes, tuple(shown.values()), None if chosen is None else shown[chosen]
    )


class _Listed(NamedTuple):
    file: str | None
    size: tuple[object, object] | None


def _photos(content: dict[str, Any]) -> dict[str, _Listed]:
    """The photos that the file lists, by their ids."""
    listed = content.get("images")
    found: dict[str, _Listed] = {}
    for entry in listed if isinstance(listed, list) else []:
        key = identity(entry.get("id")) if isinstance(entry, dict) else None
        if key is not None:
            sizes = (entry.get("width"), entry.get("height"))
            found[key] = _Listed(identity(entry.get("file_name")), None if sizes == (None, None) else sizes)
    return found


def _shown(photos: dict[str, _Listed], marked: Sequence[str | None]) -> dict[str, str]:
    """The photos with annotations in the order of the file, and what to call each: its file, or where two share one its id."""
    some = dict.fromkeys(one for one in marked if one is not None)
    order = [key for key in dict.fromkeys((*photos, *some)) if key in some]
    files = {key: photos[key].file for key in order if key in photos}
    times = Counter(files.values())
    return {key: file if (file := files.get(key)) and times[file] == 1 else key for key in order}


def _chosen(photos: dict[str, _Listed], shown: dict[str, str], image: str | None) -> str | None:
    if image is None:
        return next(iter(shown), None)
    for key in shown:
        file = photos[key].file if key in photos else None
        if image in (key, file) or (file and image == PurePosixPath(file.replace("\\", "/")).name):
            return key
    known = ", ".join(f"“{name}”" for name in list(shown.values())[:MOST_PROBLEMS])
    raise PhotoError(f"This file marks nothing on photo {quoted(image)}.", f"It speaks of {known or 'none'}.")


def _annotation(entry: object, names: dict[int, str], frame: Frame) -> Marked:
    if not isinstance(entry, dict) or photo_of(entry) is None:
        raise BadRowError("it does not name its photo by an image_id.")
    box = box_of(sides_of(entry), sizes=True)
    if "category_name" in entry:
        return frame.marked(box, label_of(entry["category_name"]))
    category = counted(entry, "category_id")
    return frame.marked(box, names.get(category, f"class {category}"))
