"""The lines that compute the same AP with torch and torchvision alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.experiments.grading import Grade

_LINES = """import torch
from torchvision.ops import box_iou

found = [{found}]    # class, score, box
truths = [{truths}]    # class, box, difficult
found = sorted(found, key=lambda row: -row[1])
average = {{}}
for name in sorted({{row[0] for row in truths if not row[2]}}):
    objects, count = [row for row in truths if row[0] == name], sum(row[0] == name and not row[2] for row in truths)
    taken, right = set(), []
    for _, _, box in (row for row in found if row[0] == name):
        iou = box_iou(torch.tensor([box], dtype=torch.float64), torch.tensor([row[1] for row in objects], dtype=torch.float64))[0]
        best = int(iou.argmax())
        reached = iou[best].item() >= {threshold}
        if reached and objects[best][2]:
            continue    # difficult: neither right nor wrong
        right.append(reached and best not in taken)
        if reached:
            taken.add(best)
    right = torch.tensor(right, dtype=torch.float64)
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    envelope = precision.flip(0).cummax(0).values.flip(0) if len(right) else precision
    average[name] = (envelope * right).sum().item() / count
    print(f"AP {{name}} =", average[name])
print("mAP =", sum(average.values()) / len(average))
"""


def snippet(graded: Grade) -> str:
    """Prints `AP name = x` for each class with something to find, and `mAP = x`, by all points."""
    truths = [
        (one.label, list(one.box), one.difficult)
        for one, counts in zip(graded.truths, graded.counts, strict=True)
        if counts or one.difficult
    ]
    if not any(graded.counts):
        return 'print("objects to find =", 0)    # so there is no AP\n'
    names = {row[0] for row in truths}  # detections of other classes have no AP
    found = [(one.label, one.score, list(one.box)) for one in graded.found if one.label in names]
    return _LINES.format(found=_rows(found), truths=_rows(truths), threshold=graded.threshold)


def _rows(rows: Sequence[tuple[object, ...]]) -> str:
    return "".join(f"\n    {row!r}," for row in rows) + ("\n" if rows else "")
