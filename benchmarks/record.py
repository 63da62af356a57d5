"""What was measured, kept as JSON, and told as the page `docs/benchmarks.md`.

The record has one entry for each benchmark, by the name of its module: its title, when and where it was measured, its rows as
`harness.report` prints them, and in each row the ratio that the record had before (`last`), if it had that row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

FILE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.json"
WORSE = 1.1
"""From this factor on a ratio is told as worse than it was, if three of four of its samples are, too."""

UNITS = {"s": (1e-6, 1e-3, 1.0), "ms": (1e-3, 1.0, 1e3)}
Entry: TypeAlias = dict[str, Any]
Record: TypeAlias = dict[str, Entry]


def read(file: Path = FILE) -> Record:
    """The record as it was written last; empty where none was."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def write(record: Record, file: Path = FILE) -> None:
    """Keep `record`, in the order of its names, a row a line apart."""
    file.write_text(json.dumps(dict(sorted(record.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def entry(title: str, rows: Sequence[Entry], facts: Sequence[str], day: date, last: Entry | None) -> Entry:
    """What is kept of one benchmark; `last` is what was kept of it before."""
    before = {_name(row): row["ratio"] for row in last["rows"]} if last else {}
    compared = [{**row, "last": before.get(_name(row))} for row in rows]
    return {"title": title, "day": day.isoformat(), "machine": list(facts), "rows": compared}


def worse(kept: Entry) -> list[str]:
    """A sentence for each row whose ratio is clearly above what it was."""
    return [
        f"{row['what']}, beside {row['peer_name']}: {row['ratio']:.3f}, it was {row['last']:.3f}"
        for row in kept["rows"]
        if row["last"] is not None
        and row["ratio"] > WORSE * row["last"]
        and (row["spread"] is None or row["spread"][0] > row["last"])
    ]


def page(record: Record) -> str:
    """The page in Markdown: a section for each benchmark, by its title."""
    lines = ["# Benchmarks", ""]
    lines += [
        "Ours beside other libraries or a floor, both measured in turn in one run. Lower is better, and a ratio below 1"
    ]
    lines += [
        "means that ours is. Half of our samples lie between the two ratios of the next column, where ours is a median."
    ]
    lines += [
        "*Before* is the ratio of the run before, maybe on another machine. Written by `python -m benchmarks` from"
    ]
    lines += ["`docs/benchmarks.json`, which keeps all digits."]
    for kept in sorted(record.values(), key=lambda kept: kept["title"]):
        lines += ["", f"## {kept['title']}", "", f"Measured on {kept['day']}: {'; '.join(kept['machine'])}.", ""]
        lines += ["| what | ours | peer | measured beside | ratio | half between | before | aim | |"]
        lines += ["|---|---|---|---|---|---|---|---|---|", *(_line(row) for row in kept["rows"])]
    return "\n".join(lines) + "\n"


def said(value: float, unit: str) -> str:
    """A measured value with the unit that suits its size: `317 ms`, `8.05 µs`, `1.6 s`."""
    if unit not in UNITS:
        return f"{_digits(value)} {unit}".rstrip()
    scales = dict(zip(("µs", "ms", "s"), UNITS[unit], strict=True))
    name = next((name for name in ("s", "ms") if value >= scales[name]), "µs")
    return f"{_digits(value / scales[name])} {name}"


def _digits(value: float) -> str:
    """Three digits; all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _name(row: Entry) -> tuple[str, str]:
    return row["what"], row["peer_name"]


def _line(row: Mapping[str, Any]) -> str:
    aim, verdict = "–", "no aim"
    if row["aim"] is not None:
        aim, verdict = f"at most {row['aim']:.3g}", "met" if row["ratio"] <= row["aim"] else "**missed**"
    spread = "–" if row["spread"] is None else f"{row['spread'][0]:.3f} and {row['spread'][1]:.3f}"
    last = "–" if row["last"] is None else f"{row['last']:.3f}"
    values = (said(row["ours"], row["unit"]), said(row["peer"], row["unit"]))
    cells = (row["what"], *values, row["peer_name"], f"{row['ratio']:.3f}", spread, last, aim, verdict)
    return f"| {' | '.join(cells)} |"
