"""Texts in the cells of a CSV: none begins like a formula, and each is read back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.boxes.cells import as_cell, of_cell

STARTS = "=+-@＝＋－＠"


@pytest.mark.parametrize("text", [*STARTS, "=1+1", "-2", "'=1", "''=1", '=HYPERLINK("http://a")'])
def test_a_text_like_a_formula_is_led_by_a_quote(text):
    assert as_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "dog", "a=1", "'", "'quoted'", "<b>", "日本"])
def test_any_other_text_stays(text):
    assert as_cell(text) == text


@given(st.text(st.sampled_from("'" + STARTS + "ab ")) | st.text())
def test_every_text_is_read_back_and_none_is_run(text):
    assert of_cell(as_cell(text)) == text
    assert not as_cell(text).startswith(tuple(STARTS))
