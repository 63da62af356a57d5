"""Masks that a visitor brings along: PNG files with a class for each pixel, by a palette, as numbers, or in colours.

Nothing but a mask or a `PhotoError` that says what to do comes out. Torch-free, and safe to call from many threads.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int32, Int64, UInt8
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from core.errors import PhotoError, SettingError
from core.images.decode import MAX_BYTES, MAX_PIXELS, shorten
from core.images.header import reader_of
from core.images.photo import Photo
from core.options import Option
from core.segmentation.settings import IGNORE
from core.segmentation.truths import TruthMask

MOST_COLOURS = 64
"""More are no classes, but a photo, or a mask that was smoothed."""

ALIKE = 0.02
"""How much two shapes, width over height, may differ and still be those of one photo."""

VOC_CLASSES = 21
VOID = (224, 224, 192)
SAVE = "Save the mask as PNG without smoothing, then choose that file."
AGAIN = "Save it again as PNG, or choose another mask."

EVERY_COLOUR = 2**24
BAND = 2**22
"""Pixels whose colours are looked at in one go."""

Numbers = UInt8[np.ndarray, "h w"]
Pixels = UInt8[np.ndarray, "h w channels"]
Colour = tuple[int, int, int]


class MaskKind(Option):
    """How a file says which class a pixel has."""

    PALETTE = (
        "palette",
        "Palette",
        "Each pixel holds a class number, and a palette gives that a colour: PASCAL VOC's way.",
    )
    NUMBERS = ("numbers", "Numbers", "Each pixel is as bright as its class number says.")
    VOC = ("voc", "VOC's colours", "Each class has the colour that PASCAL VOC gives it.")
    COLOURS = ("colours", "Colours", "Each colour is a class of its own, numbered by its area, the largest 0.")


@dataclass(frozen=True, slots=True)
class MaskValue:
    """A number of the mask, its colour in the file if it has one, and what part of all known pixels it has."""

    number: int
    colour: Colour | None
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class MaskReading:
    """What a file says of each pixel of a photo's working copy: a number, or 255 where nobody knows.

    `values` are the numbers that occur, the largest area first; `notes` tell how the file was understood.
    """

    numbers: Numbers
    kind: MaskKind
    values: tuple[MaskValue, ...]
    notes: tuple[str, ...]

    def truth(self, names: Mapping[int, str]) -> TruthMask:
        """The same with a name for each number; numbers of one name become one class.

        Raises:
            SettingError: a number that occurs has no name.
        """
        for value in self.values:
            if value.number not in names:
                raise SettingError(
                    f"The mask holds the number {value.number}, which has no name.", "Say which class that number is."
                )
        kept = tuple(dict.fromkeys(names[value.number] for value in sorted(self.values, key=lambda one: one.number)))
        places = np.full(256, IGNORE, np.uint8)
        for value in self.values:
            places[value.number] = kept.index(names[value.number])
        return TruthMask(places[self.numbers], kept or ("background",))


def read_mask(data: bytes, name: str, photo: Photo) -> MaskReading:
    """The mask of `photo` in a PNG file; one of another size but of the same shape is made as large.

    Raises:
        PhotoError: it is no PNG, damaged, larger than 20 MB or 40 megapixels, of another shape than the photo, holds
            numbers above 255 or more than 64 colours, or says of no pixel what it is.
    """
    shown = shorten(name)
    image = _opened(data, shown)
    numbers, kind, colours, notes = _understood(image, shown)
    numbers, resized = _fitted(numbers, shown, photo)
    known, counts = np.unique(numbers[numbers != IGNORE], return_counts=True)
    if not len(known):
        raise PhotoError(f"“{shown}” leaves every pixel open (255).", "Choose a mask that names some of them.")
    rows = zip(known.tolist(), counts.tolist(), strict=True)
    values = [MaskValue(number, colours.get(number), count / int(counts.sum())) for number, count in rows]
    values.sort(key=lambda value: -value.share)
    return MaskReading(numbers, kind, tuple(values), (*notes, *resized))


def voc_colour(number: int) -> Colour:
    """The colour of a class in PASCAL VOC's masks: its bits, spread over red, green and blue from the highest down.

    The PASCAL Visual Object Classes Challenge 2012 development kit, VOClabelcolormap.
    """
    red = green = blue = 0
    for place in range(8):
        bits = number >> (3 * place)
        red |= (bits & 1) << (7 - place)
        green |= (bits >> 1 & 1) << (7 - place)
        blue |= (bits >> 2 & 1) << (7 - place)
    return red, green, blue


def _opened(data: bytes, name: str) -> Image.Image:
    """The decoded file, its header checked first."""
    if len(data) > MAX_BYTES:
        raise PhotoError(f"“{name}” has {len(data) / 10**6:,.1f} MB; the most is {MAX_BYTES // 10**6} MB.", SAVE)
    try:
        reader = reader_of(data, name)
    except PhotoError as error:
        raise PhotoError(error.problem, SAVE) from error
    if reader is not PngImageFile:
        raise PhotoError(f"“{name}” is not a PNG file. Other formats may change the class numbers.", SAVE)
    try:
        image = PngImageFile(io.BytesIO(data))
        if image.width * image.height > MAX_PIXELS:
            most = f"the most is {MAX_PIXELS // 10**6} megapixels"
            raise PhotoError(f"“{name}” is {image.width:,} × {image.height:,} px; {most}.", "Save it smaller.")
        image.load()
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError(f"There is not enough memory for “{name}” now.", "Try again later.") from error
    except Exception as error:
        raise PhotoError(f"“{name}” is damaged or cut off, so its pixels can't be read.", AGAIN) from error
    return image


def _understood(image: Image.Image, name: str) -> tuple[Numbers, MaskKind, dict[int, Colour], tuple[str, ...]]:
    """The number of each pixel, how it was found, the colours of the numbers, and notes."""
    if image.mode == "P":
        flat = image.getpalette("RGB") or []
        colours = {place // 3: (flat[place], flat[place + 1], flat[place + 2]) for place in range(0, len(flat), 3)}
        return np.array(image, np.uint8), MaskKind.PALETTE, colours, ()
    if image.mode in ("RGB", "RGBA"):
        return _of_colours(np.array(image), name)
    grey = np.array(image.getchannel(0) if image.mode == "LA" else image)
    if grey.dtype != bool and int(grey.max()) > IGNORE:
        raise PhotoError(f"“{name}” holds numbers up to {int(grey.max())}; classes go to {IGNORE - 1}.", SAVE)
    numbers, notes = _of_two(grey.astype(np.uint8))
    return numbers, MaskKind.NUMBERS, {}, notes


def _of_two(numbers: Numbers) -> tuple[Numbers, tuple[str, ...]]:
    """Black and white: white is an object then, and not what nobody knows."""
    if set(np.unique(numbers).tolist()) == {0, IGNORE}:
        return np.minimum(numbers, 1), ("The mask is black and white: white (255) is taken as class 1.",)
    return numbers, ()


def _of_colours(pixels: Pixels, name: str) -> tuple[Numbers, MaskKind, dict[int, Colour], tuple[str, ...]]:
    """VOC's colours, shades of grey as numbers, or any few colours; what is wholly transparent is open."""
    counts, transparent = _counted(pixels)
    values = np.flatnonzero(counts)
    notes = ("Transparent pixels count for nothing.",) if transparent else ()
    colours = [(value >> 16, value >> 8 & 255, value & 255) for value in values.tolist()]
    voc = {voc_colour(number): number for number in range(VOC_CLASSES)} | {VOID: IGNORE}
    if all(colour in voc for colour in colours):
        kind, numbers = MaskKind.VOC, [voc[colour] for colour in colours]
    elif all(red == green == blue for red, green, blue in colours):
        kind, numbers = MaskKind.NUMBERS, [colour[0] for colour in colours]
    elif len(colours) > MOST_COLOURS:
        problem = f"“{name}” has {len(colours):,} colours; a mask has one for each class, {MOST_COLOURS} at most."
        raise PhotoError(problem, SAVE)
    else:
        kind, numbers = MaskKind.COLOURS, np.argsort(np.argsort(-counts[values], kind="stable")).tolist()
    found = _numbered(pixels, dict(zip(values.tolist(), numbers, strict=True)))
    if kind is MaskKind.NUMBERS:
        found, more = _of_two(found)
        return found, kind, {}, (*notes, *more)
    return found, kind, dict(zip(numbers, colours, strict=True)), notes


