"""A page whose fragment takes a second, with another fragment inside of it: the journeys of `test_delivery.py` run on it.

Its last words are written while threads of its own keep the server from sending them, as other sessions do on a busy one.
"""

import threading
import time

import streamlit as st

from ui import delivery


def busy(until: float) -> None:
    while time.monotonic() < until:
        pass


@st.fragment
def inner() -> None:
    st.caption("Inside")


@st.fragment
def outer() -> None:
    st.button("Press")
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    time.sleep(1.5)
    for _ in range(3):
        threading.Thread(target=busy, args=(time.monotonic() + 0.5,)).start()
    for line in range(8):
        st.caption(f"Line {line}")
    inner()
    st.text(f"Run {st.session_state.runs}")


delivery.keep_all()
st.title("Hasty")
outer()
