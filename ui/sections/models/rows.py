"""Every network as a row: what it is, where it is, and what can be done with it. The open row is tried on the photo."""

from __future__ import annotations

import streamlit as st

from core.errors import ModelError
from core.images.photo import Photo
from core.zoo.catalog import CARDS, of
from core.zoo.catalog import card as find
from core.zoo.model_card import ModelCard, Task
from ui import address, messages, model_picker, networks
from ui.sections.models import trial

NAME = "card"  # in the URL: the open row
_LINE = '<hr style="margin:0;border:0;border-top:1px solid rgba(128,128,140,.25)">'  # st.divider() has too much air
QUESTIONS = {
    Task.CLASSIFY: ("What is on the photo?", "Each gives one probability to every class it was trained on."),
    Task.DETECT: ("Which things are where?", "Each puts a box round what it finds of its classes."),
    Task.SEGMENT: ("What is each pixel?", "Each gives a class to every pixel."),
    Task.FEATURES: ("What do layers answer to?", "The parts below the last layer, for methods that look inside."),
    Task.PAINT: (
        "What would it look like painted?",
        "Each paints the photo in the one style that it has learned, in one pass.",
    ),
}


def every(photo: Photo) -> None:
    """The rows of the networks that answer one question; the question is chosen above them."""
    opened, problem = _opened()
    if problem:
        messages.explain(problem)
    st.session_state["question"] = opened.task
    with st.container(gap="xsmall"):
        st.pills(
            "Question",
            list(QUESTIONS),
            required=True,
            format_func=lambda task: QUESTIONS[task][0],
            key="question",
            on_change=_ask,
            label_visibility="collapsed",
        )
        st.caption(QUESTIONS[opened.task][1])
    for card in of(opened.task):
        _row(card, photo, is_open=card is opened)


def _row(card: ModelCard, photo: Photo, *, is_open: bool) -> None:
    with st.container(key=f"row-{card.key}", gap="xsmall"):
        st.html(_LINE)
        what, where, actions = st.columns([5, 4, 4], gap="medium", vertical_alignment="center")
        with what.container(gap="xxsmall"):
            st.markdown(f"**{card.title}**")
            st.caption(f"{model_picker.count(card.parameters)} parameters · {card.score}")
        if _absent(card):
            if is_open or networks.running(card) or model_picker.asked(card):
                model_picker.offer(card)
        elif is_open:
            trial.show(card, photo)
        with where:  # filled last: trying a network loads it
            st.caption(state(card))
        with actions.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            _buttons(card, is_open=is_open)


def _absent(card: ModelCard) -> bool:
    """Whether the weights have to be fetched. What ships with the lab and is gone can't be: to try it says what to do."""
    return not card.bundled and not networks.present(card)


def state(card: ModelCard) -> str:
    """Where the weights are, and which devices keep the network loaded."""
    if card.bundled:
        words = f"{'Ships with the lab' if networks.present(card) else 'Came with the lab, but gone'}, {card.megabytes}"
    elif networks.present(card):
        words = f"On this server, {card.megabytes}"
    elif networks.offline():
        words = "Not on this server, which works offline"
    else:
        words = f"Not here: {card.megabytes} from {networks.host(card)}"
    kept = [f"loaded on {title}, {size / 2**20:.1f} MB" for title, size in networks.loaded(card).items()]
    return "  \n".join([words, *kept])


def _buttons(card: ModelCard, *, is_open: bool) -> None:
    if _absent(card):
        if not is_open and not networks.offline():
            st.button("Get it", icon=":material/download:", key=f"get-{card.key}", on_click=_open, args=(card,))
    else:
        if not is_open:
            st.button("Try it", icon=":material/play_arrow:", key=f"try-{card.key}", on_click=_open, args=(card,))
        if networks.loaded(card):
            st.button(
                "Unload", icon=":material/eject:", key=f"unload-{card.key}", on_click=networks.unload, args=(card,)
            )
        elif st.button("Load", icon=":material/memory:", key=f"load-{card.key}"):
            _load(card)
    with st.popover("Card", icon=":material/description:"):
        _card(card)


def _load(card: ModelCard) -> None:
    with messages.guard(card.title):
        with st.spinner("Loading", show_time=True):
            notice = networks.load(card)
        if not notice:
            st.rerun()
        st.info(notice, icon=":material/info:")


def _card(card: ModelCard) -> None:
    facts = {
        "Source": ", ".join((card.source.value, *(f"`{name}`" for name in card.files), *filter(None, [card.host]))),
        "Licence": card.licence,
        "Sees": f"{card.input_size}, {card.view.value}",
        "Classes": ", ".join(card.names) or (f"{card.class_count:,}" if card.class_count else "none"),
        "Limits": card.limits,
        "Paper": card.citation,
    }
    for name, words in facts.items():
        if words:
            st.markdown(f"**{name}** · {words}")
    if card.layers:
        st.markdown("**Layers to look at**")
        st.markdown("\n".join(f"* `{layer.name}`: {layer.meaning}" for layer in card.layers))


def _open(card: ModelCard) -> None:
    st.session_state["open_card"] = card.key
    address.changes(NAME)


def _ask() -> None:
    """Another question: its first network is open."""
    _open(of(st.session_state["question"])[0])


def _opened() -> tuple[ModelCard, ModelError | None]:
    """The network whose row is open; a link may name it."""
    named, problem = address.changed(NAME), None
    if named in {card.key for card in CARDS}:
        st.session_state["open_card"] = named
    elif named is not None:
        problem = ModelError(f"There is no network called “{named[:40]}”.", "Choose one of those below.")
    opened: str = st.session_state.setdefault("open_card", CARDS[0].key)
    address.show(NAME, None if opened == CARDS[0].key else opened)
    return find(opened), problem
