import copy
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
import torch
import torchvision
from captum.attr import LayerGradCam
from hypothesis import given
from hypothesis import strategies as st
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM
from pytorch_grad_cam.base_cam import BaseCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from core.attribution.grad_cam import (
    GradCam,
    Weighing,
    explained,
    grad_cam,
    grad_cam_plus_plus,
    layer_cam,
    record,
    upsample,
)
from core.networks.chain import Chain, frozen
from core.networks.squeezenet import squeezenet_1_1

CPU = torch.device("cpu")
LAST = "features.12"
METHODS = {grad_cam: Weighing.GRAD_CAM, grad_cam_plus_plus: Weighing.PLUS_PLUS, layer_cam: Weighing.LAYER}
PAIRS = [pytest.param(*pair, id=pair[0].__name__) for pair in METHODS.items()]


def small_head() -> nn.Sequential:
    """Curved, so that the gradient depends on where it is taken."""
    layers = nn.Sequential(nn.Conv2d(6, 8, 3, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(8 * 20, 5))
    return layers.requires_grad_(False)


def linear_head() -> nn.Sequential:
    layers = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 5, bias=False))
    return layers.requires_grad_(False)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def maps(device: torch.device = CPU) -> torch.Tensor:
    return torch.randn(1, 6, 4, 5).to(device)


def slopes(features: torch.Tensor, head: nn.Module, target: int, nudge: float = 1e-5) -> np.ndarray:
    """d score / d feature by finite differences, in double precision."""
    head, features = copy.deepcopy(head).double(), features.double()
    found = np.zeros(features.shape[1:])
    for place in np.ndindex(found.shape):
        up, down = features.clone(), features.clone()
        up[0][place] += nudge
        down[0][place] -= nudge
        found[place] = (head(up)[0, target] - head(down)[0, target]).item() / (2 * nudge)
    return found


def naive(features: torch.Tensor, head: nn.Module, target: int) -> tuple[np.ndarray, np.ndarray]:
    """Equations 1 and 2 with loops."""
    slope = slopes(features, head, target)
    channels, height, width = slope.shape
    alpha = np.zeros(channels)
    for k in range(channels):
        for i in range(height):
            for j in range(width):
                alpha[k] += slope[k, i, j] / (height * width)
    total = np.zeros((height, width))
    for k in range(channels):
        total += alpha[k] * features[0, k].numpy()
    return np.maximum(total, 0), alpha


@pytest.mark.parametrize("target", range(5))
def test_equals_the_formula_written_as_loops(target):
    features, head = maps(), small_head()
    found = grad_cam(features, head, target)
    map, alpha = naive(features, head, target)
    np.testing.assert_allclose(found.weights.numpy(), alpha, atol=1e-6)
    np.testing.assert_allclose(found.map.numpy(), map, atol=1e-6)


def theirs(network: Chain, x: torch.Tensor, target: int) -> np.ndarray:
    """pytorch_grad_cam's map at the size of the input, scaled to [0, 1]."""
    trainable = copy.deepcopy(network).requires_grad_(True)  # it hooks the gradient, so it needs one everywhere
    with GradCAM(trainable, [trainable.layers[trainable.names.index(LAST)]]) as cam:
        return cam(x, [ClassifierOutputTarget(target)])[0]


def ours(network: Chain, x: torch.Tensor, target: int) -> np.ndarray:
    trunk, head = network.split(LAST)
    with torch.no_grad():
        features = trunk(x)
    map = grad_cam(features, head, target).map
    map = upsample((map - map.min()) / (map.max() - map.min()), *x.shape[2:])
    return ((map - map.min()) / (map.max() - map.min())).numpy()


@pytest.mark.parametrize("target", [0, 285, 999])
def test_gives_the_map_of_pytorch_grad_cam(target):
    network = squeezenet_1_1()
    x = torch.randn(1, 3, 160, 128)
    np.testing.assert_allclose(ours(network, x, target), theirs(network, x, target), atol=2e-5)


