"""What the benchmark of first results does with its samples; the browser's part is the benchmark itself."""

import ast

import pytest

from benchmarks.first_results import NEW, VIEWS, WARM, Seen, View, measured, rows
from tests.browser.server import ROOT

LOOK, PAINT = View("saliency", "Look", "img"), View("style", "", "img")


def test_a_view_is_opened_by_its_address_and_told_by_its_name():
    assert [view.address for view in (View("", "", "img"), View("saliency", "Does it survive?", "img"), PAINT)] == [
        "/",
        "/saliency?part=Does+it+survive%3F",
        "/style",
    ]
    assert [view.name for view in (View("", "", "img"), LOOK, PAINT)] == ["overview", "saliency, Look", "style"]


def test_views_take_turns_so_that_a_busy_moment_is_spread_over_them():
    asked = []

    def once(view):
        asked.append(view)
        return Seen(1.0, 2.0, 0.5)

    measured([LOOK, PAINT], once, "warm", WARM, 3)
    assert asked == [LOOK, PAINT] * 3


def test_a_view_becomes_its_median_beside_the_floor_and_its_rest_beside_that():
    several = [Seen(picture, picture + 1, 0.3) for picture in (1.0, 1.5, 3.0)]
    picture, rest = rows({LOOK: several}, "warm", WARM)
    assert (picture.what, picture.ours, picture.peer, picture.aim) == (
        "Saliency, Look, warm: first picture",
        1.5,
        2.0,
        1.0,
    )
    assert (picture.spread, picture.verdict) == ((1.25 / 2, 2.25 / 2), "met")
    assert (rest.what, rest.ours, rest.peer, rest.aim) == ("Saliency, Look, warm: at rest", 2.5, 1.5, None)
    assert rest.spread == (2.25 / 1.5, 3.25 / 1.5)
    assert rows({LOOK: several}, "on a new server", NEW)[0].ratio == 1.5 / 4


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "pages").glob("[a-z]*.py")))
def test_every_page_is_measured_and_each_part_is_one_of_its(page):
    parts = [view.part for view in VIEWS if view.path == page]
    assert parts
    words = {
        node.value
        for path in (ROOT / "pages" / f"{page}.py", *(ROOT / "ui" / "sections" / page).glob("views.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {part for part in parts if part} <= words
