import re

import pytest
import torch
import torchvision

from core.networks import classifiers

SMALLEST = {"mobilenet_v3_large": 48, "resnet50": 48, "densenet121": 48, "vgg16": 32}


@pytest.fixture(scope="module", params=SMALLEST)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def theirs(name, randomise):
    """torchvision's network; one at a time, since VGG-16 has half a gigabyte."""
    return randomise(getattr(torchvision.models, name))


@pytest.fixture(scope="module")
def ours(name, theirs):
    return getattr(classifiers, name)(theirs.state_dict())


@pytest.fixture
def pictures(name):
    side = SMALLEST[name]
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def test_gives_torchvisions_output_bit_for_bit(ours, theirs, pictures):
    logits = ours(pictures)
    assert torch.equal(logits, theirs(pictures))
    assert logits.std() > 0.01  # the signal is alive


@torch.no_grad()
def test_gives_torchvisions_output_for_a_picture_of_any_size(ours, theirs):
    x = torch.randn(1, 3, 75, 98, generator=torch.Generator().manual_seed(1))
    assert torch.equal(ours(x), theirs(x))


def test_every_cut_makes_two_halves_of_the_whole(ours, pictures, check_every_cut):
    check_every_cut(ours, pictures)


def test_is_ready_to_be_shared(ours, check_shareable):
    check_shareable(ours)


def test_random_weights_are_there_where_no_state_is_given(name, check_shareable):
    check_shareable(getattr(classifiers, name)())


def test_a_layer_has_the_path_of_torchvisions_module(ours, theirs, pictures):
    """Where torchvision has a module of that path, it gives the same; the others replace its function calls."""
    modules = dict(theirs.named_modules())
    own = [layer for layer in ours.names if layer not in modules]
    assert own in (["flatten"], ["relu", "avgpool", "flatten"])
    for layer, built in zip(ours.names, ours.layers, strict=True):
        if layer in modules:
            assert [*built.state_dict()] == [*modules[layer].state_dict()]
            assert type(built) is type(modules[layer])


def test_gradients_reach_features_and_picture_but_no_weight(ours, pictures):
    x = pictures.requires_grad_()
    for layer in (ours.names[0], next(name for name in reversed(ours.names) if "." in name)):
        trunk, head = ours.split(layer)
        features = trunk(x)
        slopes = torch.autograd.grad(head(features)[:, 7].sum(), (features, x))
        assert all(slope.isfinite().all() and slope.any() for slope in slopes)
    assert all(weight.grad is None for weight in ours.parameters())


def test_the_weights_of_another_network_are_refused(name):
    with pytest.raises(RuntimeError, match="Missing key"):
        getattr(classifiers, name)(torchvision.models.squeezenet1_1().state_dict())


@torch.no_grad()
def test_densenet_takes_the_old_names_of_the_published_file(randomise):
    theirs = randomise(torchvision.models.densenet121)
    old = {
        re.sub(r"(denselayer\d+\.\w+?)(\d)\.", r"\1.\2.", name): tensor
        for name, tensor in theirs.state_dict().items()
        if not name.endswith("num_batches_tracked")  # which it is too old to have
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    assert "features.denseblock4.denselayer16.conv.2.weight" in old
    network = classifiers.densenet121(old)
    assert not any(tensor.is_meta for tensor in network.state_dict().values())
    x = torch.randn(1, 3, 48, 48)
    assert torch.equal(network(x), theirs(x))
