"""The plan of a Darknet network: what each layer does and where it takes its input. Torch-free.

A plan holds what follows from the cfg file: channels, the size of the cells and which layers are read again. It is made by
`core.zoo.darknet_config`, which has checked that the layers fit together; here nothing is checked again.

    layers  Redmon, Darknet, 2013-2016, https://pjreddie.com/darknet, and Bochkovskiy's fork (route groups, mish, scale_x_y)
    heads   Redmon and Farhadi, YOLOv3: An Incremental Improvement, 2018, arXiv:1804.02767, section 2.1
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

PHOTO = -1
"""The number of the input, where layers are counted from 0."""
COLOURS = 3

Anchor: TypeAlias = tuple[float, float]
"""Width and height in pixels of the input."""


class Activation(Enum):
    """What is done to each number that a layer makes, by the word for it in a cfg file."""

    LINEAR = "linear"
    LEAKY = "leaky"
    RELU = "relu"
    LOGISTIC = "logistic"
    SWISH = "swish"
    MISH = "mish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is needed to read the raw map of a [yolo] layer: `stride` is the side of a cell in pixels of the input.

    With `scale_x_y` above 1 a centre reaches a little beyond its cell (Bochkovskiy et al., YOLOv4, 2020, section 3.4,
    "eliminate grid sensitivity"). `new_coords`, the coding of Scaled-YOLOv4, is never set: no network here has it.
    """

    anchors: tuple[Anchor, ...]
    classes: int
    stride: int
    scale_x_y: float = 1.0
    new_coords: bool = False

    @property
    def channels(self) -> int:
        """Channels of the raw map: four offsets, objectness and the classes of each anchor."""
        return len(self.anchors) * (5 + self.classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One section of the file. `inputs` are the numbers of the layers it reads, `PHOTO` for the input itself.

    Its map has `channels`, and `1 / cell` of the input's height and width.
    """

    kind: str  # the name of the section
    line: int  # where that stands, from 1 on
    inputs: tuple[int, ...]
    channels: int
    cell: int  # the side of the square of the input that one cell of the map stands for, in pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution(Layer):
    """A convolution and its activation; `normalised`, if the file brings a batch norm between them."""

    channels_in: int
    size: int
    step: int
    padding: int
    groups: int
    normalised: bool
    activation: Activation

    @property
    def weights(self) -> int:
        """Numbers in the kernels."""
        return self.channels * (self.channels_in // self.groups) * self.size**2

    @property
    def stored(self) -> int:
        """Numbers in the weights file: biases, kernels, and scales, means and variances of a batch norm."""
        return self.weights + self.channels * (4 if self.normalised else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool(Layer):
    """The largest of `size` x `size` cells every `step` cells; `padding` cells are added at the edges in all, the odd one last."""

    size: int
    step: int
    padding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsample(Layer):
    """Each cell repeated `factor` times in both directions."""

    factor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Layer):
    """Maps of earlier layers one behind the other; of each only part `group` of `groups`."""

    groups: int
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut(Layer):
    """The sum of the layer before and others, and an activation."""

    activation: Activation


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(Layer):
    """Nothing: it matters in training alone, but it has a number that others count with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yolo(Layer):
    """The end of a branch: its input is the raw answer that `head` reads."""

    head: Head


@dataclass(frozen=True, slots=True)
class Config:
    """A whole network, for an input of `width` x `height` pixels unless another size is asked for."""

    layers: tuple[Layer, ...]
    width: int
    height: int

    @property
    def heads(self) -> tuple[Head, ...]:
        """What reads the raw maps, in their order."""
        return tuple(layer.head for layer in self.layers if isinstance(layer, Yolo))

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each layer: its number and its section, such as "12.convolutional"."""
        return tuple(f"{number}.{layer.kind}" for number, layer in enumerate(self.layers))

    @property
    def multiple(self) -> int:
        """Both sides of an input are multiples of this, in pixels."""
        return math.lcm(*(layer.cell for layer in self.layers))

    @property
    def stored(self) -> int:
        """Numbers in the weights file."""
        return sum(layer.stored for layer in self.layers if isinstance(layer, Convolution))

    @property
    def parameters(self) -> int:
        """Weights and biases in memory, where each batch norm is folded into its convolution."""
        return sum(layer.weights + layer.channels for layer in self.layers if isinstance(layer, Convolution))

    @property
    def last_use(self) -> tuple[int, ...]:
        """For each layer the number of the last one that reads its map, its own where none does."""
        last = list(range(len(self.layers)))
        for number, layer in enumerate(self.layers):
            for source in layer.inputs:
                if source != PHOTO:
                    last[source] = number
        return tuple(last)
