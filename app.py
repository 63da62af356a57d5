"""Overview: a network looks at the photo, a tour, every experiment with its picture, and the visitor's report."""

import streamlit as st

from ui import frame, messages
from ui.sections.overview import cards, network, report, server, tour

photo = frame.open_page("app.py")

hero = st.container()  # filled last: the cards need no network, so they are there first
tour.tour()
explained = cards.experiments(photo)
with hero, messages.guard("The network"):
    network.look(photo)
    cards.explained(photo, explained)
report.mine()
with messages.guard("The list of this server"):
    server.bundled()
