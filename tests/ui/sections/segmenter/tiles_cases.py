"""Cases of the view Tiles for its tests: sample photos, and one that was made smaller."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.experiments.segmenting import plan_of, segment
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.images.tiles import Window
from core.segmentation.settings import SegmentSettings
from core.zoo.catalog import card
from ui.sections.segmenter.tiles_case import Case

SIDE_BY_SIDE = SegmentSettings(tile=256, overlap=0.0, window=Window.FLAT)
AVERAGED = SegmentSettings(tile=256, overlap=0.5)


def case(photo: Photo | str, settings: SegmentSettings = AVERAGED) -> Case:
    """The lab's own segmenter on a photo, or on a sample by its key."""
    chosen = sample(photo) if isinstance(photo, str) else photo
    return Case(chosen, card("lab-fcn"), settings, plan_of(chosen, "lab-fcn", settings), segment(chosen, "lab-fcn"))


def large(width: int = 2000, height: int = 1200) -> Photo:
    """The cat so large that its working copy is smaller."""
    made = Image.fromarray(sample("cat").pixels).resize((width, height), Image.Resampling.BICUBIC)
    return from_pixels(np.asarray(made), "large.png")
