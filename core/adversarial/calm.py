"""What keeps a picture calm that gradient ascent draws: two weights against what is raised, and a blur.

All act on what was drawn, the difference from the ground it is drawn on, so that a photo keeps its own detail. Weights
go with means over all values, not with sums as in the papers, so that they mean the same on every octave.

L2                 Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, 2014, equation 1
total variation    Mahendran and Vedaldi, Understanding Deep Image Representations by Inverting Them, 2015, section 3
blur               Yosinski et al., Understanding Neural Networks Through Deep Visualization, 2015, section 4
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from core.adversarial.blur import gaussian_blur
from core.adversarial.visualisation_settings import VisualisationSettings
from core.images.total_variation import total_variation


def unrest(drawn: Float[Tensor, "1 3 h w"], settings: VisualisationSettings) -> Float[Tensor, ""]:
    """What is taken off what is raised: the weighted mean square and total variation of what was drawn.

    A weight of 0 costs nothing, also no time.
    """
    cost = drawn.new_zeros(())
    if settings.l2:
        cost = cost + settings.l2 * drawn.square().mean()
    if settings.total_variation:
        cost = cost + settings.total_variation * total_variation(drawn)[0] / drawn.numel()
    return cost


def calmed(
    canvas: Float[Tensor, "1 3 h w"], ground: Float[Tensor, "1 3 h w"], sigma: float
) -> Float[Tensor, "1 3 h w"]:
    """The canvas with what was drawn on `ground` blurred; at a `sigma` of 0 the canvas itself.

    A gradient is mostly high frequencies, which networks answer to and people do not (Yosinski et al., section 4).
    """
    return (ground + gaussian_blur(canvas - ground, sigma)).clamp(0, 1) if sigma else canvas
