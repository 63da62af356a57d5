"""Runs as animated PNGs: every picture is in the file as it was, and its time."""

import io

import numpy as np
import pytest
from PIL import Image

from viz.animations import REST, SECONDS, SHORTEST, animated

RNG = np.random.default_rng(0)


def pictures(count: int) -> list[Image.Image]:
    return [Image.fromarray(RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)) for _ in range(count)]


def frames(data: bytes) -> list[tuple[np.ndarray, float]]:
    """Pixels and milliseconds of each picture of a file."""
    with Image.open(io.BytesIO(data)) as file:
        found = []
        for place in range(getattr(file, "n_frames", 1)):
            file.seek(place)
            found.append((np.asarray(file.convert("RGB")), file.info.get("duration", 0)))
        return found


def test_every_picture_is_there_to_the_last_bit():
    given = pictures(5)
    for one, (pixels, _) in zip(given, frames(animated(given)), strict=True):
        assert np.array_equal(np.asarray(one), pixels)


@pytest.mark.parametrize(("count", "each"), [(5, 1000), (60, round(1000 * SECONDS / 60)), (1000, SHORTEST)])
def test_a_run_takes_about_five_seconds_and_no_picture_is_too_short_to_be_seen(count, each):
    times = [time for _, time in frames(animated(pictures(count)))]
    assert times == [each] * (count - 1) + [REST]


def test_a_pace_of_ones_own_is_kept():
    assert [time for _, time in frames(animated(pictures(3), each=250, rest=700))] == [250, 250, 700]


def test_one_picture_is_a_still():
    (only,) = pictures(1)
    ((pixels, _),) = frames(animated([only]))
    assert np.array_equal(np.asarray(only), pixels)
