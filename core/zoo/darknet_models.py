"""Rows of the catalogue: detectors of Darknet's family, published as a `.cfg` and a `.weights` file. Torch-free."""

from __future__ import annotations

from core.networks.coco_classes import COCO
from core.zoo.model_card import ConfigFile, ModelCard, Source, Task, View

GITHUB = "raw.githubusercontent.com"
FASTEST = f"https://{GITHUB}/dog-qiuqiu/Yolo-Fastest/master/ModelZoo/yolo-fastest-1.1_coco"
LICENCE = "published with Darknet, in the public domain; trained on photos of COCO, under Flickr's terms of use"
V3_PAPER = "Redmon and Farhadi, YOLOv3: An Incremental Improvement, 2018, arXiv:1804.02767"
V4_PAPER = (
    "Bochkovskiy et al., YOLOv4: Optimal Speed and Accuracy of Object Detection, 2020, arXiv:2004.10934; the small one: "
    "Wang et al., Scaled-YOLOv4, 2020, arXiv:2011.08036"
)
LIMITS = "Learned from photos of everyday things alone (COCO); what is small or in a crowd is often missed."


def _row(
    key: str,
    title: str,
    weights: tuple[str, str, int, str],
    config: ConfigFile,
    *,
    view: View,
    resize: int,
    parameters: int,
    score: str,
    citation: str,
) -> ModelCard:
    """A row; `weights` are their host, address, bytes and SHA-256."""
    host, url, size, digest = weights
    return ModelCard(
        key=key,
        title=title,
        task=Task.DETECT,
        source=Source.DARKNET,
        builder="core.zoo.darknet:build",
        file=url.rpartition("/")[2],
        size=size,
        digest=digest,
        host=host,
        url=url,
        config=config,
        class_count=len(COCO),
        names=COCO,
        view=view,
        resize=resize,
        plain=True,
        parameters=parameters,
        score=score,
        sure=0.3,
        limits=LIMITS,
        licence=LICENCE,
        citation=citation,
    )


ROWS = (
    _row(
        "yolo_fastest",
        "Yolo-Fastest 1.1",
        (
            GITHUB,
            f"{FASTEST}/yolo-fastest-1.1.weights",
            1_384_268,
            "1c445c42bbd6df63edea2cc69f99667b5650d663ca11e34b116240740cd42890",
        ),
        ConfigFile(
            "yolo-fastest-1.1.cfg",
            9_685,
            "f6df5775c1e862998cf69046eba9265be3ae84dfe8b2caab7529823f0795bf70",
            f"{FASTEST}/yolo-fastest-1.1.cfg",
        ),
        view=View.STRETCH,
        resize=320,
        parameters=326_166,
        score="24.4 % mAP at IoU 0.5 on COCO, 80 classes",
        citation=f"Ma, Yolo-Fastest, 2021, zenodo.4719299; what it is made of: {V3_PAPER}",
    ),
    _row(
        "yolo_fastest_xl",
        "Yolo-Fastest 1.1 XL",
        (
            GITHUB,
            f"{FASTEST}/yolo-fastest-1.1-xl.weights",
            3_693_964,
            "fac5fb41786c1f38f04972a658443b189f48720d7d117f9a044100e98a35b0c5",
        ),
        ConfigFile(
            "yolo-fastest-1.1-xl.cfg",
            9_696,
            "c458427acc4fbeabceff4528ef7b65b066c0308ce599460f8ba299eba63abad3",
            f"{FASTEST}/yolo-fastest-1.1-xl.cfg",
        ),
        view=View.STRETCH,
        resize=320,
        parameters=886_286,
        score="34.3 % mAP at IoU 0.5 on COCO, 80 classes",
        citation=f"Ma, Yolo-Fastest, 2021, zenodo.4719299; what it is made of: {V3_PAPER}",
    ),
    _row(
        "yolov4_tiny",
        "YOLOv4-tiny",
        (
            "github.com",
            "https://github.com/AlexeyAB/darknet/releases/download/yolov4/yolov4-tiny.weights",
            24_251_276,
            "cf9fbfd0f6d4869b35762f56100f50ed05268084078805f0e7989efe5bb8ca87",
        ),
        ConfigFile(
            "yolov4-tiny.cfg",
            3_000,
            "f858e3724962eedf3ac44e3b6cb3f0c3d9ed067c306bb831f539c578b924c90e",
            f"https://{GITHUB}/AlexeyAB/darknet/master/cfg/yolov4-tiny.cfg",
        ),
        view=View.STRETCH,
        resize=416,
        parameters=6_053_502,
        score="40.2 % mAP at IoU 0.5 on COCO, 80 classes",
        citation=V4_PAPER,
    ),
    _row(
        "yolov3_tiny",
        "YOLOv3-tiny",
        (
            "data.pjreddie.com",
            "https://data.pjreddie.com/files/yolov3-tiny.weights",
            35_434_956,
            "dccea06f59b781ec1234ddf8d1e94b9519a97f4245748a7d4db75d5b7080a42c",
        ),
        ConfigFile(
            "yolov3-tiny.cfg",
            1_915,
            "84eb7a675ef87c906019ff5a6e0effe275d175adb75100dcb47f0727917dc2c7",
            f"https://{GITHUB}/pjreddie/darknet/master/cfg/yolov3-tiny.cfg",
        ),
        view=View.LETTERBOX,
        resize=416,
        parameters=8_849_182,
        score="33.1 % mAP at IoU 0.5 on COCO, 80 classes",
        citation=V3_PAPER,
    ),
)
"""The smallest comes first."""
