"""Torch in the background: the shell paints first, and pages wait for torch only where they need it.

After the imports the heap is frozen: else each collection of garbage walks all of torch, about 90 ms with the interpreter
locked.
"""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import time

import streamlit as st

from core.errors import StartError

_MODULES = (
    "torch",
    "core.experiments.overview",
    "core.experiments.anchors",
    "core.experiments.assignment",
    "core.experiments.models",
    "core.zoo.downloads",
)

_LATER = "torchvision"
"""What takes as long again and no network of the lab needs: it is imported when the first visitor may have seen an answer."""

_QUIET = 10.0  # seconds from torch until then

_log = logging.getLogger(__name__)
_started = threading.Lock()
_done = threading.Event()
_error: BaseException | None = None


def start() -> None:
    """Begin to import torch in a thread of its own. Only the first call of the process does anything."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_load, name="preload", daemon=True).start()


def ready() -> bool:
    """Whether torch is there (or is known to be broken)."""
    return _done.is_set()


def wait() -> None:
    """Wait until torch is there. A visitor who leaves meanwhile ends the wait.

    Raises:
        StartError: torch could not be imported.
    """
    start()
    while not _done.wait(0.05):
        touch()
    if _error is not None:
        raise StartError(
            "The lab could not load PyTorch on this server.", "Install it again: pip install -r requirements.txt."
        ) from _error


def touch() -> None:
    """Give Streamlit the chance to end this run: reading the session state is the cheapest such point."""
    st.session_state.get("photo")


def _load() -> None:
    global _error
    try:
        gc.disable()  # an import makes little garbage, and to look for it takes a sixth of the time
        for module in _MODULES:
            importlib.import_module(module)
        gc.freeze()
    except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it, whatever it is
        _log.exception("Preload failed")
        _error = error
    finally:
        gc.enable()
        _done.set()
    if _error is None:
        _load_later()


def _load_later() -> None:
    time.sleep(_QUIET)
    try:
        importlib.import_module(_LATER)
    except Exception:  # noqa: BLE001 - logged here, and told by the page that needs it
        _log.exception("%s could not be imported", _LATER)
    _freeze_anew()


def _freeze_anew() -> None:
    """Free what the imports left behind, which took too long while a visitor was waiting, and freeze what came since.

    What sessions hold by now is frozen with it, which is little.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
