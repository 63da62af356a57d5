"""Absurd links to every view of every page: none fails, and the page works afterwards.

One case is one name of a page with one absurd value, in one view. All names of a page get a value in each run, so a run has
as many cases as the page has names; those of other pages are in the link too, and are not counted.
"""

from collections.abc import Callable
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.hostile.addresses import absurd, in_code, on_page, views
from tests.pages.conftest import APP
from ui import address
from ui.menu import PAGES

RUNS = 5
LEAST = {
    "app.py": 15,
    "pages/anchors.py": 400,
    "pages/nms.py": 90,
    "pages/detector.py": 800,
    "pages/segmenter.py": 1100,
    "pages/attribution.py": 700,
    "pages/saliency.py": 1000,
    "pages/style.py": 250,
    "pages/models.py": 20,
    "pages/teach.py": 5,
}
"""Cases of each page, rounded down."""

OWN = {"photo", "hide"}
"""Names of the frame, which no widget is bound to."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that `ui.address` was asked for."""
    names: set[str] = set()
    for door in ("changed", "peek", "number", "show"):
        monkeypatch.setattr(address, door, partial(_noted, names, getattr(address, door)))
    return names


def _noted(names: set[str], door: Callable[..., object], name: str, *given: object) -> object:
    names.add(name)
    return door(name, *given)


def assert_unharmed(at: AppTest, told: object) -> None:
    assert not at.exception, told
    assert not [error.value for error in at.error if "failed" in error.value], told
    assert at.title, told
    assert at.caption, told


@pytest.mark.slow
@pytest.mark.parametrize("page", LEAST)
def test_no_link_breaks_a_page(no_weights, asked, page):
    everywhere = in_code()
    folder = "overview" if page == "app.py" else page.removeprefix("pages/").removesuffix(".py")
    parts = views(followed(page, {}))
    names = OWN | everywhere.get(folder, set())
    for part in parts:
        names |= on_page(followed(page, {"part": part} if part else {})) | asked
    names -= {"part"}
    every = names.union(*everywhere.values()) - {"part"}
    cases = 0
    for part in parts:
        for run in range(RUNS):
            query = absurd(every, f"{page} {part} {run}") | ({"part": part} if part else {})
            at = followed(page, query)
            mine = {name: value for name, value in query.items() if name in names}
            assert_unharmed(at, mine)
            cases += len(mine)
        at.query_params.clear()
        at.run()
        assert_unharmed(at, f"afterwards {mine}")
    assert cases >= LEAST[page]


def followed(page: str, query: dict[str, str | list[str]]) -> AppTest:
    """A page as a link opens it in a new session; what takes long the first time is cached for all others."""
    at = AppTest.from_file(APP, default_timeout=300)
    at.switch_page(page)
    at.query_params.update(query)
    return at.run()


def test_every_page_is_among_them():
    assert set(LEAST) == {page.file for page in PAGES}


@pytest.mark.parametrize("page", [page.file for page in PAGES])
def test_a_link_of_thousands_of_names_and_values_opens_the_page(open_page, no_weights, page):
    many = {f"name{number}": "1" for number in range(2000)} | {"photo": ["rocket"] * 2000, "steps": ["50"] * 3000}
    assert_unharmed(open_page(page, many), page)


def test_absurd_words_for_the_view_itself_open_the_first_one(open_page, no_weights):
    for value in ("", "nonsense", "<script>", "Detect " * 500):
        assert_unharmed(open_page("pages/detector.py", part=value), value)
