"""What is known of a network before it is loaded. Torch-free: a card names the code it needs, and the cache looks it up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Task(Enum):
    """What a network answers."""

    CLASSIFY = "classify"
    DETECT = "detect"
    SEGMENT = "segment"
    FEATURES = "features"
    PAINT = "paint"


class Source(Enum):
    """Whose weights they are, and so where their file lies and whose names they follow."""

    BUNDLED = "Vision Lab"
    TORCHVISION = "torchvision"
    DARKNET = "Darknet"


class View(Enum):
    """What of a photo a network is shown, in words. The ways themselves are in `core.images.resize`."""

    CROP = "cut from the middle"
    FIT = "the whole photo"
    STRETCH = "the whole photo, squeezed into a square"
    LETTERBOX = "the whole photo, between grey bars"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that is worth a look, such as by a class activation map.

    `name` is what `core.zoo.cache.Network.split` takes: for weights of torchvision the path of the module there, so
    that it also names the layer in code of one's own. `meaning` is one line for people.
    """

    name: str
    meaning: str

    @property
    def at_any_size(self) -> str:
        """The meaning for pictures of any size: without the size of the maps, which is that of the size trained with."""
        return re.sub(r" of \d+ × \d+", "", self.meaning, count=1)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The file that says how a network is built, where its weights do not: Darknet's `.cfg`. As on a card, but for `url`."""

    file: str
    size: int
    digest: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """All there is to know of a network before it is loaded.

    `builder` is "module:function", called with the state of the weights, or where there is a `config` with the text of
    that and the bytes of the weights. `file` is the name of their file, `size` its bytes (within a thousand: torchvision
    rounds them), and `digest` the SHA-256 it must have, or how that begins (hexadecimal). `host` is where it is downloaded
    from, and `entry` its name there where that is torchvision, or else `url` its address; all are empty for what ships
    with the lab. `parameters` are those that are kept in memory.

    By `view`, photos are resized to `resize` pixels at their shorter side, and `crop` x `crop` pixels are cut from the
    middle or nothing is cut; or they are squeezed or laid into `resize` x `resize` pixels. The input is normalised with
    the colours of ImageNet, unless it is `plain`, in [0, 1]. `score` says how good it is, in words,
    and `limits` where not to believe it. Of a detector, boxes are worth drawing from the score `sure` on.
    `layers` stand deepest first. `names` are the classes where the weights do not bring them along; see `classes`.
    """

    key: str
    title: str
    task: Task
    source: Source
    builder: str
    file: str
    size: int
    digest: str
    host: str = ""
    entry: str = ""
    url: str = ""
    config: ConfigFile | None = None
    class_count: int
    names: tuple[str, ...] = ()
    view: View = View.CROP
    resize: int
    crop: int | None = None
    plain: bool = False
    parameters: int
    score: str
    sure: float = 0.5
    limits: str = ""
    licence: str
    citation: str
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        if (self.view is View.CROP) != (self.crop is not None):
            raise ValueError(f"{self.key}: only a view that cuts has a crop, and it needs one")

    @property
    def bundled(self) -> bool:
        """Whether the weights ship with the lab."""
        return self.source is Source.BUNDLED

    @property
    def megabytes(self) -> str:
        """The size of the file in words, such as "4.7 MB"."""
        return f"{self.size / 2**20:.1f} MB"

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all its files: the weights, and the config where there is one."""
        return (self.file,) if self.config is None else (self.file, self.config.file)

    @property
    def longest(self) -> int:
        """The most pixels of a photo's longer side, where nothing is cut: a longer strip costs more than its answer is worth."""
        return 2 * self.resize

    @property
    def side(self) -> int | None:
        """The side of the input where that is a square of one size, in pixels."""
        return {View.CROP: self.crop, View.FIT: None}.get(self.view, self.resize)

    @property
    def input_size(self) -> str:
        """What the network is given, in words: "224 × 224 px" or "520 px at the shorter side, at most 1040 px long"."""
        if self.side is None:
            return f"{self.resize} px at the shorter side, at most {self.longest} px long"
        return f"{self.side} × {self.side} px"

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the logits; none for a network that makes features or paints.

        The names that torchvision brings along need it, so the first call may take a moment.
        """
        if self.names or not self.class_count:
            return self.names
        from core.zoo.labels import labels  # imports torchvision

        return labels(self.entry)
