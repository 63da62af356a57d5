"""Suppression: which of a crowd of boxes are left, and why.

Beside `torchvision.ops.nms`, which is C++ and returns only the indices that are left. A crowd is what a detector makes of a
picture: a few hundred objects, each found many times, a little beside the truth. The trace alone answers which box removed
which; the rows "and every decision" also make the list of steps that the page shows.
"""

from __future__ import annotations

import sys

import torch
from torch import Tensor
from torchvision.ops import nms

from benchmarks.harness import Row, interleave, report
from core.boxes.nms import trace_nms

HEIGHT, WIDTH = 720.0, 1280.0
OBJECTS = 300
THRESHOLDS = (0.3, 0.5, 0.7)
CROWDS = ((1_000, 2.0), (5_000, 1.0))
"""Boxes, and the aim: at most this many times as long as torchvision."""

ROUNDS = 31


def crowd(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Boxes around objects of 20 to 170 pixels a side, off by a tenth of their size, and a score for each."""
    centre = torch.rand(OBJECTS, 2, generator=generator) * torch.tensor([WIDTH, HEIGHT])
    size = 20 + torch.rand(OBJECTS, 2, generator=generator) * 150
    which = torch.randint(OBJECTS, (count,), generator=generator)
    middle = centre[which] + torch.randn(count, 2, generator=generator) * 0.1 * size[which]
    half = size[which] * torch.exp(torch.randn(count, 2, generator=generator) * 0.15) / 2
    return torch.cat((middle - half, middle + half), dim=1), torch.rand(count, generator=generator)


def rows(count: int, aim: float, threshold: float, generator: torch.Generator) -> list[Row]:
    """One crowd at one threshold: the trace, and at 0.5 also with all its decisions."""
    boxes, scores = crowd(count, generator)
    if not trace_nms(boxes, scores, iou_threshold=threshold).kept.equal(nms(boxes, scores, threshold)):
        raise AssertionError("trace_nms and torchvision's nms differ")

    def trace() -> Tensor:
        return trace_nms(boxes, scores, iou_threshold=threshold).kept

    def decisions() -> object:
        return trace_nms(boxes, scores, iou_threshold=threshold).decisions

    def peer() -> Tensor:
        return nms(boxes, scores, threshold)

    what = f"trace_nms, {count:,} boxes, threshold {threshold}"
    result = [Row(what, *interleave(trace, peer, rounds=ROUNDS), "torchvision nms", aim)]
    if threshold == 0.5:
        result.append(
            Row(f"{what}, and every decision", *interleave(decisions, peer, rounds=ROUNDS), "torchvision nms")
        )
    return result


def main() -> None:
    """Check that both keep the same boxes, then time them."""
    generator = torch.Generator().manual_seed(0)
    report(
        [row for count, aim in CROWDS for threshold in THRESHOLDS for row in rows(count, aim, threshold, generator)],
        sys.argv[1:],
    )


if __name__ == "__main__":
    main()
