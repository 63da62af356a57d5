"""Formulas: LaTeX between dollars becomes MathML while the manual is built, so that no script has to run to read it."""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert

_MARKED = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(content: str, **_: Any) -> str:
    """Replace every formula that pymdownx.arithmatex has marked."""
    return _MARKED.sub(lambda found: drawn(html.unescape(found[2]), block=found[1] == "div"), content)


def drawn(latex: str, *, block: bool) -> str:
    """A formula as MathML, with its LaTeX as the text that is read aloud or copied; what is no LaTeX ends the build."""
    mathml = convert(latex.strip(), display="block" if block else "inline")
    marked = mathml.replace("<math ", f'<math aria-label="{html.escape(latex.strip())}" ', 1)
    return f'<div class="formula">{marked}</div>' if block else marked
