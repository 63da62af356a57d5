"""How every benchmark measures and reports: ours and a peer side by side in one run.

A benchmark is a module of this package that ends with `report(rows, sys.argv[1:])`. Run one with
`python -m benchmarks.boxes`, add `--json` for one JSON object, or run all with `python -m benchmarks`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

import torch

FEWEST_ROUNDS = 7


class Median(float):
    """The median of some samples, which also knows the quartiles between which half of them lie."""

    low: float
    high: float

    def __new__(cls, samples: Sequence[float]) -> Median:
        """From all samples; of a single one, the quartiles are itself."""
        made = super().__new__(cls, median(samples))
        made.low, _, made.high = quantiles(samples, n=4, method="inclusive") if len(samples) > 1 else samples * 3
        return made


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: lower is better for `ours` and `peer`, which are in `unit`; `aim` is the highest good ratio."""

    what: str
    ours: float
    peer: float
    peer_name: str
    aim: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours over the peer's: below 1 where ours is better."""
        return self.ours / self.peer

    @property
    def spread(self) -> tuple[float, float] | None:
        """The ratios between which half of our samples lie; None where ours is no median."""
        if not isinstance(self.ours, Median):
            return None
        return self.ours.low / self.peer, self.ours.high / self.peer

    @property
    def verdict(self) -> str:
        """`met` or `missed`, and a dash where there is no aim."""
        if self.aim is None:
            return "–"
        return "met" if self.ratio <= self.aim else "missed"


def interleave(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = 15) -> tuple[Median, Median]:
    """Median seconds of `ours` and of `peer`, called in turn so that a busy moment of the machine hits both.

    Both are warmed up, the one that goes first alternates, and denormal numbers are flushed for both (they make
    backward passes through random networks 10 to 100 times slower). The work of an accelerator is waited for.

    Raises:
        ValueError: fewer than 7 rounds, of which a median says little.
    """
    if rounds < FEWEST_ROUNDS:
        raise ValueError(f"rounds must be at least {FEWEST_ROUNDS}, got {rounds}")
    times: tuple[list[float], list[float]] = ([], [])
    contestants = ((ours, times[0]), (peer, times[1]))
    torch.set_flush_denormal(True)
    try:
        for call in (ours, peer, peer, ours):
            _seconds(call)
        for index in range(rounds):
            for call, taken in contestants if index % 2 == 0 else reversed(contestants):
                taken.append(_seconds(call))
    finally:
        torch.set_flush_denormal(False)
    return Median(times[0]), Median(times[1])


def report(rows: Sequence[Row], argv: Sequence[str]) -> None:
    """Print a table, or with `--json` in `argv` one JSON object `{"rows": [...]}`."""
    parser = argparse.ArgumentParser(description="Compare ours with a peer, side by side in one run.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    if parser.parse_args(argv).json:
        print(json.dumps({"rows": [_as_json(row) for row in rows]}, allow_nan=False))
    else:
        print(_table(rows))


def _seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return perf_counter() - start


def _as_json(row: Row) -> dict[str, object]:
    return {
        "what": row.what,
        "unit": row.unit,
        "ours": row.ours,
        "peer": row.peer,
        "peer_name": row.peer_name,
        "ratio": row.ratio,
        "spread": row.spread,
        "aim": row.aim,
    }


def _table(rows: Sequence[Row]) -> str:
    cells = [("what", "ours", "peer", "peer name", "ratio", "half between", "aim", "")]
    for row in rows:
        aim = "–" if row.aim is None else f"{row.aim:.2f}"
        spread = "–" if row.spread is None else f"{row.spread[0]:.3f}, {row.spread[1]:.3f}"
        cells.append(
            (
                row.what,
                f"{row.ours:.4g} {row.unit}",
                f"{row.peer:.4g} {row.unit}",
                row.peer_name,
                f"{row.ratio:.3f}",
                spread,
                aim,
                row.verdict,
            )
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
