"""Rows of the catalogue: two detectors whose weights torchvision publishes. Torch-free."""

from __future__ import annotations

from core.networks.coco_classes import COCO
from core.zoo.classifiers import HOST
from core.zoo.darknet_models import LIMITS
from core.zoo.model_card import ModelCard, Source, Task, View
from core.zoo.segmenters import COCO as COCO_LICENCE
from core.zoo.segmenters import COCO_AFTER_IMAGENET

MOBILENET = "the backbone: Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244"

ROWS = (
    ModelCard(
        key="ssdlite",
        title="SSDLite MobileNetV3",
        task=Task.DETECT,
        source=Source.TORCHVISION,
        builder="core.networks.detectors:ssdlite320",
        file="ssdlite320_mobilenet_v3_large_coco-a79551df.pth",
        size=14_069_793,
        digest="a79551df",
        host=HOST,
        entry="SSDLite320_MobileNet_V3_Large_Weights.COCO_V1",
        class_count=len(COCO),
        names=COCO,
        view=View.STRETCH,
        resize=320,
        plain=True,
        parameters=3_440_060,
        score="21.3 % mAP at IoU 0.5 to 0.95 on COCO, 80 classes",
        limits=LIMITS,
        licence=COCO_LICENCE,
        citation=(
            "Liu et al., SSD: Single Shot MultiBox Detector, 2015, arXiv:1512.02325; the lighter heads: Sandler et al., "
            f"MobileNetV2, 2018, arXiv:1801.04381; {MOBILENET}"
        ),
    ),
    ModelCard(
        key="fasterrcnn",
        title="Faster R-CNN MobileNetV3",
        task=Task.DETECT,
        source=Source.TORCHVISION,
        builder="core.networks.detectors:fasterrcnn_320",
        file="fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth",
        size=77_845_234,
        digest="907ea3f9",
        host=HOST,
        entry="FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1",
        class_count=len(COCO),
        names=COCO,
        view=View.FIT,
        resize=320,
        parameters=19_386_354,
        score="22.8 % mAP at IoU 0.5 to 0.95 on COCO, 80 classes",
        limits=LIMITS,
        licence=COCO_AFTER_IMAGENET,
        citation=(
            "Ren et al., Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks, 2015, "
            "arXiv:1506.01497; the pyramid: Lin et al., Feature Pyramid Networks for Object Detection, 2016, "
            f"arXiv:1612.03144; {MOBILENET}"
        ),
    ),
)
"""The smaller comes first."""
