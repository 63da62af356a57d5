"""Both detectors of torchvision, part by part: what they say is what torchvision suppresses, and nothing is kept."""

import copy

import pytest
import torch
from torchvision.models import detection
from torchvision.models.detection.faster_rcnn import FasterRCNN_MobileNet_V3_Large_320_FPN_Weights
from torchvision.models.detection.ssdlite import SSDLite320_MobileNet_V3_Large_Weights

from core.networks import detectors
from core.networks.coco_classes import CATEGORIES, COCO

RENAMED = {
    "motorcycle": "motorbike",
    "airplane": "aeroplane",
    "couch": "sofa",
    "potted plant": "pottedplant",
    "dining table": "diningtable",
    "tv": "tvmonitor",
}
NETWORKS = {"ssdlite320": "ssdlite320_mobilenet_v3_large", "fasterrcnn_320": "fasterrcnn_mobilenet_v3_large_320_fpn"}
ENTRIES = {
    "ssdlite320": SSDLite320_MobileNet_V3_Large_Weights,
    "fasterrcnn_320": FasterRCNN_MobileNet_V3_Large_320_FPN_Weights,
}


@pytest.fixture(scope="module", params=NETWORKS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def theirs(name):
    """torchvision's network with random weights; its anchors hold numbers, so it can't be made on paper first."""
    torch.manual_seed(0)
    network = getattr(detection, NETWORKS[name])(weights=None, weights_backbone=None).eval()
    for key, tensor in network.state_dict().items():
        if key.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
    return network


@pytest.fixture(scope="module")
def ours(name, theirs):
    return getattr(detectors, name)(theirs.state_dict())


def picture(*size: int) -> torch.Tensor:
    return torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1))


def test_the_classes_are_cocos_under_darknets_names(name):
    names = ENTRIES[name].COCO_V1.meta["categories"]
    assert len(names) == detectors.CATEGORIES
    assert [RENAMED.get(names[number], names[number]) for number in CATEGORIES] == list(COCO)
    assert {names[number] for number in range(91) if number not in CATEGORIES} == {"__background__", "N/A"}


def test_it_has_the_parameters_that_torchvision_states(name, ours):
    assert sum(weight.numel() for weight in ours.parameters()) == ENTRIES[name].COCO_V1.meta["num_params"]


@torch.no_grad()
def test_of_ssdlite_the_heads_say_what_torchvisions_say():
    torch.manual_seed(0)
    theirs = detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None).eval()
    answer = detectors.ssdlite320(theirs.state_dict())(picture(320, 320))
    images, _ = theirs.transform([picture(320, 320)[0]])
    features = list(theirs.backbone(images.tensors).values())
    heads = theirs.head(features)
    torch.testing.assert_close(answer.offsets, heads["bbox_regression"])
    torch.testing.assert_close(answer.logits, heads["cls_logits"])
    assert torch.equal(answer.anchors, theirs.anchor_generator(images, features)[0])
    assert answer.grids == ((20, 20), (10, 10), (5, 5), (3, 3), (2, 2), (1, 1))
    assert answer.offsets.shape == (1, 6 * 539, 4)


@torch.no_grad()
@pytest.mark.parametrize("size", [(320, 320), (320, 437), (640, 211)], ids=str)
def test_of_faster_rcnn_proposals_and_boxes_are_those_of_torchvision(size):
    """Sizes that torchvision leaves as they are; with proposals that are surer than random weights make them."""
    torch.manual_seed(0)
    theirs = detection.fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None).eval()
    network = detectors.fasterrcnn_320(theirs.state_dict())
    mean, std = (torch.tensor(row)[:, None, None] for row in (theirs.transform.image_mean, theirs.transform.image_std))
    answer = network((picture(*size) - mean) / std)
    images, _ = theirs.transform([picture(*size)[0]])
    assert images.image_sizes == [size]
    features = theirs.backbone(images.tensors)
    proposals, _ = theirs.rpn(images, features)
    heads = theirs.roi_heads
    logits, moved = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, images.image_sizes)))
    assert len(proposals[0]) > 10
    torch.testing.assert_close(answer.logits, logits, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(answer.boxes, heads.box_coder.decode(moved, proposals), atol=1e-2, rtol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("size", [(96, 96), (320, 320), (416, 160)], ids=str)
def test_it_takes_pictures_of_other_sizes(ours, size):
    for part in ours(picture(*size)):
        if isinstance(part, torch.Tensor):
            assert part.isfinite().all()


@torch.no_grad()
def test_where_no_place_is_sure_enough_there_are_no_proposals():
    network = detectors.fasterrcnn_320()
    torch.nn.init.constant_(network.network.rpn.head.cls_logits.bias, -50.0)
    answer = network(picture(96, 128))
    assert answer.boxes.shape == (0, 91, 4)
    assert answer.logits.shape == (0, 91)


@torch.no_grad()
def test_it_keeps_nothing_of_a_picture(ours):
    """Neither scales nor anchors: a second picture of another size is answered as by a fresh copy."""
    fresh = copy.deepcopy(ours)
    state = {module: dict(vars(module)) for module in ours.modules()}
    before = picture(160, 192)
    ours(before)
    assert torch.equal(before, picture(160, 192))
    for module, kept in state.items():
        assert vars(module).keys() == kept.keys()
        assert all(vars(module)[key] is value for key, value in kept.items())
    for one, other in zip(ours(picture(320, 96)), fresh(picture(320, 96)), strict=True):
        assert torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


def test_is_ready_to_be_shared(ours, check_shareable):
    check_shareable(ours)


def test_a_state_of_another_network_is_refused(name):
    with pytest.raises(RuntimeError):
        getattr(detectors, name)({"weight": torch.zeros(1)})
