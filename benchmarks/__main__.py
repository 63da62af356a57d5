"""Run the benchmarks of this folder and write docs/benchmarks.md: `python -m benchmarks`, or some alone by their names.

A section says on what day and machine it was measured, since those that are not run again stay as they are.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"__init__", "__main__", "crowd", "driver", "harness", "visitor"}


class BenchmarkError(RuntimeError):
    """A benchmark that ended with an error or printed something else than its JSON object."""


def main(names: Sequence[str]) -> int:
    """Run all or those called `names`, write the page, and return the exit status: 1 if any failed, and then none is written."""
    paths = [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in NOT_BENCHMARKS]
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        print(f"No benchmark is called {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 1
    sections, failed = sections_of(PAGE.read_text(encoding="utf-8")) if names and PAGE.is_file() else {}, False
    for path in paths:
        if names and path.stem not in names:
            continue
        print(f"benchmarks.{path.stem} …", flush=True)
        try:
            sections[_title(path)] = section(measured(path.stem), machine(), date.today())
        except BenchmarkError as error:
            print(f"benchmarks.{path.stem} failed: {error}", file=sys.stderr)
            failed = True
    if failed:
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(sections), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(FOLDER.parent)}")
    return 0


def measured(name: str) -> list[dict[str, Any]]:
    """The rows of one benchmark, run in a process of its own.

    Raises:
        BenchmarkError: it failed, or its output is not the JSON object that `harness.report` prints.
    """
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"exit status {done.returncode}\n{done.stderr}")
    try:
        return json.loads(done.stdout)["rows"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise BenchmarkError(f"not one JSON object with rows: {done.stdout[:200]!r}") from error


def machine() -> list[str]:
    """What the numbers depend on, without saying whose machine it is."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "torchvision"))
    return [f"{os.cpu_count()} CPUs, {_cpu_model()}", f"Python {platform.python_version()}, {versions}"]


def section(rows: Sequence[Mapping[str, Any]], facts: Sequence[str], day: date) -> str:
    """One benchmark in Markdown: where and when, then its table."""
    lines = [f"Measured on {day.isoformat()}: {'; '.join(facts)}.", ""]
    lines += ["| what | ours | peer | measured beside | ratio | aim | |", "|---|---|---|---|---|---|---|"]
    return "\n".join((*lines, *(_line(row) for row in rows)))


def page(sections: Mapping[str, str]) -> str:
    """The page in Markdown: a section for each benchmark, by its title."""
    lines = ["# Benchmarks", ""]
    lines += ["Ours beside other libraries, both measured in turn in one run. Lower is better, and a ratio"]
    lines += ["below 1 means that ours is. Written by `python -m benchmarks`."]
    for title in sorted(sections):
        lines += ["", f"## {title}", "", sections[title]]
    return "\n".join(lines) + "\n"


def sections_of(written: str) -> dict[str, str]:
    """The sections of a page that `page` wrote, by their titles."""
    parts = written.split("\n## ")[1:]
    return {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}


def _line(row: Mapping[str, Any]) -> str:
    aim, verdict = "–", "no aim"
    if row["aim"] is not None:
        aim, verdict = f"at most {row['aim']:g}", "met" if row["ratio"] <= row["aim"] else "**missed**"
    cells = (row["what"], f"{row['ours']:.4g}", f"{row['peer']:.4g}", row["peer_name"], f"{row['ratio']:.3f}")
    return f"| {' | '.join((*cells, aim, verdict))} |"


def _title(path: Path) -> str:
    """The first line of the benchmark's docstring, read without importing it."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return docstring.splitlines()[0].rstrip(".") if docstring else path.stem


def _cpu_model() -> str:
    """As Linux names it, else what the platform says."""
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
