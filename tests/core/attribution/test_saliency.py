"""Saliency: captum's gradients, captum's SmoothGrad on the very noise it draws, and maps cut as numpy would."""

import copy
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient, NoiseTunnel, Saliency
from torch import nn

from core.attribution.saliency import (
    Channels,
    gaussian_noise,
    gradient_x_input,
    over_channels,
    saliency,
    smooth_grad,
)
from core.attribution.scores import Score, scored
from core.errors import SettingError


def small_network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 6, 3), nn.Tanh(), nn.Flatten(), nn.Linear(6 * 4 * 3, 5)
    )
    return layers.requires_grad_(False)


def photo(seed: int = 1) -> torch.Tensor:
    return torch.rand(3, 8, 7, generator=torch.Generator().manual_seed(seed))


def asking(image: torch.Tensor) -> torch.Tensor:
    """captum wants a batch that asks for gradients, and warns about any other."""
    return image[None].clone().requires_grad_()


def linear_score() -> tuple[Score, torch.Tensor]:
    weights = torch.randn(3, 8, 7, generator=torch.Generator().manual_seed(5))
    return lambda x: (x * weights).sum(dim=(1, 2, 3)), weights


@pytest.mark.parametrize("seed", range(4))
def test_is_the_saliency_of_captum(seed):
    network, image = small_network(seed), photo(seed)
    theirs = Saliency(network).attribute(asking(image), target=2, abs=False)[0]
    torch.testing.assert_close(saliency(scored(network, 2), image), theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_gradient_times_input_is_that_of_captum(seed):
    network, image = small_network(seed), photo(seed)
    theirs = InputXGradient(network).attribute(asking(image), target=2)[0].detach()
    torch.testing.assert_close(gradient_x_input(scored(network, 2), image), theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_smooth_grad_is_the_noise_tunnel_of_captum_on_the_same_noise(seed):
    """NoiseTunnel draws all its noise with one call of `torch.normal`; the same seed before the same call repeats it."""
    network, image = small_network(seed), photo(seed)
    torch.manual_seed(seed)
    theirs = NoiseTunnel(Saliency(network)).attribute(
        asking(image), nt_type="smoothgrad", nt_samples=12, stdevs=0.2, target=2, abs=False
    )[0]
    torch.manual_seed(seed)
    noise = torch.normal(0, torch.full((12, 3, 8, 7), 0.2))
    found = smooth_grad(scored(network, 2), image, noise, chunk=5)
    torch.testing.assert_close(found, theirs, rtol=1e-5, atol=1e-6)


def test_smooth_grad_is_the_mean_of_the_gradients_one_by_one():
    score, image = scored(small_network().double(), 1), photo().double()
    noise = gaussian_noise(image, 0.2, 9, 0)
    total = torch.zeros_like(image)
    for grain in noise:
        total += saliency(score, image + grain) / 9
    torch.testing.assert_close(smooth_grad(score, image, noise, chunk=4), total)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("chunk", [1, 3, 10, 99])
def test_the_chunk_never_changes_the_answer(chunk, dtype, tolerance):
    score, image = scored(small_network().to(dtype), 1), photo().to(dtype)
    noise = gaussian_noise(image, 0.2, 10, 0)
    whole = smooth_grad(score, image, noise, chunk=10)
    torch.testing.assert_close(
        smooth_grad(score, image, noise, chunk=chunk), whole, rtol=0, atol=tolerance * whole.abs().max().item()
    )


def test_without_noise_smooth_grad_is_the_saliency():
    score, image = scored(small_network(), 1), photo()
    found = smooth_grad(score, image, gaussian_noise(image, 0.0, 4, 0), chunk=4)
    torch.testing.assert_close(found, saliency(score, image))


def test_the_saliency_of_a_linear_score_is_its_weights_with_noise_or_without():
    (score, weights), image = linear_score(), photo()
    torch.testing.assert_close(saliency(score, image), weights)
    torch.testing.assert_close(smooth_grad(score, image, gaussian_noise(image, 0.5, 8, 0), chunk=3), weights)


def test_gradient_times_input_of_a_linear_score_sums_to_the_score():
    (score, _), image = linear_score(), photo()
    torch.testing.assert_close(gradient_x_input(score, image).sum(), score(image[None])[0])


def test_gradient_times_input_of_a_saturated_score_is_zero():
    """f(x) = 1 - ReLU(1 - x) rises by 1 from 0 to 2, but is flat at 2."""
    assert gradient_x_input(lambda x: (1 - (1 - x).relu()).sum(dim=(1, 2, 3)), torch.full((1, 1, 1), 2.0)).item() == 0


def test_smooth_grad_of_no_noise_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        smooth_grad(scored(small_network(), 1), photo(), torch.zeros(0, 3, 8, 7), chunk=1)


def test_a_chunk_without_room_is_refused():
    with pytest.raises(ValueError, match="chunk must be at least 1"):
        smooth_grad(scored(small_network(), 1), photo(), torch.zeros(2, 3, 8, 7), chunk=0)


def test_costs_one_pass_back_for_each_chunk():
    calls = []

    def counted(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append(len(inputs[1]))
        return torch.autograd.grad(*inputs)

    score, image = scored(small_network(), 1), photo()
    smooth_grad(score, image, gaussian_noise(image, 0.2, 10, 0), chunk=4, gradient=counted)
    saliency(score, image, gradient=counted)
    gradient_x_input(score, image, gradient=counted)
    assert calls == [4, 4, 2, 1, 1]


def test_the_noise_has_the_level_that_was_asked_for():
    image = photo() * 3 + 2
    noise = gaussian_noise(image, 0.2, 100, 0)
    spread = 0.2 * (image.max() - image.min()).item()
    assert noise.std().item() == pytest.approx(spread, rel=0.02)
    assert abs(noise.mean().item()) < 0.02 * spread


def test_noise_repeats_with_its_seed_and_whatever_others_draw():
    first = gaussian_noise(photo(), 0.2, 3, 7)
    torch.rand(5)
    assert torch.equal(gaussian_noise(photo(), 0.2, 3, 7), first)
    assert not torch.equal(gaussian_noise(photo(), 0.2, 3, 8), first)


def test_noise_for_a_flat_picture_is_none():
    assert not gaussian_noise(torch.full((3, 4, 4), 0.5), 0.2, 3, 0).any()


@pytest.mark.parametrize(("level", "samples", "seed"), [(-0.1, 4, 0), (0.1, 0, 0), (0.1, 4, -1)])
def test_noise_without_meaning_is_refused(level, samples, seed):
    with pytest.raises(SettingError, match="must be from"):
        gaussian_noise(photo(), level, samples, seed)


def test_channels_become_one_as_numpy_would():
    map = torch.randn(3, 5, 4)
    values = map.numpy()
    np.testing.assert_array_equal(over_channels(map, Channels.LARGEST).numpy(), np.abs(values).max(axis=0))
    np.testing.assert_allclose(over_channels(map, Channels.LENGTH).numpy(), np.sqrt((values**2).sum(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(over_channels(map, Channels.SUM).numpy(), values.sum(axis=0), atol=1e-6)


def test_the_largest_channel_is_at_most_the_length_and_the_sum_keeps_the_total():
    map = torch.randn(3, 5, 4)
    assert (over_channels(map, Channels.LARGEST) <= over_channels(map, Channels.LENGTH) + 1e-6).all()
    torch.testing.assert_close(over_channels(map, Channels.SUM).sum(), map.sum())


def test_leaves_nothing_behind():
    network, image = small_network(), photo()
    before, weights = image.clone(), copy.deepcopy(network.state_dict())
    score = scored(network, 1)
    noise = gaussian_noise(image, 0.2, 4, 0)
    found = [saliency(score, image), gradient_x_input(score, image), smooth_grad(score, image, noise, chunk=2)]
    assert torch.equal(image, before)
    assert not any(t.requires_grad for t in (image, noise, *found, *network.parameters()))
    assert all(t.grad is None for t in (image, noise, *network.parameters()))
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in network.modules())
    assert all(torch.equal(weights[name], tensor) for name, tensor in network.state_dict().items())


def test_leaves_the_picture_alone_when_the_score_fails():
    def broken(_: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("broken")

    image = photo()
    for run in (saliency, gradient_x_input, lambda score, x: smooth_grad(score, x, torch.zeros(2, 3, 8, 7), chunk=1)):
        with pytest.raises(RuntimeError, match="broken"):
            run(broken, image)
    assert image.grad is None
    assert not image.requires_grad
    assert torch.is_grad_enabled()


def test_a_picture_that_asks_for_gradients_gets_none():
    network = small_network()
    image = photo().requires_grad_()
    score = scored(network, 1)
    noise = gaussian_noise(image, 0.2, 2, 0)
    found = (noise, saliency(score, image), gradient_x_input(score, image), smooth_grad(score, image, noise, chunk=2))
    assert not any(t.requires_grad for t in found)
    assert image.grad is None


def test_eight_threads_get_the_maps_one_gets():
    network, image = small_network(), photo()
    noise = gaussian_noise(image, 0.2, 4, 0)

    def run(number: int) -> torch.Tensor:
        score = scored(network, number % 5)
        return smooth_grad(score, image, noise, chunk=3) + saliency(score, image)

    alone = [run(number) for number in range(32)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, range(32)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_every_device_gives_the_maps_of_the_cpu(device):
    network, image = small_network(), photo()
    here = smooth_grad(scored(network, 2), image, gaussian_noise(image, 0.2, 6, 0), chunk=4)
    network, image = network.to(device), image.to(device)
    noise = gaussian_noise(image, 0.2, 6, 0)
    torch.testing.assert_close(noise.cpu(), gaussian_noise(photo(), 0.2, 6, 0), rtol=1e-5, atol=1e-6)
    there = smooth_grad(scored(network, 2), image, noise, chunk=4)
    torch.testing.assert_close(there.cpu(), here, rtol=1e-3, atol=1e-4)
    for how in Channels:
        there_map, here_map = over_channels(there, how), over_channels(here, how)
        torch.testing.assert_close(there_map.cpu(), here_map, rtol=1e-3, atol=1e-3)
