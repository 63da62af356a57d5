"""Every view of every page, by the tables of the pages themselves."""

from __future__ import annotations

import ast
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ui.menu import PAGES

ROOT = Path(__file__).parents[2]
LIGHT = {"steps": "50", "methods": "Grad-CAM"}
"""What keeps a view quick where its settings are not what a test is about."""

View = tuple[str, str | None]
"""A page, and the part of it; None for a page that has no parts."""

WITHOUT_NETWORK = frozenset(
    {
        ("pages/anchors.py", "Two boxes"),
        ("pages/anchors.py", "Anchors"),
        ("pages/anchors.py", "Assignment"),
        ("pages/segmenter.py", "Transposed convolution"),
        ("pages/teach.py", None),
    }
)
"""The views that ask no network."""


LONG = {("pages/attribution.py", "Trust")}
"""What takes half a minute on one thread: that what it asks works again is tested in `test_memory.py`."""


def views() -> tuple[View, ...]:
    """All of them, in the order of the menu."""
    return tuple((page.file, part) for page in PAGES for part in parts(page.file))


def asking() -> tuple[View, ...]:
    """Those that ask a network."""
    return tuple(view for view in views() if view not in WITHOUT_NETWORK)


def parts(page: str) -> tuple[str | None, ...]:
    """The parts of a page, from the table that its switch offers."""
    beside = ROOT / "ui/sections" / Path(page).stem / "views.py"
    for path in (ROOT / page, beside):
        for node in ast.walk(ast.parse(path.read_text())) if path.is_file() else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("VIEWS", "PARTS"):
                assert isinstance(node.value, ast.Dict)
                return tuple(ast.literal_eval(key) for key in node.value.keys if key)
    return (None,)


def name(view: View) -> str:
    """A view in words."""
    return " · ".join(part for part in view if part)


def query(view: View) -> dict[str, str]:
    """What a link to it says, on light settings."""
    return {**LIGHT, **({"part": view[1]} if view[1] else {})}


def errors(at: AppTest) -> list[str]:
    """What went wrong on a page, in its words."""
    return [one.value.replace("\\", "") for one in at.main.error]
