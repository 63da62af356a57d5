"""The choices of a teacher: page, part, question, and what is hidden. The photo is the one of the tray."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from ui import menu
from ui import photo as photo_tray
from ui.sections.teach import pieces, rooms
from ui.sections.teach.lesson import Lesson

NOTHING = "No question"


def choose(photo: Photo) -> Lesson:
    """A lesson, from widgets that each remember their choice for their own page and part."""
    cells = st.grid(3, min_column_width=200, gap="medium")
    files = [page.file for page in menu.PAGES if rooms.of(page.file)]
    titles = {page.file: page.title for page in menu.PAGES}
    file = cells.cell().selectbox("Page", files, index=1, format_func=titles.__getitem__, key="teach-page")
    room = _part(file, cells.cell())
    questions = room.questions(photo)
    question = ""
    if questions:
        name = f"teach-question-{room.file}-{room.part}"
        question = cells.cell().selectbox(
            "Question",
            [NOTHING, *questions],
            key=name,
            help="What stands above the picture, with its answer behind a click.",
        )
    names = {pieces.TITLES[piece]: piece for piece in room.pieces}
    hidden = st.pills(
        "Hide",
        list(names),
        selection_mode="multi",
        wrap=True,
        key=f"teach-hide-{room.file}-{room.part}",
        help="What is hidden stays hidden on every page until the class opens another link.",
    )
    return Lesson(
        room=room,
        photo=photo_tray.in_url() or photo_tray.DEFAULT,
        question="" if question == NOTHING else question,
        preset=questions.get(question),
        hidden=tuple(names[title] for title in names if title in hidden),
    )


def _part(file: str, cell: DeltaGenerator) -> rooms.Room:
    every = rooms.of(file)
    if len(every) == 1:
        return every[0]
    chosen = cell.selectbox("Part", [room.part for room in every], key=f"teach-part-{file}")
    return next((room for room in every if room.part == chosen), every[0])
