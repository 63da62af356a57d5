import copy

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from core.attribution.cam import cam, pooled_weights
from core.attribution.grad_cam import grad_cam
from core.networks.chain import Chain
from core.networks.classifiers import mobilenet_v3_large
from core.networks.lab_classifier import MAPS, lab_classifier, lab_classifier_chain
from core.networks.squeezenet import squeezenet_1_1


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def convolution(**others: object) -> nn.Conv2d:
    return nn.Conv2d(**{"in_channels": 6, "out_channels": 5, "kernel_size": 1, **others})


def mean() -> nn.AdaptiveAvgPool2d:
    return nn.AdaptiveAvgPool2d(1)


HEADS = {
    "mean, linear": lambda: nn.Sequential(mean(), nn.Flatten(1), nn.Linear(6, 5)),
    "mean of (1, 1), linear": lambda: nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(6, 5)),
    "convolution, mean": lambda: nn.Sequential(convolution(), mean(), nn.Flatten()),
    "mean, convolution": lambda: nn.Sequential(mean(), convolution(bias=False), nn.Flatten()),
    "convolution with padding in words": lambda: nn.Sequential(convolution(padding="same"), mean(), nn.Flatten()),
    "dropout at rest": lambda: nn.Sequential(mean(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(6, 5)).eval(),
    "identity": lambda: nn.Sequential(nn.Identity(), mean(), nn.Flatten(), nn.Linear(6, 5)),
    "nested": lambda: nn.Sequential(mean(), nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(6, 5)))),
    "chain": lambda: Chain({"any": mean(), "name": nn.Flatten(), "will.do": nn.Linear(6, 5)}),
}


class Doubled(nn.Linear):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(input)


