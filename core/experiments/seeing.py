"""One look of a detector at a photo, whole or tile by tile: the only thing on the detector's page that runs a network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from core.detection.detecting_settings import SeeSettings
from core.detection.looked import Looked
from core.detection.reading import read_darknet, read_grid
from core.detection.reading_torchvision import read_rcnn, read_ssd
from core.errors import ModelError, SettingError
from core.experiments.cost import Cost, Meter, billed
from core.images.normalise import to_tensor
from core.images.photo import Photo
from core.images.resize import Placed
from core.images.tiles import Tile, tiles
from core.networks.darknet import Darknet
from core.networks.detector_answers import RcnnAnswer, SsdAnswer
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.network import Network
from core.zoo.own_darknet import OwnDarknet
from core.zoo.own_network import check_size, is_own, overrun, own
from core.zoo.weights import damaged

Output: TypeAlias = Tensor | tuple[Tensor, ...] | SsdAnswer | RcnnAnswer

MOST_BYTES = 80 * 2**20
"""What the answers for all tiles of a photo may take of the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All that a detector says of a photo: the `names` of its classes, and a look for each tile, or one.

    A network that `suppresses_itself` gives each thing one box, so that non-maximum suppression finds nothing to do.
    """

    names: tuple[str, ...]
    looks: tuple[Looked, ...]
    suppresses_itself: bool
    cost: Cost


def see(photo: Photo, model: str | OwnDarknet, settings: SeeSettings) -> Seen:
    """Everything a detector of the catalogue, or of a visitor's own files, says of a photo, in one pass for each tile.

    Raises:
        ModelError: there is no such detector, its file is damaged, or the visitor's files do not make a network.
        WeightsMissingError: its weights are not on this machine yet.
        SettingError: the network does not take an input of this size, or there are too many tiles.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _seen(photo, model, settings, device))


def look(network: Network, photo: Photo, meter: Meter, *, size: int | None = None, tile: Tile | None = None) -> Looked:
    """One pass over a photo or a tile of it, brought to the CPU.

    Raises:
        ModelError: the network draws no boxes, or its weights are no numbers.
    """
    if network.card.task is not Task.DETECT:
        raise ModelError(f"{network.card.title} draws no boxes.", "Choose a network that detects.")
    image = to_tensor(photo.pixels if tile is None else _cut(photo, tile), network.device)
    placed = network.lay(image, size)
    with torch.inference_mode():
        output = meter.counted(network.module)(network.prepared(placed.image))
    return _read(network, output, placed if tile is None else _on_photo(placed, photo, tile), tile)


def _seen(photo: Photo, model: str | OwnDarknet, settings: SeeSettings, device: torch.device) -> Seen:
    network = load(model, device) if isinstance(model, str) else own(model, device)
    if settings.size is not None:
        check_size(network, settings.size)
    looks: list[Looked] = []
    places = _places(photo, settings)
    with Meter(device) as meter:
        for tile in places:
            looks.append(look(network, photo, meter, size=settings.size, tile=tile))
            _check_room(looks, len(places))
    return Seen(network.card.classes, tuple(looks), suppresses_itself=False, cost=meter.cost)


def _check_room(looks: list[Looked], count: int) -> None:
    """Whether the answers for `count` tiles can be kept, as far as the first of them tell."""
    if max(look.bytes for look in looks) * count <= MOST_BYTES:
        return
    boxes = f"{len(looks[0].boxes):,} boxes of {looks[0].classes.shape[1]:,} classes"
    if count == 1:
        raise SettingError(f"{boxes} are more than this page can keep.", "Choose a smaller input.")
    raise SettingError(
        f"{count} tiles with {boxes} each are more than this page can keep.", "Choose larger tiles or a smaller input."
    )


def _places(photo: Photo, settings: SeeSettings) -> tuple[Tile | None, ...]:
    """The tiles; None for the whole photo, also where that is no larger than one tile."""
    if settings.tile is None or max(photo.height, photo.width) <= settings.tile:
        return (None,)
    return tiles(photo.height, photo.width, size=settings.tile, overlap=settings.overlap)


def _cut(photo: Photo, tile: Tile) -> UInt8[np.ndarray, "h w 3"]:
    return photo.pixels[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]


def _on_photo(placed: Placed, photo: Photo, tile: Tile) -> Placed:
    """The same input, placed as a part of the whole photo."""
    where = placed.placement
    there = replace(
        where,
        offset_x=where.offset_x - tile.x * where.scale_x,
        offset_y=where.offset_y - tile.y * where.scale_y,
        photo_width=photo.width,
        photo_height=photo.height,
    )
    return Placed(placed.image, there)


def _read(network: Network, output: Output, placed: Placed, tile: Tile | None) -> Looked:
    """What the raw output of a detector says, whatever its family."""
    there = tuple(output) if isinstance(output, tuple) else (output,)
    maps = [one.cpu() for one in there if isinstance(one, Tensor)]
    if not all(bool(one.isfinite().all()) for one in maps):
        raise overrun(network.card) if is_own(network.card) else damaged(network.card)
    if isinstance(output, SsdAnswer):
        return read_ssd(SsdAnswer(maps[0], maps[1], maps[2], output.grids), placed, tile)
    if isinstance(output, RcnnAnswer):
        return read_rcnn(RcnnAnswer(*maps), placed, tile)
    if isinstance(network.module, Darknet):
        return read_darknet(maps, network.module.heads, placed, tile)
    return read_grid(maps[0], placed, tile)
