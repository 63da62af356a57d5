"""What pages share: the row of parts, the row of questions with its presets, and the query of a link to a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from ui import address, parts
from ui import photo as photo_tray


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


def presets(key: str, rows: Mapping[str, Preset], *, default: str) -> str:
    """Pills with one question each below them; the answer waits behind one click. Returns the name of the chosen preset.

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
    with parts.hideable("question"):
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
