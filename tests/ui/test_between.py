"""How long a run takes that is watched, from what lay between its parts lately."""

from collections import deque

import pytest

from ui import between


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(between, "_lately", deque(maxlen=5))


def test_the_usual_is_the_median_of_the_last_ones():
    assert between.usual() == between.USUAL
    for seconds in (0.9, 0.1, 0.3, 0.2, 0.4, 0.3):
        between.note(seconds)
    assert between.usual() == 0.3


@pytest.mark.parametrize("seconds", [-0.1, between.MOST + 0.1, float("inf"), float("nan")])
def test_what_is_no_drawing_is_left_out(seconds):
    between.note(seconds)
    assert between.usual() == between.USUAL


def test_short_steps_share_a_part_and_long_ones_have_one_each():
    between.note(0.1)
    assert between.watched(10.0, 1000, 0.195) == pytest.approx(10 + 10 / 0.2 * 0.1)
    assert between.watched(10.0, 10, 0.195) == pytest.approx(10 + 10 * 0.1)
