"""Style transfer: an iteration beside its bare passes, and coarse to fine beside the full size alone.

* *An iteration*: losses of content, style and total variation, update and the copy for whoever watches, on the lab's trunk and
  on VGG-19 with random weights. The peer is one bare pass through the same layers and one back to the picture. Denormal
  numbers are flushed for all.
* *Coarse to fine*: on the lab's trunk, the loss at the full size after the same seconds: with half of the updates made at half
  the size, and with all at the full one, which gets as many updates as fit. The lower, the better.
* *In one pass*: a photo painted by one of the lab's own networks, which is loaded. The peer is what that may take.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor

from benchmarks.harness import Row, interleave, report
from core.experiments.fast_styling import painted
from core.experiments.style_layers import usual_settings
from core.images.normalise import normalise, to_tensor
from core.images.octaves import of_size
from core.images.samples import sample
from core.networks.chain import Chain
from core.networks.features import vgg19_features
from core.style.features import features_of
from core.style.settings import MOST_STEPS, Start, StyleSettings
from core.style.transfer import transfer
from core.zoo.cache import load
from core.zoo.painters import ROWS

CPU = torch.device("cpu")
SIDES = (256, 384)
ROUNDS = 15
MOST_ITERATION, MOST_LOSS = 1.15, 0.9
FLOOR = 1.0  # seconds that a painting may take
UPDATES = 60


def pictures(side: int) -> tuple[Tensor, Tensor]:
    """Content and style, squares of `side` pixels."""
    return tuple(of_size(to_tensor(sample(key).pixels), side, side) for key in ("cat", "coffee"))


def iteration(name: str, chain: Chain, settings: StyleSettings, side: int, rounds: int) -> Row:
    """One more update of a run, beside the passes that it can't do without."""
    content, style = pictures(side)
    settings = replace(settings, side=side, octaves=1, steps=MOST_STEPS)
    run = transfer(features_of(chain), content, [style], settings)

    def ours() -> object:
        return next(run)

    def bare() -> object:
        leaf = content.clone().requires_grad_()
        maps = chain.features(normalise(leaf), settings.layers)
        return torch.autograd.grad(list(maps.values()), leaf, [torch.ones_like(one) for one in maps.values()])

    times = interleave(ours, bare, rounds=rounds)
    return Row(f"An iteration, {name}, {side} px", *times, "a bare forward and backward pass", MOST_ITERATION)


def coarse_to_fine(chain: Chain, settings: StyleSettings, side: int, updates: int) -> Row:
    """The lowest loss at the full size, from noise, after the seconds that `updates` from small to large take."""
    settings = replace(settings, side=side, steps=updates, octaves=2, start=Start.NOISE)
    torch.set_flush_denormal(True)
    try:
        _lowest(chain, replace(settings, steps=4), side, 1e9)
        began = perf_counter()
        ours = _lowest(chain, settings, side, 1e9)
        plain = _lowest(chain, replace(settings, octaves=1, steps=MOST_STEPS), side, perf_counter() - began)
    finally:
        torch.set_flush_denormal(False)
    what = f"Coarse to fine, {updates} updates, {side} px, loss at the end"
    return Row(what, ours, plain, "the full size alone, for the same seconds", MOST_LOSS, unit="")


def in_one_pass(model: str, side: int, rounds: int) -> Row:
    """A photo painted with `side` pixels on its longest side, from pixels to canvas."""
    times = interleave(lambda: painted(sample("cat"), model, side), lambda: None, rounds=rounds)
    return Row(f"A photo in one pass, {side} px", times[0], FLOOR, "the floor", 1.0)


def _lowest(chain: Chain, settings: StyleSettings, side: int, seconds: float) -> float:
    content, style = pictures(side)
    run, began, lowest = transfer(features_of(chain), content, [style], settings), perf_counter(), float("inf")
    for step in run:
        lowest = step.best.total
        if perf_counter() - began >= seconds:
            break
    run.close()
    return lowest


def main() -> None:
    """Measure on the CPU."""
    lab = load("lab-trunk", CPU).module
    assert isinstance(lab, Chain)
    torch.manual_seed(0)
    networks = (("the lab's trunk", lab, "lab-trunk"), ("VGG-19", vgg19_features(), "vgg19"))
    rows = [
        iteration(name, chain, usual_settings(key), side, ROUNDS) for name, chain, key in networks for side in SIDES
    ]
    rows += [coarse_to_fine(lab, usual_settings("lab-trunk"), side, UPDATES) for side in SIDES]
    rows += [in_one_pass(ROWS[0].key, 480, ROUNDS)]
    report(rows, sys.argv[1:])


if __name__ == "__main__":
    main()
