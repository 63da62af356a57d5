"""Which anchors are these? Point at the photo, and the anchors of that place are drawn, measured and counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.layout import AnchorSettings, Convention, Generator, levels, pairs, pixel_size
from core.boxes.settings import Labelled
from core.errors import SettingError
from core.images.photo import Photo
from ui import box_field, cached, controls, export, messages, parts
from ui.components.cell_picker import Cells, Point, cell_picker
from ui.sections.anchors import cases, counting, generator, snippet, truths
from viz.anchors import cell_picture

if TYPE_CHECKING:
    from core.experiments.assignment import Anchors, Placed

KEY = "at"


def stage(photo: Photo, objects: tuple[Labelled, ...], settings: AnchorSettings, point: Point) -> None:
    """The photo with the anchors of the place nearest to `point`, which moves in the browser. It needs no torch."""
    cells = Cells(
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        levels=levels(settings, height=photo.height, width=photo.width),
        truths=objects,
        other=_other(photo, settings),
        conventions=_titles(settings),
    )
    cell_picker("cell-picker", cells, point, _moved)


def typed(photo: Photo, objects: Sequence[Labelled]) -> Point:
    """The text field with the place, in pixels: at first the middle of the first object."""
    first = objects[0].box if objects else (0.0, 0.0, float(photo.width), float(photo.height))
    middle = ((first[0] + first[2]) / 2, (first[1] + first[3]) / 2)
    if st.session_state.get("at_photo", photo.digest) != photo.digest and not box_field.linked(KEY):
        st.session_state[KEY] = _written(middle)
    st.session_state["at_photo"] = photo.digest
    words = st.text_input(
        "Place",
        value=_written(middle),
        key=KEY,
        bind="query-params",
        max_chars=40,
        help="x and y in pixels of the photo from its top left corner. Or point at the photo.",
    )
    st.session_state[f"{KEY}-typed"] = words
    last = f"{KEY}-last"
    try:
        st.session_state[last] = _read(words or "", photo)
    except SettingError as error:
        messages.explain(error)
    x, y = st.session_state.get(last, middle)
    return min(x, photo.width), min(y, photo.height)


def figures(answer: Anchors, placed: Sequence[Placed]) -> None:
    """How many, how large, how long, and how good."""
    best = max(one.iou for one in placed)
    first, second, third, fourth = parts.four(130)
    places = sum(level.rows * level.cols for level in answer.levels)
    first.metric("Anchors", f"{answer.count:,}", delta=f"{places:,} places", delta_color="gray", delta_arrow="off")
    second.metric("Memory", counting.size(answer.size), delta="16 bytes each", delta_color="gray", delta_arrow="off")
    third.metric(
        "Time to make them",
        f"{answer.cost.milliseconds:,.1f} ms",
        delta=answer.cost.device,
        delta_color="gray",
        delta_arrow="off",
    )
    fourth.metric(
        "Best IoU here",
        f"{best:.4f}",
        delta="a match at 0.5" if best >= 0.5 else "no match at 0.5",
        delta_color="green" if best >= 0.5 else "orange",
        delta_arrow="off",
        help=f"The largest IoU of the {len(placed)} anchors of this place with any object.",
    )


def density(photo: Photo, settings: AnchorSettings, answer: Anchors) -> None:
    """How many anchors lie over each point of the photo: millions as one picture, never as millions of shapes."""
    most = float(answer.over.max())
    parts.picture(
        cached.density_picture(photo, settings, answer),
        "Anchors over each point",
        f"all {answer.count:,} of them",
        alt=f"Map of how many anchors lie over each point of {photo.name}, from {answer.over.min():,.0f} to {most:,.0f}",
        scale=parts.Scale("viridis", "0", "", f"{most:,.0f} anchors"),
        tallest=300,
    )


def take_away(
    photo: Photo,
    objects: Sequence[Labelled],
    settings: AnchorSettings,
    answer: Anchors,
    point: Point,
    placed: Sequence[Placed],
) -> None:
    """The closing row: the photo with the anchors of the place, their table, the link, the lines of PyTorch."""
    export.take_away(
        "anchors",
        picture=lambda: cell_picture(photo.pixels, objects, [one.box for one in placed]),
        rows=lambda: rows(placed, objects),
        settings=lambda: {"photo": photo.name, "place": point, "anchors": answer.count, **generator.plain(settings)},
        link=lambda: controls.link("part", cases.KEY, truths.KEY, KEY, *generator.KEYS),
        snippet=lambda: snippet.anchors(answer.levels, truths.boxes(objects), *point),
    )


def rows(placed: Sequence[Placed], objects: Sequence[Labelled]) -> list[dict[str, str | float | int]]:
    """The anchors of the place, and for each the object it overlaps most: the table to take away."""
    return [
        {
            "anchor": one.index,
            "row": one.row,
            "column": one.col,
            "shape": one.shape.name,
            "width": one.shape.width,
            "height": one.shape.height,
            **dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True)),
            "iou": one.iou,
            "object": "" if one.truth is None else objects[one.truth].label,
        }
        for one in placed
    ]


def _read(words: str, photo: Photo) -> Point:
    numbers = re.findall(r"[-+]?\d+(?:\.\d*)?|[^\s,;()\[\]]+", words)
    advice = f"Type two numbers, such as {photo.width // 2}, {photo.height // 2}."
    try:
        x, y = (float(number) for number in numbers)
    except ValueError:
        raise SettingError(f"A place needs x and y, got “{words[:40]}”.", advice) from None
    if not (0 <= x <= photo.width and 0 <= y <= photo.height):
        raise SettingError(f"A place must lie on the photo, {photo.width} × {photo.height} px, got “{words}”.", advice)
    return x, y


def _written(point: Point) -> str:
    return ", ".join(f"{value:.1f}".removesuffix(".0") for value in point)


def _moved(point: Point) -> None:
    st.session_state[KEY] = _written(point)


def _other(photo: Photo, settings: AnchorSettings) -> tuple[tuple[tuple[float, float], ...], ...]:
    if settings.generator is not Generator.PIXEL:
        return ()
    other = next(convention for convention in Convention if convention is not settings.convention)
    sizes = (
        pixel_size(scale, ratio, height=photo.height, width=photo.width, convention=other)
        for scale, ratio in pairs(settings.scales, settings.ratios)
    )
    return (tuple(sizes),)


def _titles(settings: AnchorSettings) -> tuple[str, str]:
    names = {Convention.TEXTBOOK: "h·s·√r", Convention.AREA: "w·s·√r"}
    other = next(convention for convention in Convention if convention is not settings.convention)
    return (names[settings.convention], names[other]) if settings.generator is Generator.PIXEL else ("", "")
