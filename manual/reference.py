"""The reference: one page for each module of `core`, written from its docstrings, and one that lists them all."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
FOLDER = "reference"


def modules() -> list[str]:
    """The dotted names of all modules of `core`, packages before what they hold."""
    found = [path for path in (ROOT / "core").rglob("*.py") if not path.name.startswith("_") or path.stem == "__init__"]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in found]
    return sorted(names)


def packages() -> dict[str, list[str]]:
    """Each package of `core`, itself among them, with the modules that lie in it."""
    every = modules()
    folders = {"core", *(name.rpartition(".")[0] for name in every if name.count(".") > 1)}
    return {
        folder: [name for name in every if name.rpartition(".")[0] == folder and name not in folders]
        for folder in sorted(folders)
    }


def page(module: str) -> str:
    """Where the page of a module lies: `reference/core.boxes.iou.md`."""
    return f"{FOLDER}/{module}.md"


@event_priority(-50)  # after the chapters, whose menu this ends
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and their part of the menu."""
    files.append(File.generated(config, f"{FOLDER}/index.md", content=_contents()))
    for inside in packages().values():
        for module in inside:
            files.append(File.generated(config, page(module), content=f"# {module}\n\n::: {module}\n"))
    config.nav = [*(config.nav or []), {"Reference": _menu()}]
    return files


def _menu() -> list[Any]:
    """The contents alone stand in the menu, each package folded under it."""
    folded = [
        {package: [{name.rpartition(".")[2]: page(name)} for name in inside]} for package, inside in packages().items()
    ]
    return [f"{FOLDER}/index.md", *folded]


def _contents() -> str:
    """The modules with the first line of their docstrings."""
    lines = [
        "# Reference\n",
        "What `core` offers, from its docstrings. It knows no Streamlit, so a notebook can import it.\n",
    ]
    for package, inside in packages().items():
        lines += [f"\n## {package}\n", f"{_first(package)}\n", "| module | what it is |", "|---|---|"]
        lines += [f"| [`{name}`]({name}.md) | {_first(name)} |" for name in inside]
    return "\n".join(lines) + "\n"


def _first(module: str) -> str:
    """The first paragraph of a module's docstring, in one line."""
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    words = (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n\n")[0]
    return " ".join(words.split()).replace("|", "\\|")
