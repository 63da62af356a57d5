"""What a chapter of the manual says."""

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def says(chapter: str, *words: str) -> None:
    """The chapter has these words, wherever its lines break."""
    text = " ".join((DOCS / f"{chapter}.md").read_text().split())
    for word in words:
        assert word in text, f"{chapter}.md does not say “{word}”"
