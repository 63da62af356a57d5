"""The words of a run that is watched: where it is, how fast, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable

from ui.watched import Phase


def progress(
    phase: Phase,
    index: int | None,
    total: int | None,
    pace: float | None,
    before: int,
    *,
    unit: str = "step",
    first: int = 0,
    ahead: Callable[[int], float] | None = None,
) -> str:
    """A run in one line: "Step 12 of 20 · 8 steps a second · 4 s left". `pace` is in steps a second.

    `index` and `total` count from 0 and are told from `first` on; `unit` is the word for a step. Where steps differ in
    length, `ahead` says how many like that after `index` are left.
    """
    if phase is Phase.WAITING:
        return f":material/hourglass_empty: {before} run{'s' if before != 1 else ''} before yours. It starts by itself."
    if index is None:
        return "Starting"
    if phase is Phase.DONE:
        return f"Done after {index + first:,} {unit}{'s' if index + first != 1 else ''}"
    step = f"{unit} {index + first:,}" + (f" of {total + first:,}" if total is not None else "")
    if phase is not Phase.RUNNING:
        return f"{phase.value.capitalize()} at {step}"
    parts = [step.capitalize()]
    if pace:
        parts.append(f"{pace:,.0f} {unit}s a second" if pace >= 1.5 else f"{1 / pace:.1f} s {_a(unit)}")
        if total is not None:
            parts.append(f"{span(max(0, ahead(index) if ahead else total - index) / pace)} left")
    return " · ".join(parts)


def _a(unit: str) -> str:
    return f"{'an' if unit[0] in 'aeiou' else 'a'} {unit}"


def span(seconds: float) -> str:
    """How long something takes, in words: "under 1 s", "24 s", "3 min"."""
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
