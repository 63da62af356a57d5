"""How each section of a Darknet cfg file becomes a layer of the plan, in its place behind the layers before it. Torch-free.

What would change an answer and is not known here is an error that names its line, never skipped. Settings for the training
are not looked at.

Every layer must keep to the grid: its map has the input's sides divided by a whole number. So a network runs at every
size that its coarsest cells divide, not only at the one in its file.

    Bochkovskiy's Darknet, src/parser.c
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.networks.darknet_layers import (
    COLOURS,
    PHOTO,
    Activation,
    Convolution,
    Dropout,
    Head,
    Layer,
    MaxPool,
    Upsample,
    Yolo,
)
from core.zoo.darknet_joints import MOST_CHANNELS, route, shortcut
from core.zoo.darknet_sections import Section

MOST_SIZE = 16  # of a window or a step, in cells
MOST_CLASSES = 10_000
MOST_ANCHOR = 10_000.0  # pixels
LEAST_ANCHOR = 0.01

FIXED = {
    "convolutional": {
        "dilation": 1.0,
        "flipped": 0.0,
        "binary": 0.0,
        "xnor": 0.0,
        "antialiasing": 0.0,
        "assisted_excitation": 0.0,
        "bin_output": 0.0,
        "share_index": -1e9,
    },
    "maxpool": {"maxpool_depth": 0.0, "antialiasing": 0.0},
    "upsample": {"scale": 1.0, "reverse": 0.0},
    "shortcut": {"alpha": 1.0, "beta": 1.0},
    "yolo": {"new_coords": 0.0},
}
"""Settings that change what a layer does, with the one value for which this lab does the same."""


def read(kind: str, section: Section, before: Sequence[Layer]) -> Layer:
    """The layer that a section of `kind` describes; `before` are all layers before it.

    Raises:
        ModelError: it can't be read, does not fit to them, or the lab does not run such a layer.
    """
    if kind not in READERS:
        known = ", ".join(f"[{name}]" for name in READERS)
        raise section.wrong("the lab does not know this kind of layer.", f"It runs networks made of {known}.")
    if before and isinstance(before[-1], Yolo) and kind != "route":
        raise section.wrong("a layer can't follow [yolo].", "Begin the next branch with [route].")
    for key, harmless in FIXED.get(kind, {}).items():
        if section.number(key, harmless, least=-1e9, most=1e9) != harmless:
            raise section.wrong(
                f"the lab does not run {key}.", f"Choose a network without it, or with {key}={harmless:.0f}.", key
            )
    return READERS[kind](section, before)


def _source(before: Sequence[Layer]) -> tuple[int, int, int]:
    """The number of the layer before, its channels and its cell; of the first layer those of the photo."""
    return (len(before) - 1, before[-1].channels, before[-1].cell) if before else (PHOTO, COLOURS, 1)


def _convolution(section: Section, before: Sequence[Layer]) -> Layer:
    source, channels, cell = _source(before)
    filters = section.whole("filters", 1, least=1, most=MOST_CHANNELS)
    size = section.whole("size", 1, least=1, most=MOST_SIZE)
    step = _step(section, 1)
    groups = section.whole("groups", 1, least=1, most=MOST_CHANNELS)
    if channels % groups or filters % groups:
        raise section.wrong(
            f"{channels} channels and {filters} filters can't both be divided into {groups} groups.",
            "Choose a number of groups that divides both.",
            "groups",
        )
    padding = section.whole("padding", 0, least=0, most=MOST_SIZE)
    if section.whole("pad", 0, least=0, most=MOST_SIZE):
        padding = size // 2
    _check_grid(section, size=size, step=step, padding=2 * padding)
    return Convolution(
        kind="convolutional",
        line=section.line,
        inputs=(source,),
        channels=filters,
        cell=cell * step,
        channels_in=channels,
        size=size,
        step=step,
        padding=padding,
        groups=groups,
        normalised=section.whole("batch_normalize", 0, least=0, most=1) == 1,
        activation=section.choice("activation", Activation, Activation.LOGISTIC),
    )


def _max_pool(section: Section, before: Sequence[Layer]) -> Layer:
    source, channels, cell = _source(before)
    step = _step(section, 1)
    size = section.whole("size", step, least=1, most=MOST_SIZE)
    padding = section.whole("padding", size - 1, least=0, most=MOST_SIZE)
    _check_grid(section, size=size, step=step, padding=padding)
    return MaxPool(
        kind="maxpool",
        line=section.line,
        inputs=(source,),
        channels=channels,
        cell=cell * step,
        size=size,
        step=step,
        padding=padding,
    )


def _upsample(section: Section, before: Sequence[Layer]) -> Layer:
    source, channels, cell = _source(before)
    factor = section.whole("stride", 2, least=1, most=MOST_SIZE)
    if cell % factor:
        raise section.wrong(
            f"a map with one cell for every {cell} pixels can't be made {factor} times finer.",
            "Choose a stride that divides it.",
            "stride",
        )
    return Upsample(
        kind="upsample", line=section.line, inputs=(source,), channels=channels, cell=cell // factor, factor=factor
    )


def _dropout(section: Section, before: Sequence[Layer]) -> Layer:
    source, channels, cell = _source(before)
    return Dropout(kind="dropout", line=section.line, inputs=(source,), channels=channels, cell=cell)


def _yolo(section: Section, before: Sequence[Layer]) -> Layer:
    source, channels, cell = _source(before)
    sides = section.numbers("anchors", least=LEAST_ANCHOR, most=MOST_ANCHOR)
    anchors = tuple(zip(sides[::2], sides[1::2], strict=False))
    count = section.whole("num", len(anchors), least=1, most=len(sides))
    if len(sides) != 2 * count:
        raise section.wrong(
            f"{count} anchors have {2 * count} numbers, here are {len(sides)}.",
            "Give width and height of each.",
            "anchors",
        )
    mask = section.wholes("mask", least=0, most=count - 1) if "mask" in section.entries else tuple(range(count))
    classes = section.whole("classes", 20, least=1, most=MOST_CLASSES)
    head = Head(
        anchors=tuple(anchors[number] for number in mask),
        classes=classes,
        stride=cell,
        scale_x_y=section.number("scale_x_y", 1.0, least=0.5, most=4.0),
    )
    if head.channels != channels:
        raise section.wrong(
            f"{len(mask)} anchors and {classes} classes need {head.channels} channels, {len(mask)} × (5 + {classes}), "
            f"but the layer before gives {channels}.",
            f"Set filters={head.channels} in the [convolutional] before it, or correct the classes and the mask.",
        )
    return Yolo(kind="yolo", line=section.line, inputs=(source,), channels=channels, cell=cell, head=head)


def _step(section: Section, default: int) -> int:
    step = section.whole("stride", default, least=1, most=MOST_SIZE)
    for key in ("stride_x", "stride_y"):
        if section.whole(key, step, least=1, most=MOST_SIZE) != step:
            raise section.wrong("the lab runs only equal strides in both directions.", f"Set {key}={step}.", key)
    return step


def _check_grid(section: Section, *, size: int, step: int, padding: int) -> None:
    """`padding` in all: exactly then is a side of s cells, where `step` divides s, s / step long afterwards."""
    if not size - step <= padding < size:
        raise section.wrong(
            f"with size {size}, stride {step} and a padding of {padding} its map no longer fits the photo's grid.",
            "Write pad=1 in a [convolutional] with an odd size, and no padding in a [maxpool].",
        )


READERS: dict[str, Callable[[Section, Sequence[Layer]], Layer]] = {
    "convolutional": _convolution,
    "maxpool": _max_pool,
    "upsample": _upsample,
    "route": route,
    "shortcut": shortcut,
    "dropout": _dropout,
    "yolo": _yolo,
}
"""How a section becomes a layer, by its name."""
