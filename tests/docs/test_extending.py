"""What the manual says about extending the lab names files, rules and names that are there."""

import re
from pathlib import Path

import pytest

from manual.menu import CHAPTERS
from ui.menu import PAGES

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "extending.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w./-]+)`", WORDS)))
FILES = [name for name in NAMED if "/" in name or name.endswith((".md", ".py", ".toml"))]
RULES = [name for name in NAMED if name.startswith("test_")]
CONTRACTS = sorted(set(re.findall(r"\*([^*\n]*(?:->|Streamlit|product|siblings)[^*\n]*)\*", WORDS)))
BUILT = {"site/"}


@pytest.mark.parametrize("name", [name for name in FILES if name not in BUILT])
def test_a_named_file_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", RULES)
def test_a_named_rule_is_there(name):
    assert f"def {name}(" in (ROOT / "tests" / "test_architecture.py").read_text()


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_named_contract_is_there(name):
    assert f'name = "{name}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("PAGES = (", "ui/menu.py"),
        ("class Preset", "ui/controls.py"),
        ("_PICTURES:", "ui/sections/overview/cards.py"),
        ("ENDS = {", "tests/pages/test_pages.py"),
        ("CHAPTERS = {", "manual/menu.py"),
        ("SHOTS = (", "tests/browser/screenshots.py"),
        ("class Method(", "core/attribution/methods.py"),
        ("_BY_METHOD:", "core/experiments/attribution.py"),
        ("class SettingError(", "core/errors.py"),
        ("class ModelCard", "core/zoo/model_card.py"),
    ],
)
def test_what_is_to_be_changed_is_where_it_is_said_to_be(name, file):
    assert name in (ROOT / file).read_text()
    assert f"`{file}`" in WORDS


def test_it_names_what_it_should():
    assert len(FILES) > 40
    assert len(RULES) >= 12
    assert len(CONTRACTS) == 4


def test_every_page_has_a_chapter():
    chapters = {name for names in CHAPTERS.values() for name in names}
    for page in PAGES:
        name = "index.md" if page.file == "app.py" else f"{Path(page.file).stem}.md"
        assert (ROOT / "docs" / name).is_file()
        assert name in chapters | {"index.md"}
