"""What a teacher's link can open: every part of every page, its questions, and the pieces of it that can be hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.images.photo import Photo
from ui.controls import Preset
from ui.sections.anchors import boxes
from ui.sections.anchors import cases as anchor_cases
from ui.sections.attribution import presets as attribution_presets
from ui.sections.detector import detect_presets, grading_presets, inside_presets, learning_presets
from ui.sections.nms import cases as nms_cases
from ui.sections.saliency import imagine_presets, look_presets
from ui.sections.saliency import presets as fool_presets
from ui.sections.segmenter import grading_presets as mask_presets
from ui.sections.segmenter import resolution_presets, segment_presets, tiles_presets, transposed_presets
from ui.sections.style import inside_presets as style_presets
from ui.sections.style import paint_presets

LAST = ("export", "story")
"""Pieces that close a part."""


@dataclass(frozen=True, slots=True)
class Room:
    """One part of a page; `part` is "" where the page has none.

    `key` is the query parameter of its questions, and `rows` gives them for a photo; "" and None where it has none. `pieces` are
    the names of what can be hidden, from top to bottom.
    """

    file: str
    part: str
    pieces: tuple[str, ...]
    key: str = ""
    rows: Callable[[Photo], Mapping[str, Preset]] | None = None

    def questions(self, photo: Photo) -> Mapping[str, Preset]:
        """Its questions by their names."""
        return self.rows(photo) if self.rows else {}


def _room(
    file: str,
    part: str,
    pieces: str,
    key: str = "",
    rows: Callable[[Photo], Mapping[str, Preset]] | None = None,
) -> Room:
    """The room whose own `pieces` are these words: above them are its questions, where it has some, below them what closes it."""
    asked = ("presets", "question") if rows else ()
    return Room(f"pages/{file}.py", part, (*asked, *pieces.split(), *LAST), key, rows)


def _any(rows: Callable[[], Mapping[str, Preset]]) -> Callable[[Photo], Mapping[str, Preset]]:
    """Questions that are the same for every photo."""
    return lambda photo: rows()


ROOMS = (
    Room("app.py", "", ("tour", "story", "report")),
    _room("anchors", "Two boxes", "coordinates challenges formulas descent", boxes.PRESET, boxes.presets),
    _room(
        "anchors", "Anchors", "controls coordinates numbers formulas density", anchor_cases.KEY, anchor_cases.presets
    ),
    _room("anchors", "Assignment", "controls coordinates numbers closer", anchor_cases.KEY, anchor_cases.presets),
    _room("nms", "", "controls boxes numbers why formulas curves", nms_cases.KEY, _any(nms_cases.presets)),
    _room("detector", "Detect", "controls numbers why formulas", detect_presets.KEY, _any(detect_presets.presets)),
    _room(
        "detector",
        "Inside the grid",
        "controls grid fate numbers formulas",
        inside_presets.KEY,
        _any(inside_presets.presets),
    ),
    _room(
        "detector",
        "How it learns",
        "controls stage coordinates lesson numbers formulas focal overfit run weights",
        learning_presets.KEY,
        _any(learning_presets.presets),
    ),
    _room(
        "detector",
        "How good is it?",
        "controls truth photo numbers formulas curves",
        grading_presets.KEY,
        _any(grading_presets.presets),
    ),
    _room(
        "segmenter",
        "Segment",
        "controls numbers why formulas regions",
        segment_presets.KEY,
        _any(segment_presets.presets),
    ),
    _room(
        "segmenter",
        "Resolution",
        "controls depths numbers pair scores kernels",
        resolution_presets.KEY,
        _any(resolution_presets.presets),
    ),
    _room(
        "segmenter",
        "Transposed convolution",
        "controls stage numbers formulas checkerboard matrix bilinear",
        transposed_presets.KEY,
        _any(transposed_presets.presets),
    ),
    _room(
        "segmenter",
        "Tiles",
        "controls stage numbers tile seams formulas",
        tiles_presets.KEY,
        _any(tiles_presets.presets),
    ),
    _room(
        "segmenter",
        "Grade it",
        "controls truth photo words numbers formulas classes boxes",
        mask_presets.KEY,
        _any(mask_presets.presets),
    ),
    _room(
        "attribution",
        "Compare",
        "controls grid photos formulas",
        attribution_presets.KEY,
        _any(attribution_presets.presets),
    ),
    _room("attribution", "Layers", "controls factors"),
    _room("attribution", "Path", "controls numbers formulas baselines gaps black axioms"),
    _room("attribution", "Trust", "controls question curves numbers formulas sanity"),
    _room("attribution", "Boxes & areas", "boxes areas"),
    _room("saliency", "Look", "controls map covered line formulas", look_presets.KEY, _any(look_presets.presets)),
    _room(
        "saliency",
        "Fool",
        "controls result live numbers formulas table curve",
        fool_presets.KEY,
        _any(fool_presets.presets),
    ),
    _room("saliency", "Does it survive?", "controls result cam curves others"),
    _room(
        "saliency",
        "Imagine",
        "controls drawing numbers weights tray versus formulas",
        imagine_presets.KEY,
        _any(imagine_presets.presets),
    ),
    _room(
        "style",
        "Paint",
        "controls tray painting numbers weights formulas",
        paint_presets.KEY,
        _any(paint_presets.presets),
    ),
    _room(
        "style",
        "Look inside",
        "controls seen rebuilt gram numbers cell formulas",
        style_presets.KEY,
        _any(style_presets.presets),
    ),
    Room("pages/models.py", "", ("memory", "story")),
)


def of(file: str) -> tuple[Room, ...]:
    """The parts of a page, as they stand there."""
    return tuple(room for room in ROOMS if room.file == file)
