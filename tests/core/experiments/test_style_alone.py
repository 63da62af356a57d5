"""The settings that rebuild a picture from one part of the loss."""

import numpy as np
import pytest

from core.experiments.style_alone import LONGEST, content_alone, middle, style_alone
from core.experiments.style_layers import STYLE_LAYERS
from core.style.settings import Start
from core.zoo.catalog import card


@pytest.mark.parametrize("row", STYLE_LAYERS, ids=lambda row: row.model)
def test_content_alone_measures_one_layer_and_no_style(row):
    settings = content_alone(card(row.model), row.usual)
    assert settings.layers == (row.usual,)
    assert (settings.content, settings.style) == (1, 0)
    assert settings.start is Start.NOISE


@pytest.mark.parametrize("row", STYLE_LAYERS, ids=lambda row: row.model)
def test_style_alone_measures_its_layers_alike_and_no_content(row):
    settings = style_alone(card(row.model), row.style[:2])
    assert dict(settings.style_layers) == dict.fromkeys(row.style[:2], 1.0)
    assert (settings.content, settings.style) == (0, 1)
    assert settings.start is Start.NOISE


def test_a_large_network_is_asked_less_often_about_a_smaller_picture():
    small, large = (content_alone(card(key), "features.1") for key in ("lab-trunk", "vgg19"))
    assert large.steps < small.steps
    assert large.side < small.side


@pytest.mark.parametrize("shape", [(3, 50), (50, 3), (3, 12), (7, 7)])
def test_of_a_strip_the_middle_is_taken(shape):
    pixels = np.arange(shape[0] * shape[1] * 3, dtype=np.uint8).reshape(*shape, 3)
    found = middle(pixels)
    height, width = found.shape[:2]
    assert max(height, width) == min(max(shape), LONGEST * min(shape))
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    np.testing.assert_array_equal(found, pixels[top : top + height, left : left + width])
