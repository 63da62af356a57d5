"""A lesson's link: read back, it names exactly what was chosen."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from ui.controls import Preset
from ui.sections.teach import rooms
from ui.sections.teach.lesson import Lesson, seen

DETECT, NMS, OVERVIEW = rooms.of("pages/detector.py")[0], rooms.of("pages/nms.py")[0], rooms.of("app.py")[0]
HERE = "https://lab.example/teach"


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_a_link_names_part_photo_question_and_what_is_hidden():
    made = Lesson(DETECT, "coffee", "Closer, in tiles", Preset(question="?", answer="!"), ("numbers", "formulas"))
    assert query(made.address(HERE)) == {
        "photo": "coffee",
        "part": "Detect",
        "detecting": "Closer, in tiles",
        "hide": "numbers,formulas",
    }


def test_a_page_without_parts_or_question_has_neither_in_its_link():
    assert query(Lesson(NMS, "cat").address(HERE)) == {"photo": "cat"}


def test_a_question_about_a_photo_of_its_own_brings_it():
    made = Lesson(NMS, "coffee", "Two", Preset(question="?", answer="!", photo="overlap"))
    assert made.seen_photo == "overlap"
    assert query(made.address(HERE))["photo"] == "overlap"


@pytest.mark.parametrize(
    ("here", "nms", "overview"),
    [
        ("https://lab.example/teach", "https://lab.example/nms?", "https://lab.example/?"),
        ("http://localhost:8501/teach?photo=cat", "http://localhost:8501/nms?", "http://localhost:8501/?"),
        ("https://school.example/lab/teach", "https://school.example/lab/nms?", "https://school.example/lab/?"),
        ("", "/nms?", "/?"),
    ],
)
def test_a_link_stays_on_the_server_that_makes_it(here, nms, overview):
    assert Lesson(NMS, "cat").address(here).startswith(nms)
    assert Lesson(OVERVIEW, "cat").address(here).startswith(overview)


def test_what_is_hidden_is_not_seen():
    made = Lesson(NMS, "cat", hidden=("numbers", "curves"))
    assert set(seen(made)) == set(NMS.pieces) - {"numbers", "curves"}
