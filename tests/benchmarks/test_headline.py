"""The table of the README says what the record says."""

import pytest

from benchmarks import headline, record
from benchmarks.headline import BEGIN, END, LINES, README, table, written


def test_the_readme_has_the_table_of_the_record():
    readme = README.read_text(encoding="utf-8")
    assert written(readme, record.read()) == readme


def test_each_line_has_ours_and_the_peers_value_and_the_peers_name():
    lines = table(record.read()).splitlines()
    assert len(lines) == 2 + len(LINES)
    for line, words in zip(LINES, lines[2:], strict=True):
        _, what, ours, beside, _ = (cell.strip() for cell in words.split("|"))
        assert what == line.words
        assert len(ours.split(", ")) == len(line.rows)
        assert beside.endswith(f", {line.rows[0][1]}")


def test_a_row_that_is_not_in_the_record_is_an_error():
    kept = record.read()
    with pytest.raises(KeyError):
        table({**kept, "boxes": {**kept["boxes"], "rows": []}})


def test_a_readme_without_the_place_for_the_table_is_refused():
    assert written(f"a\n{BEGIN}\nold\n{END}\nz\n", record.read()).startswith(f"a\n{BEGIN}\n\n| what |")
    for readme in ("", BEGIN, f"{END}{BEGIN}"):
        with pytest.raises(ValueError, match=r"README\.md has no place"):
            headline.written(readme, record.read())
