"""Two answers of one network compared: a depth and a way on each side, where they differ, and who is right there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from PIL import Image

from core.segmentation.settings import IGNORE, Upsampling
from ui import parts
from ui.cached import resolutions
from ui.components.wipe import Wipe, wipe
from ui.sections.segmenter.resolution_case import STRIDES, Case, Place, called
from ui.sections.segmenter.resolution_stage import number
from viz import images, masks
from viz.class_runs import differing

LARGE, SMALL = 900, 560  # px, the longest side of the wiped pictures and of the one of differences

LEFT_RIGHT, RIGHT_RIGHT, NEITHER, OPEN = 1, 2, 3, 4
COLOURS = {LEFT_RIGHT: "#D55E00", RIGHT_RIGHT: "#56B4E9", NEITHER: "#CC79A7", OPEN: "#F0E442"}
"""Of the pixels that differ: where the left answer is right, the right one, neither, and where nobody knows."""

SQUARES = {LEFT_RIGHT: "orange", RIGHT_RIGHT: "blue", NEITHER: "pink", OPEN: "yellow"}


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The pixels of the input in which two answers differ: 0 where they agree, else who is right."""

    kinds: np.ndarray

    @property
    def count(self) -> int:
        """How many differ."""
        return int((self.kinds > 0).sum())

    def of(self, kind: int) -> int:
        """How many are of one kind."""
        return int((self.kinds == kind).sum())


def split(case: Case, left: Place, right: Place) -> Split:
    """Where two answers differ, and who is right there."""
    ours, theirs = case.classes(left), case.classes(right)
    kinds = np.zeros(ours.shape, np.uint8)
    apart = ours != theirs
    truth = case.true_classes
    kinds[apart] = OPEN if truth is None else NEITHER
    if truth is not None:
        kinds[apart & (ours == truth)] = LEFT_RIGHT
        kinds[apart & (theirs == truth)] = RIGHT_RIGHT
        kinds[apart & (truth == IGNORE)] = OPEN
    return Split(kinds)


def show(case: Case, left: Place, right: Place, *, hidden: bool) -> Split:
    """Both answers under a wipe, and beside it the pixels that differ; `hidden` keeps back who is right."""
    found = split(case, left, right)
    first, second = st.columns([3, 2], gap="large")
    with first:
        _wiped(case, left, right)
    with second:
        _differences(case, left, right, found, hidden=hidden)
    return found


def _wiped(case: Case, left: Place, right: Place) -> None:
    drawn = [
        resolutions.resolution_picture(case.photo, called(place), partial(picture, case, place))
        for place in (left, right)
    ]
    wipe(
        "res-wipe",
        Wipe(
            photo=images.as_url(drawn[0]),
            after=images.as_url(drawn[1]),
            width=drawn[0].width,
            height=drawn[0].height,
            alt=f"The photo under the classes of {called(left)} to the left, and of {called(right)} to the right",
            names=(called(left), called(right)),
            tallest=360,
        ),
        lambda rest: None,
    )
    st.caption(f"**Two answers** · drag the edge: {called(left)} to the left, {called(right)} to the right of it")


def _differences(case: Case, left: Place, right: Place, found: Split, *, hidden: bool) -> None:
    kinds = np.where(found.kinds > 0, np.uint8(OPEN), found.kinds) if hidden else found.kinds
    share = parts.percent(found.count / found.kinds.size)
    parts.picture(
        resolutions.resolution_picture(
            case.photo, f"{called(left)} {called(right)} {hidden}", partial(_difference, case, kinds)
        ),
        "Pixels that differ",
        f"{found.count:,} of {found.kinds.size:,} of the network's input, {share}",
        alt=f"The pixels in which {called(left)} and {called(right)} differ, {share}",
        tallest=300,
    )
    if found.count and not hidden and case.truth is not None:
        st.caption(legend(found, left, right))


def legend(found: Split, left: Place, right: Place) -> str:
    """What each colour of the differences means, with how many pixels have it."""
    words = {
        LEFT_RIGHT: f"{called(left)} is right",
        RIGHT_RIGHT: f"{called(right)} is right",
        NEITHER: "neither is",
        OPEN: "nobody knows",
    }
    told = [
        f"{SQUARES[kind].capitalize()}: {said}, {found.of(kind):,}"
        for kind, said in words.items()
        if kind != OPEN or found.of(kind)
    ]
    return " · ".join(told)


def picture(case: Case, place: Place) -> Image.Image:
    """The photo with the areas of one answer, numbered as the classes of the network are."""
    small = np.asarray(images.fit(case.photo.pixels, LARGE))
    return masks.coloured(small, case.classes(place), masks.palette(case.names), by_place=True)


def _difference(case: Case, kinds: np.ndarray) -> Image.Image:
    return differing(np.asarray(images.fit(case.photo.pixels, SMALL)), kinds, COLOURS)


def tables(case: Case, *, hidden: bool) -> None:
    """Every depth and way in numbers: how good it is where somebody knows, else how far from the network's own answer."""
    if case.grades is None:
        own = (8, Upsampling.LEARNED)
        st.caption("**Pixels unlike 8s learned**, the network's own answer · nobody knows the truth of this photo")
        st.markdown(table(lambda place: parts.percent(float(case.unlike(place, own).mean())), hidden=hidden))
        return
    of = case.grades.of
    first, second = st.columns(2, gap="large")
    with first:
        st.caption(f"**IoU of {case.grades.label}** · how much of the area is right")
        st.markdown(table(lambda place: number(of[place].iou), hidden=hidden))
    with second:
        st.caption(f"**F-score of the contour of {case.grades.label}** · how much of the edge is where it should be")
        st.markdown(table(lambda place: number(of[place].contour), hidden=hidden))
    if case.grades.unknown:
        st.caption(
            f"This network never learned {_listed(case.grades.unknown)}: it cannot find what this scene shows, so its "
            f"{case.grades.label} is judged."
        )


def table(told: Callable[[Place], str], *, hidden: bool) -> str:
    """A row for each way, a column for each depth, in Markdown."""
    lines = ["| Way | " + " | ".join(f"{stride}s" for stride in STRIDES) + " |", "|---|" + "---:|" * len(STRIDES)]
    for way in Upsampling:
        cells = " | ".join("?" if hidden else told((stride, way)) for stride in STRIDES)
        lines.append(f"| {way.title} | {cells} |")
    return "\n".join(lines)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
