import copy
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torchvision
from captum.attr import Deconvolution, GuidedBackprop, GuidedGradCam
from torch import nn
from torch.nn import functional

from core.attribution.grad_cam import grad_cam, upsample
from core.attribution.guided import guided_backpropagation, guided_grad_cam, has_relu, relu_rule
from core.attribution.relu_rule import ReluRule
from core.networks.chain import frozen
from core.networks.lab_classifier import lab_classifier
from core.networks.squeezenet import squeezenet_1_1

CAPTUM = {ReluRule.GUIDED: GuidedBackprop, ReluRule.DECONVNET: Deconvolution}
CHANGING = [ReluRule.GUIDED, ReluRule.DECONVNET]


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def small() -> nn.Module:
    layers = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(1),
        nn.Linear(32, 9),
        nn.ReLU(),
        nn.Linear(9, 5),
    )
    return frozen(layers)


def resnet() -> nn.Module:
    return frozen(torchvision.models.resnet18())


NETWORKS = [pytest.param(small, seed, id=f"small-{seed}") for seed in range(4)] + [
    pytest.param(squeezenet_1_1, 0, id="squeezenet"),
    pytest.param(resnet, 0, id="resnet"),
]


def logit(network: nn.Module, target: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda pictures: network(pictures)[:, target]


def plain(network: nn.Module, image: torch.Tensor, target: int) -> torch.Tensor:
    leaf = image[None].clone().requires_grad_()
    return torch.autograd.grad(network(leaf)[0, target], leaf)[0][0]


def passed(rule: ReluRule, x: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """What passes one ReLU, value by value: figure 1 of Springenberg et al."""
    found = np.zeros_like(slope)
    for place in np.ndindex(x.shape):
        forward, backward = x[place] > 0, slope[place] > 0
        passes = {ReluRule.PLAIN: forward, ReluRule.GUIDED: forward and backward, ReluRule.DECONVNET: backward}
        found[place] = slope[place] if passes[rule] else 0
    return found


@pytest.mark.parametrize("rule", ReluRule)
@pytest.mark.parametrize("seed", range(4))
def test_equals_the_rule_written_as_loops_for_two_layers(rule, seed):
    generator = np.random.default_rng(seed)
    first, second, third = (generator.normal(size=size) for size in ((7, 12), (6, 7), (6,)))
    image = generator.normal(size=12)
    low = first @ image
    high = second @ np.maximum(low, 0)
    expected = first.T @ passed(rule, low, second.T @ passed(rule, high, third))

    def score(pictures: torch.Tensor) -> torch.Tensor:
        x = pictures.flatten(1) @ torch.from_numpy(first).T
        return functional.relu(torch.relu(x) @ torch.from_numpy(second).T) @ torch.from_numpy(third)

    found = guided_backpropagation(score, torch.from_numpy(image).reshape(3, 2, 2), rule)
    np.testing.assert_allclose(found.flatten().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(("make", "seed"), NETWORKS)
@pytest.mark.parametrize("rule", CHANGING)
@pytest.mark.parametrize("target", [0, 3])
def test_gives_what_captum_gives(make, seed, rule, target):
    torch.manual_seed(seed)
    network, image = make(), torch.randn(3, 64, 64)
    with warnings.catch_warnings(action="ignore"):  # it warns that it sets hooks
        theirs = CAPTUM[rule](copy.deepcopy(network)).attribute(image[None].requires_grad_(), target)[0].detach()
    ours = guided_backpropagation(logit(network, target), image, rule)
    assert ours.any()
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * theirs.abs().max().item())


@pytest.mark.parametrize("seed", range(3))
def test_guided_grad_cam_is_that_of_captum(seed):
    torch.manual_seed(seed)
    network, image = squeezenet_1_1(), torch.randn(3, 64, 64)
    trunk, head = network.split("features.12")
    with torch.no_grad():
        features = trunk(image[None])
    found = guided_grad_cam(guided_backpropagation(logit(network, 3), image), grad_cam(features, head, 3).map)
    other = copy.deepcopy(network)
    layer = other.layers[other.names.index("features.12")]
    with warnings.catch_warnings(action="ignore"):
        theirs = GuidedGradCam(other, layer).attribute(image[None].requires_grad_(), 3, interpolate_mode="bilinear")
    largest = theirs.abs().max().item()
    assert largest > 0
    torch.testing.assert_close(found.product, theirs[0].detach(), rtol=1e-5, atol=1e-5 * largest)


@pytest.mark.parametrize(("make", "seed"), NETWORKS)
def test_with_the_plain_rule_it_is_the_gradient_bit_for_bit(make, seed):
    torch.manual_seed(seed)
    network, image = make(), torch.randn(3, 64, 64)
    assert torch.equal(guided_backpropagation(logit(network, 1), image, ReluRule.PLAIN), plain(network, image, 1))


RELUS = {
    "module": nn.ReLU(),
    "module in place": nn.ReLU(inplace=True),
    "functional": functional.relu,
    "functional by name": lambda x: functional.relu(input=x, inplace=False),
    "functional in place": lambda x: functional.relu(x, inplace=True),
    "functional in place by position": lambda x: functional.relu(x, True),
    "functional relu_": functional.relu_,
    "torch": torch.relu,
    "torch in place": torch.relu_,
    "method": lambda x: x.relu(),
    "method in place": lambda x: x.relu_(),
    "hardtanh without end": lambda x: functional.hardtanh(x, 0.0, float("inf")),
}
CAPPED = {
    "module": nn.ReLU6(),
    "module in place": nn.ReLU6(inplace=True),
    "hardtanh module": nn.Hardtanh(0, 6),
    "functional": functional.relu6,
    "functional in place": lambda x: functional.relu6(x, inplace=True),
    "hardtanh": lambda x: functional.hardtanh(x, 0, 6),
    "hardtanh by name": lambda x: functional.hardtanh(x, max_val=6.0, min_val=0.0, inplace=True),
    "hardtanh_": lambda x: functional.hardtanh_(x, 0.0, 6.0),
}
OTHERS = {
    "SiLU": functional.silu,
    "GELU": functional.gelu,
    "Hardswish": functional.hardswish,
    "leaky ReLU": functional.leaky_relu,
    "ELU": functional.elu,
    "hardtanh": functional.hardtanh,
    "hardtanh in place from -1": lambda x: functional.hardtanh_(x, -1.0, 6.0),
    "hardsigmoid": functional.hardsigmoid,
    "clamp": lambda x: x.clamp(min=0),
}
X = torch.tensor([-3.0, -1, 0, 1, 3, 5, 6, 8])
SLOPE = torch.tensor([1.0, -1, 2, -2, 3, -3, 4, 5])
PASSED = {
    ReluRule.PLAIN: [0, 0, 0, -2, 3, -3, 4, 5],
    ReluRule.GUIDED: [0, 0, 0, 0, 3, 0, 4, 5],
    ReluRule.DECONVNET: [1, 0, 2, 0, 3, 0, 4, 5],
}
PASSED_BELOW_SIX = {
    ReluRule.PLAIN: [0, 0, 0, -2, 3, -3, 0, 0],
    ReluRule.GUIDED: [0, 0, 0, 0, 3, 0, 0, 0],
    ReluRule.DECONVNET: [1, 0, 2, 0, 3, 0, 4, 5],
}


def forth_and_back(function: Callable, rule: ReluRule) -> tuple[torch.Tensor, list[float]]:
    leaf = X.clone().requires_grad_()
    with relu_rule(rule):
        y = function(leaf * 1)  # in place, a leaf would refuse
    return y.detach(), torch.autograd.grad(y, leaf, SLOPE)[0].tolist()


@pytest.mark.parametrize("rule", ReluRule)
@pytest.mark.parametrize("name", RELUS)
def test_every_way_to_write_a_relu_goes_back_by_the_rule(name, rule):
    y, slope = forth_and_back(RELUS[name], rule)
    assert torch.equal(y, X.relu())
    assert slope == PASSED[rule]


@pytest.mark.parametrize("rule", ReluRule)
@pytest.mark.parametrize("name", CAPPED)
def test_a_relu_with_a_ceiling_counts_as_positive_below_it(name, rule):
    y, slope = forth_and_back(CAPPED[name], rule)
    assert torch.equal(y, X.clamp(0, 6))
    assert slope == PASSED_BELOW_SIX[rule]


@pytest.mark.parametrize("rule", ReluRule)
@pytest.mark.parametrize("name", OTHERS)
def test_other_activations_stay_as_they_are(name, rule):
    leaf = X.clone().requires_grad_()
    y = OTHERS[name](leaf * 1)
    found, slope = forth_and_back(OTHERS[name], rule)
    assert torch.equal(found, y)
    assert slope == torch.autograd.grad(y, leaf, SLOPE)[0].tolist()


@pytest.mark.parametrize("function", [RELUS["method in place"], CAPPED["hardtanh_"], RELUS["module in place"]])
def test_in_place_stays_in_place(function):
    with relu_rule(ReluRule.GUIDED):
        x = X.clone()
        assert function(x) is x
    assert x.min() == 0


@pytest.mark.parametrize("rule", ReluRule)
def test_what_comes_forward_stays_the_same_bit_for_bit(rule):
    network, x = squeezenet_1_1(), torch.randn(2, 3, 64, 64)
    expected = network(x)
    with relu_rule(rule):
        assert torch.equal(network(x), expected)


def test_a_network_without_relus_has_its_gradient_under_every_rule():
    network = frozen(nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.GELU()))
    image = torch.randn(3, 8, 8)
    assert not has_relu(network)
    for rule in ReluRule:
        assert torch.equal(guided_backpropagation(logit(network, 1), image, rule), plain(network, image, 1))


def test_of_several_rules_the_innermost_counts():
    leaf = X.clone().requires_grad_()
    with relu_rule(ReluRule.GUIDED):
        before = leaf.relu()
        with relu_rule(ReluRule.DECONVNET):
            inner = leaf.relu()
            with relu_rule(ReluRule.PLAIN):
                innermost = functional.relu6(leaf)
        after = leaf.relu()
    outside = leaf.relu()

    def slope(y: torch.Tensor) -> list[float]:
        return torch.autograd.grad(y, leaf, SLOPE)[0].tolist()

    assert slope(before) == slope(after) == PASSED[ReluRule.GUIDED]
    assert slope(inner) == PASSED[ReluRule.DECONVNET]
    assert slope(innermost) == PASSED_BELOW_SIX[ReluRule.PLAIN]
    assert slope(outside) == PASSED[ReluRule.PLAIN]


def test_the_rule_belongs_to_what_was_recorded_not_to_when_it_goes_back():
    leaf = X.clone().requires_grad_()
    recorded_outside = leaf.relu()
    with relu_rule(ReluRule.GUIDED):
        recorded_inside = leaf.relu()
        assert torch.autograd.grad(recorded_outside, leaf, SLOPE)[0].tolist() == PASSED[ReluRule.PLAIN]
        again = torch.autograd.grad(recorded_inside, leaf, SLOPE, retain_graph=True)[0].tolist()
    assert torch.autograd.grad(recorded_inside, leaf, SLOPE)[0].tolist() == again == PASSED[ReluRule.GUIDED]


def test_goes_back_on_another_thread_by_the_same_rule():
    leaf = X.clone().requires_grad_()
    with relu_rule(ReluRule.DECONVNET):
        y = leaf.relu()
    with ThreadPoolExecutor(1) as pool:
        (slope,) = pool.submit(torch.autograd.grad, y, leaf, SLOPE).result()
    assert slope.tolist() == PASSED[ReluRule.DECONVNET]


def test_a_thread_beside_the_one_with_a_rule_has_none():
    inside, done = threading.Event(), threading.Event()

    def ruled() -> None:
        with relu_rule(ReluRule.GUIDED):
            inside.set()
            assert done.wait(10)

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(ruled)
        assert inside.wait(10)
        leaf = X.clone().requires_grad_()
        slope = torch.autograd.grad(leaf.relu(), leaf, SLOPE)[0].tolist()
        done.set()
        other.result()
    assert slope == PASSED[ReluRule.PLAIN]


def test_an_exception_inside_leaves_plain_gradients():
    network, image = small(), torch.randn(3, 16, 16)
    expected = plain(network, image, 1)

    def broken(pictures: torch.Tensor) -> torch.Tensor:
        network(pictures)
        raise RuntimeError("broken")

    for rule in CHANGING:
        with pytest.raises(RuntimeError, match="broken"):
            guided_backpropagation(broken, image, rule)
        assert torch.equal(plain(network, image, 1), expected)
        assert torch.is_grad_enabled()
    assert not torch.equal(guided_backpropagation(logit(network, 1), image), expected)


def test_eight_threads_on_one_network_half_of_them_with_a_rule_get_what_one_gets():
    network, image = squeezenet_1_1(), torch.randn(3, 64, 64)
    rules = [ReluRule.PLAIN, ReluRule.GUIDED, ReluRule.PLAIN, ReluRule.DECONVNET] * 16

    def run(index: int) -> torch.Tensor:
        if rules[index] is ReluRule.PLAIN:
            return plain(network, image, index % 7)
        return guided_backpropagation(logit(network, index % 7), image, rules[index])

    alone = [run(index) for index in range(64)]
    with ThreadPoolExecutor(8, initializer=threading.Barrier(8).wait) as pool:  # they start together
        together = list(pool.map(run, range(64)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("rule", ReluRule)
def test_leaves_network_and_picture_bit_for_bit_and_no_hook_or_gradient_behind(rule):
    network, image = squeezenet_1_1(), torch.randn(3, 64, 64)
    state, before = copy.deepcopy(network.state_dict()), image.clone()
    kinds = [type(module) for module in network.modules()]
    found = guided_backpropagation(logit(network, 1), image, rule)
    assert torch.equal(image, before)
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    assert kinds == [type(module) for module in network.modules()]
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in network.modules())
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())
    assert image.grad is None
    assert not image.requires_grad
    assert not found.requires_grad


def test_other_classes_have_other_maps_and_so_have_other_rules():
    network, image = small(), torch.randn(3, 16, 16)
    found = [guided_backpropagation(logit(network, target), image, rule) for target in (0, 1) for rule in ReluRule]
    assert all(not torch.allclose(a, b) for i, a in enumerate(found) for b in found[:i])


def test_is_guided_where_nothing_else_is_said():
    network, image = small(), torch.randn(3, 16, 16)
    expected = guided_backpropagation(logit(network, 0), image, ReluRule.GUIDED)
    assert torch.equal(guided_backpropagation(logit(network, 0), image), expected)


def test_works_where_gradients_are_switched_off():
    network, image = small(), torch.randn(3, 16, 16)
    with torch.no_grad():
        quiet = guided_backpropagation(logit(network, 0), image)
        assert not torch.is_grad_enabled()
    assert torch.equal(quiet, guided_backpropagation(logit(network, 0), image))


def test_takes_one_pass_back():
    network, calls = small(), []

    def backward(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append("backward")
        return torch.autograd.grad(*inputs)

    guided_backpropagation(logit(network, 0), torch.randn(3, 16, 16), gradient=backward)
    assert calls == ["backward"]


def test_the_product_is_both_factors_and_nothing_where_the_map_is_nothing():
    guided, map = torch.randn(3, 12, 10), torch.rand(4, 5)
    map[:2] = 0
    found = guided_grad_cam(guided, map)
    assert torch.equal(found.guided, guided)
    assert torch.equal(found.map, upsample(map, 12, 10))
    for channel in range(3):
        assert torch.equal(found.product[channel], guided[channel] * found.map)
    assert not found.product[:, :4].any()
    assert found.product[:, 8:].any()


def test_a_map_of_the_size_of_the_picture_is_taken_as_it_is():
    guided, map = torch.randn(1, 4, 5), torch.rand(4, 5)
    assert torch.equal(guided_grad_cam(guided, map).product[0], guided[0] * map)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (nn.ReLU, True),
        (nn.ReLU6, True),
        (lambda: nn.Hardtanh(0, 1), True),
        (lambda: nn.Sequential(nn.Conv2d(3, 3, 1), nn.Sequential(nn.ReLU())), True),
        (lab_classifier, True),
        (nn.Hardtanh, False),
        (nn.LeakyReLU, False),
        (nn.RReLU, False),
        (nn.Hardswish, False),
        (lambda: nn.Sequential(nn.SiLU(), nn.GELU()), False),
        (nn.Sequential, False),
    ],
)
def test_knows_whether_a_rule_changes_anything(make, expected):
    assert has_relu(make()) is expected


@pytest.mark.parametrize("rule", ReluRule)
def test_every_device_gives_the_map_of_the_cpu(rule, device):
    network, image = small().double(), torch.randn(3, 32, 32, dtype=torch.float64)
    here = guided_backpropagation(logit(network, 1), image, rule)
    there = guided_backpropagation(logit(network.to(device), 1), image.to(device), rule)
    torch.testing.assert_close(there.cpu(), here, rtol=1e-6, atol=1e-9)
