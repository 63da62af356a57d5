"""How often a classifier is right: in all, for each class, and what it takes for what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from core.networks.lab_classifier import CLASSES


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: how many pictures it has, and how many of them are called by its name."""

    name: str
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Pictures of `truth` that are called `called`, and how many."""

    truth: str
    called: str
    count: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a set of pictures says of a classifier.

    `top1` is the part whose most probable class is right, `confidence` the mean probability of the most probable
    class: equal where the network knows how sure to be. `confusions` has the most frequent first.
    """

    count: int
    top1: float
    confidence: float
    classes: tuple[ClassScore, ...]
    confusions: tuple[Confusion, ...]


def score(probabilities: Float[Tensor, "n classes"], labels: Int[Tensor, " n"]) -> Scores:
    """The scores of predictions; no pictures score 0."""
    best, called = probabilities.max(dim=1)
    pairs = Counter(zip(labels.tolist(), called.tolist(), strict=True))
    counts = Counter(labels.tolist())
    right = sum(count for (truth, guess), count in pairs.items() if truth == guess)
    wrong = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    total = max(1, len(labels))
    return Scores(
        count=len(labels),
        top1=right / total,
        confidence=best.sum().item() / total,
        classes=tuple(ClassScore(CLASSES[index], pairs[index, index], counts[index]) for index in sorted(counts)),
        confusions=tuple(
            Confusion(CLASSES[t], CLASSES[g], count) for (t, g), count in sorted(wrong.items(), key=_rank)
        ),
    )


def _rank(item: tuple[tuple[int, int], int]) -> tuple[int, tuple[int, int]]:
    return -item[1], item[0]
