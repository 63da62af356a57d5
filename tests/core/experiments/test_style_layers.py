"""The layers that measure content and style exist in their networks."""

import pytest
import torch

from core.errors import ModelError
from core.experiments.style_layers import STYLE_LAYERS, style_layers, usual_settings
from core.images.growth import SMALLEST
from core.networks.features import squeezenet_features, vgg19_features
from core.networks.lab_classifier import lab_trunk
from core.zoo.catalog import of
from core.zoo.model_card import Task

BUILT = {"lab-trunk": lab_trunk, "squeezenet1_1-features": squeezenet_features, "vgg19": vgg19_features}


@pytest.mark.parametrize("row", STYLE_LAYERS, ids=lambda row: row.model)
def test_every_layer_is_one_of_the_network(row):
    names = BUILT[row.model]().names
    assert {*row.content, *row.style, row.usual} <= set(names)
    assert row.usual in row.content
    assert [*row.content] == sorted(row.content, key=names.index)
    assert [*row.style] == sorted(row.style, key=names.index)


@pytest.mark.parametrize("row", STYLE_LAYERS, ids=lambda row: row.model)
def test_the_smallest_picture_is_seen_to_the_deepest_layer(row):
    with torch.device("meta"):
        network = BUILT[row.model]()
        seen = network.features(torch.zeros(1, 3, SMALLEST, SMALLEST), [*row.content, *row.style])
    assert all(maps.numel() for maps in seen.values())


def test_every_network_of_feature_maps_can_paint():
    assert {row.model for row in STYLE_LAYERS} == {card.key for card in of(Task.FEATURES)}


def test_the_layers_of_vgg_are_those_of_the_paper():
    """Its first convolutions of five groups, after their ReLU, and conv4_2 for the content."""
    relus = [2 * conv + pools + 1 for conv, pools in ((0, 0), (2, 1), (4, 2), (8, 3), (12, 4))]
    assert [int(name.removeprefix("features.")) for name in style_layers("vgg19").style] == relus
    assert style_layers("vgg19").usual == "features.21"


def test_usual_settings_count_all_style_layers_alike():
    settings = usual_settings("lab-trunk")
    assert set(settings.style_layers.values()) == {1.0}
    assert dict(settings.content_layers) == {"features.7": 1.0}


def test_a_network_that_measures_no_style_is_told():
    with pytest.raises(ModelError, match="lab-yolo") as caught:
        usual_settings("lab-yolo")
    assert "vgg19" in caught.value.advice
