import copy
import gc
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest
import torch
import torchvision
from scipy import stats
from torch import nn
from torch.nn import functional

from core.attribution.sanity import cascade, sanity_check, stages
from core.errors import ModelError
from core.networks.chain import Chain, frozen
from core.networks.squeezenet import squeezenet_1_1
from core.steps import State, Stepper

TOP_DOWN = ("fc", "block", "bn1", "conv1")


class Scaled(nn.Module):
    """Weights of its own beside those of its parts, and no initialiser for them, as in vision transformers."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(2 + 0.5 * torch.randn(6, 1, 1))
        self.inner = nn.Conv2d(6, 6, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.scale * self.inner(x)


def network() -> Chain:
    """As if trained: no weight has the value of its initialiser, and the batch norm has seen data."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = OrderedDict(
            conv1=nn.Conv2d(3, 6, 3, padding=1),
            bn1=nn.BatchNorm2d(6),
            relu=nn.Tanh(),
            block=Scaled(),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(1),
            fc=nn.Linear(6, 5),
        )
        for weights in nn.ModuleDict(layers).parameters():
            weights.data += 0.1 * torch.randn_like(weights)
        layers["bn1"].running_mean.normal_()
        layers["bn1"].running_var.uniform_(1, 2)
        layers["bn1"].num_batches_tracked += 7
        return frozen(Chain(layers))


def photo() -> torch.Tensor:
    return torch.randn(1, 3, 16, 14, generator=torch.Generator().manual_seed(1))


def gradient(layers: nn.Module) -> torch.Tensor:
    """A map that depends on the weights: the gradient of the first logit, summed over colours."""
    leaf = photo().to(next(layers.parameters()).device).requires_grad_()
    (slope,) = torch.autograd.grad(layers(leaf)[0, 0], leaf)
    return slope[0].sum(dim=0)


def edges(_: nn.Module) -> torch.Tensor:
    """An edge detector, which asks the photo alone."""
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return functional.conv2d(photo().mean(dim=1, keepdim=True), kernel[None, None], padding=1)[0, 0].abs()


def state(layers: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in layers.state_dict().items()}


def same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.fixture
def shared() -> Iterator[Chain]:
    """A network that must come out of a test as it went in."""
    layers = network()
    before, places = state(layers), [tensor.data_ptr() for tensor in layers.state_dict().values()]
    yield layers
    assert same(state(layers), before)
    assert [tensor.data_ptr() for tensor in layers.state_dict().values()] == places
    assert all(weights.grad is None and not weights.requires_grad for weights in layers.parameters())
    assert not any(module.training or module._forward_hooks or module._backward_hooks for module in layers.modules())


def test_stages_are_the_weighted_layers_from_the_output_to_the_input(shared):
    assert stages(shared) == TOP_DOWN
    names = stages(squeezenet_1_1())
    assert names[:3] == ("classifier.1", "features.12", "features.11")
    assert names[-1] == "features.0"
    assert len(names) == 10


def test_stages_of_other_networks_are_their_weighted_children():
    assert stages(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Linear(4, 2))) == ("2", "0")
    assert stages(torchvision.models.resnet18()) == ("fc", "layer4", "layer3", "layer2", "layer1", "bn1", "conv1")


def test_weights_of_no_child_are_the_stage_nearest_to_the_input():
    assert stages(Scaled()) == ("inner", "Scaled")
    assert stages(nn.Linear(2, 3)) == ("Linear",)


def test_a_network_without_weights_has_no_stage():
    layers = nn.Sequential(nn.ReLU(), nn.Flatten())
    assert stages(layers) == ()
    assert list(cascade(layers, 0)) == []
    assert [step.stage for step in sanity_check(layers, edges, 0)] == [None]


def test_stage_after_stage_loses_its_weights_and_those_below_keep_them(shared):
    trained = state(shared)
    index = {f"layers.{place}.": name for place, name in enumerate(shared.names)}
    for count, fresh in enumerate(cascade(shared, 0), start=1):
        assert (fresh.stage, fresh.done, fresh.total) == (TOP_DOWN[count - 1], count, 4)
        for name, tensor in fresh.network.state_dict().items():
            stage = next(index[path] for path in index if name.startswith(path))
            assert torch.equal(tensor, trained[name]) is (stage not in TOP_DOWN[:count]), name
    assert count == 4


def test_each_stage_is_drawn_once(shared):
    seen = {}
    for fresh in cascade(shared, 0):
        now = state(fresh.network)
        assert all(torch.equal(now[name], tensor) for name, tensor in seen.items())
        place = shared.names.index(fresh.stage)
        seen |= {name: tensor for name, tensor in now.items() if name.startswith(f"layers.{place}.")}


