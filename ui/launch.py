"""What the server does before the first visitor comes, or when that visitor comes where nobody did it before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ui import garbage, preload, sockets


def begin() -> None:
    """Begin to import torch, let answers leave at once, and collect garbage now and then. Only the first call counts."""
    preload.start()
    sockets.hurry(int(st.get_option("server.port")))
    garbage.begin()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """`begin` while the server opens; the health endpoint answers meanwhile."""
    begin()
    yield
