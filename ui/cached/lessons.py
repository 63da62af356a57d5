"""Cached doors into the experiments of learning: what a head would learn from one photo, and the run that teaches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.boxes.settings import Labelled
from core.detection.learning_settings import OverfitSettings
from core.images.photo import Photo
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version
from viz import images
from viz.lessons import gridded

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.learning import Learning
    from core.experiments.models import Found
    from core.experiments.overfit import OverfitStep
    from core.steps import Run

LONGEST = 960
"""Pixels of the longer side of the pictures of this view."""


def learning(photo: Photo, model: str, truths: tuple[Labelled, ...]) -> Learning:
    """What the head of `model` says, should say and pays for the objects `truths`; each label is one of its classes.

    Raises:
        SettingError: too many objects, or one that is empty, outside the photo, or of a class that it does not know.
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _learning(photo.digest, version(model), truths, photo, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)  # frozen to its leaves, so one copy serves all sessions
def _learning(
    digest: str, version: Version, truths: tuple[Labelled, ...], _photo: Photo, _ticket: Ticket | None
) -> Learning:
    needs(_ticket)
    from core.experiments import learning

    return learning.learning(_photo, version[0], truths)


def begin(photo: Photo, model: str, truths: tuple[Labelled, ...]) -> Callable[[OverfitSettings], Run[OverfitStep]]:
    """What begins a run that is watched: a copy of the head learns the objects, those of new classes too."""

    def run(settings: OverfitSettings) -> Run[OverfitStep]:
        from core.experiments import overfit

        return overfit.overfit(photo, model, truths, settings)

    return run


def best_boxes(objects: tuple[Labelled, ...], things: tuple[Found, ...]) -> tuple[tuple[float, float], ...]:
    """For each object the IoU and the score of the found box of its label that fits it best, 0 and 0 where there is none.

    So cheap that it is neither cached nor queued.
    """
    preload.wait()
    import torch

    from core.boxes.iou import pairwise_iou

    if not objects or not things:
        return ((0.0, 0.0),) * len(objects)
    overlaps = pairwise_iou(
        torch.tensor([one.box for one in objects]), torch.tensor([one.box for one in things])
    ).tolist()
    fits = (
        max(
            ((iou, one.score) for iou, one in zip(row, things, strict=True) if one.label == wanted.label),
            default=(0.0, 0.0),
        )
        for wanted, row in zip(objects, overlaps, strict=True)
    )
    return tuple(fit if fit[0] > 0 else (0.0, 0.0) for fit in fits)


def grid_backdrop(photo: Photo, rows: int, cols: int) -> str:
    """The photo under the lines of a grid, as a data URL for browser components that draw on it."""
    return _grid_backdrop(photo.digest, rows, cols, photo)


@st.cache_data(max_entries=32, show_spinner=False)
def _grid_backdrop(digest: str, rows: int, cols: int, _photo: Photo) -> str:
    return images.data_url(gridded(small(_photo), rows, cols), quality=85)


def small(photo: Photo, longest: int = LONGEST) -> np.ndarray:
    """The pixels (h, w, 3) of the photo, made smaller where they are many. Not cached: whoever draws on them is."""
    return np.asarray(images.fit(photo.pixels, longest))
