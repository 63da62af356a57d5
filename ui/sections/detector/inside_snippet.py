"""The lines that decode one anchor of a head from its raw numbers, with torch alone."""

from __future__ import annotations

from ui.sections.detector.inside_decode import GROWTH, SHIFT, in_cell
from ui.sections.detector.inside_grid import Grids, Place

_IN_CELL = """
grow = {grow}    # scale_x_y of the cfg file
centre = (torch.sigmoid(t[:2]) * grow - (grow - 1) / 2 + torch.tensor([column, row])) * stride
size = anchor * torch.exp(t[2:4])"""

_FROM_MIDDLE = """
centre = (torch.tensor([column, row]) + 0.5) * stride + {shift} * t[:2] * anchor
size = anchor * torch.exp({growth} * t[2:4])"""


def snippet(grids: Grids, place: Place) -> str:
    """Prints `objectness`, `class`, `score` and the box in pixels of the photo: `x1`, `y1`, `x2`, `y2`."""
    head, where = grids.look.heads[place.head], grids.look.placement
    rule = _IN_CELL.format(grow=head.scale_x_y) if in_cell(head) else _FROM_MIDDLE.format(shift=SHIFT, growth=GROWTH)
    likely, fifth = ("torch.softmax(t[5:], 0)" if head.softmax else "torch.sigmoid(t[5:])"), "objectness"
    sure = "torch.sigmoid(t[4])"
    if not grids.has_objectness:
        sure, likely, fifth = "torch.tensor(1.0)", "torch.softmax(t[4:], 0)[1:]", "background"
    numbers = ", ".join(f"{number!r}" for number in grids.raw(place))
    return f"""import torch

names = {list(grids.names)}
t = torch.tensor([{numbers}])    # tx, ty, tw, th, {fifth}, classes
row, column, stride, anchor = {place.row}, {place.column}, {head.stride!r}, torch.tensor({list(head.anchors[place.anchor])!r})
{rule.strip()}
objectness, classes = {sure}, {likely}
score, best = (objectness * classes).max(0)
box = torch.cat((centre - size / 2, centre + size / 2))    # in pixels of the input
offset, scale = torch.tensor([{where.offset_x!r}, {where.offset_y!r}] * 2), torch.tensor([{where.scale_x!r}, {where.scale_y!r}] * 2)
box = (box - offset) / scale    # in pixels of the photo
print(names[best])
for name, number in zip(("objectness", "class", "score", "x1", "y1", "x2", "y2"), (objectness, classes[best], score, *box)):
    print(name, "=", number.item())
"""
