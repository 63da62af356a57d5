"""The pictures whose style is taken: those the lab drew, textures, and those that a visitor brings along.

The chosen one lives in the session under `style`, and in the URL as `?style=mosaic`; a visitor's are in `own_styles`, by
their digests, newest last. A picture that can't be read changes nothing and is explained.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import PhotoError
from core.images.photo import Photo
from core.images.styles import STYLES
from ui import address, messages
from ui.cached import stylings
from ui.components.photo_tray import photo_tray
from ui.photo import TYPES, read, thumbnails

NAME = "style"
OWN, PROBLEMS, TURN = "own_styles", "style_problems", "style_turn"
DEFAULT = STYLES[0].key
MOST_OWN = 4


def current() -> str:
    """The key of the chosen style. One named in the URL wins over the session when the URL has changed."""
    named = address.changed(NAME)
    if named in _drawn():
        choose(named or DEFAULT, by_hand=False)
    elif named is not None:
        words = f"There is no style called “{named[:40]}”."
        st.session_state[PROBLEMS] = [PhotoError(words, f"Choose one of {', '.join(_drawn())}.")]
    key = st.session_state.setdefault(NAME, DEFAULT)
    if key not in choices():
        key = st.session_state[NAME] = DEFAULT
    address.show(NAME, None if key in _own() or key == DEFAULT else key)
    return key


def choices() -> dict[str, str]:
    """The titles of all styles there are, by their keys: the visitor's first."""
    return {**{key: photo.name for key, photo in reversed(_own().items())}, **_drawn()}


def picture(key: str) -> Photo:
    """The picture of a style.

    Raises:
        PhotoError: there is no such picture, or its file is missing.
    """
    own = _own()
    return own[key] if key in own else stylings.style(key)


def choose(key: str, *, by_hand: bool = True) -> None:
    """Take the style with this key. What could not be read before is no longer spoken of."""
    st.session_state[NAME] = key
    st.session_state[PROBLEMS] = []
    if by_hand:
        address.changes(NAME)


def tray() -> DeltaGenerator:
    """The thumbnails, and a popover for pictures of the visitor's own. Returns the line above, which names the style."""
    key = current()
    with st.container(gap="xsmall"):
        told = st.empty()
        told.caption(f"Style · {messages.escape(choices()[key])}")
        row = st.container(horizontal=True, vertical_alignment="center")
        with row.container():
            shown = [*thumbnails(_own()), *stylings.style_thumbnails()]
            photo_tray("style-tray", shown, key, choose, label="Style")
        with row.popover("Your style", icon=":material/brush:", width="content", key="style-own"):
            widget = (
                f"style-files-{st.session_state.get(TURN, 0)}"  # a new key empties it once its files are in the tray
            )
            st.file_uploader(
                "A painting, a fabric, a wall: JPEG, PNG, WebP, BMP, GIF or TIFF, up to 20 MB and 40 megapixels",
                type=TYPES,
                accept_multiple_files=True,
                key=widget,
                on_change=_taken,
                args=(widget,),
            )
            st.caption(f"The newest {MOST_OWN} stay in this server's memory for this session.")
        for problem in st.session_state.get(PROBLEMS, ()):
            messages.explain(problem)
    return told


def _taken(widget: str) -> None:
    """Read the visitor's files: the last good one is chosen, each bad one is explained and changes nothing."""
    files = ((file.getvalue(), file.name) for file in st.session_state[widget] or ())
    chosen, problems = read(files, _own(), MOST_OWN)
    if chosen:
        choose(chosen)
    st.session_state[PROBLEMS] = problems
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _own() -> dict[str, Photo]:
    return st.session_state.setdefault(OWN, {})


def _drawn() -> dict[str, str]:
    return {row.key: row.title for row in STYLES}
