"""What the server does before the first visitor comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ui import preload, sockets


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Begin to import torch and let answers leave at once; the health endpoint answers meanwhile."""
    preload.start()
    sockets.hurry(int(st.get_option("server.port")))
    yield
