"""The lines that reproduce the page's numbers with torch and torchvision alone."""

from __future__ import annotations

from collections.abc import Sequence

from core.boxes.layout import Level
from core.boxes.settings import AssignmentSettings, Box, Rule
from ui.sections.anchors.boxes import Pair


def overlap(pair: Pair) -> str:
    """Prints `iou = …`, `giou = …`, `diou = …`, `ciou = …` for this pair of boxes."""
    return f"""import torch
from torchvision.ops import box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

a = torch.tensor([{list(pair.a)}], dtype=torch.float64)    # x1, y1, x2, y2 in pixels
b = torch.tensor([{list(pair.b)}], dtype=torch.float64)
for name, measure in [("iou", box_iou), ("giou", generalized_box_iou), ("diou", distance_box_iou), ("ciou", complete_box_iou)]:
    print(name, "=", measure(a, b).item())
"""


def anchors(levels: Sequence[Level], truths: Sequence[Box], x: float, y: float) -> str:
    """Prints `anchors = …` in all, and `best = …`, the largest IoU of an anchor of the place nearest to (x, y)."""
    return f"""{_all_anchors(levels)}
print("anchors =", len(anchors))
best = 0.0
for boxes, rows, cols, step_x, step_y in grids:    # (rows, cols, A, 4)
    row, col = min(int({y} / step_y), rows - 1), min(int({x} / step_x), cols - 1)
    best = max(best, box_iou(boxes[row, col], truths).max().item() if len(truths) else 0.0)
print("best =", best)
""".replace("TRUTHS", repr([list(box) for box in truths]))


def assignment(levels: Sequence[Level], truths: Sequence[Box], how: AssignmentSettings) -> str:
    """Prints `positive = …`, `ignored = …`, `background = …`: how many anchors the rule made so."""
    return f"""{_all_anchors(levels)}
iou = box_iou(anchors, truths).round(decimals=6)    # so that rounding breaks no ties
{_RULES[how.rule].format(positive=how.positive, negative=how.negative)}
print("positive =", (matched >= 0).sum().item())
print("ignored =", (matched == -2).sum().item())
print("background =", (matched == -1).sum().item())
""".replace("TRUTHS", repr([list(box) for box in truths]))


def _all_anchors(levels: Sequence[Level]) -> str:
    rows = ",\n    ".join(
        repr((level.rows, level.cols, level.step_x, level.step_y, [(one.width, one.height) for one in level.shapes]))
        for level in levels
    )
    # YOLO counts all places of the first shape, then all of the next; the others all shapes of the first place.
    order = "boxes.permute(2, 0, 1, 3)" if levels[0].shape_major else "boxes"
    return f"""import torch
from torchvision.ops import box_iou

truths = torch.tensor(TRUTHS).reshape(-1, 4)    # x1, y1, x2, y2 in pixels
levels = [    # rows, columns, pixels between two centres, and width and height of every shape in pixels
    {rows},
]
grids, anchors = [], []
for rows, cols, step_x, step_y, shapes in levels:
    y, x = torch.meshgrid((torch.arange(rows) + 0.5) * step_y, (torch.arange(cols) + 0.5) * step_x, indexing="ij")
    centre, half = torch.stack((x, y), -1)[:, :, None], torch.tensor(shapes) / 2
    boxes = torch.cat((centre - half, centre + half), -1)
    grids.append((boxes, rows, cols, step_x, step_y))
    anchors.append({order}.reshape(-1, 4))
anchors = torch.cat(anchors)
"""


_RULES = {
    Rule.GREEDY: """
best, matched = iou.max(1)
matched[best < {positive}] = -1
for _ in range(min(iou.shape)):    # the largest entry of the matrix, and its row and column are struck
    anchor, truth = divmod(iou.argmax().item(), len(truths))
    matched[anchor] = truth
    iou[anchor], iou[:, truth] = -1, -1""",
    Rule.THRESHOLDS: """
best, matched = iou.max(1)
top = ((iou == iou.max(0).values) & (iou > 0)).any(1)    # the best anchors of each object
matched[~top & (best < {negative})] = -1
matched[~top & (best >= {negative}) & (best < {positive})] = -2""",
    Rule.CELL: """
rows, cols, step_x, step_y, shapes = levels[0]
matched = torch.full((len(anchors),), -1)
for truth, (x1, y1, x2, y2) in enumerate(truths.tolist()):
    y, x = (torch.arange(rows) + 0.5) * step_y, (torch.arange(cols) + 0.5) * step_x
    distance = (y - (y1 + y2) / 2).abs()[:, None] + (x - (x1 + x2) / 2).abs()
    cell = distance.argmin().item()
    anchor = iou[:, truth].reshape(len(shapes), rows * cols)[:, cell].argmax().item()
    matched[anchor * rows * cols + cell] = truth""",
}
