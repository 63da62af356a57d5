"""Ground truth that a visitor brings for one photo: COCO's annotations, PASCAL VOC's XML, YOLO's lines of numbers.

All of it becomes boxes in pixels of the photo, `x2` and `y2` exclusive. A row without meaning is left out and told; what
was done to good rows (made as large as the photo, cut at its edge) is told in notes. Torch-free, but for
`TruthReading.truths`. Each format has a file of its own: `coco`, `voc` and `yolo_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.boxes.coco import read_coco
from core.boxes.rows import text_of
from core.boxes.truth_reading import ADVICE, Format, TruthReading
from core.boxes.voc import read_voc
from core.boxes.yolo_rows import YoloFiles, read_names, read_yolo, yolo_text

__all__ = ("Format", "TruthReading", "YoloFiles", "read_names", "read_truths", "yolo_text")


def read_truths(
    data: bytes, *, width: int, height: int, names: Sequence[str] = (), image: str | None = None
) -> TruthReading:
    """The objects that a file marks on a photo of `width` x `height` pixels; the format is told by how it begins.

    `names` are those of YOLO's classes; where they do not reach, class 17 is called “class 17”. Of a JSON file with
    several photos the one whose id or file name is `image` is read, or the first with objects if that is None. Where a
    file tells another size of the photo, its boxes are scaled.

    Raises:
        PhotoError: the file has more than 5 MB, 5,000 objects or 100,000 lines or elements, is none of the three, is
            XML with a document type or a namespace, does not speak of `image`, or has no good box for it.
    """
    text = text_of(data, small="Keep the annotations of fewer photos.", kind=ADVICE)
    begin = text.lstrip()[:1]
    if begin == "<":
        return read_voc(text, width, height)
    if begin in ("{", "["):
        return read_coco(text, width, height, image)
    return read_yolo(text, width, height, names)
