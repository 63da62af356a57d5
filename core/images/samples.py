"""The photos of the tray: five of scikit-image, with boxes drawn for this project, and the scenes it draws itself.

The photos are read from the data folder of the installed scikit-image package and are not part of this project. Their
boxes are in `assets/photos/ground_truth.json`:

    {"<key>": [{"label": "<word>", "box": [x1, y1, x2, y2]}, ...], ...}

in whole pixels of the file, `x2` and `y2` exclusive, good to about 3 pixels. A box holds what is visible of its object,
and the first one of a photo is the main object. Of two photos the outline of that object is in `outlines.json`, drawn by
eye before any segmenter was judged by it, as `[x, y]` in the same pixels.

Torch-free.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw

from core.errors import PhotoError
from core.images.decode import decode, original, shorten
from core.images.photo import GroundTruth, Photo, from_pixels
from core.images.scenes import HEIGHT, WIDTH, Scene, draw

GROUND_TRUTH = Path(__file__).resolve().parents[2] / "assets" / "photos" / "ground_truth.json"
OUTLINES = GROUND_TRUTH.with_name("outlines.json")
FILES = {
    "cat": "chelsea.png",
    "astronaut": "astronaut.png",
    "coffee": "coffee.png",
    "motorcycle": "motorcycle_left.png",
    "rocket": "rocket.jpg",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the tray: `key` for links, `title` for people."""

    key: str
    title: str


SAMPLES = tuple(Sample(key, key.title()) for key in (*FILES, *(scene.value for scene in Scene)))


def sample(key: str) -> Photo:
    """The sample photo called `key`, with its ground truth.

    Raises:
        PhotoError: there is no such sample, or scikit-image's photos are not on this machine.
    """
    title = next((row.title for row in SAMPLES if row.key == key), None)
    if title is None:
        choices = ", ".join(row.key for row in SAMPLES)
        raise PhotoError(f"There is no sample photo called “{shorten(key)}”.", f"Choose one of {choices}.")
    if key not in FILES:
        scene = Scene(key)
        width, height = (500, 333) if scene is Scene.TRIANGLE else (WIDTH, HEIGHT)
        return draw(scene, width=width, height=height)
    path = data_folder() / FILES[key]
    if not path.is_file():
        raise PhotoError(f"The sample photo “{title}” is missing from scikit-image's data.", "Choose another sample.")
    pixels = original(decode(path.read_bytes(), title))
    return from_pixels(pixels, title, truth=_truth(key))


def outlined(key: str) -> tuple[str, Bool[np.ndarray, "h w"]] | None:
    """The main object of a sample photo, drawn by eye: its label and its pixels. None where nobody drew it.

    Raises:
        PhotoError: there is no such sample.
    """
    photo = sample(key)
    rows = json.loads(OUTLINES.read_text(encoding="utf-8")).get(key)
    if rows is None:
        return None
    mask = Image.new("1", (photo.width, photo.height))
    ImageDraw.Draw(mask).polygon([(x, y) for x, y in rows[0]["outline"]], fill=1)
    return rows[0]["label"], np.array(mask)


def data_folder() -> Path:
    """Where scikit-image keeps its photos, found without importing it."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise PhotoError("The sample photos come with scikit-image, which is not installed.", "Choose a drawn scene.")
    return Path(spec.origin).parent / "data"


def _truth(key: str) -> GroundTruth:
    rows = json.loads(GROUND_TRUTH.read_text(encoding="utf-8"))[key]
    boxes = np.array([row["box"] for row in rows], np.float32).reshape(-1, 4)
    return GroundTruth(boxes, tuple(row["label"] for row in rows))
