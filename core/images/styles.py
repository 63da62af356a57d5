"""Pictures to paint in the style of: those that this project drew with code, and textures of scikit-image.

The drawn ones are in `assets/styles` (see `training.artwork`). The textures are read from the data folder of the installed
scikit-image package and are not part of this project. Torch-free.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import PhotoError
from core.images.decode import decode, shorten
from core.images.photo import Photo
from core.images.samples import data_folder

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "styles"


@dataclass(frozen=True, slots=True)
class Style:
    """One row of the tray of styles: `key` for links, `title` for people, and the `file` it is read from."""

    key: str
    title: str
    file: str
    drawn: bool = True


STYLES = (
    Style("waves", "Waves", "waves.jpg"),
    Style("mosaic", "Mosaic", "mosaic.jpg"),
    Style("hatching", "Hatching", "hatching.jpg"),
    Style("brush", "Brush", "brush.jpg"),
    Style("dots", "Dots", "dots.jpg"),
    Style("marbling", "Marbling", "marbling.jpg"),
    Style("watercolour", "Watercolour", "watercolour.jpg"),
    Style("woodcut", "Woodcut", "woodcut.jpg"),
    Style("glass", "Glass", "glass.jpg"),
    Style("brick", "Brick", "brick.png", drawn=False),
    Style("grass", "Grass", "grass.png", drawn=False),
    Style("gravel", "Gravel", "gravel.png", drawn=False),
)
"""Those that a network has learned to paint in one pass come first; the last three are photos of textures, in grey."""


def shipped(key: str) -> Style | None:
    """The style that everybody has under this key; None for a visitor's own."""
    return next((row for row in STYLES if row.key == key), None)


def style_picture(key: str) -> Photo:
    """The picture called `key`.

    Raises:
        PhotoError: there is no such picture, or its file is missing.
    """
    row = shipped(key)
    if row is None:
        choices = ", ".join(row.key for row in STYLES)
        raise PhotoError(f"There is no style called “{shorten(key)}”.", f"Choose one of {choices}.")
    path = (FOLDER if row.drawn else data_folder()) / row.file
    if not path.is_file():
        raise PhotoError(f"The picture of the style “{row.title}” is missing on this server.", "Choose another style.")
    return decode(path.read_bytes(), row.title)
