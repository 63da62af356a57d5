"""Run the benchmarks of this folder, or some alone by their names: `python -m benchmarks`, `python -m benchmarks nms load`.

What was measured goes into `docs/benchmarks.json` beside what is not run again, is compared with what stood there, and is told
in `docs/benchmarks.md` and in the tables of `headline.py`.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import headline, record

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"__init__", "__main__", "crowd", "driver", "harness", "headline", "record", "visitor"}


class BenchmarkError(RuntimeError):
    """A benchmark that ended with an error or printed something else than its JSON object."""


def main(names: Sequence[str]) -> int:
    """Run all or those called `names`, and write what they measured; what fails stays as it was, and makes the exit status 1."""
    paths = [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in NOT_BENCHMARKS]
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        print(f"No benchmark is called {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 1
    kept, failed = record.read(), False
    for path in paths:
        if names and path.stem not in names:
            continue
        print(f"benchmarks.{path.stem} …", flush=True)
        try:
            rows = measured(path.stem)
        except BenchmarkError as error:
            print(f"benchmarks.{path.stem} failed: {error}", file=sys.stderr)
            failed = True
            continue
        kept[path.stem] = record.entry(_title(path), rows, machine(), date.today(), kept.get(path.stem))
        for sentence in record.worse(kept[path.stem]):
            print(f"  worse than before: {sentence}")
    record.write(kept)
    PAGE.write_text(record.page(kept), encoding="utf-8")
    headline.write(kept)
    print(f"Wrote {', '.join(file.name for file in (record.FILE, PAGE, *headline.TABLES))}")
    return int(failed)


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
