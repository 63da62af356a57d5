"""A server of the app with sixteen slots and, if asked, a fault that lets sessions see each other's answers.

`python -m tests.isolation.planted FAULT PORT` serves until it is ended. FAULT is "none", "alone" (every new session finds the
caches empty, as if it were the first), "hook" or "key".
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import streamlit as st
import torch

from core.device import best_device
from core.engine import ENGINE
from core.experiments import overview
from core.images.photo import Photo, from_pixels
from core.zoo import cache
from core.zoo.network import Network
from tests.browser.server import ROOT
from ui import cached, frame, preload
from ui.cached import detections

SESSIONS = 16
HELD = 0.1  # seconds between what a hook records and its use


def photos_of_their_own() -> None:
    """`?roll=30`: the chosen photo, moved by so many pixels in a circle. So no two sessions need have one photo."""
    opened = frame.open_page

    def open_page(file: str) -> Photo:
        photo, roll = opened(file), int(st.query_params.get("roll", "0"))
        return from_pixels(np.roll(photo.pixels, roll, axis=1), photo.name) if roll else photo

    frame.open_page = open_page


def alone() -> None:
    """Empty every cache whenever a session begins."""
    from streamlit.runtime.app_session import AppSession

    begin = AppSession.__init__

    def begun(session: AppSession, *given: Any, **options: Any) -> None:
        st.cache_data.clear()
        st.cache_resource.clear()
        cache.CACHE.clear()
        begin(session, *given, **options)

    AppSession.__init__ = begun


def hook() -> None:
    """The first layer of each network has one hook for all: it records what passes, and hands on what it recorded last."""

    def hooked(key: str, device: torch.device) -> Network:
        network = cache._load(key, device)
        first = next(layer for layer in network.module.modules() if isinstance(layer, torch.nn.Conv2d))
        last: dict[str, torch.Tensor] = {}

        def record(layer: torch.nn.Module, inputs: object, output: torch.Tensor) -> torch.Tensor:
            last["output"] = output
            time.sleep(HELD)
            return last["output"]

        first.register_forward_hook(record)
        return network

    cache.CACHE._load = hooked


def key() -> None:
    """Two doors whose key misses the photo."""

    @st.cache_data(max_entries=128, show_spinner=False)
    def look(_photo: Photo, model: str) -> overview.Look:
        return overview.look(_photo, model)

    see = detections._seen

    def seen(digest: str, *given: Any) -> Any:
        return see("", *given)

    cached.look, detections._seen = look, seen


FAULTS = {"none": lambda: None, "alone": alone, "hook": hook, "key": key}


def main(fault: str, port: str) -> None:
    """Serve."""
    from streamlit.web import cli

    preload.start()
    preload.wait()
    ENGINE._slots = lambda device: SESSIONS
    torch.set_num_threads(1)
    cache.CACHE.budget(best_device())
    photos_of_their_own()
    FAULTS[fault]()
    options = ["--server.port", port, "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *options]
    cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
