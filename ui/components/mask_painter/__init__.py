"""A mask painted on a photo by hand: brush, outline and eraser, undone and done again in the browser.

The browser paints; it sends the whole mask as runs (`runs.py`) once the hand rests. Python echoes the `revision` of the last
message it has seen, so that a late answer never takes back what was painted meanwhile. A mask that Python holds and the
browser did not send is taken over, and can be undone like a stroke; on another photo the past begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from streamlit.components.v2 import component

from core.segmentation.settings import IGNORE
from ui.components import script
from ui.components.mask_painter import runs
from ui.components.sent import message, revision

_HERE = Path(__file__).parent
_component = component(
    "mask_painter",
    html=(_HERE / "mask_painter.html").read_text(),
    css=(_HERE / "mask_painter.css").read_text(),
    js=script(_HERE / "shapes.js", _HERE / "mask_painter.js"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is painted on.

    `image` is the photo as a data URL, whose pixels are those of `mask`: a place in `names` each, or 255 where nobody knows.
    `colours` go with `names`; the first is the background, and an empty one is not drawn. `about` names the photo and the
    classes together: a message about others is none.
    """

    image: str
    about: str
    names: tuple[str, ...]
    colours: tuple[str, ...]
    mask: UInt8[np.ndarray, "h w"]


def mask_painter(key: str, canvas: Canvas, *, on_paint: Callable[[UInt8[np.ndarray, "h w"]], None]) -> None:
    """Show `canvas`. Calls `on_paint` with the whole mask after each stroke, and after each one undone or done again."""

    def painted() -> None:
        sent = message(key, "painted")
        mask = runs.read(sent.get("runs"), *canvas.mask.shape, classes=len(canvas.names))
        if mask is not None and sent.get("about") == canvas.about:
            on_paint(mask)

    height, width = canvas.mask.shape
    _component(
        key=key,
        data={
            "image": canvas.image,
            "about": canvas.about,
            "width": width,
            "height": height,
            "names": canvas.names,
            "colours": canvas.colours,
            "open": IGNORE,
            "runs": runs.written(canvas.mask),
            "revision": revision(key, "painted"),
        },
        on_painted_change=painted,
    )
