import pytest
import torch
import torchvision
from torch import nn

from core.networks.features import squeezenet_features
from core.networks.lab_classifier import CLASSES, lab_classifier, lab_classifier_chain, lab_trunk


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def pictures(device: torch.device, side: int = 96) -> torch.Tensor:
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0)).to(device)


def test_one_cell_of_the_last_map_is_sixteen_pixels():
    network = lab_classifier()
    sides = []
    x = torch.zeros(1, 3, 224, 224)
    with torch.no_grad():
        for layer in network.trunk.children():
            x = layer(x)
            sides.append(x.shape[-1])
        assert x.shape == (1, 512, 14, 14)
        assert network.head(x).shape == (1, 15)
    assert list(dict.fromkeys(sides)) == [112, 56, 28, 14]


def test_there_are_fifteen_classes_of_different_names():
    assert len(set(CLASSES)) == len(CLASSES) == 15


def test_a_logit_is_the_mean_of_its_class_activation_map_and_the_bias(device):
    """Zhou et al., 2016, equation 2, written naively: what makes CAM exact, which a ReLU in between would break."""
    network = lab_classifier().to(device)
    features = network.trunk(pictures(device, 224))
    weight, bias = network.head.get_parameter("0.weight"), network.head.get_parameter("0.bias")
    logits = network.head(features)
    assert (logits < 0).any()
    for picture in range(2):
        for index in range(15):
            activation_map = sum(weight[index, k, 0, 0] * features[picture, k] for k in range(512))
            assert torch.allclose(activation_map.mean() + bias[index], logits[picture, index], atol=1e-5)


def test_the_head_is_linear_in_the_features():
    head = lab_classifier().head.double()
    a, b = torch.randn(2, 1, 512, 14, 14, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    nothing = head(torch.zeros_like(a))
    assert torch.allclose(head(2 * a - 3 * b) - nothing, 2 * (head(a) - nothing) - 3 * (head(b) - nothing))


def test_the_two_halves_make_the_whole(device):
    network = lab_classifier().to(device)
    x = pictures(device)
    assert torch.equal(network.head(network.trunk(x)), network(x))


def test_the_trunk_is_squeezenets_away_from_the_edges():
    """The padding alone differs: an inner pixel of the first maps is torchvision's, one further on."""
    theirs = torchvision.models.squeezenet1_1().eval()
    ours = lab_classifier()
    ours.trunk.load_state_dict(theirs.features.state_dict())
    x = pictures(torch.device("cpu"))
    padded = nn.functional.pad(x, (1, 1, 1, 1))
    with torch.no_grad():
        assert torch.equal(ours.trunk(x), squeezenet_features(theirs.state_dict())(padded))


def test_no_part_writes_into_what_it_is_given():
    network = lab_classifier()
    x = pictures(torch.device("cpu"))
    for layer in (*network.trunk.children(), network.head):
        before = x.clone()
        y = layer(x)
        assert torch.equal(x, before), layer
        x = y
    assert not any(getattr(module, "inplace", False) for module in network.modules())


def test_is_ready_for_inference_and_can_be_trained():
    network = lab_classifier()
    assert not any(module.training for module in network.modules())
    assert not any(weight.requires_grad for weight in network.parameters())
    network.train().requires_grad_(True)
    slopes = torch.autograd.grad(network(pictures(torch.device("cpu"))).square().sum(), list(network.parameters()))
    assert all(slope.isfinite().all() for slope in slopes)
    assert slopes[0].any()


def test_weights_of_half_precision_become_float32():
    state = {name: tensor.half() for name, tensor in lab_classifier().state_dict().items()}
    network = lab_classifier(state)
    for name, tensor in network.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, state[name].float())


def test_the_weights_of_another_network_are_refused():
    with pytest.raises(RuntimeError, match="Missing key"):
        lab_classifier(torchvision.models.squeezenet1_1().state_dict())


def halved(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.half() for name, tensor in network.state_dict().items()}


def test_the_chain_computes_what_the_two_halves_do(device):
    state = halved(lab_classifier())
    x = pictures(device)
    assert torch.equal(lab_classifier_chain(state).to(device)(x), lab_classifier(state).to(device)(x))


def test_the_trunk_alone_computes_what_the_trunk_does(device):
    state = halved(lab_classifier())
    x = pictures(device)
    assert torch.equal(lab_trunk(state).to(device)(x), lab_classifier(state).trunk.to(device)(x))


def test_every_cut_of_the_chain_makes_two_halves_of_the_whole(check_every_cut):
    check_every_cut(lab_classifier_chain(), pictures(torch.device("cpu")))
    check_every_cut(lab_trunk(), pictures(torch.device("cpu")))


def test_the_layers_of_the_chain_have_the_names_of_squeezenet():
    features = tuple(f"features.{k}" for k in range(13))
    assert lab_trunk().names == features
    assert lab_classifier_chain().names == (*features, "classifier.0", "classifier.1", "flatten")


@pytest.mark.parametrize("build", [lab_classifier_chain, lab_trunk])
def test_the_chains_are_ready_to_be_shared(build, check_shareable):
    check_shareable(build())
    check_shareable(build(halved(lab_classifier())))


@pytest.mark.parametrize("build", [lab_classifier_chain, lab_trunk])
def test_the_chains_refuse_the_weights_of_another_network(build):
    with pytest.raises(RuntimeError, match="Missing key"):
        build(torchvision.models.squeezenet1_1().state_dict())
