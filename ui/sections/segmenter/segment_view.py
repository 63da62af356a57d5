"""How the class map is looked at: kept in the session, shown in the URL, followed where a link says otherwise."""

from __future__ import annotations

import re

import streamlit as st

from core.images.photo import Photo
from ui import address
from ui.components.class_map import Mode, Point, Veil, View

OPACITY, UNSURE, OFF, MODE = "opacity", "unsure", "off", "seen"
VEIL, EDGE, OUTLINES, AT = "veil", "wipe", "outlines", "at"
KEYS = (OPACITY, UNSURE, OFF, MODE, VEIL, EDGE, OUTLINES, AT)
USUAL = View()


def now(photo: Photo) -> View:
    """What the session keeps, or what a link says; what makes no sense is the usual."""
    for name in KEYS:
        said = address.changed(key(name))
        if said is not None:
            st.session_state[key(name)] = said[:400]
    held = {name: st.session_state.get(key(name)) or "" for name in KEYS}
    return View(
        opacity=_percent(held[OPACITY], USUAL.opacity),
        unsure=_percent(held[UNSURE], USUAL.unsure),
        off=tuple(dict.fromkeys(name for name in held[OFF].split(",") if name)),
        mode=next((one for one in Mode if one.value == held[MODE]), USUAL.mode),
        veil=next((one for one in Veil if one.value == held[VEIL]), USUAL.veil),
        edge=_percent(held[EDGE], USUAL.edge),
        contours=held[OUTLINES] != "0",
        point=_point(held[AT], photo),
    )


def keep(view: View) -> None:
    """Keep how a visitor left it."""
    for name, value in written(view).items():
        address.keep(key(name), value)


def put_in_url(view: View) -> None:
    """The URL says what is not as usual."""
    for name, value in written(view).items():
        address.show(key(name), value)


def link(view: View) -> dict[str, str]:
    """The query of a link to this view."""
    return {key(name): value for name, value in written(view).items() if value is not None}


def written(view: View) -> dict[str, str | None]:
    """The view as words by their names, None for what is as usual."""
    words = {name: _words(view)[name] for name in KEYS}
    usual = _words(USUAL)
    return {name: None if word == usual[name] else word for name, word in words.items()}


def names() -> tuple[str, ...]:
    """The keys under which the session keeps the view."""
    return tuple(key(name) for name in KEYS)


def key(name: str) -> str:
    """The key of one part of the view, in the session and in the URL."""
    return f"seg-{name}"


def _words(view: View) -> dict[str, str]:
    return {
        OPACITY: str(round(100 * view.opacity)),
        UNSURE: str(round(100 * view.unsure)),
        OFF: ",".join(view.off),
        MODE: view.mode.value,
        VEIL: view.veil.value,
        EDGE: f"{100 * view.edge:.1f}".removesuffix(".0"),
        OUTLINES: "1" if view.contours else "0",
        AT: "" if view.point is None else f"{view.point[0]},{view.point[1]}",
    }


def _percent(words: str, usual: float) -> float:
    """A share that is written in percent."""
    return float(words) / 100 if re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", words) and float(words) <= 100 else usual


def _point(words: str, photo: Photo) -> Point | None:
    found = re.fullmatch(r"([0-9]{1,5}),([0-9]{1,5})", words)
    if found is None:
        return None
    x, y = int(found[1]), int(found[2])
    return (x, y) if x < photo.width and y < photo.height else None
