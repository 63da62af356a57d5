"""Integrated gradients: what each pixel adds to a score on the straight way from a baseline to the photo.

    attribution = (x - x') * integral over alpha in [0, 1] of grad f(x' + alpha (x - x'))

The attributions sum to f(x) - f(x') (completeness), as far as the sum that stands for the integral is exact.

Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, ICML 2017: equation 1, and proposition 1. The sum
of their equation 3 is `Rule.RIGHT`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from core.attribution.quadrature import Nodes, nodes
from core.attribution.scores import Gradient, Score, Slopes, batches, slopes
from core.attribution.settings import IntegrationSettings as IntegrationSettings
from core.steps import Run, Step


@dataclass(frozen=True, slots=True, eq=False)
class IntegratedGradients:
    """The attribution from `baseline` to `image`, and the path it was summed along. All tensors are on the CPU.

    Node k lies at `alphas[k]` of the path, where the score is `path_scores[k]`; `running[k]` is the sum of the
    attribution after nodes 0 to k. `score` is f(x), `baseline_score` f(x'). `gradients`, where they were kept, take
    4 * n * c * h * w bytes.
    """

    attribution: Float[Tensor, "c h w"]
    image: Float[Tensor, "c h w"]
    baseline: Float[Tensor, "c h w"]
    alphas: Float64[Tensor, " n"]
    weights: Float64[Tensor, " n"]
    path_scores: Float64[Tensor, " n"]
    running: Float64[Tensor, " n"]
    score: float
    baseline_score: float
    gradients: Float32[Tensor, "n c h w"] | None

    @property
    def total(self) -> float:
        """The sum of the attribution over all pixels and channels."""
        return self.attribution.double().sum().item()

    @property
    def gap(self) -> float:
        """How far the attribution is from complete: its sum less f(x) - f(x')."""
        return self.total - (self.score - self.baseline_score)

    @property
    def relative_gap(self) -> float | None:
        """The size of `gap` as a share of |f(x) - f(x')|; None where the two scores are equal."""
        difference = self.score - self.baseline_score
        return abs(self.gap / difference) if difference else None

    def interpolated(self, k: int) -> Float[Tensor, "c h w"]:
        """The picture at node k; its gradient is `gradients[k]`.

        Raises:
            IndexError: there is no such node.
        """
        return between(self.baseline, self.image, self.alphas[k, None])[0]

    def accumulated(self, k: int) -> Float[Tensor, "c h w"]:
        """The attribution after nodes 0 to k; after the last it is `attribution`.

        Raises:
            IndexError: there is no such node.
            ValueError: the gradients were not kept.
        """
        if self.gradients is None:
            raise ValueError("the gradients were not kept: integrate with keep=True")
        count = range(len(self.alphas))[k] + 1
        slope = torch.tensordot(self.weights[:count].float(), self.gradients[:count], dims=1)
        return slope * (self.image - self.baseline)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntegrationStep(Step):
    """What the nodes up to here give, as in `IntegratedGradients`. Only the last step has the `result`."""

    attribution: Float[Tensor, "c h w"]
    alphas: Float64[Tensor, " n"]
    path_scores: Float64[Tensor, " n"]
    running: Float64[Tensor, " n"]
    result: IntegratedGradients | None


def integrated_gradients(
    score: Score,
    image: Float[Tensor, "c h w"],
    baseline: Float[Tensor, "c h w"],
    settings: IntegrationSettings,
    *,
    chunk: int,
    keep: bool = False,
    gradient: Gradient = torch.autograd.grad,
) -> IntegratedGradients:
    """The attribution of `score` to the pixels of `image`, with `chunk` pictures at a time in the network.

    `chunk` changes the answer by rounding alone. With `keep` the gradient of every node is kept, for `accumulated`.

    Raises:
        ValueError: `chunk` is less than 1.
    """
    *_, last = integrate(score, image, baseline, settings, chunk=chunk, keep=keep, gradient=gradient)
    assert last.result is not None
    return last.result


def integrate(
    score: Score,
    image: Float[Tensor, "c h w"],
    baseline: Float[Tensor, "c h w"],
    settings: IntegrationSettings,
    *,
    chunk: int,
    keep: bool = False,
    gradient: Gradient = torch.autograd.grad,
) -> Run[IntegrationStep]:
    """The same as a run that yields after every `chunk` nodes, from the baseline to the photo.

    Each chunk costs one pass forward and one back. f(x) and f(x') come from the path where the rule has a node there;
    else one more pass forward, without a graph, gives those that are missing.

    Raises:
        ValueError: `chunk` is less than 1.
    """
    image, baseline = image.detach(), baseline.detach()
    path = _Path(image, baseline, nodes(settings.rule, settings.steps), keep)
    return _integrate(score, path, chunk, batches(settings.steps, chunk), gradient)


def between(
    start: Float[Tensor, "c h w"], end: Float[Tensor, "c h w"], alphas: Float64[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """The pictures at `alphas` of the straight way from `start` to `end`; at 0 and 1 these very pictures."""
    return torch.lerp(start[None], end[None], alphas[:, None, None, None].to(start))


def _integrate(score: Score, path: _Path, chunk: int, parts: list[slice], gradient: Gradient) -> Run[IntegrationStep]:
    for index, part in enumerate(parts):
        path.add(part, slopes(score, path.pictures(part), gradient=gradient))
        yield IntegrationStep(
            index=index,
            attribution=path.attribution(),
            alphas=path.nodes.alphas[: part.stop].clone(),
            path_scores=path.scores[: part.stop].clone(),
            running=path.shares[: part.stop].cumsum(dim=0),
            result=path.result(_ends(score, path, chunk)) if part is parts[-1] else None,
        )


def _ends(score: Score, path: _Path, chunk: int) -> tuple[float, float]:
    """f(x') and f(x): from the path where it has a node there, else from a pass forward."""
    found = dict(zip(path.nodes.alphas.tolist(), path.scores.tolist(), strict=True))
    missing = [end for end in (0.0, 1.0) if end not in found]
    if missing:
        pictures = between(path.baseline, path.image, torch.tensor(missing, dtype=torch.float64))
        with torch.no_grad():
            scores = torch.cat([score(pictures[part]) for part in batches(len(missing), chunk)])
        found.update(zip(missing, scores.tolist(), strict=True))
    if not path.travel.any():  # one picture has one score, but two passes may round it differently
        return found[0.0], found[0.0]
    return found[0.0], found[1.0]


class _Path:
    """The sums along one path: in the type of the pictures within a chunk, in float64 across chunks."""

    def __init__(self, image: Tensor, baseline: Tensor, nodes: Nodes, keep: bool) -> None:
        self.image, self.baseline, self.nodes = image, baseline, nodes
        self.travel = image - baseline
        self.slope = torch.zeros(image.shape, dtype=torch.float64)
        self.scores = torch.zeros_like(nodes.alphas)
        self.shares = torch.zeros_like(nodes.alphas)  # what each node adds to the sum of the attribution
        self.kept = torch.zeros(len(nodes.alphas), *image.shape, dtype=torch.float32) if keep else None

    def pictures(self, part: slice) -> Tensor:
        """The pictures at some of the nodes."""
        return between(self.baseline, self.image, self.nodes.alphas[part])

    def add(self, part: slice, found: Slopes) -> None:
        """Enter what was found at some of the nodes."""
        weights = self.nodes.weights[part]
        self.slope += torch.tensordot(weights.to(found.slopes), found.slopes, dims=1).cpu()
        self.scores[part] = found.scores.cpu()
        self.shares[part] = weights * (found.slopes * self.travel).sum(dim=(1, 2, 3)).cpu()
        if self.kept is not None:
            self.kept[part] = found.slopes.cpu()

    def attribution(self) -> Tensor:
        """What the nodes so far give, a new tensor."""
        return (self.slope * self.travel.cpu()).to(self.image.dtype)

    def result(self, ends: tuple[float, float]) -> IntegratedGradients:
        """The result after the last node."""
        return IntegratedGradients(
            attribution=self.attribution(),
            image=self.image.to("cpu", copy=True),
            baseline=self.baseline.to("cpu", copy=True),
            alphas=self.nodes.alphas,
            weights=self.nodes.weights,
            path_scores=self.scores,
            running=self.shares.cumsum(dim=0),
            score=ends[1],
            baseline_score=ends[0],
            gradients=self.kept,
        )
