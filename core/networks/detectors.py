"""Two detectors of torchvision, up to what they say before anything is left out: every box and every class.

Each takes the state of torchvision's weights, or None for random ones, and is ready for inference. A state of another
network is a RuntimeError. Their answers are those of torchvision's own parts; what torchvision keeps between two calls
(sizes of a pyramid, anchors) is made anew for each, since a network is shared between threads.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.detection import FasterRCNN, ssdlite320_mobilenet_v3_large
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.backbone_utils import mobilenet_backbone
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.models.detection.ssd import SSD
from torchvision.ops.misc import FrozenBatchNorm2d

from core.networks.chain import built, frozen
from core.networks.detector_answers import RcnnAnswer, SsdAnswer

CATEGORIES = 91
"""Of COCO's own list, with the background (0) and ten numbers that no thing has."""

MULTIPLE = 32
GRIDS = 6
SIZES, RATIOS = (32, 64, 128, 256, 512), (0.5, 1.0, 2.0)


class SsdLite(nn.Module):
    """SSDLite on MobileNetV3 Large, for an RGB picture in [0, 1] of any size; it was trained on 320 x 320 pixels.

    Liu et al., SSD, 2016, section 2.1; with the lighter heads of Sandler et al., MobileNetV2, 2018, section 6.2.
    """

    def __init__(self, network: SSD) -> None:
        super().__init__()
        self.network: Any = network  # its parts are declared as modules or tensors
        with torch.device(
            "cpu"
        ):  # as `ssdlite320_mobilenet_v3_large` makes them; those in `network` may have no numbers
            self._anchors = DefaultBoxGenerator([[2, 3] for _ in range(GRIDS)], min_ratio=0.2, max_ratio=0.95)

    def forward(self, x: Float[Tensor, "1 3 h w"]) -> SsdAnswer:
        """All default boxes, before softmax and suppression."""
        features = list(self.network.backbone((x - 0.5) / 0.5).values())
        heads = self.network.head(features)
        image = ImageList(x, [(x.shape[2], x.shape[3])])
        return SsdAnswer(
            heads["bbox_regression"],
            heads["cls_logits"],
            self._anchors(image, features)[0],
            tuple((maps.shape[2], maps.shape[3]) for maps in features),
        )


class FasterRcnn(nn.Module):
    """Faster R-CNN on MobileNetV3 Large with a pyramid, for a picture that is normalised as ImageNet's are, of any size.

    Ren et al., Faster R-CNN, 2016, section 3; Lin et al., Feature Pyramid Networks, 2017, section 5.
    """

    def __init__(self, network: FasterRCNN) -> None:
        super().__init__()
        self.network: Any = network
        with torch.device("cpu"):
            self._anchors = _anchors()

    def forward(self, x: Float[Tensor, "1 3 h w"]) -> RcnnAnswer:
        """All proposals with a box for each category, before softmax and suppression. Proposals suppress each other."""
        height, width = x.shape[2:]
        padded = functional.pad(x, (0, -width % MULTIPLE, 0, -height % MULTIPLE))
        image = ImageList(padded, [(height, width)])
        features = self.network.backbone(padded)
        proposals, objectness = self._proposals(image, features)
        heads = self.network.roi_heads
        pool = copy.copy(heads.box_roi_pool)  # it keeps the scales of the first picture
        logits, moved = heads.box_predictor(heads.box_head(pool(features, proposals, image.image_sizes)))
        boxes = heads.box_coder.decode(moved, proposals).reshape(
            len(logits), CATEGORIES, 4
        )  # of none it has another shape
        return RcnnAnswer(boxes, logits, objectness)

    def _proposals(self, image: ImageList, features: dict[str, Tensor]) -> tuple[list[Tensor], Tensor]:
        """As the `forward` of torchvision's RegionProposalNetwork, with anchors of this call alone."""
        network = self.network.rpn
        sure, moved = network.head(list(features.values()))
        anchors = copy.copy(self._anchors)(image, list(features.values()))
        counts = [maps[0].numel() for maps in sure]
        objectness, moves = concat_box_prediction_layers(sure, moved)
        boxes = network.box_coder.decode(moves, anchors).view(1, -1, 4)
        proposals, _ = network.filter_proposals(boxes, objectness, image.image_sizes, counts)
        return proposals, objectness.view(1, -1)


def ssdlite320(state: Mapping[str, Tensor] | None = None) -> SsdLite:
    """SSDLite with six grids of 20 x 20 to 1 x 1 cells."""

    def make() -> SSD:
        return ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)

    return frozen(SsdLite(built(make, state)))


def fasterrcnn_320(state: Mapping[str, Tensor] | None = None) -> FasterRcnn:
    """Faster R-CNN for small pictures: the 150 surest proposals, each above 5 %."""

    def make() -> FasterRCNN:
        # What `fasterrcnn_mobilenet_v3_large_320_fpn` makes for its weights, which have frozen statistics.
        return FasterRCNN(
            mobilenet_backbone(
                backbone_name="mobilenet_v3_large",
                weights=None,
                fpn=True,
                norm_layer=FrozenBatchNorm2d,
                trainable_layers=6,
            ),
            CATEGORIES,
            rpn_anchor_generator=_anchors(),
            rpn_pre_nms_top_n_test=150,
            rpn_post_nms_top_n_test=150,
            rpn_score_thresh=0.05,
        )

    return frozen(FasterRcnn(built(make, state)))


def _anchors() -> AnchorGenerator:
    return AnchorGenerator(cast("tuple", (SIZES,) * 3), (RATIOS,) * 3)
