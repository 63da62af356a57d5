"""What a trial of a network leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ui import formats
from viz import images

if TYPE_CHECKING:
    from core.experiments.cost import Cost

TALLEST = 340
"""Pixels of the height of a picture beside which something else stands."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What can be taken away of a trial, and what it cost: `settings` besides the network, `link` those a link can set."""

    picture: images.Picture
    rows: formats.Rows
    settings: dict[str, str]
    snippet: str
    cost: Cost
    link: dict[str, str] = field(default_factory=dict)
