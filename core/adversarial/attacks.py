"""Adversarial attacks, step by step: a picture is changed until a network changes its mind.

An attack counts only if it survives being a picture of 8 bits, so success is judged on the rounded picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.adversarial import moves
from core.adversarial.balls import random_point
from core.adversarial.distances import Distances, distances
from core.adversarial.moves import Gradient, check_finite
from core.adversarial.objectives import ClassObjective, Objective
from core.adversarial.rounding import rounded
from core.adversarial.settings import Attack, AttackSettings, Goal
from core.device import CPU
from core.errors import SettingError
from core.images.normalise import to_pixels
from core.steps import Run, Step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackStep(Step):
    """The picture after `index` updates and what the network says to it; index 0 is the clean one.

    `picture` has real numbers, `rounded` is what a file of 8 bits keeps of it, still in the ball. `answer` has all
    probabilities of `picture`, `rounded_answer` those of `rounded`. `succeeded` says whether `rounded` reaches the goal.
    Both are None where nobody asked: each takes a pass of its own, so that only a picture that reaches the goal in real
    numbers is judged, and the last step always. `clean` is one tensor for all steps of a run.
    """

    clean: Float[Tensor, "1 3 h w"]
    picture: Float[Tensor, "1 3 h w"]
    rounded: UInt8[np.ndarray, "h w 3"]
    answer: Float[Tensor, " k"]
    rounded_answer: Float[Tensor, " k"] | None
    succeeded: bool | None

    @property
    def distances(self) -> Distances:
        """How far `picture` is from the clean one. Computed anew whenever it is asked for."""
        return distances(self.picture, self.clean)


def attack(
    objective: Objective,
    clean: Float[Tensor, "1 3 h w"],
    settings: AttackSettings,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> Run[AttackStep]:
    """Change `clean`, in [0, 1] and best on the grid of 8 bits, until `objective` is reached; a step for each update.

    A step takes one pass forward, which gives its answer and the slope of the next update, and one back. DeepFool takes
    one back for each class it looks at, and one more forward, since it is shown beyond the point its slopes are of.
    Judging takes one more forward, unless the picture is on the grid of 8 bits already; a random start one more, since
    step 0 shows the clean picture.

    The run ends after `settings.updates`, or `settings.steps_after` steps after the first success: if that was lost
    again, the last step says so. It ends early where the slope is 0 everywhere, since then nothing would ever move.
    Settings sent into the run rule from its next update on.

    DeepFool's paper stops at the first other answer. Here each further step makes the change a quarter longer, until the
    answer survives rounding: what the nearest border alone seldom does. Beyond it no slope is needed.

    Raises:
        SettingError: DeepFool with a target or a detection; in the run, settings of another attack.
        ModelError: in the run, the network's answer or its slope is not a number.
    """
    if settings.attack is Attack.DEEPFOOL:
        _check_deepfool(objective)
    return _attacked(objective, clean.detach(), settings, gradient)


def _attacked(objective: Objective, clean: Tensor, settings: AttackSettings, gradient: Gradient) -> Run[AttackStep]:
    home, point, won = clean.to(CPU, copy=True), clean, None
    for index in count():
        picture = moves.shown(point, clean, settings) if index else clean
        seen = _seen(objective, picture)
        answer = _answer(objective, seen)
        small = rounded(picture, clean, settings.ball)
        judged = _judged(objective, picture, small, answer) if objective.reached(answer) else None
        if won is None and judged is not None and objective.reached(judged):
            won = index
        if index == 0 and settings.starts_at_random:
            point = random_point(clean, settings.ball, settings.seed)
        over = index >= settings.updates or (won is not None and index >= won + settings.steps_after)
        way = None if over else _way(objective, point, clean, seen, objective.reached(answer), settings, gradient)
        del seen  # the graph is not kept while the caller waits
        if way is None and judged is None:
            judged = _judged(objective, picture, small, answer)
        newer = yield _step(objective, index, home, picture, small, answer, judged)
        if way is None:
            return
        settings = _steered(settings, newer)
        point = moves.moved(point, clean, way, settings)


def _step(
    objective: Objective,
    index: int,
    home: Tensor,
    picture: Tensor,
    small: Tensor,
    answer: Tensor,
    judged: Tensor | None,
) -> AttackStep:
    return AttackStep(
        index=index,
        clean=home,
        picture=picture.to(CPU, copy=True),
        rounded=to_pixels(small),
        answer=answer,
        rounded_answer=judged,
        succeeded=None if judged is None else objective.reached(judged),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One pass forward, with the graph from `leaf`, the picture, to `outputs`."""

    leaf: Float[Tensor, "1 3 h w"]
    outputs: Float[Tensor, "1 k"]


def _seen(objective: Objective, picture: Tensor) -> _Seen:
    with torch.enable_grad():
        leaf = picture.detach().requires_grad_()
        return _Seen(leaf, objective.outputs(leaf))


def _answer(objective: Objective, seen: _Seen) -> Float[Tensor, " k"]:
    answer = objective.answer(seen.outputs.detach())[0].to(CPU, copy=True)
    check_finite(answer)
    return answer


def _judged(objective: Objective, picture: Tensor, small: Tensor, answer: Tensor) -> Float[Tensor, " k"]:
    """The answer to the rounded picture; where that is the picture itself, it is known."""
    if torch.equal(picture, small):
        return answer
    with torch.no_grad():
        return _answer(objective, _Seen(small, objective.outputs(small)))


def _way(
    objective: Objective,
    point: Tensor,
    clean: Tensor,
    seen: _Seen,
    reached: bool,
    settings: AttackSettings,
    gradient: Gradient,
) -> Tensor | None:
    """Where the next update goes, or None where no way leads on. `seen` is used again if it was of the right picture."""
    if settings.attack is Attack.DEEPFOOL and reached:
        found = moves.GROWTH * (point - clean)
    else:
        leaf = moves.departure(point, clean, settings)
        if not torch.equal(leaf, seen.leaf):
            seen = _seen(objective, leaf)
        found = moves.way(objective, seen.leaf, seen.outputs, settings.attack, gradient)
    return found if found.any() else None


def _steered(settings: AttackSettings, newer: AttackSettings | None) -> AttackSettings:
    if newer is None:
        return settings
    if newer.attack is not settings.attack:
        raise SettingError("attack must stay the same while it runs.", "Start anew with the other attack.")
    return newer


def _check_deepfool(objective: Objective) -> None:
    if not isinstance(objective, ClassObjective):
        raise SettingError(
            "DeepFool needs borders between classes, and one detection has none.", "Choose another attack."
        )
    if objective.goal is Goal.TOWARDS:
        raise SettingError(
            "DeepFool goes to the nearest other class, whichever it is, and can't be sent to one.",
            'Choose the goal "Away from the answer", or another attack.',
        )
