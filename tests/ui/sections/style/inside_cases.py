"""What the view Look inside is about in its tests."""

from __future__ import annotations

import numpy as np

from core.experiments.cost import Cost
from core.experiments.style_inside import Grams, Pair, Rebuilt, Together
from core.experiments.style_layers import style_layers
from core.images.samples import sample
from core.images.styles import style_picture
from core.zoo.catalog import card
from ui.sections.style.inside_case import Sight

COST = Cost("CPU", 2, 0, 10.0, 1.0)
SIGHT = Sight(sample("cat"), "waves", style_picture("waves"), card("lab-trunk"), style_layers("lab-trunk"))


def grams(**changed: object) -> Grams:
    """Three of five maps."""
    style = np.array([[4.0, 2.0, 0.5], [2.0, 3.0, 1.0], [0.5, 1.0, 2.0]], np.float32)
    ours = np.array([[1.0, 0.1, 0.5], [0.1, 2.0, 0.2], [0.5, 0.2, 5.0]], np.float32)
    given = {
        "layer": "features.4",
        "channels": (7, 2, 9),
        "count": 5,
        "style": style,
        "ours": ours,
        "loss": 0.5,
        "distance": 1.5,
        "energies": (2.0, 4.0),
        "cost": COST,
    }
    return Grams(**{**given, **changed})


def pair() -> Pair:
    """Two maps of 2 x 3 cells."""
    maps = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    seen = np.zeros((4, 6, 3), np.uint8)
    return Pair(5, Together(seen, maps), Together(seen, maps / 2), COST)


def rebuilt(**changed: object) -> Rebuilt:
    """A finished picture."""
    given = {"canvas": np.full((3, 4, 6), 0.5, np.float32), "updates": 200, "began": 2.0, "ended": 0.01, "far": 0.05}
    return Rebuilt(**{**given, "cost": COST, **changed})
