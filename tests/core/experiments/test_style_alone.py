"""The settings that rebuild a picture from one part of the loss."""

import pytest

from core.experiments.style_alone import content_alone, style_alone
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
