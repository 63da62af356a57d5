"""A clock that nobody sees: it runs the fragment it stands in again and again, never while anything else runs.

Streamlit's own timer, `run_every`, also asks while the page is at work. What it asked for then begins the moment that work
ends, and Streamlit drops what it has not sent by then: if it was a fragment that ended, the word that it did. The browser
then never takes away what this fragment no longer draws, and shows old and new together (Streamlit 1.67,
`ForwardMsgQueue.clear`). So this clock waits in the browser until the last answer is there and nothing runs; and what a
visitor does in the very moment when it asks is not lost (see clock.js).
"""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_component = component("clock", js=(_HERE / "clock.js").read_text())


def clock(key: str, turn: int, pause: float | None) -> object:
    """Run the fragment around it again `pause` seconds after this run has been seen; None keeps it still.

    `turn` is another number in each run, so that the browser notices. Returns the turn after which this run was asked for,
    None where something else made it run. One that is not the turn before tells that the page has to run: the browser asked in
    the moment when a visitor did something, and that may have been sent as a run of this fragment alone, or the word that
    the page's own run has ended may be lost.
    """
    milliseconds = None if pause is None else round(1000 * pause)
    said = _component(key=key, data={"turn": turn, "pause": milliseconds}, on_tick_change=_nothing)
    return said.tick


def _nothing() -> None:
    """The run itself is what was asked for."""
