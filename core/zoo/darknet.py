"""Darknet's own files as a network: a `.cfg` text and the `.weights` bytes that belong to it, to the byte.

The weights are one row of numbers: what each of them belongs to follows from the cfg file alone, so a length that is not
exactly right means that the files do not belong together.

    header    Darknet, src/parser.c, load_weights_upto: three int32 for the version, then the number of photos that
              were learned from, as an int64 since version 0.2 and as an int32 before
    weights   load_convolutional_weights: float32, little-endian; biases, with a batch norm its scales, means and
              variances, then the kernels, convolution by convolution
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.errors import ModelError, WeightsDamagedError
from core.networks import darknet as network
from core.networks.darknet_layers import Config, Convolution
from core.zoo.darknet_config import parse
from core.zoo.darknet_sections import MOST_CHARACTERS

EPSILON = 1e-6
"""Added to a variance, as OpenCV does.

Redmon's Darknet adds it to the standard deviation, and Bochkovskiy's adds 1e-5 to the variance. It matters where a channel
hardly varies.
"""
VERSION = 12  # bytes
NUMBER = 4  # bytes
OTHER_FILE = "Choose the file whose name ends in .weights and that belongs to this cfg file."


def build(config: bytes, data: bytes) -> network.Darknet:
    """The network of the two files of a card of the catalogue.

    Raises:
        ModelError: one of them can't be read; as for `read_config` and `read_weights`.
    """
    return darknet(read_config(config), data)


def read_config(data: bytes) -> Config:
    """The network that the bytes of a cfg file describe. A letter that is not in UTF-8 can only be in a comment or an error.

    Raises:
        ModelError: what is wrong with the file, on which line, and what to do.
    """
    if len(data) > 4 * MOST_CHARACTERS:
        raise ModelError(
            f"This cfg file has {len(data):,} bytes, which is more than any network needs.",
            "Choose the small text file that ends in .cfg.",
        )
    return parse(data.decode("utf-8-sig", errors="replace"))


def byte_count(config: Config, *, seen: int = 8) -> int:
    """How long the weights file of this network is; `seen` bytes of it count photos, 8 since version 0.2 and 4 before."""
    return VERSION + seen + NUMBER * config.stored


def read_weights(config: Config, data: bytes | memoryview) -> dict[str, Tensor]:
    """The weights for `core.networks.darknet.darknet`, with each batch norm folded into its convolution.

    Raises:
        WeightsDamagedError: the file is too short or too long for this network, of another version, or holds numbers
            that are none.
    """
    rest = np.frombuffer(memoryview(data)[_header(config, data) :], "<f4")
    state: dict[str, Tensor] = {}
    for number, layer in enumerate(config.layers):
        if isinstance(layer, Convolution):
            mine, rest = rest[: layer.stored], rest[layer.stored :]
            weight, bias = _folded(layer, torch.from_numpy(mine.astype(np.float32)))
            if not bool(weight.isfinite().all() and bias.isfinite().all()):
                raise WeightsDamagedError(
                    f"The weights for line {layer.line} of the cfg file hold something that is no number.", OTHER_FILE
                )
            state[f"layers.{number}.weight"], state[f"layers.{number}.bias"] = weight, bias
    return state


def darknet(config: Config, data: bytes | memoryview) -> network.Darknet:
    """The network of a cfg file with the weights of the file that belongs to it, frozen.

    Raises:
        WeightsDamagedError: as for `read_weights`.
    """
    return network.darknet(config, read_weights(config, data))


def _header(config: Config, data: bytes | memoryview) -> int:
    """The length of the header, once all of the file is found to fit."""
    if len(data) < VERSION:
        raise WeightsDamagedError(f"This weights file has only {len(data)} bytes.", OTHER_FILE)
    major, minor, _ = np.frombuffer(data[:VERSION], "<i4").tolist()
    if not (0 <= major < 1000 and 0 <= minor < 1000):
        raise WeightsDamagedError(
            "This is no weights file of Darknet: it does not begin with a version such as 0.2.", OTHER_FILE
        )
    seen = 8 if major * 10 + minor >= 2 else 4
    wanted = byte_count(config, seen=seen)
    if len(data) != wanted:
        raise WeightsDamagedError(*_unequal(len(data), wanted))
    return VERSION + seen


def _unequal(there: int, wanted: int) -> tuple[str, str]:
    sizes = f"The weights file has {there:,} bytes and the network of the cfg file needs {wanted:,}:"
    if there < wanted:
        return (
            f"{sizes} {wanted - there:,} are missing.",
            "Download it again if that broke off, or choose the weights that belong to this cfg file.",
        )
    return (
        f"{sizes} {there - wanted:,} are too many.",
        "Choose the cfg file that belongs to these weights: this one describes a smaller network.",
    )


def _folded(layer: Convolution, values: Tensor) -> tuple[Tensor, Tensor]:
    """Kernels and biases of the convolution that does what the convolution and its batch norm do."""
    count, shape = layer.channels, (layer.channels, layer.channels_in // layer.groups, layer.size, layer.size)
    if not layer.normalised:
        return values[count:].reshape(shape).clone(), values[:count].clone()
    biases, scales, means, variances = values[: 4 * count].double().reshape(4, count)
    factors = scales / (variances + EPSILON).sqrt()
    weight = values[4 * count :].reshape(shape) * factors.float()[:, None, None, None]
    return weight, (biases - means * factors).float()
