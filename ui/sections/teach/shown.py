"""What a teacher's link opens: the link to copy, and in words what the class will see."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.images.samples import SAMPLES
from ui import menu, messages, parts
from ui import photo as photo_tray
from ui.sections.teach import lesson, pieces
from ui.sections.teach.lesson import Lesson

SAMPLE_TITLES = {sample.key: sample.title for sample in SAMPLES}


def link(made: Lesson) -> None:
    """The address, to copy or to open."""
    parts.section("The link", "Copy it into your slides, or open it as the class will.")
    address = made.address(st.context.url or "")
    st.code(address, language=None, wrap_lines=True)
    if address.startswith(("http://", "https://")):
        st.link_button("Open it", address, icon=":material/open_in_new:")
    if photo_tray.in_url() is None:
        st.caption("A link cannot carry your own photo. Choose a sample in the tray, or let everybody bring one.")


def preview(made: Lesson) -> None:
    """Page, photo, question and pieces, as the class will find them."""
    parts.section("What the class will see")
    page = next(row for row in menu.PAGES if row.file == made.room.file)
    st.markdown(f"**{page.title}{f': {made.room.part}' if made.room.part else ''}** · {page.promise}", width=760)
    own = " The question brings it along." if made.preset and made.preset.photo else ""
    st.markdown(f"Photo: **{SAMPLE_TITLES[made.seen_photo]}**.{own}")
    if made.preset:
        _question(made)
    left, right = st.columns(2, gap="large")
    left.markdown("**There**\n\n" + _list(lesson.seen(made)))
    right.markdown("**Hidden**\n\n" + (_list(made.hidden) if made.hidden else ":gray[Nothing]"))


def _question(made: Lesson) -> None:
    assert made.preset is not None
    if "question" in made.hidden:
        st.caption("The question is hidden too: you ask it yourself. Its settings still hold.")
    st.markdown(f"> {made.preset.question}", width=760)
    given_away = "What gives the answer away waits until somebody clicks Reveal."
    waits = given_away if made.preset.predict else "It waits behind a click."
    with st.popover("The answer", icon=":material/visibility:"):
        st.markdown(made.preset.answer, width=360)
    st.caption(waits)


def _list(names: Sequence[str]) -> str:
    return "\n".join(f"- {messages.escape(pieces.TITLES[name])}" for name in names)
