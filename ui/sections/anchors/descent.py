"""The descent: four copies of a far-away box, and which loss pulls one home."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.settings import Box, DescentSettings
from core.images.photo import Photo
from ui import cached, parts
from ui.sections.anchors.boxes import Pair
from ui.stepper import Fixed, Scene, Track, scrub
from viz.colours import BOX_A, SERIES

if TYPE_CHECKING:
    from core.experiments.anchors import Descents

FAR_AWAY, FROM_B = "Far away", "Box B"


def descent(photo: Photo, pair: Pair) -> Descents:
    """Four boxes descend on the same target, each by its own loss: controls, the scene to scrub, the four results."""
    parts.section(
        "Which loss pulls a box home?",
        "Four copies of one box follow the slope of 1 − IoU, 1 − GIoU, 1 − DIoU and 1 − CIoU. Which one never starts?",
    )
    first, second, third = st.columns(3, gap="medium")
    with first:
        chosen = st.segmented_control(
            "Start", [FAR_AWAY, FROM_B], default=FAR_AWAY, required=True, key="from", bind="query-params"
        )
    settings = _settings(second, third)
    start, target = _far_away(photo) if chosen != FROM_B else (pair.b, pair.a)
    answer = cached.descents(start, target, settings)
    scrub(_scene(photo, target, answer), key="step", opening=settings.steps // 4)  # on the way, all four apart
    st.caption(f"After {settings.steps} steps, wherever the picture above stands:")
    for cell, row in zip(parts.four(130), answer.rows, strict=True):
        end = row.steps[-1].iou
        home = next((step.index for step in row.steps if step.iou > 0.9), None)
        if home is not None:
            verdict, colour = f"above 0.9 at step {home}", "green"
        elif row.steps[0].gradient == 0:
            verdict, colour = "never moves", "orange"
        else:
            verdict, colour = f"not above 0.9 in {settings.steps} steps", "orange"
        cell.metric(
            f"1 − {row.measure.title}",
            f"IoU {end:.3f}",
            delta=verdict,
            delta_color=colour,
            delta_arrow="off",
            help=row.measure.lesson,
        )
    return answer


def _settings(first: DeltaGenerator, second: DeltaGenerator) -> DescentSettings:
    """How long and how fast a box descends: one slider in each of two cells."""
    standard = DescentSettings()
    steps = first.slider("Steps", 50, 400, standard.steps, 50, key="steps", bind="query-params")
    rate = second.slider(
        "Learning rate",
        0.05,
        1.0,
        standard.learning_rate,
        0.05,
        key="rate",
        bind="query-params",
        help="How far one step goes. Too far, and a box swings past its target.",
    )
    return DescentSettings(steps=steps, learning_rate=rate)


def _far_away(photo: Photo) -> tuple[Box, Box]:
    """A flat start and an upright target, more than four target sizes apart where the photo has room for that.

    Sizes and distance are shares of one unit, so the four losses do the same on every photo that is not a strip.
    """
    width, height = float(photo.width), float(photo.height)
    unit = min(0.555 * math.hypot(width, height), width, height)
    target = (0.92 * width - 0.22 * unit, 0.92 * height - 0.34 * unit, 0.92 * width, 0.92 * height)
    left = (target[0] + target[2]) / 2 - (1.045 + 0.15) * unit
    top = (target[1] + target[3]) / 2 - (0.595 + 0.075) * unit
    left, top = max(0.0, left), max(0.0, top)
    return (left, top, left + 0.30 * unit, top + 0.15 * unit), target


def _scene(photo: Photo, target: Box, answer: Descents) -> Scene:
    tracks = tuple(
        Track(
            name=f"1 − {row.measure.title}",
            colour=stroke.colour,
            dash=stroke.dash,
            boxes=tuple(tuple(round(value, 1) for value in step.box) for step in row.steps),  # pyright: ignore[reportArgumentType]
            values=tuple(round(step.iou, 4) for step in row.steps),
        )
        for row, stroke in zip(answer.rows, SERIES, strict=True)
    )
    goal = Fixed("Target", BOX_A.colour, BOX_A.dash, target)
    return Scene(
        cached.backdrop(photo), photo.width, photo.height, (goal,), tracks, "IoU with the target, step by step"
    )
