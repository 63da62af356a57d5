"""Integrated gradients: captum's attributions by all of its rules, the axioms of the paper, and paths that can be scrubbed."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from captum.attr import IntegratedGradients as Captum
from torch import nn

from core.attribution.integrated_gradients import (
    IntegratedGradients,
    IntegrationSettings,
    integrate,
    integrated_gradients,
)
from core.attribution.scores import Measure, Score, scored
from core.attribution.settings import Rule
from core.networks.squeezenet import squeezenet_1_1
from core.steps import State, Stepper

NAMES = {
    Rule.LEFT: "riemann_left",
    Rule.RIGHT: "riemann_right",
    Rule.MIDPOINT: "riemann_middle",
    Rule.TRAPEZOID: "riemann_trapezoid",
    Rule.GAUSS_LEGENDRE: "gausslegendre",
}


def small_network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 6, 3), nn.Tanh(), nn.Flatten(), nn.Linear(6 * 4 * 3, 5)
    )
    for layer in (layers[0], layers[2], layers[5]):
        layer.weight.data *= 3  # so that the score bends on the way
    return layers.requires_grad_(False)


def photo(seed: int = 1) -> torch.Tensor:
    return torch.rand(3, 8, 7, generator=torch.Generator().manual_seed(seed))


def black() -> torch.Tensor:
    return torch.zeros(3, 8, 7)


def explain(
    score: Score, image: torch.Tensor, start: torch.Tensor, rule: Rule = Rule.MIDPOINT, steps: int = 16, **options
) -> IntegratedGradients:
    options = {"chunk": 5, **options}
    return integrated_gradients(score, image, start, IntegrationSettings(rule=rule, steps=steps), **options)


def close(found: torch.Tensor, expected: torch.Tensor, tolerance: float) -> None:
    """Equal up to `tolerance` of the largest value."""
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance * expected.abs().max().item())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", Rule)
def test_gives_the_attribution_of_captum(rule, seed):
    network, image, start = small_network(seed), photo(seed), photo(seed + 10)
    theirs = Captum(network).attribute(image[None], start[None], target=2, n_steps=11, method=NAMES[rule])[0].detach()
    if rule is Rule.TRAPEZOID:
        theirs *= 11 / 10  # captum divides by n, the trapezoid rule by n - 1
    found = explain(scored(network, 2), image, start, rule, steps=11)
    torch.testing.assert_close(found.attribution, theirs, rtol=1e-5, atol=1e-5)
    assert theirs.abs().max() > 0.05


def test_is_the_formula_of_the_paper_written_as_a_loop():
    network, image, start = small_network().double(), photo().double(), photo(2).double()
    total = torch.zeros_like(image)
    for k in range(1, 21):
        point = (start + k / 20 * (image - start))[None].requires_grad_()
        total += torch.autograd.grad(network(point)[0, 3], point)[0][0]
    expected = (image - start) * total / 20
    close(explain(scored(network, 3), image, start, Rule.RIGHT, 20).attribution, expected, 1e-12)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("rule", Rule)
def test_the_attribution_sums_to_the_difference_of_the_scores(rule, measure):
    network = small_network().double()
    score, image, start = scored(network, 1, measure), photo().double(), black().double()
    coarse, fine = (explain(score, image, start, rule, steps, chunk=100) for steps in (8, 800))
    assert abs(fine.gap) < abs(coarse.gap) / 10
    assert abs(fine.gap) < 0.001 * fine.attribution.abs().sum()
    assert fine.relative_gap == pytest.approx(abs(fine.gap) / abs(fine.score - fine.baseline_score))
    assert fine.score == pytest.approx(score(image[None]).item(), rel=1e-9)
    assert fine.baseline_score == pytest.approx(score(start[None]).item(), rel=1e-9)


@pytest.mark.parametrize("steps", [2, 8, 64])
@pytest.mark.parametrize("rule", [Rule.LEFT, Rule.MIDPOINT, Rule.GAUSS_LEGENDRE])
def test_a_saturated_score_is_attributed_in_full(rule, steps):
    """f(x) = 1 - ReLU(1 - x) from 0 to 2: the gradient at 2 is 0, yet f changed by 1, and all of it is due to x."""
    x, zero = torch.full((1, 1, 1), 2.0, dtype=torch.float64), torch.zeros(1, 1, 1, dtype=torch.float64)
    found = explain(lambda x: (1 - (1 - x).relu()).sum(dim=(1, 2, 3)), x, zero, rule, steps)
    assert found.attribution.item() == pytest.approx(1, abs=1e-12)
    assert found.score - found.baseline_score == 1


@pytest.mark.parametrize(
    ("rule", "steps", "expected"),
    [(Rule.RIGHT, 64, 1 - 2 / 64), (Rule.TRAPEZOID, 65, 1 - 1 / 64), (Rule.MIDPOINT, 1, 0), (Rule.LEFT, 1, 2)],
)
def test_a_saturated_score_is_attributed_up_to_the_quadrature(rule, steps, expected):
    x, zero = torch.full((1, 1, 1), 2.0, dtype=torch.float64), torch.zeros(1, 1, 1, dtype=torch.float64)
    found = explain(lambda x: (1 - (1 - x).relu()).sum(dim=(1, 2, 3)), x, zero, rule, steps)
    assert found.attribution.item() == pytest.approx(expected, abs=1e-12)


def test_two_networks_that_compute_the_same_are_explained_the_same():
    """Implementation invariance: here every unit of the first layer is two, one twice and one half as large."""
    torch.manual_seed(0)
    first, second = nn.Conv2d(3, 4, 3).double(), nn.Conv2d(4, 5, 3).double()
    wide, narrow = nn.Conv2d(3, 8, 3).double(), nn.Conv2d(8, 5, 3).double()
    wide.weight.data = torch.cat([2 * first.weight, first.weight / 2]).detach()
    wide.bias.data = torch.cat([2 * first.bias, first.bias / 2]).detach()
    narrow.weight.data = torch.cat([0.3 * second.weight / 2, 0.7 * second.weight * 2], dim=1).detach()
    narrow.bias.data = second.bias.detach()
    mean = (nn.AdaptiveAvgPool2d(1), nn.Flatten())
    one = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), *mean).requires_grad_(False)
    other = nn.Sequential(wide, nn.ReLU(), narrow, nn.ReLU(), *mean).requires_grad_(False)
    image, start = 4 * photo().double(), photo(2).double()
    torch.testing.assert_close(one(image[None]), other(image[None]))
    target = one(image[None])[0].argmax().item()
    found = [explain(scored(network, target), image, start).attribution for network in (one, other)]
    assert found[0].abs().max() > 1e-4
    close(found[0], found[1], 1e-12)


@pytest.mark.parametrize("rule", Rule)
def test_a_linear_score_needs_the_fewest_points_the_rule_has(rule):
    weights = torch.randn(3, 8, 7, dtype=torch.float64)
    image, start = photo().double(), photo(2).double()
    found = explain(lambda x: (x * weights).sum(dim=(1, 2, 3)) + 3, image, start, rule, rule.fewest_steps)
    torch.testing.assert_close(found.attribution, weights * (image - start))
    assert abs(found.gap) < 1e-12


def test_attributions_of_two_scores_add_up():
    network, image, start = small_network().double(), photo().double(), black().double()
    one, other = scored(network, 0), scored(network, 1)
    both = explain(lambda x: 2 * one(x) - 3 * other(x), image, start).attribution
    apart = 2 * explain(one, image, start).attribution - 3 * explain(other, image, start).attribution
    close(both, apart, 1e-12)


def test_the_way_back_has_the_opposite_attribution():
    score, image, start = scored(small_network().double(), 0), photo().double(), photo(2).double()
    close(explain(score, start, image).attribution, -explain(score, image, start).attribution, 1e-12)


@pytest.mark.parametrize("rule", Rule)
def test_black_pixels_get_nothing_from_a_black_baseline(rule):
    image = photo()
    image[:, 2:5, 3] = 0
    found = explain(scored(small_network(), 0), image, black(), rule).attribution
    assert (found[:, 2:5, 3] == 0).all()
    assert (found != 0).sum() == 3 * (8 * 7 - 3)


@pytest.mark.parametrize("rule", Rule)
def test_a_photo_that_is_its_own_baseline_gets_nothing(rule):
    found = explain(scored(small_network(), 0), photo(), photo(), rule, steps=13, chunk=5)
    assert not found.attribution.any()
    assert not found.running.any()
    assert found.gap == 0
    assert found.relative_gap is None


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-6), (torch.float32, 1e-5)])
@pytest.mark.parametrize("chunk", [1, 2, 7, 16, 99])
@pytest.mark.parametrize("rule", [Rule.TRAPEZOID, Rule.GAUSS_LEGENDRE])
def test_the_chunk_never_changes_the_answer(rule, chunk, dtype, tolerance):
    score, image, start = scored(small_network().to(dtype), 1), photo().to(dtype), black().to(dtype)
    whole, parts = (explain(score, image, start, rule, chunk=size, keep=True) for size in (16, chunk))
    for name in ("attribution", "path_scores", "running", "gradients"):
        close(getattr(parts, name), getattr(whole, name), tolerance)
    assert parts.score == pytest.approx(whole.score, rel=tolerance)
    assert parts.baseline_score == pytest.approx(whole.baseline_score, rel=tolerance)


@pytest.mark.parametrize(
    ("rule", "batches"),
    [
        (Rule.LEFT, [4, 4, 2, 1]),
        (Rule.RIGHT, [4, 4, 2, 1]),
        (Rule.MIDPOINT, [4, 4, 2, 2]),
        (Rule.TRAPEZOID, [4, 4, 2]),
        (Rule.GAUSS_LEGENDRE, [4, 4, 2, 2]),
    ],
)
def test_the_ends_cost_a_pass_forward_only_where_the_rule_has_no_node_there(rule, batches):
    network, forward, back, graphs = small_network(), [], [], []

    def score(x: torch.Tensor) -> torch.Tensor:
        forward.append(len(x))
        graphs.append(x.requires_grad)
        return scored(network, 1)(x)

    def gradient(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        back.append(len(inputs[1]))
        return torch.autograd.grad(*inputs)

    found = explain(score, photo(), black(), rule, 10, chunk=4, gradient=gradient)
    assert forward == batches
    assert back == [4, 4, 2]
    assert graphs == [True] * 3 + [False] * (len(batches) - 3)
    assert found.score == pytest.approx(scored(network, 1)(photo()[None]).item(), rel=1e-5)
    assert found.baseline_score == pytest.approx(scored(network, 1)(black()[None]).item(), rel=1e-5)


def test_no_pass_takes_more_pictures_than_the_chunk():
    network, sizes = small_network(), []

    def score(x: torch.Tensor) -> torch.Tensor:
        sizes.append(len(x))
        return scored(network, 1)(x)

    explain(score, photo(), black(), Rule.GAUSS_LEGENDRE, 3, chunk=1)
    assert sizes == [1] * 5


@pytest.mark.parametrize("rule", Rule)
def test_what_was_kept_belongs_to_its_node(rule):
    score, image, start = scored(small_network(), 1), photo(), photo(2)
    found = explain(score, image, start, rule, 9, keep=True)
    assert found.gradients.dtype == torch.float32
    for k, alpha in enumerate(found.alphas.tolist()):
        picture = found.interpolated(k)
        torch.testing.assert_close(picture, start + alpha * (image - start), rtol=1e-6, atol=1e-6)
        point = picture[None].clone().requires_grad_()
        value = score(point)
        assert found.path_scores[k].item() == pytest.approx(value.item(), rel=1e-5, abs=1e-6)
        torch.testing.assert_close(found.gradients[k], torch.autograd.grad(value.sum(), point)[0][0])


def test_the_ends_of_the_path_are_the_very_pictures():
    image, start = photo() / 0.229 - 2.1, photo(2) / 3  # so that x' + 1 * (x - x') would be off by rounding
    assert not torch.equal(start + (image - start), image)
    found = explain(scored(small_network(), 1), image, start, Rule.TRAPEZOID, 7)
    assert torch.equal(found.interpolated(0), start)
    assert torch.equal(found.interpolated(6), image)
    assert found.path_scores[0].item() == found.baseline_score
    assert found.path_scores[-1].item() == found.score


def test_the_running_sum_is_that_of_the_accumulated_attribution_and_ends_in_the_total():
    found = explain(scored(small_network().double(), 1), photo().double(), black().double(), steps=9, keep=True)
    sums = torch.stack([found.accumulated(k).sum() for k in range(9)])
    close(sums, found.running, 1e-6)  # the kept gradients are rounded to float32
    assert found.running[-1].item() == pytest.approx(found.total, rel=1e-12)
    assert found.total == found.attribution.sum().item()
    close(found.accumulated(8), found.attribution, 1e-6)
    assert torch.equal(found.accumulated(-1), found.accumulated(8))


@pytest.mark.parametrize("k", [9, -10])
def test_there_is_no_node_beyond_the_last(k):
    found = explain(scored(small_network(), 1), photo(), black(), steps=9, keep=True)
    with pytest.raises(IndexError):
        found.accumulated(k)
    with pytest.raises(IndexError):
        found.interpolated(k)


def test_gradients_that_were_not_kept_cannot_be_accumulated():
    found = explain(scored(small_network(), 1), photo(), black())
    assert found.gradients is None
    with pytest.raises(ValueError, match="keep=True"):
        found.accumulated(0)


def test_a_run_yields_after_each_chunk_and_its_last_step_has_the_result():
    score, settings = scored(small_network(), 1), IntegrationSettings(rule=Rule.LEFT, steps=10)
    steps = list(integrate(score, photo(), black(), settings, chunk=4, keep=True))
    assert [step.index for step in steps] == [0, 1, 2]
    assert [len(step.alphas) for step in steps] == [4, 8, 10]
    assert [step.result is None for step in steps] == [True, True, False]
    result = steps[-1].result
    for step in steps:
        count = len(step.alphas)
        assert torch.equal(step.alphas, result.alphas[:count])
        assert torch.equal(step.path_scores, result.path_scores[:count])
        torch.testing.assert_close(step.running, result.running[:count])
        close(step.attribution, result.accumulated(count - 1), 1e-6)


def test_a_later_step_never_repaints_an_earlier_one():
    settings = IntegrationSettings(steps=12)
    run = integrate(scored(small_network(), 1), photo(), black(), settings, chunk=3)
    first = next(run)
    kept = [t.clone() for t in (first.attribution, first.path_scores, first.running)]
    assert len(list(run)) == 3
    assert all(
        torch.equal(a, b) for a, b in zip(kept, (first.attribution, first.path_scores, first.running), strict=True)
    )


def test_the_result_does_not_change_with_the_photo():
    image = photo()
    found = explain(scored(small_network(), 1), image, black())
    image.zero_()
    assert torch.equal(found.image, photo())


def test_a_run_that_is_stopped_leaves_nothing_behind():
    network, image = small_network(), photo()
    run = integrate(scored(network, 1), image, black(), IntegrationSettings(), chunk=3)
    next(run)
    assert torch.is_grad_enabled()
    run.close()
    assert not image.requires_grad
    assert all(weight.grad is None for weight in network.parameters())


def test_a_stepper_drives_the_run_to_its_end():
    run = integrate(scored(small_network(), 1), photo(), black(), IntegrationSettings(steps=30), chunk=1)
    stepper = Stepper(run, capacity=8)
    while not stepper.advance(0.01).ended:
        pass
    assert stepper.state is State.DONE
    assert stepper.newest.result is not None
    assert len(stepper.history) <= 9


def test_a_chunk_without_room_is_refused_before_the_run_begins():
    with pytest.raises(ValueError, match="chunk must be at least 1"):
        integrate(scored(small_network(), 1), photo(), black(), IntegrationSettings(), chunk=0)


def test_leaves_nothing_behind():
    network, image, start = small_network(), photo(), black()
    before, weights = image.clone(), copy.deepcopy(network.state_dict())
    found = explain(scored(network, 1), image, start, keep=True)
    held = (found.attribution, found.image, found.baseline, found.path_scores, found.running, found.gradients)
    assert torch.equal(image, before)
    assert not any(t.requires_grad for t in (image, start, *held, *network.parameters()))
    assert all(t.grad is None for t in (image, start, *network.parameters()))
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in network.modules())
    assert all(torch.equal(weights[name], tensor) for name, tensor in network.state_dict().items())


def test_a_picture_that_asks_for_gradients_gets_none():
    image = photo().requires_grad_()
    found = explain(scored(small_network(), 1), image, black().requires_grad_(), keep=True)
    assert not any(t.requires_grad for t in (found.attribution, found.image, found.baseline, found.interpolated(2)))
    assert image.grad is None


@pytest.mark.parametrize("failing", [0, 2, 4])
def test_leaves_the_pictures_alone_when_the_score_fails(failing):
    """On the first pass, in the middle, and on the last, which has no graph."""
    network, calls = small_network(), []

    def score(x: torch.Tensor) -> torch.Tensor:
        calls.append(len(x))
        if len(calls) > failing:
            raise RuntimeError("broken")
        return scored(network, 1)(x)

    image, start = photo(), black()
    with pytest.raises(RuntimeError, match="broken"):
        explain(score, image, start, steps=20)
    assert len(calls) == failing + 1
    assert all(t.grad is None and not t.requires_grad for t in (image, start, *network.parameters()))
    assert torch.is_grad_enabled()


def test_works_where_gradients_are_switched_off():
    score = scored(small_network(), 1)
    with torch.no_grad():
        quiet = explain(score, photo(), black())
        assert not torch.is_grad_enabled()
    assert torch.equal(quiet.attribution, explain(score, photo(), black()).attribution)


def test_eight_threads_get_the_attributions_one_gets():
    network = squeezenet_1_1()
    image = torch.rand(3, 48, 48)

    def run(target: int) -> torch.Tensor:
        return explain(scored(network, target), image, torch.zeros_like(image), steps=4, chunk=3).attribution

    alone = [run(target) for target in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, range(16)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("rule", [Rule.TRAPEZOID, Rule.MIDPOINT])
def test_every_device_gives_the_attribution_of_the_cpu(rule, device):
    network = small_network()
    here = explain(scored(network, 2), photo(), photo(2), rule, keep=True)
    there = explain(scored(network.to(device), 2), photo().to(device), photo(2).to(device), rule, keep=True)
    for name in ("attribution", "path_scores", "running", "gradients"):
        assert getattr(there, name).device.type == "cpu"
        close(getattr(there, name), getattr(here, name), 1e-3)
    assert there.score == pytest.approx(here.score, rel=1e-3, abs=1e-4)
    close(there.accumulated(3), here.accumulated(3), 1e-3)
