"""Rows of the catalogue: networks that name what each pixel of a photo belongs to. Torch-free."""

from __future__ import annotations

from core.networks.vision_classes import SEGMENTED
from core.zoo.classifiers import HOST, LAB
from core.zoo.detectors import VISION_DIGEST, VISION_FILE, VISION_LIMITS, VISION_SIZE
from core.zoo.model_card import ModelCard, Source, Task, View

COCO = "BSD 3-Clause with torchvision; trained on photos of COCO 2017, under Flickr's terms of use"
COCO_AFTER_IMAGENET = f"{COCO}, on a backbone trained on ImageNet, whose pictures are for non-commercial research"

LAB_FCN = ModelCard(
    key="lab-fcn",
    title="Lab FCN",
    task=Task.SEGMENT,
    source=Source.BUNDLED,
    builder="core.networks.lab_vision:lab_fcn",
    file=VISION_FILE,
    size=VISION_SIZE,
    digest=VISION_DIGEST,
    class_count=len(SEGMENTED),
    names=SEGMENTED,
    view=View.STRETCH,
    resize=224,
    parameters=1_174_197,
    score="57.0 % mean IoU on 174 of VOC's animal photos, 7 classes",
    limits=VISION_LIMITS,
    licence=LAB.licence,
    citation="Long et al., Fully Convolutional Networks for Semantic Segmentation, 2014, arXiv:1411.4038",
)
"""Scores from three depths. It shares its file with the lab's detectors."""

LAB_FCN_MEAN_IOU = {32: 0.550, 16: 0.562, 8: 0.570}
"""Of `LAB_FCN` at 32s, 16s and 8s, as its model card in `assets/weights/` says: on the same 174 photos, 7 classes."""

ROWS = (
    LAB_FCN,
    ModelCard(
        key="lraspp",
        title="LR-ASPP MobileNetV3",
        task=Task.SEGMENT,
        source=Source.TORCHVISION,
        builder="core.networks.segmenters:lraspp_mobilenet_v3_large",
        file="lraspp_mobilenet_v3_large-d234d4ea.pth",
        size=13_096_714,
        digest="d234d4ea",
        host=HOST,
        entry="LRASPP_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        class_count=21,
        view=View.FIT,
        resize=520,
        parameters=3_221_538,
        score="57.9 % mean IoU on COCO, 21 classes of VOC",
        licence=COCO_AFTER_IMAGENET,
        citation="Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244",
    ),
    ModelCard(
        key="deeplabv3_mobilenet",
        title="DeepLabv3 MobileNetV3",
        task=Task.SEGMENT,
        source=Source.TORCHVISION,
        builder="core.networks.segmenters:deeplabv3_mobilenet_v3_large",
        file="deeplabv3_mobilenet_v3_large-fc3c493d.pth",
        size=44_355_813,
        digest="fc3c493d",
        host=HOST,
        entry="DeepLabV3_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        class_count=21,
        view=View.FIT,
        resize=520,
        parameters=11_025_477,  # the file has 3,851 more, in a head that only the training needed
        score="60.3 % mean IoU on COCO, 21 classes of VOC",
        licence=COCO_AFTER_IMAGENET,
        citation=(
            "Chen et al., Rethinking Atrous Convolution for Semantic Image Segmentation, 2017, arXiv:1706.05587; "
            "the backbone: Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244"
        ),
    ),
    ModelCard(
        key="fcn_resnet50",
        title="FCN ResNet-50",
        task=Task.SEGMENT,
        source=Source.TORCHVISION,
        builder="core.networks.segmenters:fcn_resnet50",
        file="fcn_resnet50_coco-1167a1af.pth",
        size=141_567_197,
        digest="1167a1af",
        host=HOST,
        entry="FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1",
        class_count=21,
        view=View.FIT,
        resize=520,
        parameters=32_957_013,  # the file has 2,365,205 more, in a head that only the training needed
        score="60.5 % mean IoU on COCO, 21 classes of VOC",
        licence=COCO_AFTER_IMAGENET,
        citation=(
            "Long et al., Fully Convolutional Networks for Semantic Segmentation, 2014, arXiv:1411.4038; "
            "the backbone: He et al., Deep Residual Learning for Image Recognition, 2015, arXiv:1512.03385"
        ),
    ),
)
"""What ships with the lab comes first, then the smallest."""
