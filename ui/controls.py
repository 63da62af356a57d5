"""Small groups of widgets that pages share: each returns settings, or explains what is wrong and keeps the last good ones."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.settings import Box, DescentSettings
from core.errors import SettingError
from ui import address, messages, parts
from ui import photo as photo_tray

LEAST_SIDE = 1.0  # px of the photo: what is thinner cannot be seen or grabbed


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One click, one question. `settings` are the widget keys it moves; what it does not name stays.

    `photo` is the sample that the question is about, if it is about one. `clears` are names that `ui.address` keeps and that
    belong to what was there before. With `predict` the visitor answers first: what gives it away waits, see `hidden`.
    """

    question: str
    answer: str
    settings: dict[str, object] = field(default_factory=dict)
    photo: str | None = None
    clears: tuple[str, ...] = ()
    predict: bool = False


def presets(
    key: str, rows: Mapping[str, Preset], *, default: str, below: AbstractContextManager[object] | None = None
) -> str:
    """Pills with one question each; the answer waits behind one click. Returns the name of the chosen preset.

    The question stands under the pills, or in the container `below`.

    A link may name a preset alone (`?try=Apart`): its settings are applied then too, except those the link names itself.
    A question about one sample is over when another photo is chosen: the pills go back to `default`.
    """
    if key not in st.session_state:
        _follow_link(key, rows)
    asked = rows.get(st.session_state.get(key, default))
    if asked and asked.photo not in (None, photo_tray.in_url()):
        st.session_state[key] = default
    with parts.hideable("presets"):
        chosen = st.pills(
            "Try",
            list(rows),
            default=default,
            required=True,
            key=key,
            bind="query-params",
            on_change=_apply,
            args=(key, rows),
            label_visibility="collapsed",
        )
    name = chosen if chosen in rows else default
    row = rows[name]
    with below or nullcontext(), parts.hideable("question"):
        if row.predict:
            known = parts.prediction(row.question, row.answer, f"{key}-known-{name}")
        else:
            known = True
            parts.question(row.question, row.answer)
    st.session_state[f"{key}-hidden"] = not known
    return name


def part(names: Sequence[str]) -> str:
    """Which part of a page is seen: a row of its names, and `?part=`. The first is where it opens."""
    chosen = st.segmented_control(
        "Part",
        names,
        default=names[0],
        required=True,
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen if chosen in names else names[0]  # nothing, after a link with an empty part


def hidden(key: str) -> bool:
    """Whether the presets `key` ask for a prediction whose answer nobody has revealed yet."""
    return st.session_state.get(f"{key}-hidden", False)


def _apply(key: str, rows: Mapping[str, Preset]) -> None:
    row = rows[st.session_state[key]]
    st.session_state.update(row.settings)
    for name in row.clears:
        address.keep(name, None)
    if row.photo:
        photo_tray.choose(row.photo)


def _follow_link(key: str, rows: Mapping[str, Preset]) -> None:
    """A preset that a link names. What the link says besides holds against it, and the photo comes with a new run."""
    row = rows.get(st.query_params.get(key, ""))
    if row is None:
        return
    other = row.photo not in (None, photo_tray.in_url())
    if other and "photo" in st.query_params:
        del st.query_params[key]
        st.rerun()  # only in a new run does the widget not take it from there
    st.session_state.update({name: value for name, value in row.settings.items() if name not in st.query_params})
    if row.photo and other:
        photo_tray.choose(row.photo)
        st.rerun()


def link(*keys: str) -> dict[str, str | list[str]]:
    """The query of a link to this state: what the session or the URL holds under `keys`, such as `model`.

    A key of several values stands for each.
    """
    held = {key: st.session_state.get(key, address.shown(key)) for key in keys}
    held = {key: value for key, value in held.items() if value is not None}
    return {
        key: [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
        for key, value in held.items()
    }


def box(label: str, *, key: str, default: Box, width: int, height: int) -> Box:
    """Four typed coordinates of a box on a photo of `width` x `height` pixels. What makes no box leaves the last one."""
    last = f"{key}-last"
    typed = st.text_input(
        label,
        value=written(default),
        key=key,
        bind="query-params",
        max_chars=60,
        help="Left, top, right, bottom, in pixels of the photo from its top left corner.",
    )
    st.session_state[f"{key}-typed"] = typed
    try:
        st.session_state[last] = read(typed or "", label, width, height)
    except SettingError as error:
        messages.explain(error)
    kept: Box = st.session_state.get(last, default)
    return kept if kept[2] <= width and kept[3] <= height else default


def linked(key: str) -> bool:
    """Whether the URL holds other words for the box `key` than its field did in the last run: a link was followed."""
    named = st.query_params.get(key)
    return named is not None and named != st.session_state.get(f"{key}-typed")


def descent(*, steps_key: str, rate_key: str, cells: tuple[DeltaGenerator, DeltaGenerator]) -> DescentSettings:
    """How long and how fast a box descends: one slider in each of two cells."""
    standard = DescentSettings()
    steps = cells[0].slider("Steps", 50, 400, standard.steps, 50, key=steps_key, bind="query-params")
    rate = cells[1].slider(
        "Learning rate",
        0.05,
        1.0,
        standard.learning_rate,
        0.05,
        key=rate_key,
        bind="query-params",
        help="How far one step goes. Too far, and a box swings past its target.",
    )
    return DescentSettings(steps=steps, learning_rate=rate)


def written(box: Box) -> str:
    """A box as a person types it: `84, 54.5, 300, 260`."""
    return ", ".join(f"{value:.1f}".removesuffix(".0") for value in box)


def read(typed: str, label: str, width: int, height: int) -> Box:
    """The box that somebody typed: four numbers, separated by commas or spaces.

    Raises:
        SettingError: not four numbers, no width or height, or not on the photo.
    """
    example = f"Type left, top, right, bottom, such as {written((0, 0, width // 2, height // 2))}."
    words = [word for word in re.split(r"[\s,;]+", typed.strip("()[] \t")) if word]
    try:
        x1, y1, x2, y2 = (float(word) for word in words)
    except ValueError:
        raise SettingError(f"{label} needs four numbers, got '{typed[:60]}'.", example) from None
    if not all(math.isfinite(value) for value in (x1, y1, x2, y2)):
        raise SettingError(f"{label} needs four finite numbers, got '{typed[:60]}'.", example)
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise SettingError(
            f"{label} must lie on the photo, {width} × {height} px, with left < right and top < bottom, "
            f"got '{typed[:60]}'.",
            example,
        )
    if min(x2 - x1, y2 - y1) < LEAST_SIDE:
        raise SettingError(f"{label} must be at least 1 px wide and high, got '{typed[:60]}'.", example)
    return (x1, y1, x2, y2)
