"""A photo that went through a classifier once, on the classifier that ships with the lab."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import cache as remember

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from core.attribution.methods import Method
from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.experiments import cost, opened
from core.experiments.cost import Meter
from core.experiments.opened import Opened, mapped_layers, open_photo, passed
from core.experiments.overview import look
from core.images.normalise import normalise
from core.images.photo import Photo, from_pixels
from core.images.resize import Placed
from core.images.samples import sample
from core.networks.chain import Chain, frozen
from core.zoo import cache, weights
from core.zoo.catalog import card
from core.zoo.network import Network

MODEL = "lab-classifier"
OF_RELUS = {Method.GUIDED, Method.GUIDED_GRAD_CAM, Method.DECONVNET}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME of its own, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@remember
def random_network(key: str) -> nn.Module:
    torch.manual_seed(0)
    return getattr(torchvision.models, key)()


def put(key: str, state: dict[str, torch.Tensor]) -> None:
    """The file of a network on this machine."""
    target = weights.path(card(key))
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, target)


def noise(width: int, height: int, seed: int = 0) -> Photo:
    return from_pixels(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def test_the_answer_is_that_of_the_network_to_the_whole_photo():
    found, network = open_photo(sample("cat"), MODEL), cache.load(MODEL)
    with torch.no_grad():
        logits = network.module(network.preprocess(sample("cat")))
    torch.testing.assert_close(found.recorded.output, logits)
    np.testing.assert_allclose(found.probabilities, logits[0].softmax(dim=0).numpy(), atol=1e-6)
    assert torch.equal(normalise(found.image), network.preprocess(sample("cat")))
    assert found.classes == network.card.classes


def test_the_guesses_and_the_part_seen_are_those_of_a_first_look():
    found, first = open_photo(sample("cat"), MODEL), look(sample("cat"), MODEL)
    assert found.guesses[0].label == "cat"
    assert [guess.index for guess in found.guesses] == [guess.index for guess in first.guesses]
    assert [guess.probability for guess in found.guesses] == pytest.approx(
        [guess.probability for guess in first.guesses], abs=1e-6
    )
    assert found.seen == first.seen


@pytest.mark.parametrize(("width", "height"), [(512, 300), (300, 512), (16, 1600)])
def test_the_placement_brings_the_part_seen_onto_the_whole_input(width, height):
    found = open_photo(noise(width, height), MODEL)
    onto = found.placement.forward_boxes(torch.tensor([found.seen], dtype=torch.float64))[0].tolist()
    assert onto == pytest.approx([0, 0, *found.image.shape[:1:-1]], abs=1e-6)


def test_the_features_are_what_the_network_makes_on_its_way():
    found, network = open_photo(noise(90, 70), MODEL), cache.load(MODEL)
    with torch.no_grad():
        for layer in found.layers:
            assert torch.equal(found.features[layer.name], network.split(layer.name).trunk(normalise(found.image)))
    assert found.deepest == found.layers[-1].name == card(MODEL).layers[0].name


def test_the_layers_have_the_maps_that_their_fields_promise():
    found = open_photo(noise(90, 70), MODEL)
    assert [*found.features] == [layer.name for layer in found.layers]
    for layer in found.layers:
        field = layer.field
        assert found.features[layer.name].shape == (1, field.channels, field.height, field.width)
        assert field.stride > 1
    sides = [layer.field.side for layer in found.layers]
    assert sides == sorted(set(sides)), "each sees more than the one before"


def test_of_layers_that_see_the_same_only_the_last_counts_and_maps_as_fine_as_the_picture_are_left_out():
    network = frozen(
        Chain(
            {
                "fine": nn.Conv2d(3, 4, 3, padding=1),
                "half": nn.Conv2d(4, 4, 3, stride=2, padding=1),
                "norm": nn.BatchNorm2d(4),
                "relu": nn.ReLU(),
                "pool": nn.MaxPool2d(2),
                "last": nn.Conv2d(4, 5, 1),
                "mean": nn.AdaptiveAvgPool2d(1),
                "flat": nn.Flatten(),
            }
        )
    )
    names = [layer.name for layer in mapped_layers(network, "last", height=32, width=32)]
    assert names == ["relu", "last"]
    assert [layer.name for layer in mapped_layers(network, "pool", height=32, width=32)] == ["relu", "pool"]


def test_it_costs_the_one_pass_that_happens(monkeypatch):
    """Counted a second time, by a hook on a network that nobody else has and by a spy on torch's own gradient."""
    calls = []
    first = cache.load(MODEL).module.layers[0]
    handle = first.register_forward_hook(lambda _, given, made: calls.append("forward") if len(made) else None)
    monkeypatch.setattr(torch.autograd, "grad", lambda *_: calls.append("backward"))
    bill = open_photo(noise(90, 70), MODEL).cost
    handle.remove()
    assert calls == ["forward"]
    assert (bill.forward, bill.backward, bill.notice) == (1, 0, "")
    assert bill.milliseconds > 0
    assert bill.device


