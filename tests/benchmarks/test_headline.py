"""The tables of the README and the deployment guide say what the record says."""

import pytest

from benchmarks import record
from benchmarks.headline import BEGIN, END, README, TABLES, table, written

FILES = pytest.mark.parametrize(("file", "lines"), TABLES.items(), ids=[file.name for file in TABLES])


@FILES
def test_a_file_has_the_table_of_the_record(file, lines):
    text = file.read_text(encoding="utf-8")
    assert written(text, lines, record.read()) == text


@FILES
def test_each_line_has_ours_and_the_peers_value_and_the_peers_name(file, lines):
    told = table(lines, record.read()).splitlines()
    assert len(told) == 2 + len(lines)
    for line, words in zip(lines, told[2:], strict=True):
        _, what, ours, beside, _ = (cell.strip() for cell in words.split("|"))
        assert what == line.words
        assert len(ours.split(", ")) == len(line.rows)
        assert beside.endswith(f", {line.rows[0][1]}")


def test_a_row_that_is_not_in_the_record_is_an_error():
    kept = record.read()
    with pytest.raises(KeyError):
        table(README, {**kept, "boxes": {**kept["boxes"], "rows": []}})


def test_a_text_without_the_place_for_the_table_is_refused():
    assert written(f"a\n{BEGIN}\nold\n{END}\nz\n", README, record.read()).startswith(f"a\n{BEGIN}\n\n| what |")
    for text in ("", BEGIN, f"{END}{BEGIN}"):
        with pytest.raises(ValueError, match="there is no place"):
            written(text, README, record.read())
