"""Browser components: html, css, js, and a typed Python door each."""

from __future__ import annotations

from pathlib import Path

_DRAWING = Path(__file__).parent / "drawing.js"


def script(*paths: Path) -> str:
    """The module that `paths` make one after the other, with the drawing functions that components share before them."""
    return "".join(path.read_text() for path in (_DRAWING, *paths))
