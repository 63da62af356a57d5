"""A class for every pixel of a photo, by any segmenter of the lab: in one pass or tile by tile, as a run to be watched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.errors import ModelError
from core.experiments.cost import Cost
from core.experiments.effort import Effort
from core.experiments.opened import UNBILLED
from core.experiments.segmented import Box, Segmented, segmented
from core.experiments.underway import Network, UnderWay
from core.images.decode import original
from core.images.photo import Photo
from core.images.resize import fit, stretch
from core.segmentation.settings import Plan, SegmentSettings, planned
from core.segmentation.tiled import TileStep, tiled
from core.steps import Run, Step
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard, Task, View
from core.zoo.weights import damaged

MULTIPLE = 32  # of a pixel are the sides of the lab's own input


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentStep(Step):
    """One more of `count` tiles: `tile` is its box in pixels of the photo's working copy.

    `preview` has the classes so far over the whole photo, of every so many pixels, 255 where no tile has been. `answer`
    comes with the last step alone. `cost` is the bill so far.
    """

    tile: Box
    count: int
    preview: UInt8[np.ndarray, "rows columns"]
    answer: Segmented | None
    cost: Cost


def plan_of(photo: Photo, model: str, settings: SegmentSettings) -> Plan:
    """What the settings mean for this photo and network: the tiles and the passes, before anything is loaded.

    Raises:
        ModelError: there is no such segmenter.
        SettingError: it would take too many passes.
    """
    row = _segmenter(model)
    height, width = (photo.original_height, photo.original_width) if settings.original else (photo.height, photo.width)
    return planned(height, width, row.class_count, settings)


def segmenting(photo: Photo, model: str, settings: SegmentSettings) -> Run[SegmentStep]:
    """The class of each pixel as a run, a tile a step, which loads the network in its first step.

    Memory is fitted at the first step, which takes the sums of all scores and one tile.

    Raises:
        ModelError: there is no such segmenter; in the run, its file is damaged.
        SettingError: it would take too many passes.
        WeightsMissingError: in the run, its weights are not on this machine yet.
        MemoryShortError: in the run, no device has room for it.
    """
    return _segmenting(photo, _segmenter(model), plan_of(photo, model, settings), settings)


def segment(photo: Photo, model: str, settings: SegmentSettings | None = None) -> Segmented:
    """The same to its end; by default all of the photo in one pass. The errors are those of `segmenting`."""
    *_, last = segmenting(photo, model, settings or SegmentSettings())
    return _answer(last)


def as_seen(row: ModelCard, image: Float[Tensor, "1 3 h w"], scale: float = 1.0) -> Float[Tensor, "1 3 rows columns"]:
    """A picture in [0, 1] as large as a network takes it, at `scale` times the size that it learned with."""
    side = max(1, round(row.resize * scale))
    if row.view is View.STRETCH:
        side = max(MULTIPLE, round(side / MULTIPLE) * MULTIPLE)
        return stretch(image, height=side, width=side).image
    return fit(image, shortest=side, longest=max(side, round(row.longest * scale))).image


def effort(photo: Photo, model: str, settings: SegmentSettings) -> Effort[Segmented]:
    """The same a little at a time. The errors of `segmenting` come when it is advanced."""
    return Effort(lambda: segmenting(photo, model, settings), lambda steps: _answer(steps[-1]))


def _answer(last: SegmentStep) -> Segmented:
    if last.answer is None:
        raise ValueError("the run has not come to its end")
    return last.answer


def _segmenter(model: str) -> ModelCard:
    row = card(model)
    if row.task is not Task.SEGMENT:
        raise ModelError(f"{row.title} gives no class to each pixel.", "Choose a network that segments.")
    return row


def _segmenting(photo: Photo, row: ModelCard, plan: Plan, settings: SegmentSettings) -> Run[SegmentStep]:
    pixels = original(photo) if settings.original else photo.pixels
    way = UnderWay(
        row.key,
        lambda network, _, home: _told(
            photo, row, plan, settings, tiled(pixels, partial(_ask, network, row), plan, settings, home=home)
        ),
    )
    while (step := way.newest) is not None:
        answer = step.answer and replace(step.answer, cost=way.cost)
        yield replace(step, cost=way.cost, answer=answer)
        way.go_on()


def _ask(
    network: Network, row: ModelCard, image: Float[Tensor, "1 3 h w"], scale: float
) -> Float[Tensor, "classes rows columns"]:
    """The scores of a picture, shown as the network takes photos, at `scale` times its size."""
    with torch.inference_mode():
        scores = network(as_seen(row, image, scale))[0]
        if not bool(scores.sum().isfinite()):  # one that is not makes a sum of all that is not
            raise damaged(row)
    return scores


def _told(photo: Photo, row: ModelCard, plan: Plan, settings: SegmentSettings, run: Run[TileStep]) -> Run[SegmentStep]:
    """Steps without a bill, in pixels of the working copy."""
    width, height = float(photo.width), float(photo.height)

    def corner(x: int, y: int) -> tuple[float, float]:
        return x * width / plan.width, y * height / plan.height

    seen = (0.0, 0.0, *corner(plan.columns * plan.factor, plan.rows * plan.factor))
    for step in run:
        tile = step.tile
        right, bottom = corner(tile.x + tile.width, tile.y + tile.height)
        yield SegmentStep(
            index=step.index,
            tile=(*corner(tile.x, tile.y), min(right, width), min(bottom, height)),
            count=step.count,
            preview=step.preview,
            answer=None if step.scores is None else segmented(row, settings, seen, step.scores),
            cost=UNBILLED,
        )