class Unsaid(nn.Sequential):
    """A head whose `forward` does more than its structure says."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input).square()


def twice() -> nn.Sequential:
    layer = nn.Linear(6, 6)
    return nn.Sequential(mean(), nn.Flatten(), layer, layer)


OTHERS = {
    "ReLU before the mean": lambda: nn.Sequential(convolution(), nn.ReLU(), mean(), nn.Flatten()),
    "ReLU before the layer": lambda: nn.Sequential(mean(), nn.Flatten(), nn.ReLU(), nn.Linear(6, 5)),
    "ReLU at the end": lambda: nn.Sequential(mean(), nn.Flatten(), nn.Linear(6, 5), nn.ReLU()),
    "two layers": lambda: nn.Sequential(mean(), nn.Flatten(), nn.Linear(6, 8), nn.Linear(8, 5)),
    "one layer twice": twice,
    "convolution and layer": lambda: nn.Sequential(convolution(), mean(), nn.Flatten(), nn.Linear(5, 5)),
    "mean over parts": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 5)),
    "mean over rows": lambda: nn.Sequential(nn.AdaptiveAvgPool2d((1, None)), nn.Flatten(), nn.Linear(30, 5)),
    "maximum": lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(6, 5)),
    "no mean": lambda: nn.Sequential(nn.Flatten(), nn.Linear(120, 5)),
    "no layer": lambda: nn.Sequential(mean(), nn.Flatten()),
    "no flattening": lambda: nn.Sequential(convolution(), mean()),
    "flattened first": lambda: nn.Sequential(nn.Flatten(2), mean(), nn.Linear(6, 5)),
    "flattened with the batch": lambda: nn.Sequential(convolution(), mean(), nn.Flatten(0)),
    "larger kernel": lambda: nn.Sequential(convolution(kernel_size=3, padding=1), mean(), nn.Flatten()),
    "stride": lambda: nn.Sequential(convolution(stride=2), mean(), nn.Flatten()),
    "padding": lambda: nn.Sequential(convolution(padding=1), mean(), nn.Flatten()),
    "groups": lambda: nn.Sequential(convolution(out_channels=6, groups=2), mean(), nn.Flatten()),
    "dropout at work": lambda: nn.Sequential(mean(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(6, 5)).train(),
    "subclass of a layer": lambda: nn.Sequential(mean(), nn.Flatten(), Doubled(6, 5)),
    "subclass of a sequence": lambda: Unsaid(mean(), nn.Flatten(), nn.Linear(6, 5)),
    "nothing": lambda: nn.Sequential(),
    "a layer alone": lambda: nn.Linear(6, 5),
    "hardswish between": lambda: nn.Sequential(mean(), nn.Flatten(), nn.Linear(6, 8), nn.Hardswish(), nn.Linear(8, 5)),
}


def test_equals_the_formula_written_as_loops():
    features, weights = torch.randn(1, 6, 4, 5), torch.randn(5, 6)
    for target in range(5):
        expected = np.zeros((4, 5))
        for y in range(4):
            for x in range(5):
                for k in range(6):
                    expected[y, x] += weights[target, k].item() * features[0, k, y, x].item()
        np.testing.assert_allclose(cam(features, weights, target).numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("rank", range(3))
@pytest.mark.parametrize("seed", range(3))
def test_on_the_labs_classifier_its_positive_part_is_grad_cam_up_to_the_number_of_cells(seed, rank):
    torch.manual_seed(seed)
    network = lab_classifier()
    with torch.no_grad():
        features = network.trunk(torch.randn(1, 3, 96, 64))
    target = network.head(features)[0].topk(3).indices[rank]
    map = cam(features, pooled_weights(network.head), target)
    assert (map > 0).any()
    torch.testing.assert_close(map.relu(), map.numel() * grad_cam(features, network.head, target).map)


@pytest.mark.parametrize("name", HEADS)
def test_the_mean_of_the_map_is_the_logit_less_its_bias(name):
    head = HEADS[name]().requires_grad_(False)
    features = torch.randn(1, 6, 4, 5)
    weights = pooled_weights(head)
    assert weights.shape == (5, 6)
    biases = [value for key, value in head.named_parameters() if key.endswith("bias")]
    means = torch.stack([cam(features, weights, target).mean() for target in range(5)])
    torch.testing.assert_close(means + (biases[0] if biases else 0), head(features)[0])


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_head_has_no_such_weights(name):
    assert pooled_weights(OTHERS[name]()) is None


def test_finds_the_weights_of_the_labs_classifier_in_both_its_forms():
    network = lab_classifier()
    chain = lab_classifier_chain(network.state_dict())
    weights = pooled_weights(network.head)
    assert weights.shape == (15, MAPS)
    assert torch.equal(weights, network.head[0].weight[:, :, 0, 0])
    assert torch.equal(weights, pooled_weights(chain.split("features.12").head))


def test_finds_the_weights_of_a_resnet():
    network = torchvision.models.resnet18()
    head = nn.Sequential(network.avgpool, nn.Flatten(1), network.fc)
    assert torch.equal(pooled_weights(head), network.fc.weight)


def test_the_heads_of_squeezenet_and_mobilenet_v3_are_none():
    assert pooled_weights(squeezenet_1_1().split("features.12").head) is None
    assert pooled_weights(mobilenet_v3_large().split("features.16").head) is None


def test_a_head_that_starts_lower_is_another_head():
    assert pooled_weights(lab_classifier_chain().split("features.11").head) is None


def test_the_map_has_both_signs():
    map = cam(torch.rand(1, 6, 4, 5), torch.randn(5, 6), 0)
    assert (cam(torch.rand(1, 6, 4, 5), -torch.ones(5, 6), 1) < 0).all()
    assert map.shape == (4, 5)


def test_other_classes_have_other_maps():
    features, weights = torch.randn(1, 6, 4, 5), torch.randn(5, 6)
    assert not torch.allclose(cam(features, weights, 0), cam(features, weights, 1))


def test_a_target_may_be_a_tensor():
    features, weights = torch.randn(1, 6, 4, 5), torch.randn(5, 6)
    assert torch.equal(cam(features, weights, torch.tensor(3)), cam(features, weights, 3))


def test_a_feature_map_of_one_cell_has_the_logit_less_its_bias():
    weights = torch.eye(3)
    assert cam(torch.tensor([7.0, 8, 9]).reshape(1, 3, 1, 1), weights, 2).item() == 9


def test_the_head_and_the_features_stay_as_they_are():
    head = lab_classifier().head
    state, features = copy.deepcopy(head.state_dict()), torch.randn(1, MAPS, 4, 4)
    before = features.clone()
    map = cam(features, pooled_weights(head), 0)
    assert torch.equal(features, before)
    assert all(torch.equal(value, state[key]) for key, value in head.state_dict().items())
    assert not map.requires_grad
    assert not pooled_weights(nn.Sequential(mean(), nn.Flatten(), nn.Linear(6, 5))).requires_grad


def test_every_device_gives_the_map_of_the_cpu(device):
    features, head = torch.randn(1, 6, 4, 5), HEADS["mean, linear"]()
    here = cam(features, pooled_weights(head), 2)
    there = cam(features.to(device), pooled_weights(head.to(device)), 2)
    torch.testing.assert_close(there.cpu(), here, rtol=1e-3, atol=1e-4)
