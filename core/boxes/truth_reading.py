"""What files of truths have in common: what was read of one photo, and how boxes of a file become boxes of the photo.

A row without meaning is left out and told; what was done to good rows (made as large as the photo, cut at its edge) is
told in notes. Torch-free, but for `TruthReading.truths`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Bool

from core.boxes.files import BoxTable
from core.boxes.rows import DECIMALS, BadRowError, Box, Sorter
from core.boxes.settings import Labelled
from core.errors import SettingError
from core.options import Option

if TYPE_CHECKING:
    import core.boxes.evaluation

BARELY = 0.01
"""Pixels over the photo's edge that are cut without a word: numbers of six decimals are rounded by as much."""

ALIKE = 0.02
"""How much two shapes, width over height, may differ and still be those of one photo."""

ADVICE = "Choose COCO's annotations (.json), PASCAL VOC's (.xml) or YOLO's (.txt)."


class Format(Option):
    """Who writes such files."""

    COCO = ("coco", "COCO", "One JSON file for many photos: left, top, width and height in pixels.")
    VOC = ("voc", "PASCAL VOC", "One XML file for each photo: corners in pixels, counted from 1.")
    YOLO = ("yolo", "YOLO", "One text file for each photo: a class, a centre and a size in shares of the photo.")


@dataclass(frozen=True, slots=True, eq=False)
class TruthReading:
    """What a file says of one photo. The scores of `table` are 1; who is `difficult` need not be found (VOC alone).

    `problems` are the first five things that are wrong in words, `left_out` counts the rows without meaning, and `notes`
    tell what was done to the others. `images` are the photos that a JSON file marks something on, and `image` the one
    of the table; the other formats have none.
    """

    table: BoxTable
    difficult: Bool[np.ndarray, " m"]
    format: Format
    problems: tuple[str, ...]
    left_out: int
    notes: tuple[str, ...]
    images: tuple[str, ...] = ()
    image: str | None = None

    @property
    def objects(self) -> tuple[Labelled, ...]:
        """The same as objects with a label."""
        rows = zip(self.table.labels, self.table.boxes.tolist(), strict=True)
        return tuple(Labelled(label, (x1, y1, x2, y2)) for label, (x1, y1, x2, y2) in rows)

    def truths(self, names: Sequence[str]) -> core.boxes.evaluation.Truths:
        """The same in tensors; a label is its place in `names`.

        Raises:
            SettingError: a label is none of them.
        """
        import torch  # takes seconds, and reading needs none of it

        from core.boxes.evaluation import Truths

        strange = sorted({*self.table.labels} - {*names})
        if strange:
            raise SettingError(f"“{strange[0]}” is none of the {len(names)} classes.", "Add it to the names.")
        labels = torch.tensor([list(names).index(label) for label in self.table.labels], dtype=torch.int64)
        return Truths(torch.tensor(self.table.boxes), labels, torch.tensor(self.difficult))


class Marked(NamedTuple):
    """One object, in pixels of the photo. `cut` says that its box reached over the edge by more than rounding does."""

    box: Box
    label: str
    difficult: bool
    cut: bool


class Frame(NamedTuple):
    """The photo, and how boxes of the file become boxes of it."""

    width: int
    height: int
    across: float = 1.0
    down: float = 1.0
    notes: tuple[str, ...] = ()

    def marked(self, box: Box, label: str, *, difficult: bool = False) -> Marked:
        """A box of the file in the photo, cut at its edges.

        Raises:
            BadRowError: nothing of it lies in the photo.
        """
        scales = (self.across, self.down) * 2
        whole = [round(edge * scale, DECIMALS) for edge, scale in zip(box, scales, strict=True)]
        x1, y1, x2, y2 = kept = inside(whole, self.width, self.height)
        if not (x1 < x2 and y1 < y2):
            raise BadRowError("the box lies wholly outside the photo.")
        cut = any(abs(edge - left) > BARELY for edge, left in zip(whole, kept, strict=True))
        return Marked(kept, label, difficult, cut)


def frame_of(size: tuple[object, object] | None, width: int, height: int) -> Frame:
    """Where the file gives the photo a `size`, boxes are scaled from that."""
    if size is None:
        return Frame(width, height)
    numbers = [one for one in size if isinstance(one, int | float) and not isinstance(one, bool) and 1 <= one <= 10**6]
    if len(numbers) < 2:
        said = "The file gives its photo a size without meaning, so its boxes are taken as pixels of this one."
        return Frame(width, height, notes=(said,))
    there, down = numbers
    if (there, down) == (width, height):
        return Frame(width, height)
    note = f"The file speaks of a photo of {there:g} × {down:g} px; its boxes are scaled to this one of {width} × {height} px."
    if abs((there * height) / (down * width) - 1) > ALIKE:
        note += " The two have different shapes: it may be another photo."
    return Frame(width, height, width / there, height / down, (note,))


def reading_of(
    sorter: Sorter[Marked],
    kind: Format,
    frame: Frame,
    notes: Sequence[str] = (),
    images: tuple[str, ...] = (),
    image: str | None = None,
) -> TruthReading:
    """All that was read and told of a file.

    Raises:
        PhotoError: no row was good.
    """
    sorter.check_some(image, *notes)
    boxes, labels, difficult, cut = zip(*sorter.rows, strict=True)
    reached = [f"{amount(sum(cut))} reaching over the photo's edge: cut there."] if any(cut) else []
    return TruthReading(
        table=BoxTable(np.array(boxes, np.float64), np.ones(len(boxes)), labels),
        difficult=np.array(difficult, np.bool_),
        format=kind,
        problems=tuple(sorter.problems),
        left_out=sorter.left_out,
        notes=(*frame.notes, *notes, *reached),
        images=images,
        image=image,
    )


def inside(box: Sequence[float], width: int, height: int) -> Box:
    """The box cut at the edges of the photo; of one wholly outside no width or no height is left."""
    x1, y1, x2, y2 = box
    return (max(x1, 0.0), max(y1, 0.0), min(x2, float(width)), min(y2, float(height)))


def amount(count: int) -> str:
    """So many objects, such as "1 object"."""
    return f"{count} object{'s' if count != 1 else ''}"
