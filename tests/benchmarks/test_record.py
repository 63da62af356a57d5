"""What was measured is kept as JSON, compared with what was there, and told as a page."""

from datetime import date

import pytest

from benchmarks import record
from benchmarks.__main__ import PAGE, main
from benchmarks.record import entry, said, worse

ROW = {
    "what": "a",
    "unit": "s",
    "ours": 1.0,
    "peer": 2.0,
    "peer_name": "b",
    "ratio": 0.5,
    "spread": [0.45, 0.55],
    "aim": 0.4,
}
DAY = date(2026, 1, 2)


def kept(*rows, last=None):
    return entry("Title", rows, ["2 CPUs", "Python 3"], DAY, last)


def test_a_section_says_when_where_between_what_and_whether_the_aim_is_met():
    told = record.page({"x": kept(ROW, {**ROW, "aim": 0.5}, {**ROW, "aim": None, "spread": None})})
    assert "## Title\n\nMeasured on 2026-01-02: 2 CPUs; Python 3.\n\n| what |" in told
    assert [line.split(" | ")[-1] for line in told.splitlines()[-3:]] == ["**missed** |", "met |", "no aim |"]
    assert "| a | 1 s | 2 s | b | 0.500 | 0.450 and 0.550 | – | at most 0.4 |" in told
    assert "| 0.500 | – | – | – | no aim |" in told


def test_sections_stand_in_the_order_of_their_titles():
    told = record.page({"a": {**kept(ROW), "title": "Z"}, "b": {**kept(ROW), "title": "B"}})
    assert told.index("## B") < told.index("## Z")


def test_a_row_remembers_its_ratio_of_the_run_before_and_of_no_other_row():
    before = kept({**ROW, "ratio": 0.7}, {**ROW, "what": "gone", "ratio": 9.0})
    again = kept(ROW, {**ROW, "peer_name": "another"}, last=before)
    assert [row["last"] for row in again["rows"]] == [0.7, None]
    assert "| 0.450 and 0.550 | 0.700 |" in record.page({"x": again})


@pytest.mark.parametrize(
    ("last", "spread", "told"),
    [(0.5, [0.45, 0.55], 0), (0.46, [0.45, 0.55], 0), (0.4, [0.45, 0.55], 1), (0.44, [0.43, 0.55], 0), (0.4, None, 1)],
)
def test_a_row_is_worse_only_where_three_of_four_samples_are_too(last, spread, told):
    found = worse(kept({**ROW, "spread": spread}, last=kept({**ROW, "ratio": last})))
    assert len(found) == told
    assert all(f"it was {last:.3f}" in one for one in found)


def test_what_is_written_reads_back(tmp_path):
    file = tmp_path / "record.json"
    assert record.read(file) == {}
    record.write({"b": kept(ROW), "a": kept(ROW)}, file)
    assert list(record.read(file)) == ["a", "b"]
    assert record.read(file)["b"] == kept(ROW)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (8.05e-6, "s", "8.05 µs"),
        (0.317, "s", "317 ms"),
        (1.588, "s", "1.59 s"),
        (1588, "ms", "1.59 s"),
        (0.25, "ms", "250 µs"),
        (1234.5, "MB", "1,234 MB"),
        (2.291, "", "2.29"),
    ],
)
def test_a_value_has_the_unit_of_its_size(value, unit, words):
    assert said(value, unit) == words


def test_the_page_is_what_the_record_says():
    assert record.page(record.read()) == PAGE.read_text(encoding="utf-8")


def test_a_name_that_none_has_is_told_and_nothing_is_run(capsys):
    assert main(["no-such-benchmark"]) == 1
    assert "no-such-benchmark" in capsys.readouterr().err
