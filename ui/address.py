"""State in the URL that no widget holds: the chosen sample photo, the step of a scrubber.

Widgets bind themselves (`bind="query-params"`). What a component holds goes through here: the session keeps the value,
the URL shows it, and a URL that the visitor changed (a link, the back button) wins once.
"""

from __future__ import annotations

import streamlit as st


def changed(name: str) -> str | None:
    """The value of `?name=` if it is not what `show` last put there, else None. Asking again gives None.

    In a run in which the app itself `changes` the value, the URL may lag behind: it is not asked then.
    """
    value = st.query_params.get(name)
    if st.session_state.pop(_ours(name), False) or value is None or value == st.session_state.get(_shown(name)):
        return None
    st.session_state[_shown(name)] = value
    return value


def changes(name: str) -> None:
    """The visitor changed the value by a control of the app, so what the URL says in this run is old."""
    st.session_state[_ours(name)] = True


def peek(name: str) -> str | None:
    """What `changed` would return, without taking it."""
    given = st.query_params.get(name)
    return given if given is not None and given != st.session_state.get(_shown(name)) else None


def number(name: str, default: int | None) -> int | None:
    """The whole number that the session keeps for `?name=`, or a new one that the URL names; `default` for what is none."""
    named = changed(name)
    if named is not None:
        st.session_state[name] = int(named) if named.isdecimal() and len(named) < 9 else default
    held: int | None = st.session_state.get(name, default)
    return held


def keep(name: str, value: object) -> None:
    """Keep what the visitor chose by a control of the app."""
    st.session_state[name] = value
    changes(name)


def show(name: str, value: str | None) -> None:
    """Put `?name=value` into the URL; None (a default) leaves it out."""
    st.session_state[_shown(name)] = value
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def shown(name: str) -> str | None:
    """What `show` last put into the URL; None for a default."""
    return st.session_state.get(_shown(name))


def _ours(name: str) -> str:
    return f"{name}_changed_here"


def _shown(name: str) -> str:
    return f"{name}_in_url"
