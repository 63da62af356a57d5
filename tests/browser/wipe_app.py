"""A page with nothing but a wipe, and what it says: the journeys of `test_wipe.py` run on it.

The photo is grey, the veils are red and blue over its middle square. `?slow=1` makes every answer late, `?only=two` shows two
pictures instead, `?tall=1` a photo that is higher than wide.
"""

import time

import streamlit as st
from PIL import Image

from ui.components.wipe import Rest, Veil, Wipe, wipe
from viz.images import data_url

GREY, RED, BLUE, GREEN = (120, 120, 120), (200, 30, 30), (30, 30, 200), (30, 160, 60)
VEILS = (("Red", RED, "a veil of one colour"), ("Blue", BLUE, "another one"))


def plain(colour: tuple[int, ...], size: tuple[int, int]) -> str:
    return data_url(Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour))


def heard(rest: Rest) -> None:
    st.session_state.heard = [*st.session_state.heard, rest]
    st.session_state.rest = rest


def asked() -> None:
    st.session_state.rest = Rest(0.25, 1.0, 1)


def other() -> None:
    st.session_state.veils = VEILS[::-1]


def main() -> None:
    st.session_state.setdefault("heard", [])
    st.session_state.setdefault("rest", Rest(0.5, 1.0, 0))
    st.session_state.setdefault("veils", VEILS)

    st.title("Wipe")
    width, height = (200, 800) if "tall" in st.query_params else (400, 200)
    side, size = min(width, height), (width, height)
    seen = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
    veils = tuple(Veil(title, plain((*colour, 255), (8, 8)), note) for title, colour, note in st.session_state.veils)
    rest = st.session_state.rest
    if "slow" in st.query_params:
        time.sleep(0.7)
    two = st.query_params.get("only") == "two"
    wipe(
        "wipe",
        Wipe(
            photo=plain(GREY, size),
            width=width,
            height=height,
            alt="Grey",
            seen=None if two else seen,
            veils=() if two else veils,
            after=plain(GREEN, size) if two else "",
            names=("Before", "After") if two else ("Photo", ""),
            position=rest.position,
            opacity=rest.opacity,
            veil=rest.veil,
        ),
        heard,
    )
    st.button("Ask for a quarter of blue", on_click=asked)
    st.button("The veils in another order", on_click=other)
    st.text(f"heard {len(st.session_state.heard)} times")
    st.text(f"at {rest.position:.3f}, {rest.opacity:.2f}, veil {rest.veil}")
    st.html('<div style="height:1200px"></div>')


if __name__ == "__main__":
    main()
