"""The time between two parts of a run that is watched: its pictures are drawn, sent and shown, and only then it goes on."""

from __future__ import annotations

import statistics
from collections import deque

USUAL = 0.2  # seconds, as long as none was measured on this server
MOST = 2.0  # seconds: a longer one is no drawing, but a hidden tab or a run that waited

_lately: deque[float] = deque(maxlen=50)


def note(seconds: float) -> None:
    """Remember how long it was, one time; what cannot be the drawing alone is left out."""
    if 0 <= seconds <= MOST:
        _lately.append(seconds)


def usual() -> float:
    """Seconds, the median of the last ones of all sessions."""
    return statistics.median(tuple(_lately)) if _lately else USUAL


def watched(seconds: float, steps: int, budget: float) -> float:
    """How long `steps` steps that take `seconds` in all take when they are watched, in parts of at least `budget` seconds."""
    each = seconds / steps
    part = max(each, budget + each / 2)  # the step in which the budget ends is finished
    return seconds + seconds / part * usual()
