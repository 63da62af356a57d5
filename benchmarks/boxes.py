"""Boxes: overlap of 10,000 x 100, two million anchors, and which of them belong to which object.

Beside torchvision; for anchors, beside the textbook's construction (Zhang et al., Dive into Deep Learning, 2023,
section 14.4), and beside the one sum that any construction from centres and corners ends with.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import Tensor
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

from benchmarks.harness import Row, interleave, report
from core.boxes.anchors import pixel_anchors
from core.boxes.iou import pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou
from core.boxes.matching import match_by_threshold

OVERLAPS = (
    (pairwise_iou, box_iou, 1.05),
    (pairwise_giou, generalized_box_iou, None),
    (pairwise_diou, distance_box_iou, None),
    (pairwise_ciou, complete_box_iou, None),
)
HEIGHT, WIDTH = 561, 728
SCALES, RATIOS = (0.75, 0.5, 0.25), (1.0, 2.0, 0.5)
POSITIVE, NEGATIVE = 0.7, 0.3
ROUNDS = 31


def random_boxes(count: int, generator: torch.Generator) -> Tensor:
    """Boxes of 1 to 200 pixels a side in a picture of about 800 pixels, as float32 corners."""
    corner = torch.rand(count, 2, generator=generator) * 600
    return torch.cat((corner, corner + 1 + torch.rand(count, 2, generator=generator) * 199), dim=1)


def overlap(generator: torch.Generator) -> list[Row]:
    """The four measures, 10,000 anchors with 100 objects."""
    anchors, objects = random_boxes(10_000, generator), random_boxes(100, generator)
    rows = []
    for ours, peer, aim in OVERLAPS:
        torch.testing.assert_close(ours(anchors, objects), peer(anchors, objects), atol=1e-5, rtol=0)
        times = interleave(lambda: ours(anchors, objects), lambda: peer(anchors, objects), rounds=ROUNDS)  # noqa: B023
        rows.append(Row(f"{ours.__name__}, 10,000 x 100", *times, f"torchvision {peer.__name__}", aim))
    return rows


def ours_at_every_pixel() -> Tensor:
    """The anchors of the contest, in pixels."""
    return pixel_anchors(HEIGHT, WIDTH, scales=SCALES, ratios=RATIOS)


def textbook_sizes(scales: Sequence[float], ratios: Sequence[float]) -> tuple[Tensor, Tensor]:
    """Width and height of the anchors of a pixel, as shares of the photo's, `(n + m - 1,)` each."""
    scale, ratio = torch.tensor(scales), torch.tensor(ratios)
    width = torch.cat((scale * ratio[0].sqrt(), scale[0] * ratio[1:].sqrt())) * HEIGHT / WIDTH
    height = torch.cat((scale / ratio[0].sqrt(), scale[0] / ratio[1:].sqrt()))
    return width, height


def textbook_at_every_pixel() -> Tensor:
    """The textbook's way, in shares of the photo: every centre repeated for its shapes, the shapes for every centre."""
    y, x = torch.meshgrid((torch.arange(HEIGHT) + 0.5) / HEIGHT, (torch.arange(WIDTH) + 0.5) / WIDTH, indexing="ij")
    x, y = x.reshape(-1), y.reshape(-1)
    width, height = textbook_sizes(SCALES, RATIOS)
    corners = (torch.stack((-width, -height, width, height), dim=1) / 2).repeat(HEIGHT * WIDTH, 1)
    centres = torch.stack((x, y, x, y), dim=1).repeat_interleave(len(width), dim=0)
    return centres + corners


def centres_and_corners() -> tuple[Tensor, Tensor]:
    """In pixels, `(k, 1, 4)` and `(1, 5, 4)`: their sum is all anchors."""
    size = torch.tensor([WIDTH, HEIGHT])
    width, height = (share * side for share, side in zip(textbook_sizes(SCALES, RATIOS), size, strict=True))
    y, x = torch.meshgrid(torch.arange(HEIGHT) + 0.5, torch.arange(WIDTH) + 0.5, indexing="ij")
    centres = torch.stack((x, y, x, y), dim=2).view(-1, 1, 4)
    return centres, torch.stack((-width, -height, width, height), dim=1).div(2).unsqueeze(0)


def anchors() -> list[Row]:
    """Every pixel of a 728 x 561 photo, five shapes each."""
    made = ours_at_every_pixel()
    size = torch.tensor([WIDTH, HEIGHT, WIDTH, HEIGHT])
    centres, corners = centres_and_corners()
    torch.testing.assert_close(made, textbook_at_every_pixel() * size, atol=1e-3, rtol=0)
    torch.testing.assert_close(made, (centres + corners).view(-1, 4), atol=1e-3, rtol=0)
    what = f"pixel_anchors, {len(made):,}"
    textbook = interleave(ours_at_every_pixel, textbook_at_every_pixel, rounds=ROUNDS)
    bare = interleave(ours_at_every_pixel, lambda: centres + corners, rounds=ROUNDS)
    return [
        Row(what, *textbook, "the textbook's repeat and repeat_interleave", 0.15),
        Row(what, *bare, "one bare broadcast add of the same size", 1.5),
    ]


def matching(generator: torch.Generator) -> list[Row]:
    """100,000 anchors with 50 objects; each contestant is given the matrix in the layout that it asks for."""
    objects = random_boxes(50, generator)
    iou = pairwise_iou(random_boxes(100_000, generator), objects)
    transposed = iou.T.contiguous()
    peer = Matcher(POSITIVE, NEGATIVE, allow_low_quality_matches=True)
    if not match_by_threshold(iou, positive=POSITIVE, negative=NEGATIVE).equal(peer(transposed)):
        raise AssertionError("match_by_threshold and torchvision's Matcher differ")
    times = interleave(
        lambda: match_by_threshold(iou, positive=POSITIVE, negative=NEGATIVE), lambda: peer(transposed), rounds=ROUNDS
    )
    return [Row("match_by_threshold, 100,000 x 50", *times, "torchvision Matcher", 1.0)]


def main() -> None:
    """Check that both give the same answers, then time them."""
    generator = torch.Generator().manual_seed(0)
    report([*overlap(generator), *anchors(), *matching(generator)], sys.argv[1:])


if __name__ == "__main__":
    main()
