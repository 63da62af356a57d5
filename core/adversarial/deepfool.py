"""DeepFool: the shortest way to the nearest border between two classes, as if the network were linear here."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

CLASSES = 10
"""How many of the most probable classes are looked at, as in the authors' code. The paper looks at all."""

OVERSHOOT = 0.02
"""How much further than to the border: on it neither class wins (Moosavi-Dezfooli et al., 2016, section 2.2)."""


def to_nearest_border(
    leaf: Float[Tensor, "1 3 h w"],
    logits: Float[Tensor, "1 k"],
    label: int,
    *,
    classes: int = CLASSES,
    gradient: Callable[..., tuple[Tensor, ...]] = torch.autograd.grad,
) -> Float[Tensor, "1 3 h w"]:
    """The change of `leaf` after which class `label` and a rival have one logit, by their slopes; the shortest of all.

    `logits` have the graph from `leaf`. With f the logit of the rival less that of `label` and w its slope, the border
    is |f| / ||w|| away and the way |f| / ||w||^2 * w. One pass back for `label` and one for each of the `classes` - 1
    most probable rivals. Without a rival whose border has a slope the way is 0.

    Moosavi-Dezfooli, Fawzi and Frossard, DeepFool: a simple and accurate method to fool deep neural networks, CVPR 2016,
    algorithm 2, lines 6 to 10.
    """
    row = logits[0]
    likely = row.topk(min(classes, len(row))).indices.tolist()
    rivals = [rival for rival in likely if rival != label][: classes - 1]
    (own,) = gradient(row[label], leaf, retain_graph=True)
    way, shortest = torch.zeros_like(leaf), math.inf
    for rival in rivals:
        (slope,) = gradient(row[rival], leaf, retain_graph=True)
        across = slope - own
        length = float(torch.linalg.vector_norm(across))
        ahead = abs(float(row[rival].detach() - row[label].detach()))
        distance = ahead / length if length else math.inf
        if distance < shortest or math.isnan(distance):  # nothing is less than NaN, so that stays and is found
            way, shortest = across * (distance / length), distance
    return way
