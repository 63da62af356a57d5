"""What this server brings: the device, and what is on it."""

from __future__ import annotations

import streamlit as st

from core.zoo.catalog import CARDS
from ui import cached, parts


def bundled() -> None:
    """Device, photos and networks of this server, and what happens to photos."""
    parts.section("On this server")
    info = cached.device()
    first, second, third = st.columns(3, gap="medium")
    first.markdown(f"**{info.title}**")
    first.caption(f"{info.detail}. Every experiment runs on it.")
    second.markdown("**Five photos, three drawn scenes**")
    second.caption("With boxes drawn by eye on the photos, and exact boxes and masks for the scenes.")
    for card in CARDS:
        third.markdown(f"**{card.title}**")
        here = (
            "Its weights are here."
            if cached.has_weights(card.key)
            else f"Its weights are not here yet: {card.megabytes}."
        )
        third.caption(f"{card.parameters / 1e6:.1f} million parameters, ImageNet's 1,000 classes. {here}")
    st.caption("Photos of your own stay in this server's memory for this session. Nothing is sent anywhere else.")
