"""The photo tray: one photo for every page, from the samples, an upload or the camera.

What is chosen lives in the session under three keys: `photo` (the key of the chosen photo), `own_photos` (the visitor's,
newest last) and `photo_problems` (what could not be read, until another photo is chosen). A sample is
also in the URL, as `?photo=coffee`.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from core.errors import PhotoError
from core.images.decode import decode
from core.images.photo import Photo
from core.images.samples import SAMPLES
from ui import address, cached, messages
from ui.components.photo_tray import photo_tray

DEFAULT = "cat"
MOST_OWN = 6
TYPES = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"]
_TITLES = {sample.key: sample.title for sample in SAMPLES}


def current() -> Photo:
    """The chosen photo. A sample named in the URL wins over the session when the URL has changed."""
    _follow_url()
    key = _key()
    own = _own()
    address.show("photo", None if key in own or key == DEFAULT else key)
    return own[key] if key in own else cached.sample(key)


def title() -> str:
    """The name of the chosen photo, as a person reads it."""
    key = _key()
    return _own()[key].name if key in _own() else _TITLES[key]


def own() -> tuple[Photo, ...]:
    """The visitor's photos, the newest last."""
    return tuple(_own().values())


def has(key: str) -> bool:
    """Whether the photo with this key can be chosen: a sample, or one of the visitor's that is still there."""
    return key in _own() or key in _TITLES


def in_url() -> str | None:
    """The name of the chosen sample for a link, or None for a photo that no link can carry."""
    key = _key()
    return None if key in _own() else key


def choose(key: str) -> None:
    """Take the photo with this key on every page. What could not be read before is no longer spoken of."""
    st.session_state["photo"] = key
    st.session_state["photo_problems"] = []
    address.changes("photo")


def add(files: Iterable[tuple[bytes, str]]) -> None:
    """Read files of the visitor: the last good one is chosen, each bad one is explained and changes nothing."""
    chosen, problems = read(files, _own(), MOST_OWN)
    if chosen:
        choose(chosen)
    st.session_state["photo_problems"] = problems


def read(files: Iterable[tuple[bytes, str]], own: dict[str, Photo], most: int) -> tuple[str | None, list[PhotoError]]:
    """Read files into `own`, the newest `most` of it stay; returns the key of the last good one, and what ails the others."""
    chosen, problems = None, []
    for data, name in files:
        try:
            photo = decode(data, name)
        except PhotoError as error:
            problems.append(error)
            continue
        chosen = photo.digest
        own.pop(chosen, None)
        own[chosen] = photo
    for oldest in list(own)[:-most]:
        del own[oldest]
    return chosen, problems


def thumbnails(own: dict[str, Photo]) -> list[dict[str, str]]:
    """Key, name and thumbnail of a visitor's pictures, the newest first."""
    return [
        {"key": key, "name": photo.name, "thumbnail": cached.thumbnail(photo)} for key, photo in reversed(own.items())
    ]


def tray(key: str) -> None:
    """The tray itself: thumbnails, and a popover for the visitor's own photos. `key` tells two trays apart."""
    with st.container(gap="xsmall"):
        st.caption(f"Photo · {messages.escape(title())}")
        for problem in st.session_state.get("photo_problems", ()):
            messages.explain(problem)
        photo_tray(key, _thumbnails(), _key(), choose)
        with st.popover("Your photo", icon=":material/add_a_photo:", width="stretch", key=f"{key}-own"):
            _own_photo(key)


def _own_photo(key: str) -> None:
    source = st.segmented_control(
        "Where from",
        ["Files", "Camera"],
        default="Files",
        required=True,
        key=f"{key}-from",
        label_visibility="collapsed",
    )
    turn = st.session_state.get(f"{key}-turn", 0)  # a new key empties the widget once its files are in the tray
    widget = f"{key}-{source}-{turn}"
    if source == "Camera":
        st.camera_input("Take a photo", key=widget, on_change=_taken, args=(key, widget))
    else:
        st.file_uploader(
            "JPEG, PNG, WebP, BMP, GIF or TIFF, up to 20 MB and 40 megapixels",
            type=TYPES,
            accept_multiple_files=True,
            key=widget,
            on_change=_taken,
            args=(key, widget),
        )
    st.caption("Stays in this server's memory for this session. Reloading the tab starts a new session without it.")
    if _own():
        st.button("Forget my photos", icon=":material/delete:", type="tertiary", key=f"{key}-forget", on_click=_forget)


def _taken(key: str, widget: str) -> None:
    given = st.session_state[widget]
    files = given if isinstance(given, list) else [given]
    add((file.getvalue(), file.name) for file in files if file is not None)
    st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1


def _forget() -> None:
    if _key() in _own():
        choose(DEFAULT)
    _own().clear()


def _key() -> str:
    return st.session_state.setdefault("photo", DEFAULT)


def _own() -> dict[str, Photo]:
    return st.session_state.setdefault("own_photos", {})


def _thumbnails() -> list[dict[str, str]]:
    return [*thumbnails(_own()), *cached.sample_thumbnails()]


def _follow_url() -> None:
    named = address.changed("photo")
    if named in _TITLES:
        st.session_state["photo"] = named
        st.session_state["photo_problems"] = []
    elif named is not None:
        st.session_state["photo_problems"] = [
            PhotoError(f"There is no sample photo called “{named[:40]}”.", f"Choose one of: {', '.join(_TITLES)}.")
        ]
