"""What the benchmark of the anchors does with its samples; the browser's part is the benchmark itself."""

from benchmarks.assignment import CASES, rows
from benchmarks.driver import Press


def test_the_aim_is_100_ms_whatever_the_peer_takes():
    pressed, floor = [Press(80.0 + index, 60.0) for index in range(21)], [Press(40.0, 30.0)] * 21
    p50, p95, anew = rows("Anchors", pressed, [Press(300.0, 280.0)], floor)
    assert (p50.ours, p50.peer, p50.aim) == (90.0, 40.0, 2.5)
    assert p50.verdict == "met"
    assert (p95.ours, p95.aim) == (99.0, None)
    assert (anew.ours, anew.aim) == (300.0, None)


def test_each_generator_is_timed_on_the_part_of_the_anchors_or_of_the_assignment():
    assert {case.what.partition(",")[0] for case in CASES} == {"Anchors", "Assignment", "NMS", "Detector", "Segmenter"}
    assert all(word in " ".join(case.what for case in CASES) for word in ("grid", "pyramid", "pixel"))


def test_every_view_of_the_detector_has_a_slider_that_is_timed():
    views = {case.query.partition("&")[0] for case in CASES if case.page == "detector"}
    assert views == {"part=Detect", "part=Inside+the+grid", "part=How+it+learns", "part=How+good+is+it%3F"}
