"""Formulas: LaTeX between dollars becomes MathML while the manual is built, so that no script has to run to read it."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

_MARKED = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace the formulas of a page."""
    return replaced(content)


def replaced(content: str) -> str:
    """The page with every formula that pymdownx.arithmatex has marked as MathML."""
    return _MARKED.sub(lambda found: drawn(html.unescape(found[2]), block=found[1] == "div"), content)


def drawn(latex: str, *, block: bool) -> str:
    """A formula as MathML, with its LaTeX as the text that is read aloud or copied; what is no LaTeX ends the build."""
    mathml = convert(latex.strip(), display="block" if block else "inline")
    marked = mathml.replace("<math ", f'<math aria-label="{html.escape(latex.strip())}" ', 1)
    return f'<div class="formula">{marked}</div>' if block else marked