def test_a_layer_is_drawn_by_its_own_initialiser():
    layers = frozen(nn.Sequential(nn.Conv2d(3, 6, 3), nn.Linear(6, 5)))
    *_, last = cascade(layers, 42)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(42)
        top, bottom = nn.Linear(6, 5), nn.Conv2d(3, 6, 3)  # constructors draw the same numbers in the same order
    assert same(state(last.network), state(nn.Sequential(bottom, top)))


def test_a_batch_norm_forgets_what_it_learned(shared):
    *_, last = cascade(shared, 0)
    assert same(state(last.network.layers[1]), state(nn.BatchNorm2d(6)))
    plain = nn.BatchNorm2d(3, affine=False)
    plain.running_mean.fill_(3)
    (only,) = cascade(nn.Sequential(nn.ReLU(), plain), 0)
    assert same(state(only.network[1]), state(nn.BatchNorm2d(3, affine=False)))


def test_weights_without_an_initialiser_become_noise_of_their_mean_and_spread():
    layers = Scaled()
    layers.scale = nn.Parameter(5 + 0.3 * torch.randn(20_000, generator=torch.Generator().manual_seed(0)))
    *_, last = cascade(layers, 0)
    fresh = last.network.scale
    correlation = stats.pearsonr(fresh.numpy(), layers.scale.detach().numpy()).statistic
    assert abs(correlation) < 0.05
    assert fresh.mean().item() == pytest.approx(layers.scale.mean().item(), abs=0.02)
    assert fresh.std().item() == pytest.approx(layers.scale.std().item(), rel=0.03)
    assert not torch.equal(last.network.inner.weight, layers.inner.weight)


def test_the_copy_is_one_and_frozen():
    layers = network().requires_grad_(True)
    seen = {id(fresh.network) for fresh in cascade(layers, 0)}
    assert len(seen) == 1
    *_, last = cascade(layers, 0)
    assert not any(weights.requires_grad for weights in last.network.parameters())
    assert all(weights.requires_grad for weights in layers.parameters())
    with pytest.raises(FrozenInstanceError):
        last.done = 3


