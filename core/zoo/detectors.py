"""Rows of the catalogue: networks that put a box round each thing they know. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from core.networks.vision_classes import DETECTED
from core.zoo.classifiers import LAB
from core.zoo.model_card import Layer, ModelCard, Source, Task, View

VISION_FILE = "lab-vision.safetensors"
VISION_SIZE = 3_471_478
VISION_LIMITS = (
    "Learned from photos with animals alone: on any other photo it still looks for them, and finds some. People are "
    "found less well than cats and dogs."
)
VISION_DIGEST = "8620946e82c9411ed06231733a85509881fc07c4d61f457f921bc2ecc7fca7ff"
"""Two detectors and a segmenter that were trained together are in one file."""

LAB_YOLO = ModelCard(
    key="lab-yolo",
    title="Lab YOLO, 7 × 7 cells",
    task=Task.DETECT,
    source=Source.BUNDLED,
    builder="core.networks.lab_vision:lab_yolo",
    file=VISION_FILE,
    size=VISION_SIZE,
    digest=VISION_DIGEST,
    class_count=len(DETECTED),
    names=DETECTED,
    view=View.STRETCH,
    resize=224,
    parameters=1_215_859,
    score="47.8 % mAP at IoU 0.5 on 174 of VOC's animal photos, 6 classes",
    sure=0.2,
    limits=VISION_LIMITS,
    licence=LAB.licence,
    citation=(
        "Redmon et al., You Only Look Once: Unified, Real-Time Object Detection, 2015, arXiv:1506.02640; the anchors: "
        "Redmon and Farhadi, YOLO9000: Better, Faster, Stronger, 2016, arXiv:1612.08242"
    ),
    layers=(Layer("coarse", "192 maps of 7 × 7, one cell for every 32 pixels: what the head reads"), *LAB.layers),
)
"""The course's detector: nine anchors and one class in each of 7 x 7 cells."""

LAB_YOLO_14 = replace(
    LAB_YOLO,
    key="lab-yolo-14",
    title="Lab YOLO, 14 × 14 cells",
    builder="core.networks.lab_vision:lab_yolo_14",
    score="50.8 % mAP at IoU 0.5 on 174 of VOC's animal photos, 6 classes",
    sure=0.5,
    layers=(Layer("middle", "192 maps of 14 × 14, one cell for every 16 pixels: what the head reads"), *LAB.layers),
)
"""The same head and anchors on four times as many cells, with more than one positive anchor for each thing."""

ROWS = (LAB_YOLO, LAB_YOLO_14)
"""The course's comes first."""
