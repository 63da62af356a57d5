"""The lines that reproduce the page's numbers with torch and torchvision alone."""

from __future__ import annotations

from ui.sections.anchors.boxes import Pair


def snippet(pair: Pair) -> str:
    """Prints `iou = …`, `giou = …`, `diou = …`, `ciou = …` for this pair of boxes."""
    return f"""import torch
from torchvision.ops import box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

a = torch.tensor([{list(pair.a)}], dtype=torch.float64)    # x1, y1, x2, y2 in pixels
b = torch.tensor([{list(pair.b)}], dtype=torch.float64)
for name, measure in [("iou", box_iou), ("giou", generalized_box_iou), ("diou", distance_box_iou), ("ciou", complete_box_iou)]:
    print(name, "=", measure(a, b).item())
"""
