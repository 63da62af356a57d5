"""The list of what a link can open is complete: every part, every question and every piece that the code has."""

import ast
from pathlib import Path

import pytest

from core.images.samples import sample
from ui import controls
from ui.menu import PAGES
from ui.sections.attribution.views import VIEWS
from ui.sections.teach import rooms
from ui.sections.teach.pieces import TITLES

ROOT = Path(__file__).parents[4]
FILES = [page.file for page in PAGES if page.file != "pages/teach.py"]
FRAME = {"story"}
"""Pieces that the frame draws."""

ASKED = {"presets", "question"}
"""Pieces that `controls.presets` draws."""


def sources(file: str) -> list[Path]:
    """The code of a page: its file, and the folder of its parts."""
    folder = "overview" if file == "app.py" else Path(file).stem
    return [ROOT / file, *(ROOT / "ui/sections" / folder).glob("*.py")]


def pieces(path: Path) -> set[str]:
    """The first words that `hideable` is given in a file; of a comprehension, all that it goes through."""
    found: set[str] = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("hideable"):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                found.add(first.value)
            else:
                (row,) = [
                    one
                    for one in ast.walk(tree)
                    if isinstance(one, ast.GeneratorExp | ast.ListComp) and node in ast.walk(one)
                ]
                found |= set(ast.literal_eval(row.generators[0].iter))
    return found


def parts_of(file: str) -> list[str]:
    """The names of a page's parts, as its file lists them."""
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("VIEWS", "PARTS"):
            assert isinstance(node.value, ast.Dict)
            return [ast.literal_eval(key) for key in node.value.keys if key]
    return list(VIEWS) if file == "pages/attribution.py" else [""]


@pytest.mark.parametrize("file", FILES)
def test_every_part_of_a_page_is_a_room(file):
    assert [room.part for room in rooms.of(file)] == parts_of(file)


@pytest.mark.parametrize("file", FILES)
def test_every_piece_that_can_be_hidden_is_listed_and_no_other(file):
    found = set().union(*(pieces(path) for path in sources(file))) | FRAME
    if any(room.rows for room in rooms.of(file)):
        found |= ASKED
    assert set().union(*(room.pieces for room in rooms.of(file))) == found


def test_the_frame_and_the_controls_draw_no_other_pieces():
    drawn = {name: pieces(ROOT / name) for name in ("ui/controls.py", "ui/story.py", "ui/frame.py", "ui/export.py")}
    assert drawn == {"ui/controls.py": ASKED, "ui/story.py": FRAME, "ui/frame.py": set(), "ui/export.py": set()}


def test_every_piece_has_a_name_of_its_own():
    used = {piece for room in rooms.ROOMS for piece in room.pieces}
    assert used == set(TITLES)
    assert len(set(TITLES.values())) == len(TITLES)


@pytest.mark.parametrize("room", rooms.ROOMS, ids=lambda room: f"{room.file} {room.part}")
def test_a_room_names_each_piece_once_and_few_enough_for_a_link(room):
    assert len(set(room.pieces)) == len(room.pieces) <= 20
    assert all(piece.isalpha() and piece.islower() and len(piece) <= 20 for piece in room.pieces)


@pytest.mark.parametrize(
    "room", [room for room in rooms.ROOMS if room.rows], ids=lambda room: f"{room.file} {room.part}"
)
def test_questions_have_a_name_in_the_link_and_words(room):
    assert room.key
    questions = room.questions(sample("cat"))
    assert len(questions) > 1
    assert all(isinstance(row, controls.Preset) and row.question and row.answer for row in questions.values())


def test_a_room_without_questions_has_none():
    (models,) = rooms.of("pages/models.py")
    assert models.questions(sample("cat")) == {}
