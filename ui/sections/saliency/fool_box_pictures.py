"""An attack on a box in pictures: before and after with their boxes, and the score update by update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.images.photo import Photo
from ui.cached import drawings
from ui.components.film import Chart, Film, Level, Panel, Series
from ui.sections.saliency import fool_film
from viz import images
from viz.colours import BOX_B, IGNORED, POSITIVE
from viz.detections import Tagged, detection_picture

if TYPE_CHECKING:
    from core.experiments.adversarial import FoolStep
    from core.experiments.box_attack import BoxOutcome
    from core.experiments.models import Found
    from ui.sections.saliency.fool_box import Boxed

LONGEST = 560  # px of a picture


def pictures(boxed: Boxed, outcome: BoxOutcome) -> tuple[images.Picture, images.Picture]:
    """Before and after, each with the boxes that are worth drawing."""

    def drawn(title: str, pixels: np.ndarray, things: tuple[Found, ...]) -> images.Picture:
        sure = [one for one in things if one.score >= boxed.clean.sure]
        return drawings.drawn(f"{boxed.name} {title}", lambda: drawn_boxes(boxed.photo, pixels, sure, outcome.before))

    return (
        drawn("before", boxed.clean.pixels, boxed.clean.things),
        drawn("after", outcome.pixels, outcome.things),
    )


def drawn_boxes(photo: Photo, pixels: np.ndarray, things: list[Found], victim: Found) -> Image.Image:
    """The detector's input in the shape of the photo, with the boxes; those of the attacked class stand out."""
    factor = LONGEST / max(photo.width, photo.height)
    size = (max(1, round(photo.width * factor)), max(1, round(photo.height * factor)))
    across, down = size[0] / pixels.shape[1], size[1] / pixels.shape[0]
    tagged = [
        Tagged(
            (one.box[0] * across, one.box[1] * down, one.box[2] * across, one.box[3] * down),
            f"{one.label} {one.score:.2f}",
            BOX_B.colour if one.index == victim.index else IGNORED.colour,
        )
        for one in things
    ]
    return detection_picture(np.asarray(images.to_image(pixels).resize(size, Image.Resampling.BILINEAR)), tagged)


def reel(key: str, boxed: Boxed, steps: Sequence[FoolStep], factor: int) -> Film:
    """The picture and its change over the updates, and the score beside them; `key` tells runs apart."""
    frames = np.stack([step.pixels for step in steps])
    panels = (
        Panel(
            "Adversarial",
            "The changed picture as the detector is given it, rounded to 8 bits",
            drawings.drawn_frames(f"{key} changed", lambda: frames),
            tuple(told(step) for step in steps),
        ),
        Panel(
            f"The change × {factor}",
            f"The difference to the clean picture, {factor} times as large; grey is none",
            drawings.drawn_frames(f"{key} {factor}", lambda: fool_film.magnified(frames, frames[0], factor)),
            tuple(f"at most {step.levels} of 255 levels" for step in steps),
        ),
    )
    curve = Series("the attacked score", POSITIVE, tuple(float(step.answer[0]) for step in steps))
    chart = Chart(
        "The score",
        "updates",
        "score",
        tuple(float(step.index) for step in steps),
        (curve,),
        (Level("threshold", boxed.aim.threshold),),
        y_range=(0.0, 1.0),
    )
    return Film(panels, (chart,), tuple(fool_film.counted(step, steps[-1].index) for step in steps))


def told(step: FoolStep) -> str:
    """The score of the box at a step: as a picture of 8 bits where that was asked, else in real numbers."""
    return f"score {float((step.answer if step.rounded_answer is None else step.rounded_answer)[0]):.2f}"
