"""For teachers: a link that opens a page in class with a question, a photo, and without what comes later."""

import streamlit as st

from ui import frame, messages, parts
from ui.sections.teach import form, shown

photo = frame.open_page("pages/teach.py")

with messages.guard("The link"):
    parts.section("The lesson", "Choose what the class shall see. The photo is the one of the tray.")
    made = form.choose(photo)
    shown.link(made)
    shown.preview(made)
st.caption(
    "A link sets where the class begins, and locks nothing: everybody may go on from there, each with a photo and a session of "
    "their own."
)
