"""What deploy/Containerfile puts into an image, without building one."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from tests.browser.server import ROOT

FILE = ROOT / "deploy" / "Containerfile"


def instructions() -> list[tuple[str, str]]:
    """Each instruction and what follows it, with broken lines joined and comments gone."""
    lines = [line for line in FILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines())]


def copies() -> list[tuple[list[str], str]]:
    """What is copied from the project, and where to."""
    words = [shlex.split(rest) for name, rest in instructions() if name == "COPY"]
    return [(sources, target) for *sources, target in words]


def unpack(folder: Path) -> None:
    """The files of the image's working directory, into an empty `folder`."""
    leave = shutil.ignore_patterns("__pycache__")
    for sources, target in copies():
        for source in sources:
            into = folder / target / Path(source).name if target.endswith("/") else folder / target
            into.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, into, ignore=leave)
            else:
                shutil.copy(ROOT / source, into)
