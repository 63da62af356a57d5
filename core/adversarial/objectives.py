"""What is attacked: the class a network sees, or the score of one detection.

One pass forward through `outputs` is enough for everything: the number that is raised and the answer that is shown are
both made of what it gives.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from core.adversarial.settings import Goal
from core.errors import SettingError


class Objective(ABC):
    """What an attack raises, what it shows meanwhile, and when it is there. Pictures are in [0, 1]."""

    @abstractmethod
    def outputs(self, pictures: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n k"]:
        """One pass forward; each row depends on its own picture alone."""

    @abstractmethod
    def loss(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
        """What FGSM and PGD raise."""

    @abstractmethod
    def score(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
        """What the course's attack raises."""

    @abstractmethod
    def answer(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
        """Probabilities from 0 to 1: of every class, or of the one detection."""

    @abstractmethod
    def reached(self, answer: Float[Tensor, " k"]) -> bool:
        """Whether the attack is there, by the answer to one picture."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassObjective(Objective):
    """`network`, from pictures in [0, 1] to logits, shall see class `label`, or any class but `label`.

    The loss is minus the cross-entropy of a class that is wanted, and the cross-entropy of one that is not (Madry et
    al., 2018, section 2; targets as in Kurakin et al., Adversarial examples in the physical world, 2017, section 2.3).
    The score is the logit of the class, before the softmax, with the same sign.
    """

    network: Callable[[Tensor], Tensor]
    goal: Goal
    label: int

    def outputs(self, pictures: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n k"]:
        """The logits.

        Raises:
            SettingError: the network has no class `label`.
        """
        logits = self.network(pictures)
        if not 0 <= self.label < logits.shape[1]:
            raise SettingError(f"label must be a class from 0 to {logits.shape[1] - 1}, got {self.label}.")
        return logits

    def loss(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
        """The logarithm of the probability of a class that is wanted, minus that of one that is not."""
        labels = torch.full((len(outputs),), self.label, device=outputs.device)
        return functional.cross_entropy(outputs, labels, reduction="none") * -self._sign

    def score(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
        """The logit of a class that is wanted, minus that of one that is not."""
        return outputs[:, self.label] * self._sign

    def answer(self, outputs: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
        """The softmax of the logits."""
        return outputs.softmax(dim=1)

    def reached(self, answer: Float[Tensor, " k"]) -> bool:
        """Whether the class has the largest probability, or has it no longer."""
        return (int(answer.argmax()) == self.label) == (self.goal is Goal.TOWARDS)

    @property
    def _sign(self) -> int:
        return 1 if self.goal is Goal.TOWARDS else -1


@dataclass(frozen=True, slots=True, eq=False)
class DetectionObjective(Objective):
    """One detection shall fall below `threshold`. `probability`, from pictures in [0, 1], gives its score (n,) in [0, 1].

    Which box is meant is the caller's choice: one anchor, or the largest score of all that overlap the box, so that it
    does not come back one anchor further.

    Raises:
        SettingError: `threshold` is outside of (0, 1].
    """

    probability: Callable[[Tensor], Tensor]
    threshold: float

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise SettingError(f"threshold must be above 0 and at most 1, got {self.threshold}.")

    def outputs(self, pictures: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 1"]:
        """The score."""
        return self.probability(pictures)[:, None]

    def loss(self, outputs: Float[Tensor, "n 1"]) -> Float[Tensor, " n"]:
        """Minus the logarithm of the score; at a score of 0 there is nothing left to gain, and its slope is 0."""
        return -outputs[:, 0].clamp_min(torch.finfo(outputs.dtype).tiny).log()

    def score(self, outputs: Float[Tensor, "n 1"]) -> Float[Tensor, " n"]:
        """Minus the score."""
        return -outputs[:, 0]

    def answer(self, outputs: Float[Tensor, "n 1"]) -> Float[Tensor, "n 1"]:
        """The score as it is."""
        return outputs

    def reached(self, answer: Float[Tensor, " 1"]) -> bool:
        """Whether the score is below the threshold."""
        return bool(answer[0] < self.threshold)
