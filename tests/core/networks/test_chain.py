from collections import Counter

import pytest
import torch
from torch import nn

from core.errors import ModelError
from core.networks.chain import Chain, below, built, frozen, named, number_of


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def small() -> Chain:
    layers = {
        "features.0": nn.Conv2d(3, 4, 3),
        "features.1": nn.ReLU(inplace=True),
        "features.2": nn.Conv2d(4, 2, 3),
        "pool": nn.AdaptiveAvgPool2d(1),
        "flatten": nn.Flatten(1),
    }
    return frozen(Chain(layers))


class Counted(nn.Module):
    """Counts its calls and changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x + 1


def test_layers_run_in_their_order():
    network = small()
    x = torch.randn(2, 3, 9, 8)
    expected = x
    for layer in network.layers:
        expected = layer(expected)
    assert network.names == ("features.0", "features.1", "features.2", "pool", "flatten")
    assert torch.equal(network(x), expected)
    assert torch.equal(network(x), nn.Sequential(*network.layers)(x))


def test_every_cut_makes_two_halves_of_the_whole(check_every_cut):
    check_every_cut(small(), torch.randn(2, 3, 9, 8))


def test_after_the_last_layer_the_head_is_empty_and_gives_back_what_it_gets():
    trunk, head = small().split("flatten")
    x = torch.randn(2, 3)
    assert len(trunk.layers) == 5
    assert head.names == ()
    assert head(x) is x


def test_a_half_can_be_cut_again():
    network = small()
    middle = network.split("pool").trunk.split("features.0").head
    assert middle.names == ("features.1", "features.2", "pool")
    assert all(ours is theirs for ours, theirs in zip(middle.layers, list(network.layers)[1:4], strict=True))


def test_a_half_has_the_very_parameters_of_the_whole():
    network = small()
    halves = network.split("features.1")
    shared = [id(weight) for half in halves for weight in half.parameters()]
    assert shared == [id(weight) for weight in network.parameters()]


def test_a_cut_leaves_the_layers_as_they_are():
    network = small().train()
    network.layers[2].eval()
    before = [module.training for module in network.modules()]
    halves = network.split("features.1")
    assert [module.training for module in network.modules()] == before
    assert halves.trunk.training
    assert halves.head.training


@pytest.mark.parametrize(
    "call", [lambda n: n.split("features.9"), lambda n: n.features(torch.zeros(1), ["features.9"])]
)
def test_an_unknown_layer_is_answered_with_names_like_it(call):
    with pytest.raises(ModelError) as caught:
        call(small())
    assert caught.value.problem == "This network has no layer called 'features.9'."
    assert "It has 5 layers" in caught.value.advice
    assert "features.0" in caught.value.advice


def test_a_layer_has_the_number_of_its_place():
    assert [number_of(name, ("a", "b.0", "b.1")) for name in ("b.1", "a")] == [2, 0]


def test_a_chain_without_layers_cannot_be_cut():
    with pytest.raises(ModelError, match="0 layers"):
        Chain({}).split("features.0")


def test_features_are_what_trunks_give():
    network = small()
    x = torch.randn(2, 3, 9, 8)
    found = network.features(x, ["pool", "features.0", "features.1"])
    assert list(found) == ["features.0", "features.1", "pool"]
    assert all(torch.equal(found[name], network.split(name).trunk(x)) for name in found)


def test_features_take_one_pass_that_stops_at_the_deepest_layer():
    layers = {name: Counted() for name in "abcde"}
    found = Chain(layers).features(torch.zeros(1), ["c", "b", "c"])
    assert [layer.calls for layer in layers.values()] == [1, 1, 1, 0, 0]
    assert {name: tensor.item() for name, tensor in found.items()} == {"b": 2, "c": 3}


def test_no_features_cost_nothing():
    layers = {name: Counted() for name in "ab"}
    assert Chain(layers).features(torch.zeros(1), []) == {}
    assert not any(layer.calls for layer in layers.values())


def test_layers_of_a_sequence_have_the_path_of_the_sequence_and_dropout_is_left_out():
    sequence = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.ReLU())
    layers = named("classifier", sequence)
    assert list(layers) == ["classifier.0", "classifier.2"]
    assert layers["classifier.2"] is sequence[2]


def test_the_state_below_a_path_has_the_names_of_the_module_there():
    whole = nn.ModuleDict({"a": nn.Linear(2, 3), "ab": nn.Linear(4, 5)})
    state = below("a", whole.state_dict())
    assert list(state) == ["weight", "bias"]
    assert torch.equal(state["weight"], whole["a"].weight)
    assert below("a", None) is None


def test_a_state_is_kept_rather_than_copied():
    state = nn.Linear(2, 3).state_dict()
    network = built(lambda: nn.Linear(2, 3), state)
    assert network.weight.data_ptr() == state["weight"].data_ptr()
    assert torch.equal(network.bias, state["bias"])


def test_with_a_state_nothing_is_initialised(monkeypatch):
    calls = Counter()

    class Initialised(nn.Linear):
        def reset_parameters(self) -> None:
            calls[self.weight.device.type] += 1

    state = nn.Linear(2, 3).state_dict()
    built(lambda: Initialised(2, 3), state)
    assert calls == {"meta": 1}  # where it costs nothing
    built(lambda: Initialised(2, 3), None)
    assert calls == {"meta": 1, "cpu": 1}


def test_half_precision_becomes_float32_and_counters_stay_whole_numbers():
    state = {k: v.half() if v.is_floating_point() else v for k, v in nn.BatchNorm2d(3).state_dict().items()}
    network = built(lambda: nn.BatchNorm2d(3), state)
    types = {name: tensor.dtype for name, tensor in network.state_dict().items()}
    assert types.pop("num_batches_tracked") == torch.int64
    assert set(types.values()) == {torch.float32}


def test_old_states_without_counters_load_and_leave_nothing_unset():
    state = nn.BatchNorm2d(3).state_dict()
    del state["num_batches_tracked"]
    network = built(lambda: nn.BatchNorm2d(3), dict(state))
    assert not any(tensor.is_meta for tensor in network.state_dict().values())


@pytest.mark.parametrize("state", [{}, nn.Linear(3, 3).state_dict(), nn.PReLU(3).state_dict()])
def test_a_foreign_state_is_refused(state):
    with pytest.raises(RuntimeError, match="Error"):
        built(lambda: nn.Linear(2, 3), state)


def test_a_frozen_network_is_the_same_network_at_rest():
    network = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU(inplace=True), nn.Hardswish(inplace=True)))
    assert frozen(network) is network
    assert not any(module.training or getattr(module, "inplace", False) for module in network.modules())
    assert not any(weight.requires_grad for weight in network.parameters())
    x = torch.tensor([[-1.0, 1.0]])
    network[1](x)
    assert x.tolist() == [[-1, 1]]
