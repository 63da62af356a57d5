"""Cases and made-up answers for the tests of the views Trust and Boxes & areas."""

from functools import cache

import numpy as np
import torch

from core.attribution.faithfulness import Faithfulness, Kind
from core.attribution.methods import Method
from core.attribution.sanity import SanityStep
from core.experiments.attribution import Explanation
from core.experiments.cost import Cost
from core.experiments.opened import open_photo
from core.experiments.trust import Fall, SanityAnswer
from core.images.photo import Photo
from core.images.samples import sample
from core.zoo.catalog import card
from ui.sections.attribution.case import Case
from ui.sections.attribution.fall import Judged

COST = Cost("CPU", 1, 2, 5.0, 3.0)
SIDE = 12  # px, of a picture whose shares come out even


@cache
def real(name: str = "cat") -> Case:
    """A sample photo after its pass through the classifier that ships with the lab, and its first guess."""
    return of(sample(name))


def of(photo: Photo, model: str = "lab-classifier") -> Case:
    """A photo after its pass through a network."""
    opened = open_photo(photo, model)
    return Case(photo, card(model), opened, opened.guesses[0].index, opened.guesses[1].index)


def fallen(kind: Kind, *scores: float) -> Fall:
    """A curve with these probabilities at equal distances, over a white picture and a black one, row by row."""
    white, black, rows = torch.ones(3, SIDE, SIDE), torch.zeros(3, SIDE, SIDE), torch.arange(SIDE * SIDE)
    values = torch.tensor(scores, dtype=torch.float64)
    curve = Faithfulness(
        index=0, kind=kind, steps=len(scores) - 1, scores=values, order=rows.int(), image=white, reference=black
    )
    return Fall(curve, COST)


def judged(title: str, gone: tuple[float, ...], come: tuple[float, ...], map: np.ndarray | None = None) -> Judged:
    """A method, or without a map a control, with its two curves."""
    made = None
    if map is not None:
        method = next(one for one in Method if one.title == title)
        made = Explanation(method, 0, "cat", 0.9, 5.0, None, map, map, None, COST)
    return Judged(title, made, fallen(Kind.DELETION, *gone), fallen(Kind.INSERTION, *come))


def checked(method: Method, *ranks: float, empty: bool = False) -> SanityAnswer:
    """A check with these rank correlations; with `empty` the last map is the same everywhere."""
    steps = []
    for index, rank in enumerate(ranks):
        map = torch.rand(6, 4, generator=torch.Generator().manual_seed(index))
        if empty and index == len(ranks) - 1:
            map = torch.zeros(6, 4)
        stage = f"layer.{index}" if index else None
        steps.append(
            SanityStep(
                index=index,
                stage=stage,
                total=len(ranks) - 1,
                map=map,
                rank_correlation=rank,
                rank_correlation_signed=rank,
                ssim=rank / 2,
            )
        )
    return SanityAnswer(method, tuple(steps), COST)
