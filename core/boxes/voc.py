"""PASCAL VOC's annotation of a photo: the pixel in the top left corner is (1, 1), and `xmax` and `ymax` are inside the box.

So a box is read as (xmin - 1, ymin - 1, xmax, ymax).
http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
"""

from __future__ import annotations

# No entities, no namespaces, and bounded: see _tree.
import xml.etree.ElementTree as ElementTree  # nosec B405
from typing import Any

from core.boxes.rows import BadRowError, Sorter, box_of, check_rows, label_of, parsed, quoted
from core.boxes.truth_reading import ADVICE, Format, Frame, Marked, TruthReading, frame_of, reading_of
from core.errors import PhotoError

MOST_ELEMENTS = 100_000
DEEPEST = 20
"""Elements of an XML file inside one another; VOC's have five."""


def read_voc(text: str, width: int, height: int) -> TruthReading:
    """What the text of an XML file marks on its photo.

    Raises:
        PhotoError: it is no XML of VOC, has a document type or a namespace, is too deep or too large, or has no good box.
    """
    root = _tree(text)
    found = root.findall("object")
    if root.tag != "annotation" or not found:
        raise PhotoError("This XML file holds no objects as PASCAL VOC marks them.", ADVICE)
    check_rows(len(found))
    frame = frame_of(_size(root), width, height)
    sorter: Sorter[Marked] = Sorter()
    for count, thing in enumerate(found, start=1):
        sorter.add(f"Object {count}", lambda thing=thing: _object(thing, frame))
    return reading_of(sorter, Format.VOC, frame)


class _Bounded(ElementTree.TreeBuilder):
    """Builds the tree of an XML file that is neither too deep nor too large."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Any:  # noqa: ANN401 - as the class above has it
        """One element begins."""
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            problem = f"This XML file is nested too deeply or has more than {MOST_ELEMENTS:,} elements."
            raise PhotoError(problem, ADVICE)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Any:  # noqa: ANN401
        """One element ends."""
        self.depth -= 1
        return super().end(tag)


def _tree(text: str) -> ElementTree.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities can make a small file fill all memory, or read other files
        raise PhotoError("This XML file declares a document type or entities, which VOC's do not need.", ADVICE)
    if "xmlns" in text:  # a long namespace is repeated in the name of each element: 5 MB of text become hundreds of GB
        raise PhotoError("This XML file declares a namespace, which VOC's do not need.", ADVICE)
    try:
        parser = ElementTree.XMLParser(target=_Bounded())  # nosec B314
        parser.feed(text)
        return parser.close()
    except ElementTree.ParseError as error:
        raise PhotoError(
            f"This file is not XML: it breaks off or goes wrong in line {error.position[0]}.",
            "Export it again, or choose another file.",
        ) from error


def _size(root: ElementTree.Element) -> tuple[object, object] | None:
    if root.find("size") is None:
        return None
    return _number(root, "size/width"), _number(root, "size/height")


def _number(root: ElementTree.Element, path: str) -> float | None:
    try:
        return parsed(root.findtext(path, "").strip(), path)
    except BadRowError:
        return None


def _object(thing: ElementTree.Element, frame: Frame) -> Marked:
    box = thing.find("bndbox")
    if box is None:
        raise BadRowError("its bndbox is missing.")
    xmin, ymin, xmax, ymax = (parsed(box.findtext(name, "").strip(), name) for name in ("xmin", "ymin", "xmax", "ymax"))
    difficult = thing.findtext("difficult", "").strip()
    if difficult not in ("", "0", "1"):
        raise BadRowError(f"its mark “difficult” is {quoted(difficult)}, neither 0 nor 1.")
    label = label_of(thing.findtext("name", ""))
    return frame.marked(box_of([xmin - 1, ymin - 1, xmax, ymax], sizes=False), label, difficult=difficult == "1")
