"""Formulas become MathML, and what is around them stays."""

from xml.etree import ElementTree

import pytest
from mkdocs.exceptions import PluginError

from manual.formulas import drawn, replaced


def test_a_marked_formula_becomes_mathml():
    page = replaced('<p>So <span class="arithmatex">\\(a &lt; b\\)</span>.</p>')
    assert page.startswith("<p>So <math")
    assert "&#x0003C;" in page or "&lt;" in page
    assert page.endswith("</math>.</p>")


def test_a_display_scrolls_by_itself():
    page = replaced('<div class="arithmatex">\\[\n\\frac{a}{b}\n\\]</div>')
    assert page.startswith('<div class="formula">')
    assert "<mfrac>" in page
    assert 'display="block"' in page


@pytest.mark.parametrize("latex", [r"\frac{1}{2}", r"\sqrt{r}", r"x \leftarrow x + \eta \, g", 'a "quoted" word'])
def test_what_is_made_is_well_formed_and_can_be_read_aloud(latex):
    assert ElementTree.fromstring(drawn(latex, block=False)).get("aria-label") == latex


@pytest.mark.parametrize("latex", [r"\left( a", "a_", r"\frac{1", r"\unheardof x"])
def test_what_is_no_formula_ends_the_build(latex):
    with pytest.raises(PluginError, match="no formula"):
        drawn(latex, block=False)


def test_other_text_stays():
    assert replaced("<p>It costs $5.</p>") == "<p>It costs $5.</p>"
