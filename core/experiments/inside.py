"""How much of a map lies where its answer is: in the box of a detection, in the area of a class."""

from __future__ import annotations

import torch

from core.attribution.faithfulness import pointing
from core.attribution.grad_cam import upsample
from core.experiments.regions import BoxMap, RegionMap

SIDE = 224
"""Pixels of the grid on which the map is enlarged before it is added up."""


def in_box(answer: BoxMap) -> float | None:
    """The share of the map's sum that lies in the box of the chosen detection, from 0 to 1; 0 for a map without values.

    None without any detection. See `core.attribution.faithfulness.pointing`.
    """
    if answer.map is None:
        return None
    x1, y1, x2, y2 = answer.seen
    size = torch.tensor([x2 - x1, y2 - y1] * 2)
    box = (torch.tensor(answer.things[answer.chosen].box) - torch.tensor([x1, y1] * 2)) / size * SIDE
    return pointing(torch.from_numpy(answer.map), box[None], SIDE, SIDE).inside


def in_area(answer: RegionMap) -> float:
    """The share of the map's sum that lies on pixels of the chosen class, from 0 to 1; 0 for a map without values."""
    classes = torch.from_numpy(answer.classes)
    large = upsample(torch.from_numpy(answer.map).double(), *classes.shape).relu()
    return float(large[classes == answer.index].sum() / large.sum()) if bool(large.any()) else 0.0
