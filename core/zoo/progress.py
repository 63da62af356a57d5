"""How far a download is, how fast it goes, and how long it will still take."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

RECENT = 5.0  # seconds the speed is taken over
A_GUESS = 0.3  # seconds below which a speed would be one


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: bytes that are here, bytes in all, and bytes per second over the last few seconds.

    Bytes of earlier attempts count as received but not as speed. `speed` is 0 while it is unknown.
    """

    received: int
    total: int
    speed: float = 0.0

    @property
    def share(self) -> float:
        """What is here of the whole, from 0 to 1."""
        return min(1.0, self.received / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the rest is here at this speed; None while the speed is unknown."""
        return max(0, self.total - self.received) / self.speed if self.speed else None


class Pace:
    """Bytes per second over the last few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def speed(self, received: int) -> float:
        """The speed now that `received` bytes are here."""
        now = time.monotonic()
        if self._seen and received < self._seen[-1][1]:
            self._seen.clear()  # somebody started over
        self._seen.append((now, received))
        while self._seen[0][0] < now - RECENT:
            self._seen.popleft()
        began, before = self._seen[0]
        return (received - before) / (now - began) if now - began > A_GUESS else 0.0
