"""The lines that reproduce a race, with torch and torchvision alone."""

from __future__ import annotations

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings

MOST_INLINE = 40
"""Boxes that are written into the lines; more are read from the table that the page offers."""

_READ = """import csv

import torch
from torchvision.ops import box_iou{imports}

rows = list(csv.DictReader(open("nms.csv", encoding="utf-8")))    # "Numbers" on the page
boxes = torch.tensor([[float(row[side]) for side in ("x1", "y1", "x2", "y2")] for row in rows], dtype=torch.float64)
scores = torch.tensor([float(row["score"]) for row in rows], dtype=torch.float64)
names = sorted({{row["label"] for row in rows}})
labels = torch.tensor([names.index(row["label"]) for row in rows])
"""

_RACE = """
kept, waits = [], [i for i in scores.argsort(descending=True, stable=True).tolist() if scores[i] >= {least}]
while waits:
    best = max(waits, key=lambda i: (scores[i].item(), -i))
    kept.append(best)
    waits.remove(best)
    for i in list(waits):
        if {mates}(iou := box_iou(boxes[best][None], boxes[i][None]).item()) >= {from_}:
            scores[i] *= {share}
            if scores[i] < {least}:
                waits.remove(i)
"""

_MATRIX = """
order = scores.argsort(descending=True, stable=True)
iou = box_iou(boxes[order], boxes[order]).triu(diagonal=1)    # of each box (column) with those better than it (rows)
{mates}worst = iou.max(dim=0).values
share = torch.exp(-(iou ** 2 - worst[:, None] ** 2) / {sigma}).min(dim=0).values.clamp(max=1)
scores = scores.clone()
scores[order] *= share
kept = [i for i in scores.argsort(descending=True, stable=True).tolist() if scores[i] >= {least}]
"""

_DIOU = """

def diou(a, others):
    shared = box_iou(a[None], others)[0]
    centres = ((a[:2] + a[2:] - others[:, :2] - others[:, 2:]) / 2).square().sum(dim=1)
    hull = torch.maximum(a[2:], others[:, 2:]) - torch.minimum(a[:2], others[:, :2])
    return shared - centres / hull.square().sum(dim=1)


kept, waits = [], scores.argsort(descending=True, stable=True)
while len(waits):
    best, waits = waits[0], waits[1:]
    kept.append(best.item())
    waits = waits[(diou(boxes[best], boxes[waits]) <= {iou}){mates}]
"""


def snippet(table: BoxTable, settings: NmsSettings) -> str:
    """Prints `kept = N`, and `box i = score` for each box that is kept, the first forty."""
    if not table.labels:
        return 'print("kept =", 0)    # there are no boxes\n'
    greedy = settings.method is Method.GREEDY
    function = "batched_nms" if settings.per_class else "nms"
    imports = f", {function}" if greedy else ""
    opening = _inline(table, imports) if len(table.labels) <= MOST_INLINE else _READ.format(imports=imports)
    if greedy:
        opening = opening.replace("import box_iou, ", "import ", 1)
        given = "boxes, scores, labels" if settings.per_class else "boxes, scores"
        race = f"\nkept = {function}({given}, {settings.iou_threshold}).tolist()\n"
    else:
        race = _other(settings)
    return (
        f'{opening}{race}\nprint("kept =", len(kept))\n'
        'for i in kept[:40]:\n    print(f"box {i} =", scores[i].item())\n'
    )


def _other(settings: NmsSettings) -> str:
    least, sigma = settings.score_threshold, settings.sigma
    mates = "labels[i] == labels[best] and " if settings.per_class else ""
    match settings.method:
        case Method.DIOU:
            together = " | (labels[waits] != labels[best])" if settings.per_class else ""
            return _DIOU.format(iou=settings.iou_threshold, mates=together)
        case Method.MATRIX:
            same = "iou *= labels[order][:, None] == labels[order]    # only those of one class\n"
            return _MATRIX.format(sigma=sigma, least=least, mates=same if settings.per_class else "")
        case Method.LINEAR:
            return _RACE.format(least=least, mates=mates, from_=settings.iou_threshold, share="1 - iou")
    return "\nimport math\n" + _RACE.format(least=least, mates=mates, from_=0, share=f"math.exp(-(iou ** 2) / {sigma})")


def _inline(table: BoxTable, imports: str) -> str:
    names = table.classes
    boxes = ",\n    ".join(str(row) for row in table.boxes.tolist())
    return f"""import torch
from torchvision.ops import box_iou{imports}

boxes = torch.tensor([
    {boxes},
], dtype=torch.float64)
scores = torch.tensor({table.scores.tolist()}, dtype=torch.float64)
names = {list(names)}
labels = torch.tensor({[names.index(label) for label in table.labels]}, dtype=torch.long)
"""
