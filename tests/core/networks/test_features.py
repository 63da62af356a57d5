import pytest
import torch
import torchvision

from core.networks.features import squeezenet_features, vgg19_features

BUILDERS = {"squeezenet1_1": squeezenet_features, "vgg19": vgg19_features}
LAYERS = {"squeezenet1_1": 13, "vgg19": 37}


@pytest.fixture(scope="module", params=BUILDERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def theirs(name, randomise):
    return randomise(lambda: getattr(torchvision.models, name)().features)


@pytest.fixture(scope="module")
def ours(name, theirs):
    return BUILDERS[name](published(theirs))


@pytest.fixture
def pictures():
    return torch.randn(2, 3, 48, 40, generator=torch.Generator().manual_seed(0))


def published(features):
    """A whole state, as it is published: features and a classifier."""
    state = {f"features.{name}": tensor for name, tensor in features.state_dict().items()}
    return {**state, "classifier.1.weight": torch.zeros(1), "classifier.1.bias": torch.zeros(1)}


@torch.no_grad()
def test_the_answer_is_torchvisions_last_feature_map_bit_for_bit(ours, theirs, pictures):
    maps = ours(pictures)
    assert torch.equal(maps, theirs(pictures))
    assert maps.std() > 0.01


@torch.no_grad()
def test_every_layer_gives_what_torchvisions_does(ours, theirs, pictures):
    found = ours.features(pictures, ours.names)
    x = pictures
    for index, layer in enumerate(theirs):
        x = layer(x.clone())  # torchvision's ReLU writes in place
        assert torch.equal(found[f"features.{index}"], x)


def test_its_layers_have_torchvisions_names(name, ours):
    assert ours.names == tuple(f"features.{index}" for index in range(LAYERS[name]))


def test_every_cut_makes_two_halves_of_the_whole(ours, pictures, check_every_cut):
    check_every_cut(ours, pictures)


def test_is_ready_to_be_shared(name, ours, check_shareable):
    check_shareable(ours)
    check_shareable(BUILDERS[name]())


def test_the_weights_of_another_network_are_refused(name):
    with pytest.raises(RuntimeError, match="Missing key"):
        BUILDERS[name](torchvision.models.resnet18().state_dict())
