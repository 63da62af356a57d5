"""My report: what the visitor kept of the pages, to be put in order and taken home as one file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import messages, parts, report
from viz.report import Entry

THUMBNAIL = 132  # px wide


@st.fragment
def mine() -> None:
    """The list with its buttons: what they do reruns it alone."""
    with messages.guard("The report"), parts.hideable("report"):
        held = report.entries()
        parts.section("My report", "One file with your pictures and numbers, in your order.")
        if not held:
            st.caption("Nothing is in it yet. “Add to my report” at the end of a page keeps what you see there.")
            return
        for place, entry in enumerate(held):
            _row(entry, first=place == 0, last=place == len(held) - 1)
        st.download_button(
            "Download the report",
            lambda: report.file(held),
            "vision-lab-report.html",
            "text/html",
            icon=":material/download:",
            on_click="ignore",
            key="report-file",
            help="One page of HTML: it opens in any browser, needs no network, and prints well.",
        )
        st.caption(
            f"{len(held)} of at most {report.MOST}, {sum(one.size for one in held) / 10**6:.1f} MB. It is in this server's memory "
            "for this session; only the file is yours to keep."
        )


def _row(entry: Entry, *, first: bool, last: bool) -> None:
    title = messages.escape(entry.title)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(entry.picture.data, width=THUMBNAIL, alt=f"{entry.title}, on the photo {entry.photo}")
        with st.container(gap="xxsmall", width=320):
            st.markdown(f"**{title}**")
            st.caption(f"{messages.escape(entry.photo)} · {entry.made}")
        with st.container(horizontal=True, gap="xxsmall", width="content"):
            _button(entry, "Up", "arrow_upward", lambda: report.move(entry.number, -1), disabled=first)
            _button(entry, "Down", "arrow_downward", lambda: report.move(entry.number, 1), disabled=last)
            _button(entry, "Remove", "delete", lambda: report.remove(entry.number))


def _button(entry: Entry, label: str, icon: str, pressed: Callable[[], None], *, disabled: bool = False) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type="tertiary",
        key=f"report-{label.lower()}-{entry.number}",
        disabled=disabled,
        on_click=pressed,
    )
