"""The rows of the menu: each page has one, and its words are its own."""

from ui.menu import PAGES


def test_every_page_has_its_own_file_title_and_promise():
    for name in ("file", "title", "promise"):
        assert len({getattr(page, name) for page in PAGES}) == len(PAGES)
    assert PAGES[0].file == "app.py"


def test_pages_of_one_group_stand_together():
    """The menu is drawn group by group: one that came twice would have two headings."""
    groups = [page.group for page in PAGES]
    runs = [group for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group]
    assert len(runs) == len(set(runs))
