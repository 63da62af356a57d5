"""What this server brings: the device, and what is on it."""

from __future__ import annotations

import streamlit as st

from core.zoo.catalog import CARDS
from ui import cached, networks, parts


def bundled() -> None:
    """Device, photos and networks of this server, and what happens to photos."""
    parts.section("On this server")
    info = cached.device()
    first, second, third = st.columns(3, gap="medium")
    first.markdown(f"**{info.title}**")
    first.caption(f"{info.detail}. Every experiment runs on it.")
    second.markdown("**Five photos, four drawn scenes**")
    second.caption("With boxes drawn by eye on the photos, and exact boxes and masks for the scenes.")
    here = [card for card in CARDS if networks.present(card)]
    third.markdown(f"**{len(CARDS)} networks**")
    third.caption(f"{len(here)} are on this server; those of the lab itself ship with it.")
    with third, st.container(key="server-models"):
        st.page_link("pages/models.py", label="See them all", icon=":material/arrow_forward:")
    with st.container(key="server-teach"):
        st.page_link("pages/teach.py", label="For teachers: a link for your class", icon=":material/school:")
    st.caption("Photos of your own stay in this server's memory for this session. Nothing is sent anywhere else.")
