"""The menu of the manual, whatever documents are there."""

from manual.menu import CHAPTERS, FONTS, _font, menu


def test_a_document_may_come_and_go():
    assert menu({"index.md"}) == ["index.md"]
    assert menu({"index.md", "nms.md", "other.md"}) == ["index.md", {"Boxes": ["nms.md"]}, {"More": ["other.md"]}]


def test_no_document_stands_twice():
    names = [name for names in CHAPTERS.values() for name in names]
    assert len(names) == len(set(names))


def test_streamlit_ships_the_fonts():
    for font in FONTS.values():
        assert _font(font).suffix == ".woff2"
