import copy
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given
from hypothesis import strategies as st
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from core.attribution.grad_cam import grad_cam, upsample
from core.networks.chain import Chain
from core.networks.squeezenet import squeezenet_1_1

CPU = torch.device("cpu")
LAST = "features.12"


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


def naive(features: torch.Tensor, head: nn.Module, target: int, nudge: float = 1e-5) -> tuple[np.ndarray, np.ndarray]:
    """Equations 1 and 2 with loops and finite differences, in double precision."""
    head, features = copy.deepcopy(head).double(), features.double()
    _, channels, height, width = features.shape
    alpha = np.zeros(channels)
    for k in range(channels):
        for i in range(height):
            for j in range(width):
                up, down = features.clone(), features.clone()
                up[0, k, i, j] += nudge
                down[0, k, i, j] -= nudge
                slope = (head(up)[0, target] - head(down)[0, target]) / (2 * nudge)
                alpha[k] += slope.item() / (height * width)
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
