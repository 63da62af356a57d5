"""The story: one photo goes through seven steps, and each page offers the next one, with what it found.

The session keeps which steps were seen (`story-seen`), the page that is open (`story-page`), what a detector called the thing
on a photo (`story-class`), which of the visitor's photos are attacked pictures (`story-attacked`), and of which photo each is
(`story-origin`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui import messages, parts
from ui import photo as photo_tray
from ui.story_steps import AGAIN, ATTACK, EXPLAIN, STEPS, STYLISE, Step

SEEN, PAGE, NAMED, ATTACKED, GOING = "story-seen", "story-page", "story-class", "story-attacked", "story-going"
ORIGIN = "story-origin"
PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a page hands on to the next step, made when the visitor goes there.

    `settings` are widget keys of that page, as in a preset. `label` is what the thing on the photo is called, which is
    explained later. `picture` is the file of an attacked picture called `name`, which becomes the visitor's photo.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    label: str = ""
    picture: bytes = b""
    name: str = ""


def arrived(file: str) -> None:
    """The page in `file` is open. Where its run began with a click on the next step, it goes there first.

    Later would be too late: the row of parts would put back the part that the next page is to open with.
    """
    _leave()
    st.session_state[PAGE] = file


def seen() -> frozenset[str]:
    """The names of the steps that this visitor has seen."""
    return frozenset(st.session_state.get(SEEN, ()))


def forget() -> None:
    """Begin the story anew: no step was seen."""
    st.session_state[SEEN] = []


def here() -> Step | None:
    """The step of the open page; of the page that explains the second one where the photo is an attacked picture."""
    steps = [step for step in STEPS if step.file == st.session_state.get(PAGE)]
    return (steps[-1] if _attacked() else steps[0]) if steps else None


def reached() -> None:
    """The visitor sees the open page to its end: where its part is a step of the story, that step is done."""
    step = here()
    if step and _in_part(step) and step.name not in seen():
        st.session_state[SEEN] = [*st.session_state.get(SEEN, ()), step.name]


def following(*, picture: bool = False) -> Step | None:
    """What comes next from the open page, or None after the last step. `picture`: the page hands on an attacked picture.

    A part that is no step leads to the step of its page, and a page that is none to the first step that was not seen.
    """
    step = here()
    if step is None:
        return first_unseen()
    if not _in_part(step) and not (step is ATTACK and picture):
        return step
    after = STEPS[step.number :]
    return next((one for one in after if one is not AGAIN or picture), None)


def first_unseen() -> Step | None:
    """The first step that was not seen. Without an attacked picture in the tray nothing can be explained again."""
    missing = [step for step in STEPS if step.name not in seen()]
    if missing and missing[0] is AGAIN and _latest_attacked() is None:
        return ATTACK
    return missing[0] if missing else None


def offer(step: Step, taken: Callable[[], Taken] | None = None, *, label: str = "", key: str = "story-next") -> None:
    """A button that opens `step` with this photo and what the page hands on, and the sentence why it is next.

    From a step it is the way on. What is no step has buttons of its own to press first, so there it is a quiet way in.
    """
    own = here()
    on = bool(label) or (own is not None and _in_part(own))
    words = label or (f"Next: {step.name}" if on else f"Tour: {step.name}")
    with parts.hideable("story"), st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            words, icon=step.icon, type="primary" if on else "secondary", key=key, on_click=_go, args=(step, taken)
        )
        st.markdown(f":gray[Step {step.number} of {len(STEPS)}. {step.why}]", width="content")
    _leave()  # a fragment runs alone, without the frame


def close() -> None:
    """After the last step there is nothing next: the way home, where the report is."""
    if here() is not STEPS[-1] or not _in_part(STEPS[-1]):
        return
    with parts.hideable("story"), st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("app.py", label="To the overview", icon=":material/home:")
        st.markdown(
            f":gray[Step {len(STEPS)} of {len(STEPS)}, the last one. What you add to your report waits there, as one file.]",
            width="content",
        )


def settings(step: Step, taken: Taken) -> dict[str, object]:
    """What the page of `step` opens with: its part, what the page before hands on, and the class that was found."""
    key, label = st.session_state.get(NAMED, ("", ""))
    named = {"class": label} if step is EXPLAIN and label and key == _photo() else {}
    part = {PART: step.part} if step.part else {}
    return {**part, **named, **taken.settings}


def _go(step: Step, taken: Callable[[], Taken] | None) -> None:
    """Take along what the page has, and set what the next page opens with: that can be done before a run alone."""
    with messages.guard("The way to the next step"):
        handed = taken() if taken else Taken()
        if handed.label:
            st.session_state[NAMED] = (_photo(), handed.label)
        if handed.picture:
            origin = st.session_state.get(ORIGIN, {}).get(_photo(), _photo())
            photo_tray.add([(handed.picture, handed.name)])
            st.session_state[ATTACKED] = [*st.session_state.get(ATTACKED, ()), _photo()][-photo_tray.MOST_OWN :]
            st.session_state[ORIGIN] = {**st.session_state.get(ORIGIN, {}), _photo(): origin}
        elif step is AGAIN and not _attacked() and (latest := _latest_attacked()):
            photo_tray.choose(latest)
        elif step is STYLISE and _attacked():
            _back_to_the_photo()
        opens = settings(step, handed)
        st.session_state.update(opens)
        st.session_state[GOING] = (step.file, {name: str(value) for name, value in opens.items() if name != PART})


def _leave() -> None:
    """Go where the visitor wants to. The session holds what that page opens with; the URL shows it, where it may.

    A URL that holds what a widget of this page is bound to can be replaced, but not cleared, and such a name not be set.
    """
    file, query = st.session_state.pop(GOING, ("", {}))
    if not file:
        return
    try:
        st.switch_page(file, query_params=query)
    except StreamlitAPIException:
        st.switch_page(file, query_params={})


def _in_part(step: Step) -> bool:
    return not step.part or st.session_state.get(PART) == step.part


def _photo() -> str:
    return st.session_state.get("photo", photo_tray.DEFAULT)


def _attacked() -> bool:
    return _photo() in st.session_state.get(ATTACKED, ())


def _back_to_the_photo() -> None:
    """The photo that was attacked, if it is still there: the attacked picture is only the part that the network saw."""
    origin = st.session_state.get(ORIGIN, {}).get(_photo())
    if origin is not None and photo_tray.has(origin):
        photo_tray.choose(origin)


def _latest_attacked() -> str | None:
    """The newest attacked picture that is still among the visitor's photos."""
    own = {photo.digest for photo in photo_tray.own()}
    return next((key for key in reversed(st.session_state.get(ATTACKED, ())) if key in own), None)