@pytest.mark.weights
@pytest.mark.parametrize("target", [281, 285, 904])
def test_gives_the_map_of_pytorch_grad_cam_with_real_weights(torch_home, target):
    network = squeezenet_1_1(torchvision.models.squeezenet1_1(weights="IMAGENET1K_V1").state_dict())
    x = torch.rand(1, 3, 224, 224)
    np.testing.assert_allclose(ours(network, x, target), theirs(network, x, target), atol=2e-5)


def test_on_a_linear_head_it_is_the_class_activation_map():
    features, head = maps(), linear_head()
    found = grad_cam(features, head, 3)
    activation = (head[2].weight[3][:, None, None] * features[0]).sum(0)
    torch.testing.assert_close(found.map, activation.relu() / 20)


def test_without_a_target_it_explains_the_class_with_the_largest_logit():
    features, head = maps(), small_head()
    found = grad_cam(features, head)
    assert found.target == head(features)[0].argmax().item()
    assert found.score == found.logits.max().item()


def test_the_logits_are_those_of_the_head():
    features, head = maps(), small_head()
    found = grad_cam(features, head, 2)
    assert torch.equal(found.logits, head(features)[0])
    assert found.score == found.logits[2].item()


def test_a_target_may_be_a_tensor():
    features, head = maps(), small_head()
    assert torch.equal(grad_cam(features, head, torch.tensor(4)).map, grad_cam(features, head, 4).map)


@given(st.floats(0.01, 100))
def test_the_map_grows_in_proportion_to_the_score(factor):
    torch.manual_seed(0)
    features, head = maps(), small_head()
    once = grad_cam(features, head, 1)
    scaled = grad_cam(features, lambda x: factor * head(x), 1)
    torch.testing.assert_close(scaled.map, factor * once.map)


@given(st.floats(0.01, 100))
def test_the_map_grows_in_proportion_to_the_features_of_a_linear_head(factor):
    torch.manual_seed(0)
    features, head = maps(), linear_head()
    torch.testing.assert_close(grad_cam(factor * features, head, 1).map, factor * grad_cam(features, head, 1).map)


def test_the_map_is_never_negative():
    assert all((grad_cam(maps(), small_head(), target).map >= 0).all() for target in range(5))


def test_a_class_that_nothing_speaks_for_has_a_map_of_zeros():
    head = linear_head()
    head[2].weight[2] = -1
    assert not grad_cam(maps().abs(), head, 2).map.any()


def test_a_head_of_constants_has_a_map_of_zeros():
    assert not grad_cam(maps(), lambda x: 0 * x.sum() + torch.ones(1, 5), 0).map.any()


def test_leaves_no_hook_no_gradient_and_no_graph_behind():
    network = squeezenet_1_1()
    trunk, head = network.split(LAST)
    with torch.no_grad():
        features = trunk(torch.randn(1, 3, 64, 64))
    before = features.clone()
    found = grad_cam(features, head, 5)
    modules = list(network.modules())
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in modules)
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())
    assert features.grad is None
    assert not features.requires_grad
    assert torch.equal(features, before)
    assert not any(t.requires_grad for t in (found.map, found.weights, found.logits))


