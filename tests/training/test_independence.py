import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def imported(path: Path) -> set[str]:
    """The top-level packages a file imports, at any place in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_the_app_imports_nothing_of_the_training():
    files = [
        ROOT / "app.py",
        ROOT / "serve.py",
        *(file for name in ("core", "viz", "ui", "pages") for file in (ROOT / name).rglob("*.py")),
    ]
    assert len(files) > 20
    assert not [file for file in files if "training" in imported(file)]


def test_the_training_knows_no_web_and_no_plots():
    for file in (ROOT / "training").glob("*.py"):
        assert not imported(file) & {"streamlit", "plotly", "ui", "viz", "pages"}, file
