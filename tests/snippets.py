""" "Copy as PyTorch" keeps its promise: a snippet is taken from a page, run as its reader would, and its numbers read."""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.sessions import opened

ROOT = Path(__file__).parents[1]
TOGETHER = """import contextlib, io
for key, code in {snippets!r}.items():
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {{"__name__": "__main__"}})
    for line in printed.getvalue().splitlines():
        print(f"{{key}}/{{line}}")
"""
"""Runs `snippets` by their keys in one process, since most of what each would take is the import of torch: `key/name = number`."""

LINE = re.compile(r"^(?P<name>\S.*?) = (?P<number>\S+)$")


def snippet_of(at: AppTest) -> str:
    """The one snippet on the page."""
    (code,) = [block for block in opened(at, "Copy as PyTorch").code if block.language == "python"]
    return code.value


def run(code: str, *, timeout: float = 120, **replacements: str) -> dict[str, float]:
    """The numbers that `code` prints as lines `name = number`, run in a fresh Python process in the project's folder.

    Each replacement is text of the snippet and what to put in its place, such as the path of a reader's own file. What
    the environment holds (TORCH_HOME) the process has too.

    Raises:
        AssertionError: the snippet crashes, warns, prints no number or one name twice, or does not hold what is
            to be replaced.
    """
    for old, new in replacements.items():
        assert old in code, f"the snippet does not hold {old}"
        code = code.replace(old, new)
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"the snippet failed:\n{done.stderr}"
    found: dict[str, float] = {}
    for line in filter(None, map(LINE.match, done.stdout.splitlines())):
        assert line["name"] not in found, f"{line['name']} is printed twice"
        found[line["name"]] = float(line["number"])
    assert found, f"the snippet prints no number:\n{done.stdout}"
    assert all(map(math.isfinite, found.values())), found
    return found


def printed(code: str) -> dict[str, float]:
    """The numbers that `code` prints as lines `name = number`, run in this process."""
    rows = [line.split(" = ") for line in _spoken(code) if " = " in line]
    assert len({name for name, _ in rows}) == len(rows), "a name is printed twice"
    return {name: float(number) for name, number in rows}


def printed_things(code: str) -> list[tuple[str, float, list[float]]]:
    """Class, score and box of each thing that `code` prints, in the order in which they are printed and numbered."""
    lines, found = _spoken(code), []
    for number, (first, second) in enumerate(zip(lines[::2], lines[1::2], strict=True), start=1):
        name, score = first.split(" = ")
        place, label = name.split(" ", 1)
        assert int(place) == number
        found.append((label, float(score), json.loads(second)))
    return found


def _spoken(code: str) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, {"__name__": "__main__"})
    return out.getvalue().splitlines()
