"""Take it away: the picture, the numbers, a link to exactly this state, and the lines that reproduce it with PyTorch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlencode

import streamlit as st
from PIL import Image

from ui import formats, messages, parts, report
from ui import photo as photo_tray
from viz import images

Link: TypeAlias = Mapping[str, str | list[str]]


def take_away(
    name: str,
    *,
    picture: Callable[[], Image.Image],
    rows: Callable[[], formats.Rows],
    settings: Callable[[], Mapping[str, object]],
    link: Callable[[], Link],
    snippet: Callable[[], str],
    missing: str = "",
    figures: Callable[[], Mapping[str, object]] | None = None,
    raw: Callable[[], bytes] | None = None,
    further: Callable[[], None] | None = None,
) -> None:
    """The closing row of a page, a fragment of its own. Nothing is computed before somebody asks for it.

    `name` begins the file names; `rows` is the table of numbers; `settings` goes into the JSON with them; `link` are
    the query parameters of this state, without the photo, which is added here, and `missing` says what it can't carry.
    `figures` are a few numbers for the visitor's report, where the first rows would not say what matters.
    `raw` makes the file of NumPy with the values that the picture shows in colours. `further` draws more buttons.

    `picture`, `rows`, `settings` and `raw` are called outside of any run: what they need of the session is read before. A
    slider that must answer at once has a fragment of its own with this row outside of it. The functions then read what that
    fragment left last, and the callbacks of its controls `follow`.
    """
    parts.section("Take it away")

    def row() -> None:
        with messages.guard("Take it away"), st.container(horizontal=True):
            buttons(
                name,
                picture=picture,
                rows=rows,
                settings=settings,
                link=link,
                snippet=snippet,
                missing=missing,
                figures=figures,
            )
            if raw:
                st.download_button(
                    "Raw values",
                    raw,
                    f"{name}.npy",
                    "application/octet-stream",
                    icon=":material/grid_on:",
                    on_click="ignore",
                    key=f"{name}-npy",
                    help="As a file of NumPy, without any scaling.",
                )
            if further:
                further()

    st.fragment(row, key=_row(name))()


def follow(name: str, *fragments: str) -> None:
    """Let an open link and open lines of the row `name` follow a control whose fragment leaves the row alone.

    For the callback of that control; `fragments` are the keys of what it reruns.
    """
    if any(st.session_state.get(key) for key in (_link(name), _lines(name))):
        st.rerun(scope=[*fragments, _row(name)])


def buttons(
    name: str,
    *,
    picture: Callable[[], Image.Image],
    rows: Callable[[], formats.Rows],
    settings: Callable[[], Mapping[str, object]],
    link: Callable[[], Link],
    snippet: Callable[[], str],
    missing: str = "",
    figures: Callable[[], Mapping[str, object]] | None = None,
) -> None:
    """The buttons of the closing row alone, for a page that has them elsewhere."""
    st.download_button(
        "Picture",
        lambda: images.png(picture()),
        f"{name}.png",
        "image/png",
        icon=":material/image:",
        on_click="ignore",
        key=f"{name}-png",
    )
    st.download_button(
        "Numbers",
        lambda: formats.csv(rows()),
        f"{name}.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
        key=f"{name}-csv",
    )
    st.download_button(
        "Settings",
        lambda: json.dumps({**settings(), "numbers": list(rows())}, indent=2),
        f"{name}.json",
        "application/json",
        icon=":material/data_object:",
        on_click="ignore",
        key=f"{name}-json",
    )
    opened = st.popover("Link", icon=":material/link:", key=_link(name), on_change="rerun")
    with opened:
        without = _without(missing)
        st.caption(f"Opens this state. {without}" if without else "Opens exactly this state.")
        if opened.open:
            st.code(address(link()), language=None)
    opened = st.popover("Copy as PyTorch", icon=":material/code:", key=_lines(name), on_change="rerun")
    with opened:
        st.caption("Prints the numbers of this page with torch and torchvision alone.")
        if opened.open:
            st.code(snippet(), language="python")
    report.button(
        name,
        picture=picture,
        rows=lambda: [figures()] if figures else rows(),
        settings=settings,
        link=lambda: _kept(link()),
        note=_without(missing),
    )


def animation(name: str, made: Callable[[], bytes], words: str = "") -> None:
    """A button for a run as an animated PNG, which `made` gives; `words` say what is on it."""
    st.download_button(
        "Animation",
        made,
        f"{name}-run.png",
        "image/png",
        icon=":material/animation:",
        on_click="ignore",
        key=f"{name}-run",
        help=words or "The steps that the film shows, as an animated PNG in true colour.",
    )


def _without(missing: str) -> str:
    own = "Your own photo is not part of it." if photo_tray.in_url() is None else ""
    return " ".join(words for words in (own, missing) if words)


def _kept(link: Link) -> tuple[str, str]:
    """The part of the page that a link names, and its address."""
    return str(link.get("part", "")), address(link)


def _row(name: str) -> str:
    return f"{name}-row"


def _link(name: str) -> str:
    return f"{name}-link"


def _lines(name: str) -> str:
    return f"{name}-lines"


def address(link: Link) -> str:
    """The URL of this page with `link` as its query, and the photo where a link can carry it."""
    sample = photo_tray.in_url()
    query = {**({"photo": sample} if sample else {}), **link}
    page = (st.context.url or "").split("?")[0]
    return f"{page}?{urlencode(query, doseq=True, safe=', ')}".replace(" ", "+") if query else page
