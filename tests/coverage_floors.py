"""The share of lines and of branches that the tests run, layer by layer, against floors.

`python -m tests.coverage_floors REPORT` reads the JSON report of coverage.py, prints both shares of each layer, and fails
where one of them is below its floor.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

FLOORS = {"core": 0.95, "viz": 0.90, "ui": 0.85, "pages": 0.85}
"""The least share of each layer, of its lines and of its branches alike."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many there are, and how many of them were run."""

    run: int
    all: int

    @property
    def value(self) -> float:
        """From 0 to 1; of nothing everything was run."""
        return self.run / self.all if self.all else 1.0


@dataclass(frozen=True, slots=True)
class Layer:
    """What was run of one layer."""

    name: str
    lines: Share
    branches: Share

    @property
    def holds(self) -> bool:
        """Whether both shares reach the floor."""
        return min(self.lines.value, self.branches.value) >= FLOORS[self.name]

    def __str__(self) -> str:
        lines, branches = (
            f"{share.value:6.1%} of {share.all:,} {words}"
            for share, words in ((self.lines, "lines"), (self.branches, "branches"))
        )
        verdict = "" if self.holds else f", below the floor of {FLOORS[self.name]:.0%}"
        return f"{self.name:6}{lines:>24}, {branches}{verdict}"


def layers(report: dict) -> tuple[Layer, ...]:
    """The layers of a report. A file at the top, `app.py`, is a page.

    Raises:
        KeyError: a file belongs to no layer, or the branches were not measured.
    """
    counted = {name: [0, 0, 0, 0] for name in FLOORS}
    for file, found in report["files"].items():
        numbers = counted[file.split("/")[0] if "/" in file else "pages"]
        for index, name in enumerate(("covered_lines", "num_statements", "covered_branches", "num_branches")):
            numbers[index] += found["summary"][name]
    return tuple(Layer(name, Share(*row[:2]), Share(*row[2:])) for name, row in counted.items())


def main(path: str) -> int:
    """Print the layers of the report in the file `path`; 0 where all hold, else 1."""
    found = layers(json.loads(Path(path).read_text()))
    print(*found, sep="\n")
    return 0 if all(layer.holds for layer in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
