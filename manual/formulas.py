"""Formulas: LaTeX between dollars becomes MathML while the manual is built, so that no script has to run to read it."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
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
    """A formula as MathML, with its LaTeX as the text that is read aloud.

    Raises:
        PluginError: it is no LaTeX, or has a command that the converter does not know; this ends the build.
    """
    latex = latex.strip()
    try:
        mathml = convert(latex, display="block" if block else "inline")
    except Exception as error:  # the converter has a dozen kinds, and for unfinished commands those of Python
        raise PluginError(f"no formula: {latex} ({type(error).__name__})") from error
    if "\\" in mathml or latex.count("{") != latex.count("}"):
        raise PluginError(f"no formula, or an unknown command: {latex}")
    marked = mathml.replace("<math ", f'<math aria-label="{html.escape(latex)}" ', 1)
    return f'<div class="formula">{marked}</div>' if block else marked
