"""The fully convolutional head: scores for each pixel from three depths, each with an answer of its own.

Long et al., Fully Convolutional Networks for Semantic Segmentation, 2015: a 1 x 1 convolution scores each map, transposed
convolutions that begin bilinearly bring coarse scores to the finer map, where they are added (figure 3).
"""

from __future__ import annotations

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from core.networks.upsampling import upsampler


class FcnScores(NamedTuple):
    """Logits for each pixel of the input: from the coarsest map alone, with the middle one, and with all three."""

    at_32: Float[Tensor, "n classes h w"]
    at_16: Float[Tensor, "n classes h w"]
    at_8: Float[Tensor, "n classes h w"]


class DepthScores(NamedTuple):
    """Logits at their true size, before they are enlarged to that of the input: what `FcnScores` is made of."""

    at_32: Float[Tensor, "n classes h32 w32"]
    at_16: Float[Tensor, "n classes h16 w16"]
    at_8: Float[Tensor, "n classes h8 w8"]


class FcnHead(nn.Module):
    """Scores from maps at strides 8, 16 and 32 of an input whose sides are multiples of 32.

    `channels` are those of the three maps. Each score layer is a 1 x 1 convolution.
    """

    def __init__(self, channels: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.score_8 = nn.Conv2d(fine, classes, 1)
        self.score_16 = nn.Conv2d(middle, classes, 1)
        self.score_32 = nn.Conv2d(coarse, classes, 1)
        self.double_32 = upsampler(classes, 2)
        self.double_16 = upsampler(classes, 2)
        self.whole = upsampler(classes, 8)

    def forward(
        self,
        fine: Float[Tensor, "n fine h8 w8"],
        middle: Float[Tensor, "n middle h16 w16"],
        coarse: Float[Tensor, "n coarse h32 w32"],
    ) -> FcnScores:
        """The three answers, the finest last."""
        from_32 = self.double_32(self.score_32(coarse))
        from_16 = self.double_16(self.score_16(middle) + from_32)
        from_8 = self.score_8(fine) + from_16
        return FcnScores(self.whole(self.double_16(from_32)), self.whole(from_16), self.whole(from_8))

    def depths(
        self,
        fine: Float[Tensor, "n fine h8 w8"],
        middle: Float[Tensor, "n middle h16 w16"],
        coarse: Float[Tensor, "n coarse h32 w32"],
    ) -> DepthScores:
        """The same answers before the last upsamplings, the finest last."""
        at_32 = self.score_32(coarse)
        at_16 = self.score_16(middle) + self.double_32(at_32)
        return DepthScores(at_32, at_16, self.score_8(fine) + self.double_16(at_16))
