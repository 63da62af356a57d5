import threading
import weakref

import pytest
import torch

from core.errors import ModelError, SettingError
from core.networks.darknet import Darknet, darknet
from core.zoo.darknet import read_weights
from core.zoo.darknet_config import parse
from tests.core.zoo import darknet_files as files

CONFIG = parse(files.small_v3())


@pytest.fixture(scope="module")
def network() -> Darknet:
    return darknet(CONFIG, read_weights(CONFIG, files.weights(CONFIG)))


def photo(height: int = 64, width: int = 96, count: int = 1) -> torch.Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(height))


def test_each_head_has_a_map_with_a_cell_for_every_stride(network):
    maps = network(photo(count=2))
    assert [head.stride for head in network.heads] == [32, 16, 8]
    assert [tuple(made.shape) for made in maps] == [(2, 33, 2, 3), (2, 33, 4, 6), (2, 33, 8, 12)]


def test_the_answer_is_that_of_layers_kept_one_and_all(network):
    """Dropping maps that nobody reads again changes nothing."""
    x = photo()
    kept = {-1: x}
    for number, (layer, run) in enumerate(zip(CONFIG.layers, network.layers, strict=True)):
        kept[number] = run(*[kept[source].clone() for source in layer.inputs])
    expected = [kept[number] for number, layer in enumerate(CONFIG.layers) if layer.kind == "yolo"]
    for ours, theirs in zip(network(x), expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_maps_that_nobody_reads_again_are_let_go(network):
    seen: list[weakref.ref] = []
    most = 0
    for _, made in network._maps(photo()):
        seen.append(weakref.ref(made))
        most = max(most, sum(map_() is not None for map_ in seen))
    assert len(seen) == len(CONFIG.layers)
    assert most <= 6  # two for later routes, what is read now, what was made, and a head's


def test_gradients_reach_the_input_and_nothing_else(network):
    x = photo().requires_grad_(True)
    score = sum(made.sigmoid().mean() for made in network(x))
    (gradient,) = torch.autograd.grad(score, x)
    assert gradient.abs().sum() > 0
    assert all(weight.grad is None and not weight.requires_grad for weight in network.parameters())


def test_the_gradient_is_the_slope(network):
    double = darknet(CONFIG, network.state_dict()).double()
    x = photo(32, 32).double()
    direction = torch.randn(x.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    moved = x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(sum(made.sum() for made in double(moved)), moved)
    step = 1e-6
    up, down = (sum(float(made.sum()) for made in double(x + sign * step * direction)) for sign in (1, -1))
    assert (up - down) / (2 * step) == pytest.approx(float((gradient * direction).sum()), rel=1e-4)


def test_the_answer_is_the_same_with_and_without_a_graph(network):
    x = photo()
    with torch.inference_mode():
        without = [made.clone() for made in network(x)]
    for ours, theirs in zip(network(x.clone().requires_grad_(True)), without, strict=True):
        torch.testing.assert_close(ours.detach(), theirs, rtol=1e-5, atol=1e-6)


def test_the_input_is_left_as_it_was(network):
    x = photo()
    before = x.clone()
    network(x)
    torch.testing.assert_close(x, before, rtol=0, atol=0)


def test_eight_threads_get_one_answer(network):
    x = photo()
    expected = network(x)
    answers: list[tuple[torch.Tensor, ...]] = []
    threads = [threading.Thread(target=lambda: answers.append(network(x))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    for answer in answers:
        for ours, theirs in zip(answer, expected, strict=True):
            torch.testing.assert_close(ours, theirs)


def test_every_device_gives_the_same_maps(network, device):
    moved = darknet(CONFIG, read_weights(CONFIG, files.weights(CONFIG))).to(device)
    for ours, theirs in zip(moved(photo().to(device)), network(photo()), strict=True):
        torch.testing.assert_close(ours.cpu(), theirs, rtol=1e-3, atol=1e-3)


def test_features_are_maps_of_the_layers_and_end_at_the_deepest(network, monkeypatch):
    found = network.features(photo(), ["20.shortcut", "0.convolutional"])
    assert list(found) == ["0.convolutional", "20.shortcut"]
    assert found["0.convolutional"].shape == (1, 8, 64, 96)
    assert found["20.shortcut"].shape == (1, 64, 2, 3)
    ran = []
    monkeypatch.setattr(network.layers[21], "activate", ran.append)
    network.features(photo(), ["20.shortcut"])
    assert not ran
    assert network.features(photo(), []) == {}


def test_who_asks_for_no_layer_gets_none_and_nothing_runs(network, monkeypatch):
    monkeypatch.setattr(network, "_maps", lambda x: pytest.fail("a layer ran"))
    assert network.features(torch.zeros(1, 3, network.multiple, network.multiple), ()) == {}


def test_a_layer_that_is_not_there_is_an_error_with_near_names(network):
    with pytest.raises(ModelError, match=r"no layer called '20\.route'.*: 32\.route, "):
        network.features(photo(), ["20.route"])


@pytest.mark.parametrize("size", [(64, 80), (33, 64), (0, 32)])
def test_a_size_that_the_cells_do_not_divide_is_an_error(network, size):
    with pytest.raises(SettingError, match="multiples of 32 pixels"):
        network(torch.zeros(1, 3, *size))


def test_weights_of_another_network_are_an_error(network):
    with pytest.raises(RuntimeError):
        darknet(parse(files.v3_tiny()), network.state_dict())


def test_random_weights_are_made_where_none_are_given():
    network = darknet(CONFIG)
    assert sum(weight.numel() for weight in network.parameters()) == CONFIG.parameters
    assert not network.training
    assert network.layers[1].weight.is_contiguous(memory_format=torch.channels_last)
