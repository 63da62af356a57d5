"""The model picker of every page: what ships with the lab first, the others by one click.

The choice holds for the session, on every page, one for each task; `?model=` shows it and a link may name it. While the
weights of the chosen network are not here, the page goes on with the last network that was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import VisionLabError, WeightsDamagedError
from core.zoo.catalog import card as find
from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import address, messages, networks

if TYPE_CHECKING:
    from core.zoo.downloads import Download

AnswerT = TypeVar("AnswerT")

NAME = "model"  # in the URL


def pick(task: Task, *, brief: bool = False, below: DeltaGenerator | None = None) -> ModelCard:
    """The picker, and the network to use: the chosen one, or the last one that was here; `brief` leaves its line out.

    Where the chosen one is not here, its download is offered with its size and host: in place, or in the container `below`,
    for a picker in a narrow cell.
    """
    key, rows = _key(task), of(task)
    _follow_url(task)
    chosen = find(
        st.selectbox(
            "Network",
            [row.key for row in rows],
            key=key,
            format_func=_label,
            help="What has a size here is not on the server from the start: it is downloaded once, when you ask for it.",
            persist_state="session",
            on_change=_chosen,
            args=(task,),
        )
    )
    address.show(NAME, None if chosen is rows[0] else chosen.key)
    with below or nullcontext():
        return _used(task, chosen, brief=brief)


def _used(task: Task, chosen: ModelCard, *, brief: bool) -> ModelCard:
    """The network to use, and what is to be said of the chosen one."""
    if unknown := st.session_state.get(_unknown(task)):
        st.caption(
            f":material/help: The link asks for a network called “{messages.escape(unknown)}”, and there is none for this. "
            f"**{chosen.title}** is asked instead; choose any other above."
        )
    if networks.present(chosen):
        if not brief:
            st.caption(about(chosen))
        return chosen
    used = fallback(task)
    if not chosen.bundled:  # what ships with the lab and is gone can't be fetched: whoever uses it says what to do
        offer(chosen)
        st.caption(f"Until it is here, the answer is that of **{used.title}**.")
    return used


def answered(card: ModelCard, cell: DeltaGenerator, ask: Callable[[ModelCard], AnswerT]) -> tuple[ModelCard, AnswerT]:
    """What `ask` gives for a network; where its file is damaged, for the last one that worked, and how to mend it."""
    try:
        found = ask(card)
    except WeightsDamagedError as error:
        other = fallback(card.task)
        if other is card:
            raise
        with cell:
            messages.explain(error)
            again(card)
            st.caption(f"Until then, the answer is that of **{other.title}**.")
        card, found = other, ask(other)
    proved(card)
    return card, found


def proved(card: ModelCard) -> None:
    """Remember that this network gave an answer: it is the one to fall back to."""
    st.session_state[f"{_key(card.task)}-used"] = card.key


def fallback(task: Task) -> ModelCard:
    """The last network that gave an answer, if its weights are still here, else the first of the catalogue."""
    used = find(st.session_state.get(f"{_key(task)}-used", of(task)[0].key))
    return used if networks.present(used) else of(task)[0]


def chosen_key(task: Task) -> str:
    """The key of the network that stands in the picker."""
    return st.session_state.get(_key(task), of(task)[0].key)


def choose(card: ModelCard) -> None:
    """Take this network from the next run on."""
    st.session_state[_key(card.task)] = card.key
    _chosen(card.task)


def about(card: ModelCard) -> str:
    """One line: how large, how good, what it takes."""
    return f"{count(card.parameters)} parameters · {card.score} · sees {card.input_size}"


def count(parameters: int) -> str:
    """A number of parameters in words: "1.2 million"."""
    return f"{parameters / 1e6:.1f} million"


def asked(card: ModelCard) -> bool:
    """Whether this session asked for this download, and it did not bring the file yet."""
    return card.file in _flights() and not networks.present(card)


def again(card: ModelCard) -> None:
    """A damaged file can be fetched once more, over itself."""
    if not _under_way(card) and not card.bundled and not networks.offline():
        _button(card, "Download again", again=True)


def offer(card: ModelCard) -> None:
    """The download of a network that is not here: its size and host before, how far it is while, why it failed after."""
    if _under_way(card):
        return
    if networks.offline():
        st.info(
            f"**{card.title} is not on this server, and it works offline.** Whoever runs it can put "
            f"{' and '.join(f'`{name}`' for name in card.files)} ({card.megabytes}) into its folder of weights.",
            icon=":material/cloud_off:",
        )
        return
    st.caption(f"**{card.title}** is not on this server yet: {card.megabytes} from {networks.host(card)}.")
    _button(card, "Download", again=False)


def _under_way(card: ModelCard) -> bool:
    """Whether the download is under way, with how far it is; if not, how the last one ended is told."""
    flight = networks.running(card)
    if flight is not None and not flight.done:
        st.fragment(_watch, run_every=0.5)(card)
        return True
    _outcome(card)
    return False


def _button(card: ModelCard, words: str, *, again: bool) -> None:
    st.button(
        f"{words}, {card.megabytes}",
        icon=":material/download:",
        key=f"download-{card.key}",
        on_click=_begin,
        args=(card, again),
    )


def _begin(card: ModelCard, again: bool) -> None:
    try:
        _flights()[card.file] = networks.begin(card, again=again)
    except VisionLabError as error:
        _flights()[card.file] = error


def _outcome(card: ModelCard) -> None:
    """How the last download that this session asked for ended, if it did not bring the file."""
    last = _flights().get(card.file)
    if isinstance(last, VisionLabError):
        messages.explain(last)
    elif last is not None and last.error is not None:
        messages.explain(last.error)
    elif last is not None and last.cancelled:
        st.caption("The download was stopped. What arrived is kept, and the next one goes on from there.")


def _watch(card: ModelCard) -> None:
    flight = networks.running(card)
    if flight is None or flight.done:
        st.rerun()  # the whole page: the network is here, or there is something to explain
    now = flight.progress
    words = [f"{now.received / 2**20:.1f} of {now.total / 2**20:.1f} MB"]
    if now.speed:
        words.append(f"{now.speed / 2**20:.1f} MB/s")
    if now.seconds_left is not None:
        words.append(f"{now.seconds_left:,.0f} s left")
    st.progress(now.share, f"**{card.title}** · {' · '.join(words)}")
    st.button("Stop", icon=":material/close:", key=f"stop-{card.key}", type="tertiary", on_click=_stop, args=(flight,))


def _stop(flight: Download) -> None:
    flight.cancel()
    flight.wait(2.0)  # it ends at once; what the page says next depends on how


def _flights() -> dict[str, Download | VisionLabError]:
    """The downloads this session asked for, by their file; an error where one could not begin."""
    return st.session_state.setdefault("downloads", {})


def _label(key: str) -> str:
    """Never changes for one network: the browser keeps the label of the choice, and one it no longer finds is none."""
    card = find(key)
    return card.title if card.bundled else f"{card.title} · {card.megabytes}"


def _follow_url(task: Task) -> None:
    """Take the network that a link names. A name that is none is kept, to be told until a network is chosen."""
    named = address.changed(NAME)
    if named is None:
        return
    if named in {row.key for row in of(task)}:
        st.session_state[_key(task)] = named
        st.session_state.pop(_unknown(task), None)
    else:
        st.session_state[_unknown(task)] = named[:40] or "nothing"


def _chosen(task: Task) -> None:
    """The visitor chose a network, so what the URL says in this run is old, and what a link asked for as well."""
    st.session_state.pop(_unknown(task), None)
    address.changes(NAME)


def _unknown(task: Task) -> str:
    """Where the session keeps the name in a link that no network has."""
    return f"{_key(task)}-unknown"


def _key(task: Task) -> str:
    return f"{task.value}-model"
