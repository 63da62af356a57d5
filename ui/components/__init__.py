"""Browser components: html, css, js, and a typed Python door each."""

from __future__ import annotations

from pathlib import Path

_DRAWING = Path(__file__).parent / "drawing.js"


def script(path: Path) -> str:
    """The module in `path` with the drawing functions that components share before it."""
    return _DRAWING.read_text() + path.read_text()
