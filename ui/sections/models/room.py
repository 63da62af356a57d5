"""The memory of every device: what networks take of it, and what is left."""

from __future__ import annotations

import streamlit as st

from ui import networks, parts


def devices() -> None:
    """Four numbers for each device."""
    parts.section(
        "Memory", "Loaded networks are shared by everybody on this server. The least recently used leave first."
    )
    for room in networks.rooms():
        st.caption(f"**{room.title}**")
        first, second, third, fourth = parts.four(130)
        first.metric("Networks", _megabytes(room.networks), help="Weights that are loaded now.")
        second.metric("They may take", _megabytes(room.budget), help="A larger network is loaded anew for each answer.")
        third.metric("This program", _megabytes(room.used), help="All that the lab holds there, PyTorch included.")
        fourth.metric("Still free", _megabytes(room.free))


def _megabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.1f} MB"
