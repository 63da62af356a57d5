"""The three depths over the photo with the magnifying glass, what the URL holds of it, and their grades in numbers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import IGNORE, Upsampling
from core.segmentation.truths import BACKGROUND
from core.zoo.segmenters import LAB_FCN_MEAN_IOU
from ui import address, cached, parts
from ui.components.depth_lens import Pane, Point, Scene, depth_lens
from ui.sections.segmenter.resolution_case import STRIDES, Case
from ui.sections.segmenter.resolution_controls import STAGE, TAKEN
from viz import masks
from viz.class_runs import outline, runs

if TYPE_CHECKING:
    from core.experiments.judging_strides import Grade

POINT, OF = "res-at", "res-of"
"""Where the glass is, in the URL as `x,y` in pixels of the photo; and which photo it was put on."""

GLASS = 0.26
"""Of the square root of the photo's area: that of the magnified part, which is twice as wide as high."""

_POINT = re.compile(r"(\d{1,5}),(\d{1,5})")


def follow(photo: Photo) -> None:
    """Take the point that a link names, forget that of another photo, and show the one that is left in the URL."""
    state = st.session_state
    if state.get(OF) not in (None, photo.digest) and address.peek(POINT) is None:
        address.keep(POINT, None)
    state[OF] = photo.digest
    named = address.changed(POINT)
    if named is not None:
        state[POINT] = named
    point = _read(photo, state.get(POINT))
    address.show(POINT, None if point is None else written(point))


def point(case: Case) -> Point:
    """Where the glass is: where it was put or a link says, else where there is most of a border."""
    return _read(case.photo, st.session_state.get(POINT)) or border(case)


def written(point: Point) -> str:
    """A point as the URL holds it."""
    return f"{round(point[0])},{round(point[1])}"


def border(case: Case) -> Point:
    """The middle of the part, as large as the glass, with most of a border; without one the middle of the photo.

    It is the border of what is there in truth, where nobody knows that of the class with the largest area.
    """
    inside = case.classes((8, Upsampling.LEARNED)) == case.largest
    if case.true_classes is not None:
        inside = (case.true_classes != case.names.index(BACKGROUND)) & (case.true_classes != IGNORE)
    edge: np.ndarray = np.zeros(inside.shape, np.int64)
    edge[1:] += inside[1:] != inside[:-1]
    edge[:, 1:] += inside[:, 1:] != inside[:, :-1]
    x1, y1, x2, y2 = case.found.seen
    wide, high = (
        min(whole, max(1, round(side / (end - start) * whole)))
        for side, start, end, whole in zip(glass(case.photo), (x1, y1), (x2, y2), edge.shape[::-1], strict=True)
    )
    sums = np.pad(edge.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    there = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    middle = (there.shape[0] // 2, there.shape[1] // 2)
    row, column = divmod(int(there.argmax()), there.shape[1]) if edge.any() else middle
    x = x1 + (column + wide / 2) / edge.shape[1] * (x2 - x1)
    y = y1 + (row + high / 2) / edge.shape[0] * (y2 - y1)
    return float(round(x)), float(round(y))


def glass(photo: Photo) -> Point:
    """How wide and high a part of the photo is magnified, in its pixels."""
    side = GLASS * math.sqrt(photo.width * photo.height)
    return min(photo.width, side * math.sqrt(2)), min(photo.height, side / math.sqrt(2))


def show(case: Case, way: Upsampling) -> None:
    """The depths beside each other, all enlarged in one way."""
    depth_lens("res-lens", scene(case, way), point(case), _keep)


def scene(case: Case, way: Upsampling) -> Scene:
    """What the browser draws."""
    photo = case.photo
    return Scene(
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        part=case.found.seen,
        size=case.classes((8, way)).shape,
        names=case.names,
        colours=masks.palette(case.names),
        panes=tuple(pane(case, stride, way) for stride in STRIDES),
        outline="" if case.true_area is None else outline(case.true_area),
        glass=glass(photo),
    )


def pane(case: Case, stride: int, way: Upsampling) -> Pane:
    """One depth. The mean IoU is known of the learned way alone, so beside another way it says so."""
    _, rows, columns = case.depth(stride).scores.shape
    mean = f"mean IoU {parts.percent(LAB_FCN_MEAN_IOU[stride])}"
    known = f"{mean} on 174 photos" if way is Upsampling.LEARNED else f"learned: {mean}"
    return Pane(
        title=f"{stride}s",
        note=f"{rows} × {columns} cells · {known}",
        rows=rows,
        columns=columns,
        runs=runs(case.classes((stride, way))),
    )


def figures(case: Case, way: Upsampling, *, hidden: bool) -> None:
    """A number for each depth, and how much changes between the coarsest and the finest; `hidden` while that is asked."""
    cells = parts.four()
    for cell, stride in zip(cells, STRIDES, strict=False):
        grade = case.grade((stride, way))
        if case.grades is None or grade is None:
            own = (8, Upsampling.LEARNED)
            share = float(case.unlike((stride, way), own).mean())
            label, value, note = f"{stride}s differs from 8s learned by", parts.percent(share), "of the pixels"
        else:
            label, value, note = f"{stride}s: IoU of {case.grades.label}", number(grade.iou), _contour(grade)
        cell.metric(
            label,
            "?" if hidden else value,
            delta="guess, then reveal" if hidden else note,
            delta_color="gray",
            delta_arrow="off",
        )
    changed = case.unlike((32, way), (8, way))
    cells[3].metric(
        "Other at 8s than at 32s",
        parts.percent(float(changed.mean())),
        delta=f"{int(changed.sum()):,} of {changed.size:,} pixels",
        delta_color="gray",
        delta_arrow="off",
    )


def number(value: float | None) -> str:
    """An IoU or an F-score; a dash where there is none."""
    return "—" if value is None else f"{value:.3f}"


def _contour(grade: Grade) -> str:
    return f"contour F-score {number(grade.contour)}"


def _read(photo: Photo, words: object) -> Point | None:
    """The point that the session holds, if it is on the photo."""
    found = _POINT.fullmatch(words) if isinstance(words, str) and words.isascii() else None
    if found is None:
        return None
    x, y = float(found[1]), float(found[2])
    return (x, y) if x <= photo.width and y <= photo.height else None


def _keep(point: Point) -> None:
    address.keep(POINT, written(point))
    st.rerun(scope=[STAGE, TAKEN])