def test_leaves_the_features_alone_when_the_head_fails():
    def broken(_: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("broken")

    features = maps()
    with pytest.raises(RuntimeError, match="broken"):
        grad_cam(features, broken, 0)
    assert not features.requires_grad
    assert torch.is_grad_enabled()


def test_works_where_gradients_are_switched_off():
    features, head = maps(), small_head()
    with torch.no_grad():
        quiet = grad_cam(features, head, 1)
        assert not torch.is_grad_enabled()
    assert torch.equal(quiet.map, grad_cam(features, head, 1).map)


def test_takes_one_pass_through_the_head_and_one_back():
    calls = []
    head = small_head()

    def forward(x: torch.Tensor) -> torch.Tensor:
        calls.append("forward")
        return head(x)

    def backward(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append("backward")
        return torch.autograd.grad(*inputs)

    grad_cam(maps(), forward, gradient=backward)
    assert calls == ["forward", "backward"]


def test_eight_threads_get_the_maps_one_gets():
    network = squeezenet_1_1()
    x = torch.randn(1, 3, 64, 64)

    def run(target: int) -> torch.Tensor:
        trunk, head = network.split(LAST)
        with torch.no_grad():
            features = trunk(x)
        return grad_cam(features, head, target).map

    alone = [run(target) for target in range(32)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, range(32)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_every_device_gives_the_map_of_the_cpu(device):
    features, head = maps(), small_head()
    here = grad_cam(features, head, 2)
    there = grad_cam(features.to(device), head.to(device), 2)
    torch.testing.assert_close(there.map.cpu(), here.map, rtol=1e-3, atol=1e-4)
    assert there.score == pytest.approx(here.score, rel=1e-3, abs=1e-4)


def scaled(head: nn.Module, factor: float) -> nn.Sequential:
    """The head with logits, and so slopes, `factor` times as large."""

    class Times(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return factor * x

    return nn.Sequential(head, Times())


def plus_plus_as_loops(features: torch.Tensor, head: nn.Module, target: int) -> tuple[np.ndarray, np.ndarray]:
    """Grad-CAM++ of Y = exp(S) as the paper has it: its derivatives, equation 19, the weights, the map."""
    maps, slope = features[0].double().numpy(), slopes(features, head, target)
    score = head(features)[0, target].item()
    channels, height, width = maps.shape
    weights, total = np.zeros(channels), np.zeros((height, width))
    for k in range(channels):
        for i in range(height):
            for j in range(width):
                first, second, third = (math.exp(score) * slope[k, i, j] ** power for power in (1, 2, 3))
                alpha = second / (2 * second + maps[k].sum() * third) if first else 0
                weights[k] += alpha * max(first, 0)
        total += weights[k] * maps[k]
    return np.maximum(total, 0), weights


@pytest.mark.parametrize("target", range(5))
def test_plus_plus_is_the_formula_of_the_paper_over_the_exponential_of_the_score(target):
    features, head = maps().relu(), small_head()
    found = grad_cam_plus_plus(features, head, target)
    map, weights = plus_plus_as_loops(features, head, target)
    assert map.max() > 0.01
    np.testing.assert_allclose(math.exp(found.score) * found.weights.numpy(), weights, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(math.exp(found.score) * found.map.numpy(), map, rtol=1e-4, atol=1e-6)


def test_plus_plus_stays_finite_where_the_exponential_of_the_score_does_not():
    head = scaled(small_head(), 1000)
    features = maps().relu()
    found = grad_cam_plus_plus(features, head)
    assert math.isinf(torch.tensor(found.score).exp())
    assert found.map.isfinite().all()
    assert found.map.any()


def test_plus_plus_has_half_the_positive_slope_where_maps_add_up_to_nothing():
    """Of the formula's denominator 2 + 0 is left, so no 0 / 0 appears, also where the slope is 0."""
    head = linear_head()
    head[2].weight[1, :3] = 0
    found = grad_cam_plus_plus(torch.zeros(1, 6, 4, 5), head, 1)
    torch.testing.assert_close(found.weights, head[2].weight[1].relu() / 2)
    assert not found.map.any()


def test_plus_plus_at_its_pole_is_finite():
    """A map that adds up to -0.5 times a slope of 4, plus 2, is exactly 0."""
    head = linear_head()
    head[2].weight[0] = 4
    found = grad_cam_plus_plus(torch.full((1, 6, 1, 1), -0.5), head, 0)
    assert found.weights.isfinite().all()
    assert not found.map.any()


@pytest.mark.parametrize("target", range(5))
def test_layer_cam_is_the_formula_written_as_loops(target):
    features, head = maps().relu(), small_head()
    found = layer_cam(features, head, target)
    slope = slopes(features, head, target)
    total = np.zeros((4, 5))
    for k in range(6):
        for i in range(4):
            for j in range(5):
                total[i, j] += max(slope[k, i, j], 0) * features[0, k, i, j].item()
    np.testing.assert_allclose(found.weights.numpy(), np.maximum(slope, 0), atol=1e-6)
    np.testing.assert_allclose(found.map.numpy(), np.maximum(total, 0), atol=1e-6)


class Cut(NamedTuple):
    """A network and the layer whose maps are explained."""

    network: nn.Module
    layer: nn.Module
    trunk: nn.Module
    head: nn.Module


def small_network() -> Cut:
    trunk = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.ReLU())
    head = nn.Sequential(nn.Conv2d(6, 8, 3), nn.Tanh(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 5))
    return Cut(nn.Sequential(trunk, head), trunk[1], trunk, head)


def squeezenet() -> Cut:
    network = squeezenet_1_1()
    return Cut(network, network.layers[network.names.index(LAST)], *network.split(LAST))


def resnet() -> Cut:
    network = frozen(torchvision.models.resnet18())
    parts = list(network.children())
    return Cut(network, network.layer4, nn.Sequential(*parts[:-2]), nn.Sequential(parts[-2], nn.Flatten(1), parts[-1]))


CUTS = [pytest.param(make, seed, id=f"{make.__name__}-{seed}") for make in (small_network,) for seed in range(4)] + [
    pytest.param(make, 0, id=make.__name__) for make in (squeezenet, resnet)
]


def asking_for_gradients(cut: Cut) -> Cut:
    """A copy that asks for gradients, as the hooks of other libraries need."""
    return Cut(*(part.requires_grad_(True) for part in copy.deepcopy(cut)))


@pytest.mark.parametrize(("make", "seed"), CUTS)
@pytest.mark.parametrize("target", [0, 3])
def test_gives_the_map_of_captum(make, seed, target):
    torch.manual_seed(seed)
    cut, x = make(), torch.randn(1, 3, 64, 64)
    other = copy.deepcopy(cut)
    theirs = LayerGradCam(other.network.eval(), other.layer).attribute(x, target, relu_attributions=True)
    with torch.no_grad():
        features = cut.trunk.eval()(x)
    map = grad_cam(features, cut.head, target).map
    torch.testing.assert_close(map, theirs[0, 0].detach(), rtol=1e-5, atol=1e-5 * map.max().item())


def raw(method: type[BaseCAM], cut: Cut, x: torch.Tensor, target: int) -> np.ndarray:
    """The map of pytorch_grad_cam at the size of the feature map, before it is scaled to [0, 1]."""
    found = []

    class Recording(method):
        def get_cam_image(self, *inputs: object, **others: object) -> np.ndarray:
            found.append(super().get_cam_image(*inputs, **others))
            return found[-1]

    other = asking_for_gradients(cut)
    with Recording(other.network, [other.layer]) as cam:
        cam(x, [ClassifierOutputTarget(target)])
    return np.maximum(found[0][0], 0)


def ours_raw(method: Callable[..., GradCam], cut: Cut, x: torch.Tensor, target: int) -> np.ndarray:
    with torch.no_grad():
        features = cut.trunk.eval()(x)
    return method(features, cut.head.eval(), target).map.numpy()


@pytest.mark.parametrize(("make", "seed"), CUTS)
@pytest.mark.parametrize("target", [0, 3])
def test_gives_the_layer_cam_of_pytorch_grad_cam(make, seed, target):
    torch.manual_seed(seed)
    cut, x = make(), torch.randn(1, 3, 64, 64)
    expected = raw(LayerCAM, cut, x, target)
    assert expected.any()
    np.testing.assert_allclose(ours_raw(layer_cam, cut, x, target), expected, atol=1e-5 * expected.max())


def louder(cut: Cut, factor: float) -> Cut:
    head = scaled(cut.head, factor)
    return Cut(nn.Sequential(cut.trunk, head), cut.layer, cut.trunk, head)


@pytest.mark.parametrize(("make", "seed"), CUTS)
@pytest.mark.parametrize("target", [0, 3])
def test_gives_the_plus_plus_of_pytorch_grad_cam_where_slopes_are_large(make, seed, target):
    """It adds 1e-6 to the denominator, in the square of a slope, which is nothing next to squares of large slopes."""
    torch.manual_seed(seed)
    cut, x = louder(make(), 1e6), torch.randn(1, 3, 64, 64)
    expected = raw(GradCAMPlusPlus, cut, x, target)
    assert expected.any()
    np.testing.assert_allclose(ours_raw(grad_cam_plus_plus, cut, x, target), expected, atol=2e-5 * expected.max())


def test_the_plus_plus_of_pytorch_grad_cam_has_a_small_number_in_the_denominator_where_the_paper_has_none():
    cut, x = louder(small_network(), 1e-3), torch.randn(1, 3, 64, 64)
    expected = raw(GradCAMPlusPlus, cut, x, 0)
    with torch.no_grad():
        maps = cut.trunk(x)[0].double()
    slope = layer_cam(maps[None].float(), cut.head, 0).weights.double()  # the positive part, all that counts
    alpha = slope**2 / (2 * slope**2 + maps.sum(dim=(1, 2), keepdim=True) * slope**3 + 1e-6)
    total = ((alpha * slope).sum(dim=(1, 2), keepdim=True) * maps).sum(dim=0)
    np.testing.assert_allclose(expected, total.numpy(), rtol=1e-4)
    assert expected.max() < 0.1 * ours_raw(grad_cam_plus_plus, cut, x, 0).max()


@pytest.mark.parametrize(("of_class", "weighing"), PAIRS)
@pytest.mark.parametrize("target", range(5))
def test_of_the_logit_as_a_score_it_is_that_of_the_class(of_class, weighing, target):
    features, head = maps().relu(), small_head()
    expected = of_class(features, head, target)
    found = explained(record(features, head), lambda logits: logits[0, target], weighing)
    assert torch.equal(found.map, expected.map)
    assert torch.equal(found.weights, expected.weights)
    assert found.score == expected.score


class Answers(NamedTuple):
    """A head with more than one answer, as that of a segmenter."""

    coarse: torch.Tensor
    fine: torch.Tensor


def two_answers(x: torch.Tensor) -> Answers:
    return Answers(x[:, :2], x[:, 2:].sum(dim=1, keepdim=True) ** 2)


def test_the_head_may_give_any_structure_and_the_score_may_be_the_sum_over_a_region():
    """Only cells of the region have a slope: 2 * sum of the maps there, for maps 2 to 5."""
    features = maps().relu()
    recorded = record(features, two_answers)
    found = explained(recorded, lambda answers: answers.fine[0, 0, 1:3, 2:4].sum(), Weighing.LAYER)
    region = torch.zeros(4, 5)
    region[1:3, 2:4] = 1
    slope = torch.zeros(6, 4, 5)
    slope[2:] = 2 * features[0, 2:].sum(dim=0) * region
    torch.testing.assert_close(found.weights, slope)
    torch.testing.assert_close(found.map, (slope * features[0]).sum(dim=0))
    assert found.score == pytest.approx((features[0, 2:].sum(dim=0) ** 2 * region).sum().item(), rel=1e-5)
    mean = explained(recorded, lambda answers: answers.fine[0, 0, 1:3, 2:4].sum())
    torch.testing.assert_close(mean.weights, slope.mean(dim=(1, 2)))


def test_the_score_may_be_that_of_one_detection():
    """Confidence times class probability of one anchor in one cell, of a head as a detector has it."""
    head = nn.Conv2d(6, 10, 1).requires_grad_(False)
    features = maps().relu()

    def score(output: torch.Tensor) -> torch.Tensor:
        cell = output[0, :, 2, 3]
        return cell[0].sigmoid() * cell[1:].softmax(dim=0)[4]

    found = explained(record(features, head), score, Weighing.LAYER)
    elsewhere = found.weights.clone()
    elsewhere[:, 2, 3] = 0
    assert not elsewhere.any()
    assert 0 < found.score < 1
    assert not any(found.map[i, j] for i in range(4) for j in range(5) if (i, j) != (2, 3))


@pytest.mark.parametrize("weighing", Weighing)
def test_a_score_that_is_no_single_number_or_depends_on_nothing_is_refused(weighing):
    features, head = maps(), small_head()
    recorded = record(features, head)
    with pytest.raises(RuntimeError):
        explained(recorded, lambda logits: logits[0], weighing)
    with pytest.raises(RuntimeError):
        explained(recorded, lambda logits: torch.tensor(1.0), weighing)
    assert not features.requires_grad
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(("of_class", "weighing"), PAIRS)
def test_no_map_is_ever_negative(of_class, weighing):
    for seed in range(10):
        torch.manual_seed(seed)
        features, head = maps(), small_head()
        assert (of_class(features, head, seed % 5).map >= 0).all()
        assert (explained(record(features, head), lambda logits: -logits.sum(), weighing).map >= 0).all()


@pytest.mark.parametrize("of_class", METHODS)
def test_other_classes_have_other_weights(of_class):
    features, head = maps().relu(), small_head()
    assert not torch.allclose(of_class(features, head, 0).weights, of_class(features, head, 1).weights)


@pytest.mark.parametrize(("of_class", "weighing"), PAIRS)
def test_every_method_takes_one_pass_through_the_head_and_one_back(of_class, weighing):
    calls, head = [], small_head()

    def forward(x: torch.Tensor) -> torch.Tensor:
        calls.append("forward")
        return head(x)

    def backward(*inputs: torch.Tensor, retain_graph: bool = False) -> tuple[torch.Tensor, ...]:
        calls.append("backward")
        return torch.autograd.grad(*inputs, retain_graph=retain_graph)

    of_class(maps(), forward, gradient=backward)
    assert calls == ["forward", "backward"]
    recorded = record(maps(), forward)
    for target in range(3):
        explained(recorded, lambda logits, target=target: logits[0, target], weighing, gradient=backward)
    assert calls[2:] == ["forward", "backward", "backward", "backward"]


def test_eight_threads_explain_what_one_recorded():
    recorded = record(maps().relu(), small_head())
    weighings = [*Weighing] * 20

    def run(index: int) -> torch.Tensor:
        return explained(recorded, lambda logits: logits[0, index % 5], weighings[index]).map

    alone = [run(index) for index in range(60)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, range(60)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize(("of_class", "weighing"), PAIRS)
def test_every_method_leaves_features_and_network_bit_for_bit(of_class, weighing):
    network = squeezenet_1_1()
    trunk, head = network.split(LAST)
    with torch.no_grad():
        features = trunk(torch.randn(1, 3, 64, 64))
        state, before = copy.deepcopy(network.state_dict()), features.clone()
        found = [of_class(features, head, 5), explained(record(features, head), torch.sum, weighing)]
        assert not torch.is_grad_enabled()
    assert torch.equal(features, before)
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())
    assert features.grad is None
    assert not any(t.requires_grad for cam in found for t in (cam.map, cam.weights))
    assert not found[0].logits.requires_grad


@pytest.mark.parametrize(("of_class", "weighing"), PAIRS)
def test_every_device_gives_the_maps_of_every_method(of_class, weighing, device):
    features, head = maps().relu(), small_head()
    here = of_class(features, head, 2), explained(record(features, head), torch.norm, weighing)
    head, features = head.to(device), features.to(device)
    there = of_class(features, head, 2), explained(record(features, head), torch.norm, weighing)
    for a, b in zip(here, there, strict=True):
        torch.testing.assert_close(b.map.cpu(), a.map, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(b.weights.cpu(), a.weights, rtol=1e-3, atol=1e-4)


def test_upsampling_to_the_same_size_changes_nothing():
    map = torch.rand(4, 5)
    assert torch.equal(upsample(map, 4, 5), map)


def test_upsampling_is_bilinear_between_the_centres_of_the_cells():
    assert upsample(torch.tensor([[0.0, 1.0]]), 2, 4).tolist() == [[0, 0.25, 0.75, 1]] * 2


def test_upsampling_stays_within_the_values_of_the_map():
    map = torch.rand(13, 13)
    large = upsample(map, 300, 451)
    assert large.shape == (300, 451)
    assert map.min() <= large.min() <= large.max() <= map.max()
