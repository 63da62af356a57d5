"""What one cell of a map can see: by the gradient of a network without zeros, and by numbers from the literature."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import SqueezeExcitation

from core.networks.chain import Chain, frozen
from core.networks.classifiers import densenet121, resnet50, vgg16
from core.networks.lab_classifier import lab_classifier_chain
from core.networks.receptive_field import receptive_fields
from core.networks.squeezenet import squeezenet_1_1


class Beside(nn.Module):
    """Branches side by side, or one added to the other."""

    def __init__(self, *branches: nn.Module, added: bool) -> None:
        super().__init__()
        self.branches, self.added = nn.ModuleList(branches), added

    def forward(self, x: Tensor) -> Tensor:
        found = [branch(x) for branch in self.branches]
        return found[0] + found[1] if self.added else torch.cat(found, dim=1)


NETWORKS = {
    "kernels, strides and pooling": lambda: {
        "a": nn.Conv2d(3, 4, 5, stride=2, padding=2),
        "b": nn.ReLU(),
        "c": nn.MaxPool2d(3, 2),
        "d": nn.Conv2d(4, 2, 3),
        "e": nn.AvgPool2d(2),
    },
    "dilation": lambda: {"a": nn.Conv2d(3, 4, 3, dilation=3, padding=3), "b": nn.Conv2d(4, 4, (3, 3), stride=(2, 2))},
    "branches": lambda: {
        "a": nn.Conv2d(3, 4, 3, padding=1),
        "b": Beside(nn.Conv2d(4, 2, 1), nn.Conv2d(4, 2, 5, padding=2), added=False),
        "c": Beside(nn.Identity(), nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()), added=True),
    },
}


def seen_by_gradient(network: Chain, name: str, side: int) -> int:
    """The extent of the pixels that the middle cell depends on, where every weight is positive."""
    for parameter in network.parameters():
        parameter.data = torch.rand_like(parameter) + 0.1
    picture = torch.ones(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    maps = network.features(picture, [name])[name]
    (slope,) = torch.autograd.grad(maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2].sum(), picture)
    rows = slope[0].abs().sum(dim=(0, 2)).nonzero()
    return int(rows.max() - rows.min()) + 1


@pytest.mark.parametrize("kind", NETWORKS)
def test_it_is_what_the_gradient_of_the_middle_cell_reaches(kind):
    layers = {
        name: nn.AvgPool2d(layer.kernel_size, layer.stride) if isinstance(layer, nn.MaxPool2d) else layer
        for name, layer in NETWORKS[kind]().items()
    }
    found = receptive_fields(frozen(Chain(NETWORKS[kind]())), height=97, width=97)
    network = Chain(layers).double().eval()
    for name, field in found.items():
        assert seen_by_gradient(network, name, 97) == field.side, name


@pytest.mark.parametrize("kind", NETWORKS)
def test_maps_have_the_size_that_the_layers_make(kind):
    network = frozen(Chain(NETWORKS[kind]()))
    found = receptive_fields(network, height=60, width=80)
    made = network.features(torch.zeros(1, 3, 60, 80), found)
    assert {name: (one.channels, one.height, one.width) for name, one in found.items()} == {
        name: tuple(maps.shape[1:]) for name, maps in made.items()
    }


@pytest.mark.parametrize(
    ("make", "layer", "side", "stride"),
    [(vgg16, "features.30", 212, 32), (resnet50, "layer4.2", 427, 32), (densenet121, "relu", 2071, 32)],
)
def test_known_networks_see_what_is_known_of_them(make, layer, side, stride):
    """Araujo et al. 2019 for VGG-16 (its pool5); ResNet-50 with the stride in its 3 x 3, and DenseNet-121 by the same formula."""
    field = receptive_fields(make(), height=224, width=224)[layer]
    assert (field.side, field.stride, field.gated) == (side, stride, False)


def test_the_lab_classifier_sees_as_far_as_squeezenet():
    ours = receptive_fields(lab_classifier_chain(), height=224, width=224)
    theirs = receptive_fields(squeezenet_1_1(), height=224, width=224)
    assert ours["features.12"].side == theirs["features.12"].side == 207
    assert (ours["features.12"].height, theirs["features.12"].height) == (14, 13)


def test_layers_without_positions_are_left_out():
    assert list(receptive_fields(lab_classifier_chain(), height=224, width=224))[-1] == "classifier.0"


def test_a_gate_scales_maps_and_moves_nothing():
    layers = {"a": nn.Conv2d(3, 8, 3), "gate": SqueezeExcitation(8, 2), "b": nn.Conv2d(8, 8, 3)}
    found = receptive_fields(frozen(Chain(layers)), height=40, width=40)
    assert [(one.side, one.gated) for one in found.values()] == [(3, False), (3, True), (5, True)]


class WithoutStrides(nn.Module):
    """Calls of functions that leave the stride out: 1 for a convolution, the kernel for a pooling."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.max_pool2d(functional.conv2d(x, torch.ones(4, 3, 3, 3, device=x.device)), 2)


def test_a_stride_that_is_left_out_is_the_one_that_the_function_takes():
    found = receptive_fields(frozen(Chain({"own": WithoutStrides()})), height=40, width=40)
    assert (found["own"].side, found["own"].stride, found["own"].height) == (4, 2, 19)


def test_after_a_mean_over_parts_of_the_picture_all_of_it_is_seen():
    layers = {"a": nn.Conv2d(3, 8, 3, padding=1), "pool": nn.AdaptiveAvgPool2d(2)}
    found = receptive_fields(frozen(Chain(layers)), height=40, width=40)
    assert found["pool"].side == math.inf
    assert receptive_fields(frozen(Chain(layers)), height=2, width=2)["pool"].side == 3


def test_the_network_stays_as_it_was():
    network = lab_classifier_chain()
    before = {name: (tensor.data_ptr(), tensor.device) for name, tensor in network.state_dict().items()}
    receptive_fields(network, height=224, width=224)
    assert {name: (tensor.data_ptr(), tensor.device) for name, tensor in network.state_dict().items()} == before
    assert network(torch.zeros(1, 3, 64, 64)).device.type == "cpu"


class Watching(nn.Conv2d):
    """Notes on which devices the weights of a network are while any copy of it runs."""

    watched: ClassVar[list[nn.Module]] = []
    found: ClassVar[set[str]] = set()

    def forward(self, x: Tensor) -> Tensor:
        self.found.update(weights.device.type for network in self.watched for weights in network.parameters())
        return super().forward(x)


def test_nothing_is_lent_from_the_network_while_its_shapes_are_followed():
    """Whoever runs it meanwhile would find weights without values."""
    network = frozen(Chain({"a": Watching(3, 4, 3), "b": nn.BatchNorm2d(4), "c": Watching(4, 4, 3)}))
    Watching.watched, Watching.found = [network], set()
    receptive_fields(network, height=40, width=40)
    assert Watching.found == {"cpu"}


def test_eight_threads_run_a_network_while_others_follow_its_shapes():
    network, x = lab_classifier_chain(), torch.rand(1, 3, 64, 64)
    expected = network(x)

    def both(_: int) -> Tensor:
        receptive_fields(network, height=64, width=64)
        return network(x)

    with ThreadPoolExecutor(8) as pool:
        assert all(torch.equal(found, expected) for found in pool.map(both, range(24)))
