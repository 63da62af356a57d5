"""Which update is due at which size, and how much of the work is left."""

import pytest

from core.adversarial.visualisation_settings import VisualisationSettings
from core.images.growth import SMALLEST, due, least_side, updates_left
from core.images.octaves import octave_at


@pytest.mark.parametrize("update", [0, 3, 10, 19])
def test_what_is_left_is_measured_in_updates_of_this_size(update):
    settings = VisualisationSettings(octaves=3, octave_scale=2.0, steps=20)
    octaves = [octave_at(later, settings, 512, 768) for later in range(settings.steps)]
    pixels = [octave.height * octave.width for octave in octaves]
    assert updates_left(update, settings) == pytest.approx(sum(pixels[update:]) / pixels[update])
    assert updates_left(20, settings) == updates_left(25, settings) == 0
    assert due(update, settings) == octaves[update].number


@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (2000, 30), (1, 1), (7, 512)])
def test_the_least_side_leaves_the_shorter_one_enough(shape):
    least = least_side(*shape)
    assert least * min(shape) / max(shape) >= SMALLEST
    assert (least - 1) * min(shape) / max(shape) < SMALLEST
