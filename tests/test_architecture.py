"""The rules of the house that no linter knows."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ui import menu

ROOT = Path(__file__).parents[1]
PRODUCT = [
    ROOT / "app.py",
    ROOT / "serve.py",
    *(path for folder in ("pages", "ui", "viz", "core") for path in (ROOT / folder).rglob("*.py")),
]
PAGES = [path for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"]
SHELL = (
    "ui.frame",
    "ui.photo",
    "ui.controls",
    "ui.cached",
    "ui.cached.attributions",
    "ui.cached.drawings",
    "ui.parts",
    "ui.messages",
    "ui.preload",
    "ui.export",
    "ui.live",
    "ui.cached.adversarial",
    "ui.cached.gradients",
    "ui.cached.segmentations",
    "ui.cached.fast_stylings",
    "ui.sections.segmenter.looks",
    "ui.sections.models.rows",
)
CACHES = ("cache_data", "cache_resource")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, *names: str) -> list[ast.Call]:
    """Calls of functions that end in one of `names`, such as `torch.load` or `set_page_config`."""
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(names)]


def mentions(path: Path, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute | ast.Name)
        and (getattr(node, "attr", None) == name or getattr(node, "id", None) == name)
        for node in ast.walk(ast.parse(path.read_text()))
    )


@pytest.mark.parametrize("path", [ROOT / "app.py", *PAGES], ids=named)
def test_a_page_is_short_enough_to_be_read_at_once(path):
    assert len(path.read_text().splitlines()) <= 150


def test_the_menu_and_the_pages_are_the_same():
    assert {page.file for page in menu.PAGES} == {"app.py", *(named(path) for path in PAGES)}


@pytest.mark.parametrize("path", [ROOT / "app.py", *PAGES], ids=named)
def test_a_page_opens_itself_in_the_frame(path):
    (opening,) = calls(path, "open_page")
    assert ast.literal_eval(opening.args[0]) == named(path)


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_only_the_frame_configures_pages(path):
    assert not calls(path, "set_page_config") or named(path) == "ui/frame.py"


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_only_the_cached_doors_cache(path):
    assert not any(mentions(path, name) for name in CACHES) or named(path).startswith("ui/cached/")


def test_every_cache_is_bounded():
    decorators = [
        decorator
        for path in (ROOT / "ui/cached").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith(("st.cache", "cache"))
    ]
    assert decorators
    for decorator in decorators:
        assert isinstance(decorator, ast.Call)
        assert "max_entries" in {keyword.arg for keyword in decorator.keywords}, ast.unparse(decorator)


@pytest.mark.parametrize("path", [*PRODUCT, *(ROOT / "benchmarks").glob("*.py")], ids=named)
def test_nothing_that_could_execute_code_is_loaded(path):
    for call in calls(path, "torch.load"):
        assert any(word.arg == "weights_only" and ast.unparse(word.value) == "True" for word in call.keywords), (
            ast.unparse(call)
        )
    assert not calls(path, "pickle.load", "pickle.loads", "yaml.load")


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_gradients_never_land_in_what_others_share(path):
    """`.backward()` writes into shared tensors, and hooks on shared modules race."""
    assert not calls(path, ".backward", ".register_forward_hook", ".register_full_backward_hook", ".register_hook")


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_every_module_and_public_function_says_what_it_is(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "module"
    for node in ast.walk(tree):
        inside_function = any(
            isinstance(outer, ast.FunctionDef) and outer is not node and node in ast.walk(outer)
            for outer in ast.walk(tree)
        )
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not inside_function:
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize(
    "path", [path for path in (ROOT / "core").rglob("*.py") if path.name != "__init__.py"], ids=named
)
def test_every_module_of_core_has_its_tests(path):
    inside = path.relative_to(ROOT)
    assert (ROOT / "tests" / inside.parent / f"test_{inside.name}").is_file()


def test_every_asset_is_credited():
    credits = (ROOT / "assets" / "CREDITS.md").read_text()
    files = [path for path in (ROOT / "assets").rglob("*") if path.is_file() and path.name != "CREDITS.md"]
    assert files
    for path in files:
        assert f"`{path.relative_to(ROOT / 'assets')}`" in credits, path


def test_no_folder_is_named_after_nothing():
    vague = {"utils", "helpers", "common", "base", "misc", "manager"}
    assert not [path for path in PRODUCT if vague & {*path.relative_to(ROOT).with_suffix("").parts}]


@pytest.mark.parametrize("module", SHELL)
def test_the_shell_paints_before_torch(module):
    """Imported in a fresh process, nothing of the shell brings torch along."""
    code = f"import sys, {module}; print(sorted(name for name in sys.modules if name.split('.')[0] in ('torch', 'torchvision')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("page", [named(path) for path in [ROOT / "app.py", *PAGES]])
def test_a_page_imports_no_torch_before_its_frame(page):
    body = ast.parse((ROOT / page).read_text()).body
    imports = "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    code = f"{imports}\nimport sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_repository_stays_small():
    listed = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    assert sum((ROOT / name).stat().st_size for name in listed if name and (ROOT / name).is_file()) < 60 * 2**20


def test_dependencies_are_pinned_the_same_everywhere():
    lines = (ROOT / "requirements.txt").read_text().split()
    assert lines
    assert all("==" in line for line in lines)
