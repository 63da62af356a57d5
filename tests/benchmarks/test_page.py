"""The page of all benchmarks: some may be run alone, and the rest stays with the day on which it was measured."""

from datetime import date

from benchmarks.__main__ import PAGE, main, page, section, sections_of

ROW = {"what": "a", "ours": 1.0, "peer": 2.0, "peer_name": "b", "ratio": 0.5, "aim": 0.4}


def test_a_section_says_when_where_and_whether_the_aim_is_met():
    told = section([ROW, {**ROW, "aim": 0.5}, {**ROW, "aim": None}], ["2 CPUs", "Python 3"], date(2026, 1, 2))
    assert told.startswith("Measured on 2026-01-02: 2 CPUs; Python 3.\n\n| what |")
    assert [line.split(" | ")[-1] for line in told.splitlines()[-3:]] == ["**missed** |", "met |", "no aim |"]


def test_what_is_not_run_again_stays():
    sections = {"B": section([ROW], ["x"], date(2026, 1, 2)), "A": section([ROW], ["y"], date(2026, 1, 3))}
    assert sections_of(page(sections)) == sections
    assert page(sections).index("## A") < page(sections).index("## B")


def test_the_page_that_is_there_reads_back():
    written = PAGE.read_text(encoding="utf-8")
    assert page(sections_of(written)) == written


def test_a_name_that_none_has_is_told_and_nothing_is_run(capsys):
    assert main(["no-such-benchmark"]) == 1
    assert "no-such-benchmark" in capsys.readouterr().err
