import pytest
import torch
from torch import nn

from core.adversarial.deepfool import to_nearest_border


def affine(classes: int, seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 5, classes)).requires_grad_(False)


def curved(classes: int, seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Flatten(), nn.Linear(60, 40), nn.Tanh(), nn.Linear(40, classes))
    return layers.requires_grad_(False)


def picture(seed: int = 0) -> torch.Tensor:
    return torch.rand(1, 3, 4, 5, generator=torch.Generator().manual_seed(seed))


def way(network: nn.Module, x: torch.Tensor, label: int, **others: object) -> torch.Tensor:
    leaf = x.clone().requires_grad_()
    return to_nearest_border(leaf, network(leaf), label, **others)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [2, 3, 12])
def test_under_an_affine_network_it_is_the_closed_form_to_the_nearest_hyperplane(classes, seed):
    network, x = affine(classes, seed), picture(seed)
    weights, scores = network[1].weight.double(), network(x)[0].double()
    label = int(scores.argmax())
    ways = []
    for rival in range(classes):
        if rival != label:
            normal = weights[rival] - weights[label]
            ways.append((scores[label] - scores[rival]) / normal.dot(normal) * normal)
    nearest = min(ways, key=torch.linalg.vector_norm)
    torch.testing.assert_close(way(network, x, label, classes=classes).flatten(), nearest.float(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_many_classes_give_what_the_algorithm_written_as_a_loop_gives(seed):
    network, x = curved(40, seed), picture(seed)
    leaf = x.clone().requires_grad_()
    logits = network(leaf)[0]
    order = logits.argsort(descending=True).tolist()
    best = None
    for rival in order[1:10]:
        w = torch.autograd.grad(logits[rival] - logits[order[0]], leaf, retain_graph=True)[0]
        f = abs((logits[rival] - logits[order[0]]).item())
        if best is None or f / w.norm() < best[0]:
            best = (f / w.norm(), f / w.norm() ** 2 * w)
    torch.testing.assert_close(way(network, x, order[0]), best[1], rtol=1e-3, atol=1e-6)


def test_lands_on_the_border_of_an_affine_network():
    network, x = affine(6), picture()
    label = int(network(x).argmax())
    first, second = network(x + way(network, x, label))[0].topk(2).values.tolist()
    assert first == pytest.approx(second, abs=1e-5)


@pytest.mark.parametrize(("classes", "passes"), [(1, 1), (4, 4), (10, 10), (60, 12)])
def test_takes_one_pass_back_for_each_class_it_looks_at(classes, passes):
    network, x, calls = affine(12), picture(), []

    def counted(*inputs: torch.Tensor, retain_graph: bool) -> tuple[torch.Tensor, ...]:
        calls.append(inputs[0])
        return torch.autograd.grad(*inputs, retain_graph=retain_graph)

    label = int(network(x).argmax())
    way(network, x, label, classes=classes, gradient=counted)
    assert len(calls) == passes


def test_a_class_that_is_not_among_the_most_probable_is_left_all_the_same():
    network, x = affine(12), picture()
    least = int(network(x).argmin())
    assert way(network, x, least, classes=3).any()


def test_where_no_border_has_a_slope_there_is_no_way():
    constant = nn.Sequential(nn.Flatten(), nn.Linear(60, 3))
    constant[1].weight.data.zero_()
    assert not way(constant.requires_grad_(False), picture(), 0).any()
    assert not way(affine(1), picture(), 0).any()


def test_every_device_gives_the_same_way(device):
    network, x = curved(12), picture()
    here = way(network, x, 3)
    there = way(network.to(device), x.to(device), 3)
    torch.testing.assert_close(there.cpu(), here, rtol=1e-3, atol=1e-4)
