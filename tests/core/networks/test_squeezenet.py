from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torchvision

from core.networks.squeezenet import squeezenet_1_1


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def pictures(device: torch.device, side: int = 96) -> torch.Tensor:
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0)).to(device)


def test_gives_torchvisions_output_bit_for_bit(device):
    theirs = torchvision.models.squeezenet1_1().eval().to(device)
    ours = squeezenet_1_1(theirs.state_dict()).to(device)
    x = pictures(device)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.weights
def test_gives_torchvisions_output_bit_for_bit_with_real_weights(torch_home):
    theirs = torchvision.models.squeezenet1_1(weights="IMAGENET1K_V1").eval()
    ours = squeezenet_1_1(theirs.state_dict())
    x = pictures(torch.device("cpu"), 224)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


def test_every_cut_makes_two_halves_of_the_whole(device, check_every_cut):
    check_every_cut(squeezenet_1_1().to(device), pictures(device))


def test_the_last_fire_module_gives_512_maps_of_13_by_13():
    with torch.no_grad():
        assert squeezenet_1_1().split("features.12").trunk(torch.zeros(1, 3, 224, 224)).shape == (1, 512, 13, 13)


def test_its_layers_are_torchvisions_without_the_dropout():
    names = squeezenet_1_1().names
    assert names == (*(f"features.{k}" for k in range(13)), "classifier.1", "classifier.2", "classifier.3", "flatten")


def test_gradients_reach_the_features_and_the_picture_but_no_weight():
    network = squeezenet_1_1()
    x = pictures(torch.device("cpu")).requires_grad_()
    trunk, head = network.split("features.12")
    features = trunk(x)
    slopes = torch.autograd.grad(head(features).sum(), (features, x))  # its ReLU may silence one class
    assert all(slope.isfinite().all() and slope.any() for slope in slopes)
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in network.parameters())


def test_is_ready_to_be_shared(check_shareable):
    check_shareable(squeezenet_1_1())
    check_shareable(squeezenet_1_1(torchvision.models.squeezenet1_1().state_dict()))


def test_eight_threads_get_the_output_one_gets():
    network = squeezenet_1_1()
    x = pictures(torch.device("cpu"))

    def run(_: int) -> torch.Tensor:
        with torch.no_grad():
            return network(x)

    alone = run(0)
    with ThreadPoolExecutor(8) as pool:
        assert all(torch.equal(together, alone) for together in pool.map(run, range(16)))


def test_the_weights_of_another_network_are_refused():
    with pytest.raises(RuntimeError, match="size mismatch"):
        squeezenet_1_1(torchvision.models.squeezenet1_0().state_dict())
