"""How far a changed picture is from the clean one, in the measures people quote."""

from __future__ import annotations

import math
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from core.images.ssim import structural_similarity


@dataclass(frozen=True, slots=True)
class Distances:
    """The size of a change. `l2` and `linf` are in pixel values of [0, 1]; `l0` counts pixels, not values.

    `psnr` is in decibels, infinite where nothing changed; `ssim` is at most 1, its value there.
    """

    l0: int
    l2: float
    linf: float
    psnr: float
    ssim: float

    @property
    def levels(self) -> float:
        """The largest change of a value in levels of an 8-bit picture, 1/255 each."""
        return self.linf * 255


def distances(changed: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"]) -> Distances:
    """All of `Distances` between two pictures in [0, 1], computed in float64 on the CPU.

    A pixel has changed where any of its channels differs at all. PSNR is 10 log10(1 / mean squared error). SSIM is the
    mean over red, green and blue: the paper knows grey pictures only (Wang et al., Image Quality Assessment: From Error
    Visibility to Structural Similarity, 2004).
    """
    ours, theirs = changed.detach().cpu()[0].double(), clean.detach().cpu()[0].double()
    change = ours - theirs
    squared = float(change.square().sum())
    similar = [structural_similarity(one, other) for one, other in zip(ours, theirs, strict=True)]
    return Distances(
        l0=int(change.any(dim=0).sum()),
        l2=math.sqrt(squared),
        linf=float(change.abs().max()),
        psnr=10 * math.log10(change.numel() / squared) if squared else math.inf,
        ssim=sum(similar) / len(similar),
    )
