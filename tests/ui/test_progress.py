"""The line of a run that is watched."""

import pytest

from ui.progress import progress
from ui.watched import Phase


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((Phase.RUNNING, 12, 20, 8.2, 0), "Step 12 of 20 · 8 steps a second · under 1 s left"),
        ((Phase.RUNNING, 12, 20, 2.0, 0), "Step 12 of 20 · 2 steps a second · 4 s left"),
        ((Phase.RUNNING, 12, 500, 0.4, 0), "Step 12 of 500 · 2.5 s a step · 20 min left"),
        ((Phase.RUNNING, 1200, None, 1500.0, 0), "Step 1,200 · 1,500 steps a second"),
        ((Phase.RUNNING, 25, 20, 2.0, 0), "Step 25 of 20 · 2 steps a second · under 1 s left"),
        ((Phase.RUNNING, 0, 20, None, 0), "Step 0 of 20"),
        ((Phase.RUNNING, None, 20, None, 0), "Starting"),
        ((Phase.PAUSED, 12, 20, 8.0, 0), "Paused at step 12 of 20"),
        ((Phase.STOPPED, 12, None, 8.0, 0), "Stopped at step 12"),
        ((Phase.DONE, 1, 20, 8.0, 0), "Done after 1 step"),
        ((Phase.WAITING, 5, 20, 8.0, 3), ":material/hourglass_empty: 3 runs before yours. It starts by itself."),
    ],
)
def test_progress_is_one_line(given, words):
    assert progress(*given) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((Phase.RUNNING, 0, 15, 0.5, 0), "Tile 1 of 16 · 2.0 s a tile · 30 s left"),
        ((Phase.RUNNING, 3, 15, 2.0, 0), "Tile 4 of 16 · 2 tiles a second · 6 s left"),
        ((Phase.PAUSED, 3, 15, 2.0, 0), "Paused at tile 4 of 16"),
        ((Phase.DONE, 15, 15, 2.0, 0), "Done after 16 tiles"),
        ((Phase.DONE, 0, 0, None, 0), "Done after 1 tile"),
    ],
)
def test_what_is_counted_has_its_own_name_and_may_begin_at_one(given, words):
    assert progress(*given, unit="tile", first=1) == words


def test_what_is_left_may_take_longer_than_what_was_done():
    words = progress(Phase.RUNNING, 10, 20, 0.5, 0, unit="update", ahead=lambda index: 4.0 * (20 - index))
    assert words == "Update 10 of 20 · 2.0 s an update · 80 s left"
