"""A visitor's own pair of Darknet files: given in a popover, checked once, and asked until the visitor goes back."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import VisionLabError
from core.zoo.own_darknet import MOST_BYTES, OwnDarknet
from ui import messages
from ui.cached import detections

NAME, TURN = "own-name", "own-turn"
MEGABYTES = MOST_BYTES // 2**20


def now() -> tuple[OwnDarknet, str] | None:
    """The files that are asked and what the network is called, if there are any."""
    files = detections.own_now()
    return None if files is None else (files, st.session_state.get(NAME, "Your network"))


def offer(cell: DeltaGenerator) -> None:
    """Places for the files. What is wrong with them is told here, and the network of before stays."""
    turn = st.session_state.get(TURN, 0)  # a new key empties the widgets once their files are taken
    with cell:
        st.caption("A network of Darknet's family, such as YOLOv3 or YOLOv4. Its files stay in this session.")
        config = st.file_uploader("Layers, .cfg", type=["cfg", "txt"], key=f"own-cfg-{turn}", max_upload_size=1)
        weights = st.file_uploader(
            "Weights, .weights", type=["weights"], key=f"own-weights-{turn}", max_upload_size=MEGABYTES
        )
        names = st.file_uploader(
            "Names, if you have them",
            type=["names", "txt"],
            key=f"own-names-{turn}",
            max_upload_size=1,
            help="One class on each line. Without it 80 classes are taken for those of COCO.",
        )
        ready = config is not None and weights is not None
        if st.button("Look with this network", key="own-look", disabled=not ready) and config and weights:
            _take(config.name, config.getvalue(), weights.getvalue(), names.getvalue() if names else None)


def used(name: str) -> None:
    """In the picker's place: that the visitor's network is asked, and the way back."""
    st.markdown(f"**{messages.escape(name)}**  \n:gray[Your own files are asked.]")
    st.button("Back to the catalogue", icon=":material/undo:", key="own-back", on_click=detections.forget_own)


def _take(name: str, config: bytes, weights: bytes, names: bytes | None) -> None:
    try:
        with st.spinner("Reading", show_time=True):
            detections.own(config, weights, names)
    except VisionLabError as error:
        messages.explain(error)
        return
    st.session_state[NAME] = f"Your network, {name[:60]}"
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.rerun()
