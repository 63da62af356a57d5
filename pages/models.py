"""Models: every network of the lab, what it takes and gives, tried on the chosen photo."""

import streamlit as st

from ui import frame, messages, parts
from ui.sections.models import room, rows

photo = frame.open_page("pages/models.py")

with messages.guard("The list of networks"):
    rows.every(photo)
with messages.guard("The memory of this server"), parts.hideable("memory"):
    room.devices()
parts.caveat(
    "A score is measured on photos like those the network learned from. On yours it may do better or worse, and a network "
    "must answer even where it knows nothing."
)
st.caption(
    "Weights are files of numbers: nothing that could run is ever loaded, and what was downloaded is checked again."
)
with messages.guard("The links to other pages"):
    frame.send_to(
        "pages/detector.py", "pages/segmenter.py", "pages/attribution.py", "pages/saliency.py", "pages/style.py"
    )
