"""The lines that give the same areas with torch and torchvision alone: the network, its scores at the photo's size, the softmax."""

from __future__ import annotations

from core.segmentation.settings import SegmentSettings
from core.zoo.catalog import card
from ui.sections.models import snippet as model_snippet
from ui.sections.segmenter.segment_case import Case

_WHOLE = """probabilities = interpolate({scores}, size=[photo.height, photo.width], mode="bilinear")[0].softmax(dim=0)
"""
_TOLD = """
# a pixel belongs to the best class that leads by the threshold; 255: to none
best, second = probabilities.topk(2, dim=0).values
found = probabilities.argmax(dim=0)
found[best - second < {threshold}] = 255
for index in found.unique():
    print("unknown" if index == 255 else classes[index].strip("_"), "=", (found == index).float().mean().item())
print("mean entropy =", -torch.xlogy(probabilities, probabilities).sum(dim=0).mean().item() / 0.6931472)
for label, probability in zip(classes, probabilities[:, {y}, {x}]):
    print("pixel {x}, {y}:", label.strip("_"), "=", probability.item())
"""
_CORE = """import numpy as np
import torch
from PIL import Image

from core.experiments.segmenting import SegmentSettings, segment    # of Vision Lab, as is the next
from core.images.photo import from_pixels

{opening}
answer = segment(from_pixels(np.asarray(photo), "photo"), {model!r}, {settings})
classes, probabilities = answer.names, torch.from_numpy(answer.probabilities).float()
"""


def snippet(case: Case) -> str:
    """Prints `class = share` for each class and for what is unknown, the mean entropy, and the classes of the pixel read.

    Several looks are averaged by the lab's own core.
    """
    look, (x, y) = case.look, case.point
    told = _TOLD.format(threshold=case.view.unsure, x=x, y=y)
    if look.found.settings != SegmentSettings():
        opening = model_snippet.opening(look.photo)
        return _CORE.format(opening=opening, model=look.row.key, settings=settings(look.found.settings)) + told
    text = model_snippet.segment(look.photo, card(look.row.key))
    head = text[: text.index("found = ") if look.row.bundled else text.index("    found = ")]
    if look.row.bundled:
        head = head.replace("import conv2d, conv_transpose2d", "import conv2d, conv_transpose2d, interpolate")
        return head + _WHOLE.format(scores="scores") + told
    head = head.replace(
        "from PIL import Image\n", "from PIL import Image\nfrom torch.nn.functional import interpolate\n"
    )
    return (
        head
        + '    scores = network(transforms(to_tensor(photo))[None])["out"]\n'
        + _WHOLE.format(scores="scores")
        + told
    )


def settings(chosen: SegmentSettings) -> str:
    """The settings as they are written in Python, without what is as usual."""
    return f"SegmentSettings(flip={chosen.flip}, scales={chosen.scales})"