def _counted(pixels: Pixels) -> tuple[Int64[np.ndarray, " colours"], bool]:
    """How many pixels have each of all colours there can be, and whether some are transparent and so have none.

    A few rows at a time, and without sorting: 40 megapixels take half a second and no copy of them.
    """
    counts = np.zeros(EVERY_COLOUR, np.int64)
    known = 0
    for rows in _bands(pixels):
        found = np.bincount(_packed(rows)[_opaque(rows)])
        some = np.flatnonzero(found)
        counts[some] += found[some]
        known += int(found.sum())
    return counts, known < pixels.shape[0] * pixels.shape[1]


def _numbered(pixels: Pixels, numbers: Mapping[int, int]) -> Numbers:
    """The number of each pixel's colour; `IGNORE` where it is transparent."""
    table = np.full(EVERY_COLOUR, IGNORE, np.uint8)
    table[list(numbers)] = list(numbers.values())
    return np.concatenate([np.where(_opaque(rows), table[_packed(rows)], np.uint8(IGNORE)) for rows in _bands(pixels)])


def _bands(pixels: Pixels) -> Iterator[Pixels]:
    step = max(1, BAND // pixels.shape[1])
    return (pixels[top : top + step] for top in range(0, pixels.shape[0], step))


def _packed(pixels: Pixels) -> Int32[np.ndarray, "h w"]:
    """Each colour as one number, 0xRRGGBB."""
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    return red << 16 | green << 8 | blue


def _opaque(pixels: Pixels) -> Bool[np.ndarray, "h w"]:
    return pixels[..., 3] > 0 if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], bool)


def _fitted(numbers: Numbers, name: str, photo: Photo) -> tuple[UInt8[np.ndarray, "height width"], tuple[str, ...]]:
    """The mask as large as the photo's working copy, and what to say about that."""
    height, width = numbers.shape
    if (width, height) == (photo.width, photo.height):
        return numbers, ()
    sizes = f"{width:,} × {height:,} px, and the photo {photo.original_width:,} × {photo.original_height:,} px"
    if abs(width * photo.height / (height * photo.width) - 1) > ALIKE:
        raise PhotoError(f"“{name}” has {sizes}: they have different shapes.", "Choose the mask of this photo.")
    resized = np.array(Image.fromarray(numbers).resize((photo.width, photo.height), Image.Resampling.NEAREST))
    if (width, height) == (photo.original_width, photo.original_height):
        return resized, ()
    return resized, (f"“{name}” has {sizes}: each pixel of the photo has the class of the nearest one in the file.",)
