"""My report: what a visitor keeps of the pages, in the session, to take it home as one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import streamlit as st
from PIL import Image

from ui import menu, messages, parts, story, story_steps
from ui import photo as photo_tray
from viz import images
from viz.report import Entry, document

KEY = "report"
MOST, MOST_BYTES = 24, 24 * 2**20
"""The newest entries that are kept, and the most bytes of them together."""

LONGEST = 1200  # px of the longest side of a kept picture
ROWS, COLUMNS, SETTINGS = 6, 6, 24
"""The most that an entry has of each."""

GROUP = "settings"
"""A group whose name says nothing that the heading above it does not."""

CORNERS = ("x1", "y1", "x2", "y2")
Values: TypeAlias = Mapping[str, object]


def entries() -> tuple[Entry, ...]:
    """What was kept, in the order of the report."""
    return st.session_state.get(KEY, ())


def button(
    name: str,
    *,
    picture: Callable[[], Image.Image],
    rows: Callable[[], Sequence[Values]],
    settings: Callable[[], Values],
    link: Callable[[], tuple[str, str]],
    note: str,
) -> None:
    """Keep what the page shows. `link` gives the part of the page and the address of this state; `note` is what that lacks."""
    pressed = st.button(
        "Add to my report",
        icon=":material/post_add:",
        key=f"{name}-report",
        help="Keeps picture, numbers, settings and link. The Overview lists what you kept, and makes one file of it.",
    )
    if not pressed:
        return
    with messages.guard("The report"), st.spinner("Adding"):
        part, address = link()
        dropped = add(part, images.fit_image(picture(), LONGEST), rows(), settings(), address, note)
        lost = " The oldest one made room for it." if dropped else ""
        st.toast(
            f"Added to your report, which has {len(entries())} of at most {MOST}.{lost}", icon=":material/post_add:"
        )


def add(
    part: str, picture: Image.Image, rows: Sequence[Values], settings: Values, address: str, note: str
) -> tuple[Entry, ...]:
    """Put a page into the report, after those that come before it in the story. Returns the oldest ones that had to go."""
    held, step = entries(), story.here()
    entry = Entry(
        number=1 + max((one.number for one in held), default=0),
        place=step.number if step else len(story_steps.STEPS) + 1,
        title=_title(part),
        photo=photo_tray.title(),
        made=_now(),
        picture=images.encode(picture.convert("RGB")),
        numbers=table(rows),
        settings=tuple(flat(settings))[:SETTINGS],
        link=address,
        note=note,
    )
    at = next((at for at, one in reversed(list(enumerate(held, start=1))) if one.place <= entry.place), 0)
    every = (*held[:at], entry, *held[at:])
    kept = _bounded(every)
    st.session_state[KEY] = kept
    return tuple(one for one in every if one not in kept)


def remove(number: int) -> None:
    """Take an entry out of the report."""
    st.session_state[KEY] = tuple(one for one in entries() if one.number != number)


def move(number: int, by: int) -> None:
    """Move an entry up (-1) or down (1); at the end it stays where it is."""
    held = list(entries())
    at = next((at for at, one in enumerate(held) if one.number == number), None)
    if at is not None and 0 <= at + by < len(held):
        held[at], held[at + by] = held[at + by], held[at]
        st.session_state[KEY] = tuple(held)


def file(held: Sequence[Entry]) -> bytes:
    """The report as an HTML file."""
    return document(held, made=_now()).encode()


def table(rows: Sequence[Values]) -> tuple[tuple[str, ...], ...]:
    """The first rows and columns as words below their headings; corners of boxes are left out, and empty columns."""
    first = rows[:ROWS]
    names = [name for name in (first[0] if first else ()) if name not in CORNERS]
    names = [name for name in names if any(row.get(name, "") != "" for row in first)][:COLUMNS]
    if not names:
        return ()
    more = (f"and {len(rows) - ROWS:,} more", *("" for _ in names[1:])) if len(rows) > ROWS else ()
    body = tuple(tuple(_word(row.get(name, "")) for name in names) for row in first)
    return (tuple(names), *body, *((more,) if more else ()))


def flat(settings: Values, before: str = "") -> list[tuple[str, str]]:
    """Names and values of settings that say something; those of a group bear its name before their own."""
    every: list[tuple[str, str]] = []
    for name, value in settings.items():
        said = before + name.replace("_", " ")
        if isinstance(value, Mapping):
            every.extend(flat(value, before if name == GROUP else f"{said}: "))
        elif words := _word(value):
            every.append((said, words))
    return every


def _word(value: object) -> str:
    """A value as a person reads it, at most 160 characters."""
    if isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, float):
        words = parts.number(value)
    elif isinstance(value, Mapping):
        words = ", ".join(f"{str(name).replace('_', ' ')} {_word(one)}" for name, one in value.items())
    elif isinstance(value, list | tuple):
        words = ", ".join(_word(one) for one in value)
    else:
        words = "none" if value is None else str(value)
    return words if len(words) <= 160 else f"{words[:159]}…"


def _title(part: str) -> str:
    open_ = st.session_state.get(story.PAGE)
    title = next((page.title for page in menu.PAGES if page.file == open_), "Vision Lab")
    return f"{title}: {part}" if part else title


def _bounded(every: Sequence[Entry]) -> tuple[Entry, ...]:
    """The newest entries within both limits, in their order; the very newest always stays."""
    kept: set[int] = set()
    size = 0
    for one in sorted(every, key=lambda one: -one.number)[:MOST]:
        size += one.size
        if kept and size > MOST_BYTES:
            break
        kept.add(one.number)
    return tuple(one for one in every if one.number in kept)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