def test_a_seed_draws_the_same_weights_and_moves_no_other_random_numbers(shared):
    before = torch.get_rng_state()
    first, again, other = (state(list(cascade(shared, seed))[-1].network) for seed in (3, 3, 4))
    assert same(first, again)
    assert not same(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_threads_that_draw_at_the_same_time_do_not_disturb_each_other(shared):
    alone = [state(list(cascade(shared, seed))[-1].network) for seed in range(4)]

    def one(task: int) -> bool:
        if task % 2:
            torch.manual_seed(task)
            return bool(torch.rand(1000).all())
        return same(state(list(cascade(shared, task // 2 % 4))[-1].network), alone[task // 2 % 4])

    with torch.random.fork_rng(devices=[]), ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(64)))


def test_a_step_for_the_untouched_network_and_one_for_each_stage(shared):
    steps = list(sanity_check(shared, gradient, 0))
    assert [step.stage for step in steps] == [None, *TOP_DOWN]
    assert [step.index for step in steps] == [0, 1, 2, 3, 4]
    assert {step.total for step in steps} == {4}


def test_no_seed_leaves_the_map_of_a_gradient_as_it_was(shared):
    last = [list(sanity_check(shared, gradient, seed))[-1] for seed in range(8)]
    assert max(abs(step.rank_correlation) for step in last) < 0.6
    assert max(abs(step.rank_correlation_signed) for step in last) < 0.6
    assert max(step.ssim for step in last) < 0.4
    assert abs(sum(step.rank_correlation_signed for step in last) / 8) < 0.25


def test_an_edge_detector_that_ignores_the_network_passes_as_if_nothing_had_happened(shared):
    steps = list(sanity_check(shared, edges, 0))
    assert len(steps) == 5
    for step in steps:
        assert (step.rank_correlation, step.rank_correlation_signed, step.ssim) == (1, 1, 1)
        assert torch.equal(step.map, edges(shared))


def test_the_untouched_network_comes_first_and_its_map_is_like_itself(shared):
    first = next(sanity_check(shared, gradient, 0))
    assert torch.equal(first.map, gradient(shared))
    assert (first.rank_correlation, first.rank_correlation_signed, first.ssim) == (1, 1, 1)


def test_every_map_is_that_of_the_cascade_and_is_compared_with_the_first(shared):
    first, *steps = sanity_check(shared, gradient, 5)
    for step, fresh in zip(steps, cascade(shared, 5), strict=True):
        assert torch.equal(step.map, gradient(fresh.network))
        pairs = [(step.map, first.map), (step.map.abs(), first.map.abs())]
        signed, size = (stats.spearmanr(ours.flatten(), theirs.flatten()).statistic for ours, theirs in pairs)
        assert step.rank_correlation_signed == pytest.approx(signed, abs=1e-9)
        assert step.rank_correlation == pytest.approx(size, abs=1e-9)


def test_a_negated_map_differs_in_its_sign_alone():
    seen = []

    def explain(layers: nn.Module) -> torch.Tensor:
        seen.append(layers)
        return edges(layers) if len(seen) == 1 else -edges(layers)

    _, second, *_ = sanity_check(network(), explain, 0)
    assert (second.rank_correlation, second.rank_correlation_signed) == (1, -1)
    assert second.ssim < 0.5


def test_a_constant_map_has_a_rank_correlation_of_0_and_nothing_is_undefined(shared):
    for step in sanity_check(shared, lambda _: torch.full((16, 14), 0.3), 0):
        assert (step.rank_correlation, step.rank_correlation_signed, step.ssim) == (0, 0, 1)


def test_explaining_may_use_a_map_again_and_never_repaints_an_earlier_step(shared):
    canvas = torch.zeros(16, 14)
    steps = list(sanity_check(shared, lambda layers: canvas.copy_(gradient(layers)), 0))
    assert torch.equal(steps[0].map, gradient(shared))
    assert not torch.equal(steps[1].map, steps[0].map)
    assert not any(step.map.requires_grad for step in steps)


def test_a_failing_explanation_leaves_nothing_behind(shared):
    seen = []

    def broken(layers: nn.Module) -> torch.Tensor:
        seen.append(weakref.ref(layers))
        if len(seen) == 3:
            raise RuntimeError("broken")
        return gradient(layers)

    before = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="broken"):
        list(sanity_check(shared, broken, 0))
    gc.collect()
    assert [reference() for reference in seen] == [None] * 3
    assert torch.equal(before, torch.get_rng_state())


def test_closed_halfway_it_lets_go_of_its_copy(shared):
    seen = []

    def explain(layers: nn.Module) -> torch.Tensor:
        seen.append(weakref.ref(layers))
        return gradient(layers)

    stepper = Stepper(sanity_check(shared, explain, 0))
    stepper.advance(0.0)
    stepper.advance(0.0)
    stepper.stop()
    assert stepper.state is State.STOPPED
    gc.collect()
    assert [reference() for reference in seen] == [None, None]


def test_what_an_explanation_does_to_its_network_does_not_reach_the_shared_one(shared):
    def rude(layers: nn.Module) -> torch.Tensor:
        layers.train().requires_grad_(True)
        layers(photo()).sum().backward()
        map = photo()[0, 0] * layers.layers[0].weight.grad.sum()
        layers.layers[0].weight.data.zero_()
        return map

    assert len(list(sanity_check(shared, rude, 0))) == 5


@pytest.mark.parametrize(
    ("count", "words"), [(1, "^The map has values that are not finite. "), (2, "weights of fc were")]
)
def test_a_map_that_is_not_finite_is_refused_in_words(shared, count, words):
    seen = []

    def explain(layers: nn.Module) -> torch.Tensor:
        seen.append(layers)
        return gradient(layers) / (0 if len(seen) == count else 1)

    with pytest.raises(ModelError, match=words):
        list(sanity_check(shared, explain, 0))


def test_works_where_gradients_are_switched_off(shared):
    def explain(layers: nn.Module) -> torch.Tensor:
        with torch.enable_grad():
            return gradient(layers)

    loud = list(sanity_check(shared, explain, 0))
    with torch.no_grad():
        quiet = list(sanity_check(shared, explain, 0))
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    assert all(torch.equal(a.map, b.map) for a, b in zip(loud, quiet, strict=True))


def test_every_device_draws_the_weights_of_the_cpu_and_gives_its_maps(device):
    here = network()
    there = copy.deepcopy(here).to(device)
    for ours, theirs in zip(cascade(here, 2), cascade(there, 2), strict=True):
        assert {tensor.device.type for tensor in theirs.network.state_dict().values()} == {device.type}
        assert same(state(ours.network), {name: tensor.cpu() for name, tensor in state(theirs.network).items()})
    for ours, theirs in zip(sanity_check(here, gradient, 2), sanity_check(there, gradient, 2), strict=True):
        assert theirs.map.device.type == "cpu"
        torch.testing.assert_close(theirs.map, ours.map, rtol=1e-3, atol=1e-4)
        assert theirs.rank_correlation == pytest.approx(ours.rank_correlation, abs=0.02)
        assert theirs.ssim == pytest.approx(ours.ssim, abs=0.02)
