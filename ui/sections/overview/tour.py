"""The guided tour: the seven steps of the story as a strip, what of it was seen, and one button to go on."""

from __future__ import annotations

import html

import streamlit as st

from ui import parts, story, story_steps

STYLE = """<style>
.tour { list-style: none; display: flex; flex-wrap: wrap; gap: .375rem .5rem; margin: 0 !important; padding: 0 !important; }
.tour li { display: flex; align-items: center; gap: .375rem; margin: 0; padding: .25rem .625rem; border-radius: 999px;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); font-size: .875rem; white-space: nowrap; }
.tour li[aria-current] { border-color: currentColor; font-weight: 600; }
.tour .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>"""


def tour() -> None:
    """Where the visitor is in the story, and the way to the next step."""
    with parts.hideable("tour"):
        parts.section("A tour with one photo", "Seven steps, from the first box to a painting. Your photo goes along.")
        following = story.first_unseen()
        st.html(STYLE + strip(story.seen(), following))
        if following is None:
            st.caption("You have seen all seven steps.")
            st.button("Begin again", icon=":material/replay:", key="tour-again", on_click=story.forget)
        else:
            label = f"Next: {following.name}" if story.seen() else "Start the tour"
            story.offer(following, label=label, key="tour-next")


def strip(seen: frozenset[str], following: story_steps.Step | None) -> str:
    """The steps as a list: those that were seen are ticked, and the next one is marked."""
    rows = []
    for step in story_steps.STEPS:
        done = step.name in seen
        current = ' aria-current="step"' if step is following else ""
        said = '<span class="unseen">, seen</span>' if done else ""
        mark = '<span aria-hidden="true">✓</span>' if done else f"<span>{step.number}</span>"
        rows.append(f"<li{current}>{mark}<span>{html.escape(step.name)}{said}</span></li>")
    return f'<ol class="tour" aria-label="Steps of the tour">{"".join(rows)}</ol>'
