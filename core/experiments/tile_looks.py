"""One tile of a photo by itself: what the network is shown, and what it says before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import UInt8

from core.errors import SettingError
from core.experiments.cost import Cost
from core.experiments.segmenting import as_seen, plan_of, segment
from core.images.decode import original
from core.images.normalise import to_tensor
from core.images.photo import WORKING_SIDE, Photo, from_pixels
from core.images.tiles import Tile
from core.segmentation.settings import SegmentSettings
from core.segmentation.tiled import cut
from core.zoo.catalog import card


@dataclass(frozen=True, slots=True, eq=False)
class TileLook:
    """A tile, in pixels of what it was cut from: the photo's working copy, or its original.

    `pixels` is the tile itself, `shown` the same as large as the network takes it at scale 1, and `classes` has for each of
    its pixels a place in `names`: what the network says of this tile alone, mirrored and in other scales where the settings
    ask for that.
    """

    tile: Tile
    pixels: UInt8[np.ndarray, "h w 3"]
    shown: UInt8[np.ndarray, "rows columns 3"]
    classes: UInt8[np.ndarray, "h w"]
    names: tuple[str, ...]
    cost: Cost


def look_at(photo: Photo, model: str, settings: SegmentSettings, place: int) -> TileLook:
    """Show the network the tile number `place`, from 0, of the plan of `settings`.

    Raises:
        SettingError: there is no such tile, it is larger than a working copy, or there would be too many passes.
        WeightsMissingError: the weights of `model` are not on this machine.
        MemoryShortError: no device has room for it.
    """
    plan = plan_of(photo, model, settings)
    if not 0 <= place < len(plan.tiles):
        raise SettingError(f"Tiles count from 0 to {len(plan.tiles) - 1}, got {place}.")
    tile = plan.pixels(plan.tiles[place])
    if max(tile.width, tile.height) > WORKING_SIDE:
        raise SettingError(
            f"A tile of {tile.width:,} × {tile.height:,} px is too large to be shown by itself.",
            f"Choose tiles of at most {WORKING_SIDE} px.",
        )
    pixels = cut(original(photo) if settings.original else photo.pixels, tile)
    found = segment(from_pixels(pixels, photo.name), model, replace(settings, tile=None, original=False))
    with torch.inference_mode():
        image = as_seen(card(model), to_tensor(pixels))[0].clamp(0, 1).mul(255).round().byte()
    shown = image.permute(1, 2, 0).contiguous().numpy()
    return TileLook(tile, pixels.copy(), shown, found.classes, found.names, found.cost)
