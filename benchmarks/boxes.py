"""Overlap of 10,000 with 100 boxes, beside torchvision."""

from __future__ import annotations

import sys

import torch
from torchvision.ops import box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

from benchmarks.harness import Row, interleave, report
from core.boxes.iou import pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou

CONTESTS = (
    (pairwise_iou, box_iou, 1.05),
    (pairwise_giou, generalized_box_iou, None),
    (pairwise_diou, distance_box_iou, None),
    (pairwise_ciou, complete_box_iou, None),
)
ROUNDS = 31


def random_boxes(count: int, generator: torch.Generator) -> torch.Tensor:
    """Boxes of 1 to 200 pixels a side in a picture of about 800 pixels, as float32 corners."""
    corner = torch.rand(count, 2, generator=generator) * 600
    return torch.cat((corner, corner + 1 + torch.rand(count, 2, generator=generator) * 199), dim=1)


def main() -> None:
    """Check that both give the same numbers, then time them."""
    generator = torch.Generator().manual_seed(0)
    anchors, objects = random_boxes(10_000, generator), random_boxes(100, generator)
    rows = []
    for ours, peer, aim in CONTESTS:
        torch.testing.assert_close(ours(anchors, objects), peer(anchors, objects), atol=1e-5, rtol=0)
        times = interleave(lambda: ours(anchors, objects), lambda: peer(anchors, objects), rounds=ROUNDS)  # noqa: B023
        rows.append(Row(f"{ours.__name__}, 10,000 x 100", *times, f"torchvision {peer.__name__}", aim))
    report(rows, sys.argv[1:])


if __name__ == "__main__":
    main()
