"""The lines that compute the loss of this view with torch and torchvision alone."""

from __future__ import annotations

from collections.abc import Sequence

from core.boxes.layout import COURSE_SHAPES
from core.boxes.settings import Labelled, kind_of
from core.images.photo import Photo
from core.zoo.detectors import LAB_YOLO
from core.zoo.model_card import ModelCard
from ui.sections.models import lab_snippet
from ui.sections.models.snippet import opening

UNKNOWN = -100
"""The class that PyTorch's cross-entropy leaves out."""

_ACTIVATED = """# the cell whose centre is nearest to the object's, and its anchor with the largest IoU
centres = (truths[:, :2] + truths[:, 2:]) / 2
cell = (centres[:, None] - middle).abs().sum(dim=-1).argmin(dim=1)
place = torch.arange(len(truths))
overlap = box_iou(anchors, truths).reshape(9, -1, len(truths))[:, cell, place]
activated = overlap.argmax(dim=0) * cells**2 + cell
taken = dict(zip(activated.tolist(), place.tolist()))    # of two objects the later gets the anchor
positive, truth = torch.tensor(list(taken)), torch.tensor(list(taken.values()))
ignored = torch.zeros(len(anchors), dtype=torch.bool)"""

_OVERLAPPING = """# every anchor with an IoU of 0.5, and the best one of each object; those from 0.4 on are not judged
overlap = box_iou(anchors, truths)
best, which = overlap.max(dim=1)
chosen = (best >= 0.5) | ((overlap == overlap.amax(dim=0)) & (overlap > 0)).any(dim=1)
positive, truth = chosen.nonzero().flatten(), which[chosen]
ignored = (best >= 0.4) & ~chosen"""


def lesson(photo: Photo, card: ModelCard, objects: Sequence[Labelled], focus: float) -> str:
    """Prints the four parts of the loss for `objects`, at least one, as the view shows them."""
    # the detector's own lines up to its raw output; what they would do with it, other lines do here
    raw = (
        lab_snippet.detect(card, opening(photo), 0.0).partition("\n# nine anchors")[0].replace("batched_nms", "box_iou")
    )
    raw = raw.replace("from torch import nn", "from torch import nn\nfrom torch.nn import functional")
    cells = 7 if card.key == LAB_YOLO.key else 14
    boxes = [list(one.box) for one in objects]
    kinds = [kind_of(one.label) for one in objects]
    labels = [card.classes.index(kind) if kind in card.classes else UNKNOWN for kind in kinds]
    return f"""{raw}
cells = {cells}
size = torch.tensor([{photo.width}, {photo.height}] * 2)    # of the photo that the boxes are on
truths = torch.tensor({boxes}) * {card.resize} / size
labels = torch.tensor({labels}){_note(labels)}

# nine anchors around the middle of each cell
sides = 32 * torch.tensor({list(map(list, COURSE_SHAPES))})[:, None]
y, x = torch.meshgrid(*[(torch.arange(cells) + 0.5) * {card.resize} / cells] * 2, indexing="ij")
middle = torch.stack((x, y), dim=-1).reshape(1, -1, 2)
anchors = torch.cat((middle - sides / 2, middle + sides / 2), dim=-1).reshape(-1, 4)

{_ACTIVATED if card.key == LAB_YOLO.key else _OVERLAPPING}


def centred(boxes):
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


(here, small_size), (there, wide) = centred(anchors[positive]), centred(truths[truth])
goals = torch.cat(((there - here) / small_size / 0.1, (wide / small_size).log() / 0.2), dim=1)
ours = offsets.reshape(9, 4, -1).permute(0, 2, 1).reshape(-1, 4)[positive]
at, around = here + 0.1 * ours[:, :2] * small_size, (0.2 * ours[:, 2:]).exp() * small_size
says = torch.cat((at - around / 2, at + around / 2), dim=1)

logits = confidence.flatten()
wanted = torch.zeros(len(anchors))
wanted[positive] = box_iou(says, truths[truth]).diagonal()
loss = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
loss = loss * (wanted - logits.sigmoid()).abs() ** {focus!r}
empty = ~ignored
empty[positive] = False
by_cell = scores.flatten(1).T[positive % cells**2]
print("confidence, objects =", (loss[positive].sum() / len(positive)).item())
print("confidence, nothing =", (loss[empty].sum() / len(positive)).item())
print("offsets =", (functional.smooth_l1_loss(ours, goals, reduction="sum") / len(positive)).item())
print("class =", (functional.cross_entropy(by_cell, labels[truth], reduction="sum") / len(positive)).item())
"""


def _note(labels: Sequence[int]) -> str:
    return f"    # {UNKNOWN}: a class that the network doesn't have" if UNKNOWN in labels else ""
