import pytest
import torch
import torchvision
from torchvision.models import segmentation

from core.networks import segmenters

AUXILIARY = {"lraspp_mobilenet_v3_large": False, "deeplabv3_mobilenet_v3_large": True, "fcn_resnet50": True}


@pytest.fixture(scope="module", params=AUXILIARY)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def theirs(name, randomise):
    """torchvision's network as it is published: with an auxiliary head where it was trained with one."""
    extra = {"aux_loss": True} if AUXILIARY[name] else {}
    return randomise(lambda: getattr(segmentation, name)(weights=None, weights_backbone=None, **extra))


@pytest.fixture(scope="module")
def ours(name, theirs):
    return getattr(segmenters, name)(theirs.state_dict())


@torch.no_grad()
@pytest.mark.parametrize("size", [(64, 64), (65, 97)])
def test_gives_torchvisions_answer_bit_for_bit_at_the_size_of_the_picture(ours, theirs, size):
    x = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
    logits = ours(x)
    assert logits.shape == (2, 21, *size)
    assert torch.equal(logits, theirs(x)["out"])
    assert logits.std() > 0.01


def test_the_published_states_have_what_torchvision_builds_for_them(name, theirs):
    entry = torchvision.models.get_model_weights(getattr(segmentation, name)).COCO_WITH_VOC_LABELS_V1
    assert sum(weight.numel() for weight in theirs.parameters()) == entry.meta["num_params"]


def test_the_auxiliary_head_is_dropped(name, ours, theirs):
    dropped = [key for key in theirs.state_dict() if key.startswith("aux_classifier.")]
    assert bool(dropped) is AUXILIARY[name]
    kept = {key.removeprefix("network.") for key in ours.state_dict()}
    assert kept == set(theirs.state_dict()) - set(dropped)


@torch.no_grad()
def test_writes_nothing_into_the_picture(ours):
    x = torch.randn(1, 3, 48, 48)
    before = x.clone()
    ours(x)
    assert torch.equal(x, before)


def test_is_ready_to_be_shared(ours, check_shareable):
    check_shareable(ours)


@pytest.mark.parametrize("name", AUXILIARY)
def test_no_builder_fetches_anything(name, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a download")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", refuse)
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", refuse)
    with torch.device("meta"):
        network = getattr(segmenters, name)()
    assert network(torch.zeros(1, 3, 32, 32, device="meta")).shape == (1, 21, 32, 32)


def test_the_weights_of_another_network_are_refused(name):
    with pytest.raises(RuntimeError, match="Missing key"):
        getattr(segmenters, name)(torchvision.models.squeezenet1_1().state_dict())
