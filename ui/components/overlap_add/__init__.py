"""A transposed convolution, product by product: input, kernel, their product on its way, and the sum it is added to.

Input and kernel travel once, and the browser makes the running sum after any number of products from them, in the order
and the precision of `core.segmentation.transposed`. The page is told only where the slider came to rest. Python echoes the
`revision` of the last message it has seen, so that a late answer never moves the slider back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from core.segmentation.transposed_settings import TransposeSettings
from ui.components import script
from viz.colours import BOX_B, RED_BLUE, VIRIDIS

_HERE = Path(__file__).parent
_LARGEST = 2**53  # the integers that a browser counts exactly
_component = component(
    "overlap_add",
    html=(_HERE / "overlap_add.html").read_text(),
    css=(_HERE / "overlap_add.css").read_text(),
    js=script(*(_HERE / f"{name}.js" for name in ("sums", "painter", "overlap_add"))),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the browser said last: after how many products it rests, and how many messages that makes."""

    step: int
    revision: int


def overlap_add(
    key: str, settings: TransposeSettings, *, step: int, on_step: Callable[[int], None], veiled: bool = False
) -> None:
    """Show the products of `settings` after `step` of them; `veiled` hides the output and its size.

    Calls `on_step` with the number of products where a visitor came to rest. Where `step` is another than in the last run,
    the browser follows, unless a hand is on the slider.
    """
    last = len(settings.input) * len(settings.input[0])

    def moved() -> None:
        sent = _read(st.session_state.get(key, {}).get("step"))
        if sent and 0 <= sent.step <= last:
            on_step(sent.step)

    sent = _read(st.session_state.get(key, {}).get("step"))
    _component(
        key=key,
        data={
            "input": settings.input,
            "kernel": settings.kernel,
            "stride": settings.stride,
            "padding": settings.padding,
            "veiled": veiled,
            "step": step,
            "revision": sent.revision if sent else 0,
            "ramps": (VIRIDIS, RED_BLUE),
            "hit": BOX_B.colour,
        },
        on_step_change=moved,
    )


def _read(message: object) -> Sent | None:
    """A message of the browser; None for what is none."""
    if not isinstance(message, Mapping):
        return None
    step, revision = (message.get(name) for name in ("value", "revision"))
    if type(step) is not int or type(revision) is not int or not 0 <= revision < _LARGEST:
        return None
    return Sent(step, revision)
