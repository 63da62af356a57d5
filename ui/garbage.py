"""Garbage is collected now and then, and after no run.

Streamlit would do it after each (`runner.postScriptGC`, off in `.streamlit/config.toml`). That walks all that all sessions
hold with the interpreter locked, so an answer costs more the more visitors there are: with 50 most of its time. What nobody
holds is freed at once in Python; this is only about what holds itself.
"""

from __future__ import annotations

import gc
import threading

_PAUSE = 15.0  # seconds between two collections
_started = threading.Lock()
_ended = threading.Event()


def begin() -> None:
    """Begin to collect in a thread of its own. Only the first call of the process does anything."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_collect, name="garbage", daemon=True).start()


def _collect() -> None:
    while not _ended.wait(_PAUSE):
        gc.collect()
