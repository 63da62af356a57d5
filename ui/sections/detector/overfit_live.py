"""The head learns this one photo while one looks: boxes that move onto their objects, the loss that falls, then a film."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.settings import Labelled
from core.detection.learning_settings import OverfitSettings
from ui import cached, formats, live, messages, parts
from ui.cached import drawings, lessons
from ui.sections.detector import overfit_controls, overfit_film
from ui.sections.detector.learning_case import CROWDED, Case
from ui.sections.detector.learning_table import number
from ui.sections.detector.overfit_pictures import GOOD, curves, drawn, picture
from viz import images
from viz.loss_charts import falling_chart

if TYPE_CHECKING:
    from core.experiments.overfit import OverfitStep
    from ui.live import Shown


@st.fragment
def overfit(case: Case) -> None:
    """The whole part: a moved control of the run reruns it, and nothing else of the page."""
    parts.section(
        "Watch it learn",
        "A copy of the head is taught these objects on this photo and nothing else. The layers below stay as they are.",
    )
    with messages.guard("The run"):
        objects = tuple(replace(one, label=case.kind(place)) for place, one in enumerate(case.objects))
        with parts.hideable("overfit"):
            settings = overfit_controls.beginning()
            _warn(case)
        left, right = st.columns([4, 1], gap="large")
        with right, parts.hideable("weights"):
            settings = overfit_controls.steering(settings)
        with left, parts.hideable("run"):
            live.watch(
                "learning-overfit",
                (cached.version(case.card.key), case.photo.digest, objects, *_fixed(settings)),
                lessons.begin(case.photo, case.card.key, objects),
                settings,
                lambda shown: _draw(case, objects, settings, shown),
                total=settings.steps,
                what="The run",
            )


def _fixed(settings: OverfitSettings) -> tuple[str, int, int]:
    """What makes it another run."""
    return settings.start.value, settings.steps, settings.seed


def _warn(case: Case) -> None:
    """Where this head often fails, and what to do: always one element."""
    if case.answer.grid.rows > 7 and len(case.objects) >= CROWDED:
        st.caption(
            f":material/info: With {len(case.objects)} objects the 14 × 14 head often misses some: many anchors learn each, "
            "and neighbours share the class of a cell. The 7 × 7 head is steadier."
        )
    else:
        st.empty()


def _draw(case: Case, objects: tuple[Labelled, ...], settings: OverfitSettings, shown: Shown[OverfitStep]) -> None:
    """In every phase of the run: the photo, the loss, and how far each object is."""
    newest = shown.newest
    if newest is None:
        _before(case, objects)
    elif shown.phase.ended:
        overfit_film.show(case, objects, shown.history)
        _figures(objects, shown.history, newest)
        _away(objects, shown.history)
        st.caption(parts.billed(newest.cost))
    else:
        _now(case, objects, settings, shown.history, newest)
        _figures(objects, shown.history, newest)


def _away(objects: tuple[Labelled, ...], steps: tuple[OverfitStep, ...]) -> None:
    """The kept updates as a file."""
    st.download_button(
        "Numbers of this run",
        lambda: formats.csv(rows(objects, steps)),
        "detector-overfit.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
        key="detector-overfit-csv",
    )


def rows(objects: tuple[Labelled, ...], steps: tuple[OverfitStep, ...]) -> list[dict[str, str | float | int]]:
    """A row for each kept update: the loss and its parts, how many boxes, and the IoU of each object."""
    return [
        {
            "update": step.index,
            **{name: values[place] for name, values in curves(steps).items()},
            "boxes": len(step.things),
            **{
                f"IoU {number} {one.label}": iou
                for number, (one, iou) in enumerate(zip(objects, step.ious, strict=True), 1)
            },
        }
        for place, step in enumerate(steps)
    ]


def _before(case: Case, objects: tuple[Labelled, ...]) -> None:
    """What the trained network finds, before anybody teaches it this photo."""
    with st.container():  # a cached door takes a place on the page
        found = cached.things(case.photo, case.card.key).things
    sure = tuple(one for one in found if one.score >= case.card.sure)
    shown = drawings.drawn(
        f"taught before {case.photo.digest} {cached.version(case.card.key)} {objects}",
        lambda: picture(lessons.small(case.photo), case.photo.width, objects, sure),
    )
    parts.picture(
        shown,
        "Before",
        "green what is marked, orange what the trained network finds",
        alt=f"The photo with {len(objects)} marked objects and {len(sure)} boxes of the trained network",
    )
    fits = lessons.best_boxes(objects, sure)
    st.markdown(_table(objects, [("the trained network", fits)]))
    st.caption("Start teaches a copy of the head, update by update. You can pause, steer and stop it.")


def _now(
    case: Case,
    objects: tuple[Labelled, ...],
    settings: OverfitSettings,
    history: tuple[OverfitStep, ...],
    newest: OverfitStep,
) -> None:
    """The newest boxes, and the loss so far."""
    left, right = st.columns(2, gap="medium")
    with left:
        made = picture(lessons.small(case.photo, 640), case.photo.width, objects, newest.things)
        parts.picture(
            images.encode(made),
            "Now",
            f"update {newest.index}, {drawn(newest)}",
            alt=f"The photo with its objects and {len(newest.things)} boxes of the head after update {newest.index}",
        )
    with right:
        st.image(
            falling_chart([one.index for one in history], curves(history), settings.steps),
            width="stretch",
            alt=f"The loss so far: {number(newest.total)} after update {newest.index}",
        )


def _figures(objects: tuple[Labelled, ...], history: tuple[OverfitStep, ...], newest: OverfitStep) -> None:
    """The numbers that check it, and for each object how it began and how it stands."""
    first = history[0]
    since = next((one.index for one in history if one.reached), None)
    cells = parts.four(120)
    cells[0].metric(
        "Loss", number(newest.total), delta=f"at first {number(first.total)}", delta_color="gray", delta_arrow="off"
    )
    cells[1].metric(
        "Smallest IoU",
        f"{min(newest.ious):.3f}",
        delta=f"of {len(objects)} object{'s' if len(objects) != 1 else ''}",
        delta_color="green" if newest.reached else "orange",
        delta_arrow="off",
    )
    cells[2].metric("Boxes", f"{len(newest.things)}", delta="score from 0.05 on", delta_color="gray", delta_arrow="off")
    cells[3].metric(
        f"All at {GOOD:g}",
        "not yet" if since is None else f"by update {since}",
        delta="and maybe lost since" if since is not None and not newest.reached else "each with its class",
        delta_color="gray",
        delta_arrow="off",
        help=f"When every object first had a box of its class with an IoU of {GOOD:g}, among the updates that are kept.",
    )
    columns = [
        ("at first", lessons.best_boxes(objects, first.things)),
        ("now", lessons.best_boxes(objects, newest.things)),
    ]
    st.markdown(_table(objects, columns))


def _table(objects: tuple[Labelled, ...], columns: list[tuple[str, tuple[tuple[float, float], ...]]]) -> str:
    """IoU and score of the box that fits each object best, in Markdown."""
    head = "".join(f" IoU, {name} | score |" for name, _ in columns)
    lines = [f"| object |{head}", "|---|" + "---:|---:|" * len(columns)]
    for place, one in enumerate(objects):
        cells = "".join(
            f" **{fits[place][0]:.3f}** | {parts.percent(fits[place][1], 0)} |" if fits[place][0] else " no box | |"
            for _, fits in columns
        )
        lines.append(f"| {place + 1} {messages.escape(one.label)} |{cells}")
    return "\n".join(lines)
