"""A Darknet cfg file as the plan of a network: read, checked, and within bounds, since it comes from a stranger. Torch-free.

What a network of the families v3, v3-tiny, v4-tiny and Yolo-Fastest needs is read; see `darknet_sections` for the text,
`darknet_readers` for the layers and `darknet_limits` for the bounds.
"""

from __future__ import annotations

from core.errors import ModelError
from core.networks.darknet_layers import COLOURS, Config, Layer
from core.zoo.darknet_limits import check_layer, check_sides, check_whole
from core.zoo.darknet_readers import MOST_CHANNELS, read
from core.zoo.darknet_sections import Section, sections

SIDE = 416  # of the input, where the file names none
ALIASES = {"network": "net", "conv": "convolutional", "max": "maxpool"}


def parse(text: str) -> Config:
    """The network that a cfg file describes.

    Raises:
        ModelError: what is wrong with the file, on which line, and what to do.
    """
    found = sections(text)
    if not found or _name(found[0]) != "net":
        raise ModelError(
            "This is no cfg file of Darknet: it does not begin with a section [net].",
            "Choose the text file that came with the weights; its name ends in .cfg.",
        )
    width, height = _sides(found[0])
    layers: list[Layer] = []
    for section in found[1:]:
        layers.append(read(_name(section), section, layers))
        check_layer(section, layers[-1], width=width, height=height)
    config = Config(tuple(layers), width, height)
    if not config.heads:
        raise ModelError(
            "This network has no section [yolo], so it finds no boxes.",
            "Choose a detector such as YOLOv3, v3-tiny, v4-tiny or Yolo-Fastest.",
        )
    check_sides(found[0], config)
    check_whole(config)
    return config


def _name(section: Section) -> str:
    return ALIASES.get(section.kind, section.kind)


def _sides(net: Section) -> tuple[int, int]:
    if net.whole("channels", COLOURS, least=1, most=MOST_CHANNELS) != COLOURS:
        raise net.wrong("the network does not take colour photos.", "Choose a network with channels=3.", "channels")
    return net.whole("width", SIDE, least=1, most=10**6), net.whole("height", SIDE, least=1, most=10**6)
