"""Runs as animated PNGs: in true colour, and no larger than their frames."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

SECONDS = 5.0
"""How long a run takes, about, from its first picture to its last."""

SHORTEST = 20
"""Milliseconds that browsers show a picture at least."""

REST = 1_200
"""Milliseconds that the last picture stays."""


def animated(pictures: Sequence[Image.Image], *, each: int | None = None, rest: int = REST) -> bytes:
    """Pictures of one size as an animated PNG that begins anew at its end.

    Each stays `each` milliseconds, or together about five seconds, and the last one `rest`. One picture is a still.
    """
    each = each or max(SHORTEST, round(1000 * SECONDS / len(pictures)))
    times = [each] * (len(pictures) - 1) + [rest]
    file = BytesIO()
    pictures[0].save(file, "PNG", save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return file.getvalue()
