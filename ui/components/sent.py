"""What the browser sent last, read as what it may be: a page asks it of a component, but anybody can send anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

LARGEST = 2**53  # the integers that a browser counts exactly


def message(key: str, name: str) -> Mapping[str, Any]:
    """The last message `name` of the component `key`; empty before the first, and for anything that is none."""
    sent = st.session_state.get(key, {}).get(name)
    return sent if isinstance(sent, Mapping) else {}


def whole(value: object) -> int | None:
    """A whole number, of either sign; None for anything else."""
    return value if type(value) is int and abs(value) < LARGEST else None


def revision(key: str, *names: str) -> int:
    """How many messages the browser had sent with the last one of these, as it says; 0 where it says nothing."""
    return max(0, *(whole(message(key, name).get("revision")) or 0 for name in names))
