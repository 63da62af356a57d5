"""Octaves: sizes that grow by a factor, equal shares of the steps, and a photo whose detail comes back."""

from collections import Counter

import pytest
import torch

from core.adversarial.visualisation_settings import VisualisationSettings
from core.images.growth import SMALLEST
from core.images.octaves import carried, octave_at, of_size


def photo(height: int = 60, width: int = 90) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0))


def octaves(settings: VisualisationSettings, height: int = 224, width: int = 300) -> list:
    return [octave_at(update, settings, height, width) for update in range(settings.steps)]


def test_sizes_grow_by_the_factor_up_to_the_full_size():
    found = octaves(VisualisationSettings(octaves=4, octave_scale=1.5, steps=8))[::2]
    assert [(octave.number, octave.height, octave.width) for octave in found] == [
        (3 - power, round(224 / 1.5**power), round(300 / 1.5**power)) for power in (3, 2, 1, 0)
    ]


@pytest.mark.parametrize(("steps", "count"), [(12, 4), (10, 4), (7, 3), (5, 5)])
def test_each_octave_gets_its_share_of_the_steps(steps, count):
    shares = Counter(octave.number for octave in octaves(VisualisationSettings(octaves=count, steps=steps)))
    assert set(shares) == set(range(count))
    assert max(shares.values()) - min(shares.values()) <= 1


@pytest.mark.parametrize(("steps", "numbers"), [(1, [3]), (2, [1, 3]), (3, [1, 2, 3])])
def test_with_fewer_steps_than_octaves_coarse_ones_are_left_out(steps, numbers):
    assert [octave.number for octave in octaves(VisualisationSettings(octaves=4, steps=steps))] == numbers


@pytest.mark.parametrize("settings", [VisualisationSettings(octaves=1), VisualisationSettings(octave_scale=1.0)])
def test_one_octave_or_a_scale_of_one_is_the_full_size_throughout(settings):
    assert {(octave.height, octave.width) for octave in octaves(settings)} == {(224, 300)}


def test_no_octave_is_too_small_to_be_seen():
    smallest = octave_at(0, VisualisationSettings(octaves=8, octave_scale=4.0), 224, 300)
    assert (smallest.height, smallest.width) == (SMALLEST, SMALLEST)
    tiny = octave_at(0, VisualisationSettings(octaves=8, octave_scale=4.0), 7, 300)
    assert (tiny.height, tiny.width) == (7, SMALLEST)


def test_a_picture_that_has_grown_does_not_shrink():
    more_steps = VisualisationSettings(octaves=4, steps=1000)
    assert octave_at(50, more_steps, 224, 300).number == 0
    for reached in octaves(VisualisationSettings(octaves=4, steps=4)):
        assert octave_at(50, more_steps, 224, 300, reached=reached.height) == reached
    assert octave_at(50, VisualisationSettings(octaves=1, steps=1000), 224, 300, reached=90).height == 224


def test_at_its_own_size_the_canvas_is_carried_as_it_is():
    canvas = photo()
    assert carried(canvas, photo(), 60, 90) is canvas


def test_a_photo_on_which_nothing_was_drawn_has_all_its_detail_on_the_next_octave():
    small = of_size(photo(), 30, 45)
    assert torch.equal(carried(small, photo(), 60, 90), photo())


def test_what_was_drawn_is_enlarged_and_added():
    ground = 0.25 + photo() / 2
    small = of_size(ground, 30, 45)
    drawn = torch.nn.functional.interpolate(0.1 * photo(30, 45), (60, 90), mode="bilinear")
    torch.testing.assert_close(carried(small + 0.1 * photo(30, 45), ground, 60, 90), ground + drawn)


def test_what_leaves_the_range_is_clamped():
    found = carried(torch.ones(1, 3, 30, 45), photo(), 60, 90)
    assert found.max() == 1
    assert found.min() >= 0


def test_every_device_carries_as_the_cpu(device):
    small = (of_size(photo(), 30, 45) + 0.1).clamp(0, 1)
    there = carried(small.to(device), photo().to(device), 60, 90)
    torch.testing.assert_close(there.cpu(), carried(small, photo(), 60, 90), rtol=1e-5, atol=1e-5)
