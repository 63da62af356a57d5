"""The lines that reproduce where a box and an area of the lab's networks come from, with torch and torchvision alone."""

from __future__ import annotations

from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models import snippet

_CAM = """(slope,) = torch.autograd.grad(score, maps)
weights = slope.mean(dim=(2, 3), keepdim=True)
cam = (weights * maps).sum(dim=1).relu()[0]"""


def both(
    photo: Photo, detector: ModelCard, chosen: int | None, segmenter: ModelCard, index: int, *, least: float
) -> str:
    """The lines of `box` and then those of `area`, each a program of its own; their numbers have different names.

    `chosen` is None where the detector found nothing: then it prints nothing.
    """
    first = snippet.detect(photo, detector, least) if chosen is None else box(photo, detector, chosen, least=least)
    return f"{first}\n\n# and now the segmenter, from its first line to its last\n{area(photo, segmenter, index)}"


def box(photo: Photo, card: ModelCard, chosen: int, *, least: float) -> str:
    """Prints the boxes of one of the lab's detectors, and `box score` and `box largest` for one of them.

    The boxes are those that score at least `least`, the best first, and `chosen` counts them from 0; `box largest` is of
    `core.experiments.regions.BoxMap.map`.
    """
    return f"""{snippet.detect(photo, card, least)}
# why box {chosen + 1}? Grad-CAM of its score, where the trunk ends
one = batched_nms(boxes, score, label, 0.5)[{chosen}]
anchor = seen.nonzero()[one].item()
maps = trunk(small[None]).detach().requires_grad_()
confidence, offsets, scores = head(stage(maps))[0].split([9, 4 * 9, {card.class_count}])
row, column = divmod(anchor % confidence[0].numel(), confidence.shape[2])    # of its cell
score = confidence.flatten()[anchor].sigmoid() * scores[:, row, column].softmax(dim=0)[label[one]]
{_CAM}
print("box score =", score.item())
print("box largest =", cam.max().item())
"""


def area(photo: Photo, card: ModelCard, index: int) -> str:
    """Prints the shares of the classes of the lab's segmenter, and `area score` and `area largest` for one of them.

    `area score` is the mean score of the class `index` over the pixels it is given to, or over all where there are none;
    `area largest` is of `core.experiments.regions.RegionMap.map`.
    """
    return f"""{snippet.segment(photo, card)}
# why {card.names[index]}? Grad-CAM of its mean score over its area, where the trunk ends
area = found == {index}
area = area if area.any() else ~area    # the whole picture where the class is nowhere
maps = middle.requires_grad_()    # the same way once more, now with a gradient
scores = larger(scored(coarse(maps), "score_32"), "double_32", 2)
scores = larger(scored(maps, "score_16") + scores, "double_16", 2)
scores = larger(scored(fine, "score_8") + scores, "whole", 8)
score = scores[0, {index}][area].mean()
{_CAM}
print("area score =", score.item())
print("area largest =", cam.max().item())
"""
