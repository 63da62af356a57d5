"""Detectors with one grid head, as the lab's own have: how to get one, cut it before its head, and what it was taught by."""

from __future__ import annotations

import torch

from core.detection.grid import COURSE, Grid
from core.detection.targets import Positives
from core.errors import ModelError
from core.experiments.candidates import check_grid_head
from core.networks.chain import Chain, Halves
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.network import Network


def grid_detector(model: str, device: torch.device) -> Network:
    """The detector on `device`. It is refused before anything is loaded where it has more than one head.

    Raises:
        ModelError: there is no such network, it draws no boxes, has more than one head, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
    """
    check_grid_head(model)
    network = load(model, device)
    if network.card.task is not Task.DETECT:
        raise ModelError(f"{network.card.title} draws no boxes.", "Choose a network that detects.")
    return network


def grid_head(network: Network) -> Halves:
    """A grid detector of the lab cut before its prediction head.

    Raises:
        ModelError: it is none.
    """
    chain = network.module
    if network.card.task is not Task.DETECT or not isinstance(chain, Chain) or chain.names[-1] != "grid":
        raise ModelError(
            f"{network.card.title} has no grid head to look into.", "Choose one of the lab's own detectors."
        )
    return chain.split(chain.names[-2])


def rule_of(grid: Grid) -> Positives:
    """Which anchors the lab's heads were taught with: the course's head the activated one, the finer all that overlap."""
    return Positives.ACTIVATED if grid == COURSE else Positives.OVERLAPPING
