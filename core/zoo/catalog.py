"""The catalogue of networks: adding one is adding a row.

Importing this module does not import torch: a card names the code it needs, and the cache looks it up.
"""

from __future__ import annotations

from core.errors import ModelError
from core.zoo import classifiers, darknet_models, detectors, features, painters, published_detectors, segmenters
from core.zoo.model_card import ModelCard, Task

CARDS = (
    *classifiers.ROWS,
    *detectors.ROWS,
    *darknet_models.ROWS,
    *published_detectors.ROWS,
    *segmenters.ROWS,
    *features.ROWS,
    *painters.ROWS,
)
"""Every network of the lab; for each task, what ships with the lab comes first."""


def card(key: str) -> ModelCard:
    """The card of the network `key`.

    Raises:
        ModelError: there is no such network; the advice lists those there are.
    """
    for row in CARDS:
        if row.key == key:
            return row
    choices = ", ".join(row.key for row in CARDS)
    raise ModelError(f"The lab has no network called '{key}'.", f"Choose one of these: {choices}.")


def of(task: Task) -> tuple[ModelCard, ...]:
    """The cards of all networks for `task`, in the order of the catalogue."""
    return tuple(row for row in CARDS if row.task is task)
