"""A photo painted in one pass: its size, and its colours where they stay."""

import pytest
import torch

from core.networks.style_network import style_network
from core.style.colour import luminance
from core.style.fast import painted
from core.style.settings import Colours
from tests.core.style.small import picture


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (30, 30)])
def test_the_longest_side_is_what_was_asked_for(shape):
    found = painted(style_network(), picture(0, *shape), side=48)
    assert max(found.shape[2:]) == 48
    assert found.shape[2] / found.shape[3] == pytest.approx(shape[0] / shape[1], rel=0.05)
    assert not found.requires_grad


def test_a_painter_that_changes_nothing_gives_the_photo_back():
    torch.testing.assert_close(painted(lambda x: x, picture(), side=28), picture())
    for colours in Colours:
        torch.testing.assert_close(painted(lambda x: x, picture(), side=28, colours=colours), picture())


def test_brightness_alone_is_painted_and_every_hue_stays():
    photo = 0.4 + 0.2 * picture()
    found = painted(lambda x: (x + 0.1).flip(1), photo, side=28, colours=Colours.LUMINANCE)
    torch.testing.assert_close(found - luminance(found), photo - luminance(photo), atol=1e-5, rtol=0)
    assert not torch.allclose(found, photo, atol=0.01)
