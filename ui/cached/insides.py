"""Doors to what is so cheap that it is neither cached nor queued: where a map points, and how much of it lies inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.images.photo import Photo
from ui import preload

if TYPE_CHECKING:
    from core.attribution.faithfulness import Pointing
    from core.experiments.attribution import Explanation
    from core.experiments.opened import Opened
    from core.experiments.regions import BoxMap, RegionMap


def pointed(opened: Opened, explanation: Explanation, photo: Photo) -> Pointing | None:
    """Whether a map points at an object of its class; None where the photo does not say where those are."""
    preload.wait()
    from core.experiments import trust

    return trust.pointed(opened, explanation, photo)


def in_box(answer: BoxMap) -> float | None:
    """The share of the map inside the box of the chosen detection."""
    preload.wait()
    from core.experiments import inside

    return inside.in_box(answer)


def in_area(answer: RegionMap) -> float:
    """The share of the map on pixels of the chosen class."""
    preload.wait()
    from core.experiments import inside

    return inside.in_area(answer)
