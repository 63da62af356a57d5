"""One trunk and three heads."""

import pytest
import torch

from core.networks.lab_classifier import lab_classifier
from core.networks.lab_vision import LabVision, lab_fcn, lab_yolo, lab_yolo_14


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


@pytest.fixture(scope="module")
def state(network) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def test_each_network_alone_answers_as_all_of_it_does(network, state):
    x = torch.rand(1, 3, 96, 64)
    with torch.no_grad():
        answer = network(x)
        assert torch.equal(lab_yolo(state)(x), answer.at_7)
        assert torch.equal(lab_yolo_14(state)(x), answer.at_14)
        assert torch.equal(lab_fcn(state)(x), answer.scores.at_8)
        for ours, theirs in zip(lab_fcn(state).scores(x), answer.scores, strict=True):
            assert torch.equal(ours, theirs)
        segmenter = lab_fcn(state)
        assert torch.equal(segmenter.fcn.whole(segmenter.depths(x).at_8), answer.scores.at_8)


@pytest.mark.parametrize("build", [lab_yolo, lab_yolo_14])
def test_a_detector_can_be_cut_after_any_layer(build, state):
    detector, x = build(state), torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        expected = detector(x)
        for name in detector.names:
            trunk, head = detector.split(name)
            assert torch.equal(head(trunk(x)), expected)


@pytest.mark.parametrize("build", [lab_yolo, lab_yolo_14, lab_fcn])
def test_networks_are_ready_to_be_shared_and_refuse_a_foreign_state(build, state):
    network = build(state)
    assert not any(module.training or getattr(module, "inplace", False) for module in network.modules())
    assert not any(weight.requires_grad for weight in network.parameters())
    with pytest.raises(RuntimeError):
        build({name: tensor for name, tensor in state.items() if not name.startswith("fcn")})


def test_a_segmenters_answer_to_its_own_maps_is_its_answer(state):
    segmenter, x = lab_fcn(state), torch.rand(1, 3, 96, 64)
    with torch.no_grad():
        fine, features = segmenter.maps(x)
        assert torch.equal(segmenter.answer(fine, features), segmenter(x))
    assert (fine.shape, features.shape) == ((1, 256, 12, 8), (1, 512, 6, 4))


def test_the_maps_of_a_segmenter_are_the_depths_of_the_trunk(network, state):
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        for ours, theirs in zip(lab_fcn(state).maps(x), network.depths(x), strict=True):
            assert torch.equal(ours, theirs)


def test_the_answer_can_be_differentiated_by_the_coarser_maps_while_the_finer_stay_fixed(state):
    segmenter = lab_fcn(state)
    with torch.no_grad():
        fine, features = segmenter.maps(torch.rand(1, 3, 64, 64))
    leaf = features.clone().requires_grad_()
    (slope,) = torch.autograd.grad(segmenter.answer(fine, leaf)[0, 3].mean(), leaf)
    assert slope.shape == features.shape
    assert slope.any()
    assert not fine.requires_grad
