"""The lines that give two answers of the lab's FCN and where they differ, with torch and torchvision alone."""

from __future__ import annotations

from core.images.photo import Photo
from core.segmentation.settings import Upsampling
from core.zoo.segmenters import LAB_FCN
from ui.sections.models import snippet as model_snippet
from ui.sections.segmenter.resolution_case import STRIDES, Place

_BEGIN = "with torch.no_grad():"
"""Where the lines of the Models page begin to run the network: from there on they are those of this page."""

_LAYERS = (("double_32", 2), ("double_16", 2), ("whole", 8))
"""The transposed convolutions after each depth, and how much larger each makes its scores."""

_BEGAN = """
def began(scores, factor):
    side = 1 - (torch.arange(2 * factor) - (factor - 0.5)).abs() / factor
    kernel = (side[:, None] * side).expand(len(classes), 1, -1, -1)
    return conv_transpose2d(scores, kernel, stride=factor, padding=factor // 2, groups=len(classes))

"""

_DEPTHS = """
    fine = trunk[:8](small[None])
    middle = trunk[8:](fine)
    at_32 = scored(coarse(middle), "score_32")
    at_16 = scored(middle, "score_16") + larger(at_32, "double_32", 2)
    at_8 = scored(fine, "score_8") + larger(at_16, "double_16", 2)
"""


def snippet(photo: Photo, left: Place, right: Place) -> str:
    """Prints `left class = share` and `right class = share` of the pixels, and `differ = share`."""
    before = model_snippet.segment(photo, LAB_FCN).split(_BEGIN)[0]
    ways = {left[1], right[1]}
    if Upsampling.BEFORE in ways:
        before = before.replace("\ntrunk = squeezenet1_1()", f"{_BEGAN}\ntrunk = squeezenet1_1()", 1)
    if ways & {Upsampling.NEAREST, Upsampling.BILINEAR}:
        before = before.replace("import conv2d, conv_transpose2d", "import conv2d, conv_transpose2d, interpolate")
    return f"""{before}{_BEGIN}{_DEPTHS}    left = {_enlarged(left)}[0].argmax(dim=0)
    right = {_enlarged(right)}[0].argmax(dim=0)
for side, found in (("left", left), ("right", right)):
    for index in found.unique():
        print(side, classes[index], "=", (found == index).float().mean().item())
print("differ =", (left != right).float().mean().item())
"""


def _enlarged(place: Place) -> str:
    """The scores of a depth, made as large as the input."""
    stride, way = place
    scores = f"at_{stride}"
    if way is Upsampling.NEAREST:
        return f"interpolate({scores}, scale_factor={stride})"
    if way is Upsampling.BILINEAR:
        return f'interpolate({scores}, scale_factor={stride}, mode="bilinear")'
    for name, factor in _LAYERS[STRIDES.index(stride) :]:
        scores = f"began({scores}, {factor})" if way is Upsampling.BEFORE else f'larger({scores}, "{name}", {factor})'
    return scores