def test_the_labs_classifier_allows_every_method():
    assert open_photo(noise(90, 70), MODEL).methods() == tuple(Method)


def test_a_relu_between_the_last_layer_and_the_mean_leaves_no_cam():
    put("squeezenet1_1", random_network("squeezenet1_1").state_dict())
    found = open_photo(noise(90, 70), "squeezenet1_1")
    assert (found.has_cam, found.has_relu) == (False, True)
    assert {*Method} - {*found.methods()} == {Method.CAM}


def test_mobilenet_has_relus_among_its_hardswishes_and_two_layers_after_its_mean():
    put("mobilenet_v3_large", random_network("mobilenet_v3_large").state_dict())
    kinds = {type(module) for module in cache.load("mobilenet_v3_large").module.modules()}
    found = open_photo(noise(90, 70), "mobilenet_v3_large")
    assert kinds >= {nn.ReLU, nn.Hardswish}
    assert {*Method} - {*found.methods()} == {Method.CAM}


def small(activation: nn.Module) -> Network:
    """A network with the card of the lab's classifier, and so with the name of its deepest layer."""
    torch.manual_seed(0)
    layers = {
        "features.0": nn.Conv2d(3, 4, 3, stride=2, padding=1),
        card(MODEL).layers[0].name: activation,
        "mean": nn.AdaptiveAvgPool2d(1),
        "flat": nn.Flatten(),
        "linear": nn.Linear(4, len(card(MODEL).classes)),
    }
    return Network(frozen(Chain(layers)), card(MODEL), torch.device("cpu"), 0)


def small_pass(network: Network) -> Opened:
    placed = cache.load(MODEL).place(noise(32, 32))
    with Meter(network.device) as meter:
        return passed(Placed(placed.image, placed.placement), network, meter)


def test_without_a_relu_three_methods_would_say_nothing_and_are_not_offered():
    assert {*Method} - {*small_pass(small(nn.SiLU())).methods()} == OF_RELUS
    assert {*Method} - {*small_pass(small(nn.ReLU())).methods()} == set()


def test_a_pass_is_on_the_bill_of_whoever_asks_for_it():
    network = small(nn.ReLU())
    placed = cache.load(MODEL).place(noise(32, 32))
    with Meter(network.device) as meter:
        first, second = (passed(placed, network, meter) for _ in range(2))
    assert meter.cost.forward == 2
    assert torch.equal(first.recorded.output, second.recorded.output)


def test_a_device_without_room_hands_over_to_the_cpu_and_the_bill_says_so(monkeypatch):
    meta, on_cpu = torch.device("meta"), opened._opened

    def short(photo: Photo, model: str, device: torch.device) -> Opened:
        if device == meta:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return on_cpu(photo, model, device)

    expected = open_photo(noise(90, 70), MODEL)
    monkeypatch.setattr(cost, "best_device", lambda: meta)
    monkeypatch.setattr(opened, "_opened", short)
    found = open_photo(noise(90, 70), MODEL)
    assert np.array_equal(found.probabilities, expected.probabilities)
    assert found.cost.notice.endswith("so this was computed on the CPU.")


def test_eight_sessions_at_once_see_what_each_sees_alone():
    photos = [noise(60 + 4 * seed, 48, seed) for seed in range(8)]
    alone = [open_photo(photo, MODEL) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda photo: open_photo(photo, MODEL), photos))
    for one, other in zip(alone, together, strict=True):
        assert one.guesses == other.guesses
        assert all(torch.equal(one.features[name], other.features[name]) for name in one.features)


def test_what_was_opened_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        open_photo(noise(90, 70), MODEL).model = "another"


def test_networks_that_name_nothing_are_explained():
    with pytest.raises(ModelError, match="names nothing"):
        open_photo(noise(90, 70), "lab-yolo-14")
    with pytest.raises(ModelError, match="lab-classifier"):
        open_photo(noise(90, 70), "resnet9000")


def test_missing_weights_say_how_to_get_them():
    with pytest.raises(WeightsMissingError, match="Download them"):
        open_photo(noise(90, 70), "squeezenet1_1")


def test_numbers_that_are_none_are_called_damage():
    state = dict(random_network("squeezenet1_1").state_dict())
    state["classifier.1.bias"] = state["classifier.1.bias"].clone().fill_(torch.nan)
    put("squeezenet1_1", state)
    with pytest.raises(WeightsDamagedError):
        open_photo(noise(90, 70), "squeezenet1_1")


def test_every_device_sees_what_the_cpu_sees(device, monkeypatch):
    """Probabilities to a hundredth, and maps to a hundredth of their largest value."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(open_photo(sample("cat"), MODEL))
    here, there = found
    assert there.guesses[0].label == here.guesses[0].label == "cat"
    np.testing.assert_allclose(there.probabilities, here.probabilities, atol=0.01)
    for name, maps in here.features.items():
        torch.testing.assert_close(there.features[name].cpu(), maps, atol=0.01 * maps.max().item(), rtol=0)
