"""A transposed convolution, product by product: input, kernel, their product on its way, and the sum it is added to.

Input and kernel travel once, and the browser makes the running sum after any number of products from them, in the order
and the precision of `core.segmentation.transposed`. The page is told only where the slider came to rest. Python echoes the
`revision` of the last message it has seen, so that a late answer never moves the slider back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.components.v2 import component

from core.segmentation.transposed_settings import TransposeSettings
from ui.components import script
from ui.components.sent import message, revision, whole
from viz.colours import BOX_B, RED_BLUE, VIRIDIS

_HERE = Path(__file__).parent
_component = component(
    "overlap_add",
    html=(_HERE / "overlap_add.html").read_text(),
    css=(_HERE / "overlap_add.css").read_text(),
    js=script(*(_HERE / f"{name}.js" for name in ("sums", "painter", "overlap_add"))),
)


def overlap_add(
    key: str, settings: TransposeSettings, *, step: int, on_step: Callable[[int], None], veiled: bool = False
) -> None:
    """Show the products of `settings` after `step` of them; `veiled` hides the output and its size.

    Calls `on_step` with the number of products where a visitor came to rest. Where `step` is another than in the last run,
    the browser follows, unless a hand is on the slider.
    """
    last = len(settings.input) * len(settings.input[0])

    def moved() -> None:
        sent = whole(message(key, "step").get("value"))
        if sent is not None and 0 <= sent <= last:
            on_step(sent)

    _component(
        key=key,
        data={
            "input": settings.input,
            "kernel": settings.kernel,
            "stride": settings.stride,
            "padding": settings.padding,
            "veiled": veiled,
            "step": step,
            "revision": revision(key, "step"),
            "ramps": (VIRIDIS, RED_BLUE),
            "hit": BOX_B.colour,
        },
        on_step_change=moved,
    )
