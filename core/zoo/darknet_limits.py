"""How large a network from a stranger's cfg file may be: in weights, in memory and in work. Torch-free.

YOLOv3, the largest that the lab is made for, has 62 million weights and takes 33 thousand million multiplications for an
input of 416 x 416 pixels.
"""

from __future__ import annotations

from core.errors import ModelError
from core.networks.darknet_layers import Config, Convolution, Layer, MaxPool, Yolo
from core.zoo.darknet_sections import Section

MOST_WEIGHTS = 100_000_000
LEAST_SIDE = 32
MOST_SIDE = 1280
MOST_MAP = 40_000_000  # numbers in the map of one layer
MOST_ALIVE = 100_000_000  # numbers in the maps that are kept at one time: 400 MB
MOST_WORK = 100_000_000_000  # multiplications or comparisons for one photo
MOST_ANSWER = 10_000_000  # numbers in what all [yolo] layers say: beyond, the boxes could not be kept
MOST_TIME = 120_000_000_000  # multiplications that take as long as the whole network, a few seconds on one core
SLOW = 100  # multiplications that take as long as one comparison of a pool, or one number of a sum
SLOW_MAP, SLOW_GROUPED_MAP = 200, 600  # the same for one number of a convolution's map
SLOW_GROUPS = 10  # times that a multiplication takes in a convolution of groups
SMALLER = "Choose a smaller network."


def check_layer(section: Section, layer: Layer, *, width: int, height: int) -> None:
    """Whether the layer that was just read still fits.

    Raises:
        ModelError: its cells are larger than the photo, or its map or its kernels too large.
    """
    if layer.cell > min(width, height):
        raise section.wrong(
            f"here one cell would stand for {layer.cell} pixels, and the photo has {width} × {height}.",
            "Choose a larger width and height in [net], or smaller strides.",
        )
    if numbers(layer, width, height) > MOST_MAP:
        raise section.wrong(f"its map would hold more than {MOST_MAP:,} numbers.", SMALLER)
    if isinstance(layer, Convolution) and layer.stored > MOST_WEIGHTS:
        raise section.wrong(f"it would have more than {MOST_WEIGHTS:,} weights.", SMALLER)


def check_sides(net: Section, config: Config) -> None:
    """Whether the input is of a size that the network can take.

    Raises:
        ModelError: it is too small, too large, or not a multiple of the coarsest cells.
    """
    for key, side in (("width", config.width), ("height", config.height)):
        if not LEAST_SIDE <= side <= MOST_SIDE or side % config.multiple:
            raise net.wrong(
                f"a {key} of {side} pixels does not suit this network.",
                f"Choose a multiple of {config.multiple} from {LEAST_SIDE} to {MOST_SIDE}.",
                key,
            )


def check_whole(config: Config) -> None:
    """Whether the network as a whole is small enough.

    Raises:
        ModelError: it has too many weights, or needs too much memory or time.
    """
    sums = {
        f"{MOST_WEIGHTS:,} weights": config.stored > MOST_WEIGHTS,
        f"{MOST_ALIVE:,} numbers in memory at a time": alive(config) > MOST_ALIVE,
        f"{MOST_WORK:,} multiplications for one photo": work(config) > MOST_WORK,
        f"{MOST_ANSWER:,} numbers for its boxes": answer(config) > MOST_ANSWER,
        f"the time of {MOST_TIME:,} multiplications for one photo": time(config) > MOST_TIME,
    }
    for what, too_much in sums.items():
        if too_much:
            raise ModelError(f"This network needs more than {what}.", f"{SMALLER} A smaller width and height may help.")


def numbers(layer: Layer, width: int, height: int) -> int:
    """How many numbers the map of a layer holds; what is left of a cell at the edge counts as one."""
    return layer.channels * -(-width // layer.cell) * -(-height // layer.cell)


def alive(config: Config) -> int:
    """The most numbers in maps that are kept at one time, the one just made among them."""
    last = config.last_use
    kept = most = 0
    ends: dict[int, int] = {}
    for place, layer in enumerate(config.layers):
        made = numbers(layer, config.width, config.height)
        most = max(most, kept + made)
        kept += made
        ends[last[place]] = ends.get(last[place], 0) + made
        kept -= ends.pop(place, 0)
    return most


def work(config: Config) -> int:
    """Multiplications and comparisons for one photo of the size in the file."""
    return sum(_work(layer, config) for layer in config.layers)


def answer(config: Config) -> int:
    """Numbers in the maps of all heads, from which the boxes are read."""
    return sum(numbers(layer, config.width, config.height) for layer in config.layers if isinstance(layer, Yolo))


def time(config: Config) -> int:
    """How long one photo takes on a processor, in multiplications of a usual convolution.

    What is little work on paper may be slow: a core that multiplies 30 times in a nanosecond compares once, or writes one
    number. Measured with torch 2 on one core.
    """
    return sum(_time(layer, config) for layer in config.layers)


def _time(layer: Layer, config: Config) -> int:
    made = numbers(layer, config.width, config.height)
    if isinstance(layer, Convolution):
        if layer.groups > 1:
            return made * SLOW_GROUPED_MAP + _work(layer, config) * SLOW_GROUPS
        return made * SLOW_MAP + _work(layer, config)
    return _work(layer, config) * SLOW


def _work(layer: Layer, config: Config) -> int:
    made = numbers(layer, config.width, config.height)
    if isinstance(layer, Convolution):
        return made * layer.size**2 * (layer.channels_in // layer.groups)
    return made * (layer.size**2 if isinstance(layer, MaxPool) else max(1, len(layer.inputs)))
