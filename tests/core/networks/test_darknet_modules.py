import numpy as np
import pytest
import torch
from torch.nn import functional

from core.networks.darknet_layers import Activation, Convolution, Dropout, MaxPool, Route, Shortcut, Upsample
from core.networks.darknet_modules import ACTIVATIONS, module

PLACE = {"kind": "layer", "line": 1, "cell": 1}


def pool(size: int, step: int, padding: int) -> torch.nn.Module:
    return module(MaxPool(**PLACE, inputs=(0,), channels=2, size=size, step=step, padding=padding))


def pooled_naively(x: np.ndarray, size: int, step: int, padding: int) -> np.ndarray:
    """Darknet's loop: a window begins at `-padding / 2`, and what lies outside does not count."""
    n, channels, rows, cols = x.shape
    high, wide = (rows + padding - size) // step + 1, (cols + padding - size) // step + 1
    out = np.full((n, channels, high, wide), -np.inf, np.float32)
    for row in range(high):
        for col in range(wide):
            for y in range(row * step - padding // 2, row * step - padding // 2 + size):
                for z in range(col * step - padding // 2, col * step - padding // 2 + size):
                    if 0 <= y < rows and 0 <= z < cols:
                        out[:, :, row, col] = np.maximum(out[:, :, row, col], x[:, :, y, z])
    return out


@pytest.mark.parametrize(("size", "step"), [(2, 2), (2, 1), (3, 1), (3, 2), (5, 1), (9, 1), (4, 1), (4, 2), (1, 1)])
def test_a_pool_is_darknets_loop(size, step):
    x = torch.randn(1, 2, 8, 12, generator=torch.Generator().manual_seed(size)) - 3  # below the 0 of other paddings
    for padding in range(max(0, size - step), size):
        expected = pooled_naively(x.numpy(), size, step, padding)
        np.testing.assert_array_equal(pool(size, step, padding)(x).numpy(), expected)


def test_a_pool_with_stride_one_keeps_the_size():
    assert pool(2, 1, 1)(torch.zeros(1, 2, 13, 13)).shape == (1, 2, 13, 13)


@pytest.mark.parametrize("activation", Activation)
def test_an_activation_is_the_same_with_and_without_a_gradient(activation):
    x = torch.linspace(-4, 4, 33)
    asks = x.clone().requires_grad_(True)
    torch.testing.assert_close(ACTIVATIONS[activation](asks + 0).detach(), ACTIVATIONS[activation](x.clone()))


def test_activations_are_those_of_the_formulas():
    x = torch.linspace(-4, 4, 33, dtype=torch.float64)
    softplus = (1 + x.exp()).log()
    expected = {
        Activation.LINEAR: x,
        Activation.LEAKY: torch.where(x > 0, x, 0.1 * x),
        Activation.RELU: x.clamp(min=0),
        Activation.LOGISTIC: 1 / (1 + (-x).exp()),
        Activation.SWISH: x / (1 + (-x).exp()),
        Activation.MISH: x * softplus.tanh(),
    }
    for activation, values in expected.items():
        torch.testing.assert_close(ACTIVATIONS[activation](x.clone()), values)


def test_no_module_changes_what_it_is_given():
    x = torch.randn(1, 4, 6, 6)
    before = x.clone()
    convolution = Convolution(
        **PLACE, inputs=(0,), channels=4, channels_in=4, size=3, step=1, padding=1, groups=2, normalised=True,
        activation=Activation.LEAKY,
    )  # fmt: skip
    shortcut = Shortcut(**PLACE, inputs=(0, 1), channels=4, activation=Activation.LEAKY)
    with torch.no_grad():
        module(convolution)(x)
        module(shortcut)(x, x)
        module(Upsample(**PLACE, inputs=(0,), channels=4, factor=2))(x)
        module(Dropout(**PLACE, inputs=(0,), channels=4))(x)
    torch.testing.assert_close(x, before, rtol=0, atol=0)


def test_a_route_takes_its_part_of_each_map():
    maps = torch.arange(4.0).reshape(1, 4, 1, 1), torch.arange(10.0, 12.0).reshape(1, 2, 1, 1)
    whole = module(Route(**PLACE, inputs=(0, 1), channels=6, groups=1, group=0))
    half = module(Route(**PLACE, inputs=(0, 1), channels=3, groups=2, group=1))
    assert whole(*maps).flatten().tolist() == [0, 1, 2, 3, 10, 11]
    assert half(*maps).flatten().tolist() == [2, 3, 11]


def test_upsampling_repeats_each_cell():
    x = torch.arange(4.0).reshape(1, 1, 2, 2)
    made = module(Upsample(**PLACE, inputs=(0,), channels=1, factor=3))(x)
    torch.testing.assert_close(made, x.repeat_interleave(3, 2).repeat_interleave(3, 3))


def test_a_convolution_is_torchs_with_a_bias_and_a_leak():
    layer = Convolution(
        **PLACE, inputs=(0,), channels=6, channels_in=4, size=5, step=2, padding=2, groups=2, normalised=False,
        activation=Activation.LEAKY,
    )  # fmt: skip
    built = module(layer)
    x = torch.randn(2, 4, 8, 8)
    expected = functional.leaky_relu(functional.conv2d(x, built.weight, built.bias, 2, 2, groups=2), 0.1)
    torch.testing.assert_close(built(x), expected)
