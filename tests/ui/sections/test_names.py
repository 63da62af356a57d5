"""What is drawn of an answer is named by the file of its network too: a file that is replaced gives other answers."""

import ast
from pathlib import Path

import pytest

from core.adversarial.visualisation_settings import VisualisationSettings
from core.images.samples import sample
from core.zoo.catalog import card
from tests.ui.sections.attribution.trust_cases import real
from tests.ui.sections.saliency import fool_cases
from tests.ui.sections.style.inside_cases import SIGHT
from ui import networks
from ui.sections.saliency.imagine_controls import Plan
from ui.sections.style.case import about

SECTIONS = Path(__file__).resolve().parents[3] / "ui" / "sections"

NAMES = {
    "a class that is explained": lambda: real().name,
    "an attack on a classifier": lambda: fool_cases.asked().name,
    "an attack on a detector": lambda: fool_cases.boxed()[0].name,
    "a class that is drawn": lambda: (
        Plan(sample("cat"), card("lab-classifier"), VisualisationSettings(), 48, target=1).name
    ),
    "a painting": lambda: about(SIGHT.card, SIGHT.photo, (SIGHT.style,)),
    "a look inside": lambda: SIGHT.name,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_replaced_file_gives_another_name(name, monkeypatch):
    before = name()
    assert name() == before
    monkeypatch.setattr(networks, "stamp", lambda key: (1, 2, 3))
    assert name() != before


def test_no_name_is_made_of_the_key_of_a_network_alone():
    """A text of several parts with the bare key of a network in it would name the answers of its old file too."""
    bare = [
        f"{file.name}:{text.lineno}"
        for file in SECTIONS.rglob("*.py")
        for text in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        and len(parts := [ast.unparse(one.value) for one in text.values if isinstance(one, ast.FormattedValue)]) > 1
        and any(part.endswith("card.key") for part in parts)
    ]
    assert bare == []
