"""One trunk and three heads."""

import pytest
import torch

from core.networks.lab_classifier import lab_classifier
from core.networks.lab_vision import LabVision


@pytest.fixture(scope="module")
def network() -> LabVision:
    torch.manual_seed(0)
    return LabVision().eval().requires_grad_(True)


def test_every_head_answers_on_its_grid(network):
    with torch.no_grad():
        answer = network(torch.rand(2, 3, 224, 224))
    assert answer.at_7.shape == (2, 5 * 9 + 6, 7, 7)
    assert answer.at_14.shape == (2, 5 * 9 + 6, 14, 14)
    assert [scores.shape for scores in answer.scores] == [(2, 7, 224, 224)] * 3


def test_the_trunk_is_that_of_the_classifier(network):
    ours, theirs = network.trunk.state_dict(), lab_classifier().trunk.state_dict()
    assert {name: tensor.shape for name, tensor in ours.items()} == {name: t.shape for name, t in theirs.items()}


def test_the_depths_are_the_trunk_cut_in_two(network):
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        fine, features = network.depths(x)
        assert torch.equal(features, network.trunk(x))
    assert fine.shape == (1, 256, 8, 8)


def test_without_a_graph_only_the_heads_can_be_differentiated(network):
    fine, features = network.depths(torch.rand(1, 3, 64, 64), graph=False)
    assert not features.requires_grad
    assert network.answers(fine, features).at_7.requires_grad


def test_every_weight_is_used(network):
    answer = network(torch.rand(2, 3, 64, 64))
    total = answer.at_7.sum() + answer.at_14.sum() + sum(scores.sum() for scores in answer.scores)
    gradients = torch.autograd.grad(total, tuple(network.parameters()), allow_unused=True)
    assert all(gradient is not None for gradient in gradients)
