"""The arithmetic of the benchmarks and the shape of what they print."""

import json

import pytest

from benchmarks.__main__ import BenchmarkError, machine, measured
from benchmarks.harness import Median, Row, interleave, report

FASTER = Row("overlap", Median([0.1, 0.25, 0.5, 2.0, 4.0]), 2.0, "torchvision box_iou", 1.05)
SLOWER = Row("suppression", 3.0, 2.0, "torchvision nms", 1.05)
AIMLESS = Row("memory", 3.0, 2.0, "captum", unit="MB")


def test_the_ratio_is_ours_over_the_peer_and_an_aim_is_met_at_or_below_it():
    assert [row.ratio for row in (FASTER, SLOWER)] == [0.25, 1.5]
    assert [row.verdict for row in (FASTER, SLOWER, AIMLESS)] == ["met", "missed", "–"]
    assert Row("equal to its aim", 1.05, 1.0, "peer", 1.05).verdict == "met"


def test_json_is_one_object_whose_rows_have_exactly_eight_keys(capsys):
    report([FASTER, AIMLESS], ["--json"])
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["rows"]
    assert printed["rows"] == [
        {
            "what": "overlap",
            "unit": "s",
            "ours": 0.5,
            "peer": 2.0,
            "peer_name": "torchvision box_iou",
            "ratio": 0.25,
            "spread": [0.125, 1.0],
            "aim": 1.05,
        },
        {
            "what": "memory",
            "unit": "MB",
            "ours": 3.0,
            "peer": 2.0,
            "peer_name": "captum",
            "ratio": 1.5,
            "spread": None,
            "aim": None,
        },
    ]


def test_the_table_names_every_row_with_unit_ratio_and_verdict(capsys):
    report([SLOWER, AIMLESS], [])
    header, slower, aimless = capsys.readouterr().out.splitlines()
    assert header.split() == ["what", "ours", "peer", "peer", "name", "ratio", "half", "between", "aim"]
    assert slower.split() == ["suppression", "3", "s", "2", "s", "torchvision", "nms", "1.500", "–", "1.05", "missed"]
    assert aimless.split() == ["memory", "3", "MB", "2", "MB", "captum", "1.500", "–", "–", "–"]


def test_an_unknown_option_ends_with_an_error(capsys):
    with pytest.raises(SystemExit):
        report([FASTER], ["--jsno"])
    assert "--jsno" in capsys.readouterr().err


def test_contestants_are_warmed_up_and_then_alternate_who_goes_first():
    calls = []
    interleave(lambda: calls.append("ours"), lambda: calls.append("peer"), rounds=8)
    assert calls[:4] == ["ours", "peer", "peer", "ours"]
    assert calls[4:] == ["ours", "peer", "peer", "ours"] * 4


def test_the_median_shrugs_off_one_slow_round(monkeypatch):
    durations = {"ours": [1, 1, *[2] * 8, 500], "peer": [1, 1, *[6] * 9]}
    clock = [0.0]
    monkeypatch.setattr("benchmarks.harness.perf_counter", lambda: clock[0])

    def contestant(name):
        def call():
            clock[0] += durations[name].pop(0)

        return call

    assert interleave(contestant("ours"), contestant("peer"), rounds=9) == (2, 6)


def test_too_few_rounds_are_refused():
    with pytest.raises(ValueError, match="rounds must be at least 7, got 6"):
        interleave(int, int, rounds=6)


def test_a_median_knows_between_which_values_half_of_its_samples_lie():
    made = Median([4.0, 1.0, 3.0, 2.0, 5.0])
    assert (made.low, made, made.high) == (2.0, 3.0, 4.0)
    assert (Median([7.0]).low, Median([7.0]), Median([7.0]).high) == (7.0, 7.0, 7.0)
    assert Row("a", made, 2.0, "b").spread == (1.0, 2.0)
    assert Row("a", 3.0, 2.0, "b").spread is None


def test_the_machine_is_described_by_cpu_and_versions():
    cpu, versions = machine()
    assert "CPUs, " in cpu
    assert versions.startswith("Python 3.")
    assert "torch 2." in versions


def test_a_benchmark_that_fails_is_an_error_and_not_an_empty_table():
    with pytest.raises(BenchmarkError, match="exit status 1"):
        measured("there_is_no_such_benchmark")
