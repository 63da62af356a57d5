"""What the benchmark of interaction does with its samples; the browser's part is the benchmark itself."""

import ast

import pytest

from benchmarks import driver
from benchmarks.driver import Press, alternate, percentile
from benchmarks.interaction import Start, box_rows, computed_row, frame_rows, slider_rows, start_rows


def test_every_contestant_plays_every_round_and_every_second_round_goes_backwards():
    calls = []

    def contestant(name):
        def play():
            calls.append(name)
            return [f"{name}{calls.count(name)}", name]

        return play

    samples = alternate([contestant("a"), contestant("b"), contestant("c")], rounds=3)
    assert calls == ["a", "b", "c", "c", "b", "a", "a", "b", "c"]
    assert samples[1] == ["b1", "b", "b2", "b", "b3", "b"]


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("count", [1, 7, 20, 42])
def test_the_percentile_is_the_smallest_sample_that_the_share_does_not_exceed(count, share):
    samples = [float((7 * index) % count) for index in range(count)]
    reference = min(one for one in samples if sum(other <= one for other in samples) >= share * count)
    assert percentile(samples, share) == reference


def test_key_presses_become_median_and_percentile_and_only_the_everyday_median_has_an_aim():
    ours = [Press(100.0 + index, 80.0 + index) for index in range(21)]
    peer = [Press(50.0, 40.0)] * 21
    p50, p95 = slider_rows(ours, peer)
    assert (p50.ours, p50.peer, p50.ratio, p50.aim) == (110.0, 50.0, 2.2, 2.0)
    assert (p95.ours, p95.aim) == (119.0, None)
    assert (computed_row(ours, peer).ours, computed_row(ours, peer).aim) == (110.0, None)
    from_key, from_message = box_rows(ours, peer)
    assert (from_key.ours, from_key.peer, from_message.ours, from_message.peer) == (110.0, 50.0, 90.0, 40.0)


def test_frames_are_the_mean_of_the_median_round_and_no_long_frame_is_lost():
    dragged = [[16.0, 16.0], [16.0, 24.0], [16.0, 100.0]]
    mean, p95, longest = frame_rows(dragged, [[16.0, 16.0]] * 3)
    assert (mean.ours, mean.peer, mean.ratio) == (20.0, 16.0, 1.25)
    assert "50.0 a second" in mean.what
    assert (p95.ours, longest.ours, longest.peer) == (100.0, 100.0, 16.0)
    assert "6 frames" in longest.what


def test_starts_are_medians_beside_the_hello_app_and_both_titles_have_the_aim():
    overview, anchors, hello = (
        [Start(title, title + 100) for title in (base, base + 1, base + 9)] for base in (30, 40, 20)
    )
    rows = start_rows(overview, anchors, hello)
    assert [(row.ours, row.peer, row.aim) for row in rows] == [
        (31, 21, 1.3),
        (41, 21, 1.3),
        (131, 121, None),
        (141, 121, None),
    ]
    assert {row.unit for row in rows} == {"ms"}


@pytest.mark.parametrize("script", [driver.TEXT, driver.HELLO], ids=lambda script: script.name)
def test_a_peer_uses_streamlit_alone(script):
    imports = [
        node for node in ast.walk(ast.parse(script.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert {ast.unparse(node) for node in imports} <= {"import gc", "import streamlit as st"}
