from types import SimpleNamespace

import pytest

from core.zoo import progress
from core.zoo.progress import RECENT, Pace, Progress


def speeds(monkeypatch: pytest.MonkeyPatch, *heard: tuple[float, int]) -> list[float]:
    """What one pace says when so many bytes are here at such a time."""
    pace = Pace()
    said = []
    for now, received in heard:
        monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda now=now: now))
        said.append(pace.speed(received))
    return said


@pytest.mark.parametrize(
    ("progress", "share", "left"),
    [
        (Progress(0, 100), 0.0, None),
        (Progress(25, 100, 5.0), 0.25, 15.0),
        (Progress(100, 100, 5.0), 1.0, 0.0),
        (Progress(120, 100, 5.0), 1.0, 0.0),
        (Progress(0, 0), 0.0, None),
    ],
)
def test_progress_knows_its_share_and_the_time_left(progress, share, left):
    assert progress.share == share
    assert progress.seconds_left == left


def test_a_speed_that_would_be_a_guess_is_not_told(monkeypatch):
    assert speeds(monkeypatch, (10.0, 500), (10.25, 1000), (10.5, 1500)) == [0.0, 0.0, 2000.0]


def test_the_speed_counts_the_last_seconds_only(monkeypatch):
    steady = [(float(second), 1000 * second) for second in range(11)]
    fast = [(float(second), 10_000 + 5000 * (second - 10)) for second in range(11, 21)]
    said = speeds(monkeypatch, *steady, *fast)
    assert said[1:11] == [1000.0] * 10
    assert said[10:16] == sorted(said[10:16])
    assert said[10 + int(RECENT) :] == [5000.0] * 6


def test_after_seconds_of_silence_the_speed_is_zero(monkeypatch):
    said = speeds(monkeypatch, (0.0, 0), (1.0, 1000), (4.0, 1000), (9.5, 1000))
    assert said == [0.0, 1000.0, 250.0, 0.0]


def test_the_speed_begins_anew_with_the_bytes(monkeypatch):
    assert speeds(monkeypatch, (0.0, 0), (1.0, 8000), (1.5, 0), (2.5, 300)) == [0.0, 8000.0, 0.0, 300.0]
