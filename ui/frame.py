"""The frame every page shares: page config, menu, photo tray, device badge, and the one style sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.errors import StartError
from core.images.photo import Photo
from ui import cached, delivery, launch, links, menu, messages, preload, story
from ui import photo as photo_tray

_LOGO = Path(__file__).parents[1] / "assets" / "logo"


# Everything Streamlit's theme cannot say. Public hooks: `data-testid`, and the `st-key-…` class that `key=` promises. Of the rest
# only what tests/browser/test_access.py would miss: `.katex-display`, `[data-tag]`, `.stMarkdownColoredText`.
STYLE = """<style>
[data-testid="stMainBlockContainer"] { max-width: 1240px; padding-inline: clamp(1rem, 4.5vw, 5rem); }
[data-testid="stMain"] { scroll-padding-block: 4rem 1rem; }
[data-testid="stSidebar"][data-collapsed="true"] { visibility: hidden; }
[data-testid="stElementToolbar"]:focus-within { opacity: 1; }
[data-testid="stSelectbox"] input { text-overflow: ellipsis; }
[data-testid="stMetricValue"], [data-testid="stCaptionContainer"] { font-variant-numeric: tabular-nums; }
[data-testid="stMetric"] :is([data-testid="stMarkdownContainer"], p) { white-space: normal; }
[data-testid="stMetricDelta"] { border-radius: 0.75rem; }
.st-key-part [role="radiogroup"] { flex-wrap: wrap; overflow: visible; mask-image: none; }
[data-testid="stCaptionContainer"]:has(.stMarkdownColoredText, code) {
  opacity: 1; color: color-mix(in srgb, currentColor 66%, transparent);
}
h1, h2 { letter-spacing: -0.012em; text-wrap: balance; }
h1 { padding: 0 0 0.75rem !important; }
[data-testid="stMarkdownContainer"] h2 { padding: 2rem 0 0.25rem; }
[data-testid="stMarkdownContainer"] h2:last-child { padding-bottom: 0.75rem; }
[data-testid="stMarkdownContainer"] h2 [data-testid="stHeaderActionElements"] { display: none; }
.st-key-lead p { font-size: 1.1875rem; line-height: 1.5; text-wrap: pretty; }
[data-testid="stMarkdownContainer"] table { display: block; max-width: 100%; overflow-x: auto; }
[data-testid="stMarkdownContainer"] .katex-display { padding: 3px 4px; }
[class*="st-key-card-"] { position: relative; }
[class*="st-key-card-"] [data-testid="stElementContainer"] { position: static; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"], [class*="st-key-server-"] [data-testid="stPageLink-NavLink"] {
  padding-left: 0; background: none;
}
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"]::after { content: ""; position: absolute; inset: 0; }
[class*="st-key-card-"] [data-testid="stElementToolbar"] { display: none; }
[class*="st-key-card-"] img { transition: filter .15s; }
[class*="st-key-card-"]:hover img { filter: brightness(1.06); }
[data-testid="stBaseButton-primary"], [data-tag] > span { color: light-dark(#FFFFFF, #131317); }
@media (pointer: coarse) { [data-testid="stPageLink-NavLink"] { min-height: 2.5rem; } }
.st-key-part-story { padding-top: 0.75rem; }
@media (max-width: 640px) and (min-height: 700px) {
  [data-testid="stHorizontalBlock"]:has([class*="-pause"]) > [data-testid="stColumn"]:has(.st-key-part-weights) {
    position: sticky; bottom: 0; z-index: 2; padding: 0.75rem 0; background: light-dark(#FFFFFF, #131317);
    border-top: 1px solid light-dark(#E3E3EA, #2F2F38);
  }
  [data-testid="stHorizontalBlock"]:has([class*="-pause"]) .st-key-part-weights :is([data-testid="stCaptionContainer"],
    [data-testid="stExpander"]) { display: none; }
}
@media (min-width: 641px) {
  .st-key-drawing-class { min-height: 983px; }
  .st-key-painting { min-height: 860px; }
  .st-key-drawing-dream { min-height: 750px; }
}
@media (min-width: 769px) { .st-key-narrow-photo { display: none; } }
</style>"""


def open_page(file: str) -> Photo:
    """Draw the frame around the page in `file` and return the chosen photo."""
    story.arrived(file)
    delivery.keep_all()
    links.pass_over_infinity()
    page = next(row for row in menu.PAGES if row.file == file)
    st.set_page_config(
        page_title=f"{page.title} · Vision Lab",
        page_icon=str(_LOGO / "mark.svg"),
        layout="wide",
        initial_sidebar_state=288,
    )
    st.html(STYLE)
    st.logo(_LOGO / "wordmark.svg", size="large", icon_image=_LOGO / "mark.svg")
    _hide_parts()
    photo = photo_tray.current()
    _page_head(page)  # before the menu and the tray, whose thumbnails take a moment on a new server
    with st.sidebar:
        menu.draw()
        st.space("xsmall")
        photo_tray.tray("tray")
        st.space("xsmall")
        _device_badge(preload.ready())
    launch.begin()
    return photo


def send_to(*files: str, takes: Callable[[], story.Taken] | None = None, attacked: bool = False) -> None:
    """The next step of the story, then links to pages that can use the same photo: a link within the app keeps the session.

    `takes` says at the click what this page hands on to the next step; `attacked`: a picture that fools a network is among it.
    """
    story.reached()
    step = story.following(picture=attacked)
    if step:
        story.offer(step, takes)
    else:
        story.close()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":gray[Send this photo to]", width="content")
        for page in menu.PAGES:
            if page.file in files:
                st.page_link(page.file, label=page.title, icon=page.icon)


def lead(words: str) -> None:
    """The one sentence under a title."""
    with st.container(key="lead"):
        st.markdown(f":gray[{words}]", width=680)


def _hide_parts() -> None:
    """A teacher's link hides parts of a page: `?hide=challenges,descent`. It holds for the session."""
    if "hide" in st.query_params:
        st.session_state["hide"] = re.findall(r"[a-z]{1,20}", st.query_params["hide"])[:20]
    hidden = st.session_state.get("hide", [])
    if hidden:
        every = ", ".join(f'.st-key-part-{part}, [class*="st-key-part-{part}-"]' for part in hidden)
        st.html(f"<style>{every} {{ display: none; }}</style>")


def _page_head(page: menu.Page) -> None:
    with st.container(gap="xsmall"):
        if page.group:
            st.caption(page.group)
        st.title("See how vision networks see" if page.file == "app.py" else page.title, anchor=False)
        lead(page.promise)
        with (
            st.container(key="narrow-photo"),
            st.popover(f"Photo: {messages.escape(photo_tray.title())}", icon=":material/image:"),
        ):
            photo_tray.tray("tray-narrow")


def _device_badge(known: bool) -> None:
    """Where the networks run. Torch knows; until it is there, a timed fragment asks again, and ends itself."""
    with st.container():
        st.fragment(_draw_badge, run_every=None if known else 0.5)(known)


def _draw_badge(known: bool) -> None:
    if not preload.ready():
        st.badge("Loading PyTorch", icon=":material/hourglass_empty:", color="gray")
        return
    if not known:
        st.rerun()
    try:
        info = cached.device()
    except StartError as error:
        messages.explain(error)
        return
    st.badge(info.title, icon=":material/memory:", color="gray", help=f"Where the networks run. {info.detail}.")
