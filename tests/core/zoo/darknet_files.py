"""Darknet files for tests: cfg texts of the families, a writer of weights, and the real files where they are."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from core.errors import VisionLabError
from core.networks.darknet_layers import Config, Convolution
from core.zoo.darknet import read_config
from core.zoo.model_card import ModelCard
from core.zoo.weights import path

SHARED = Path(__file__).resolve().parents[4] / "shared"
ANCHORS = "10,14,  23,27,  37,58,  81,82,  135,169,  344,319"

NINE = "10,13, 16,30, 33,23, 30,61, 62,45, 59,119, 116,90, 156,198, 373,326"


def section(kind: str, **settings: object) -> str:
    return "\n".join([f"[{kind}]", *(f"{key}={value}" for key, value in settings.items()), ""])


def conv(filters: int, size: int = 3, *, stride: int = 1, activation: str = "leaky", **more: object) -> str:
    usual = {
        "batch_normalize": 1,
        "filters": filters,
        "size": size,
        "stride": stride,
        "pad": 1,
        "activation": activation,
    }
    return section("convolutional", **{**usual, **more})


def plain(filters: int) -> str:
    return section("convolutional", size=1, stride=1, pad=1, filters=filters, activation="linear")


def yolo(mask: str, classes: int = 80, anchors: str = ANCHORS, **more: object) -> str:
    return section("yolo", mask=mask, anchors=anchors, classes=classes, num=len(anchors.split(",")) // 2, **more)


def net(side: int = 416) -> str:
    return section("net", width=side, height=side, channels=3)


def v3() -> str:
    """YOLOv3 as it was published: Darknet-53 and three heads."""
    add = section("shortcut", **{"from": -3})

    def stage(filters: int, count: int) -> str:
        return conv(filters, stride=2) + count * (conv(filters // 2, 1) + conv(filters) + add)

    def branch(filters: int, mask: str) -> str:
        return 3 * (conv(filters, 1) + conv(2 * filters)) + plain(255) + yolo(mask, anchors=NINE)

    def finer(filters: int, layer: int) -> str:
        joined = section("route", layers=f"-1, {layer}")
        return section("route", layers=-4) + conv(filters, 1) + section("upsample", stride=2) + joined

    trunk = conv(32) + stage(64, 1) + stage(128, 2) + stage(256, 8) + stage(512, 8) + stage(1024, 4)
    tail = finer(256, 61) + branch(256, "3,4,5") + finer(128, 36) + branch(128, "0,1,2")
    return net() + trunk + branch(512, "6,7,8") + tail


def v3_tiny() -> str:
    """YOLOv3-tiny as it was published, layer by layer."""
    pool = section("maxpool", size=2, stride=2)
    trunk = "".join(conv(filters) + pool for filters in (16, 32, 64, 128, 256))
    return (
        net() + trunk + conv(512) + section("maxpool", size=2, stride=1) + conv(1024) + conv(256, 1) + conv(512)
        + plain(255) + yolo("3,4,5") + section("route", layers=-4) + conv(128, 1) + section("upsample", stride=2)
        + section("route", layers="-1, 8") + conv(256) + plain(255) + yolo("0,1,2")
    )  # fmt: skip


def v4_tiny(activation: str = "leaky") -> str:
    """YOLOv4-tiny as it was published; the real one has leaky activations alone."""

    def block(filters: int) -> str:
        half = filters // 2
        return (
            conv(filters) + section("route", layers=-1, groups=2, group_id=1) + conv(half, activation=activation)
            + conv(half) + section("route", layers="-1,-2") + conv(filters, 1) + section("route", layers="-6,-1")
            + section("maxpool", size=2, stride=2)
        )  # fmt: skip

    trunk = conv(32, stride=2) + conv(64, stride=2) + block(64) + block(128) + block(256)
    return (
        net() + trunk + conv(512) + conv(256, 1) + conv(512) + plain(255) + yolo("3,4,5", scale_x_y=1.05)
        + section("route", layers=-4) + conv(128, 1) + section("upsample", stride=2) + section("route", layers="-1, 23")
        + conv(256) + plain(255) + yolo("1,2,3", scale_x_y=1.05)
    )  # fmt: skip


def small_v3(classes: int = 6) -> str:
    """The ways of YOLOv3 on few channels: shortcuts, two upsamplings, three heads; and the rarer activations."""
    out = 3 * (5 + classes)

    def down(filters: int, activation: str = "leaky") -> str:
        add = section("shortcut", **{"from": -3, "activation": activation})
        return conv(filters, stride=2) + conv(filters // 2, 1) + conv(filters) + add

    trunk = conv(8) + down(16) + down(24, "leaky") + down(32) + down(48) + down(64)  # 1 + 5 * 4 layers
    return (
        net(320) + trunk
        + conv(32, 1, activation="swish") + plain(out) + yolo("6,7,8", classes, NINE)  # 21, 22, 23
        + section("route", layers=-3) + conv(16, 1) + section("upsample", stride=2)
        + section("route", layers="-1, 16") + section("dropout", probability=0.2)
        + conv(24, activation="mish") + plain(out) + yolo("3,4,5", classes, NINE)  # 29, 30, 31
        + section("route", layers=-3) + conv(12, 1, activation="logistic") + section("upsample", stride=2)
        + section("route", layers="-1, 12")
        + conv(24, 3, groups=4) + plain(out) + yolo("0,1,2", classes, NINE)
    )  # fmt: skip


def small_tiny(classes: int = 80, side: int = 416) -> str:
    """Every kind of layer of v3-tiny, v4-tiny and Yolo-Fastest once, on few channels, for two heads."""
    out = 3 * (5 + classes)
    return (
        net(side) + conv(8, stride=2) + conv(16, stride=2)
        + section("route", layers=-1, groups=2, group_id=1) + conv(8) + section("route", layers="-1,-2")  # 2, 3, 4
        + section("maxpool", size=2, stride=2) + conv(16, 1) + conv(16, groups=16) + section("dropout", probability=0.2)
        + conv(16, 1, activation="linear") + section("shortcut", **{"from": -4, "activation": "linear"})  # 9, 10
        + conv(24, stride=2) + section("maxpool", size=2, stride=2) + section("maxpool", size=2, stride=1)  # 11, 12, 13
        + section("maxpool", size=3, stride=1) + conv(24, 1)
        + plain(out) + yolo("3,4,5", classes, scale_x_y=1.05)  # 16, 17
        + section("route", layers=-3) + section("upsample", stride=2) + section("route", layers="-1, 11")
        + conv(24, groups=2) + plain(out) + yolo("1,2,3", classes)
    )  # fmt: skip


def weights(config: Config, seed: int = 0, *, version: tuple[int, int] = (0, 2)) -> bytes:
    """Random weights that keep the maps of a deep network at about their size, as Darknet would write them."""
    random = np.random.default_rng(seed)
    parts = []
    for layer in config.layers:
        if isinstance(layer, Convolution):
            count = layer.channels
            parts.append(random.normal(0, 0.1, count))
            if layer.normalised:
                scales, variances = random.uniform(0.8, 1.2, count), random.uniform(0.5, 1.5, count)
                scales[0], variances[0] = 0.004, 1e-5  # a channel that hardly varies tells which epsilon is added
                parts += [scales, random.normal(0, 0.1, count), variances]
            fan = layer.weights // count
            parts.append(random.normal(0, (1.5 / fan) ** 0.5, layer.weights))
    values = np.concatenate(parts) if parts else np.zeros(0)
    assert len(values) == config.stored
    return header(version) + values.astype("<f4").tobytes()


def header(version: tuple[int, int] = (0, 2)) -> bytes:
    wide = version >= (0, 2)
    return np.array([*version, 5], "<i4").tobytes() + np.array([14_231_680], "<i8" if wide else "<i4").tobytes()


def real(name: str) -> bytes:
    """A file of Yolo-Fastest, from TORCH_HOME, from beside it, or from beside the project."""
    home = os.environ.get("TORCH_HOME")
    places = [Path(home) / "hub" / "checkpoints", Path(home).parent / "darknet"] if home else []
    for place in (*places, SHARED / "darknet"):
        if (place / name).is_file():
            return (place / name).read_bytes()
    pytest.skip(f"no {name} in TORCH_HOME, or in darknet/ beside it or in shared/ beside the project")


OWN = {"yolov3_tiny": v3_tiny, "yolov4_tiny": v4_tiny}
"""By the key of a card, the cfg text of a network of the same layers."""


def files(row: ModelCard, *, seed: int = 0) -> dict[str, bytes]:
    """Both files of a card by their names, with a small network of every kind of layer and random weights."""
    assert row.config is not None
    plan = small_tiny(row.class_count, row.resize).encode()
    return {row.config.file: plan, row.file: weights(read_config(plan), seed)}


def put(row: ModelCard, content: Mapping[str, bytes] | None = None) -> None:
    """Both files where a network of the catalogue looks for them: by default those that `files` makes."""
    target = path(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    for name, data in (files(row) if content is None else content).items():
        target.with_name(name).write_bytes(data)


def put_real(row: ModelCard) -> None:
    """Copies of the published files; where they are not here, the test is skipped."""
    put(row, {name: real(name) for name in row.files})


def config(row: ModelCard) -> bytes:
    """A cfg file for the network of a card: the real one, or one of ours with the same layers."""
    assert row.config is not None
    return OWN[row.key]().encode() if row.key in OWN else real(row.config.file)


def outcome(call: Callable[[], object]) -> object:
    """What a call gives, or the error of the lab that it raises; any other error is one of the test."""
    try:
        return call()
    except VisionLabError as error:
        return error
