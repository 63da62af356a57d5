"""Integrated gradients step by step: the path from a baseline to the photo, how complete the sum is, and what black hides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from core.attribution.completeness import GapPoint, gap_curve
from core.attribution.faithfulness import order
from core.attribution.grad_cam import upsample
from core.attribution.integrated_gradients import IntegratedGradients, integrated_gradients
from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, BaselineSettings, Rule
from core.errors import SettingError
from core.experiments.attribution import CHUNK, Question, ask, attributed, start
from core.experiments.cost import Cost, Meter, billed_in_chunks
from core.experiments.opened import Opened
from core.images.photo import Photo
from core.zoo.cache import load
from core.zoo.network import Network

MOST_FRAMES = 48
"""Points of a path that are kept with their pictures."""

HIDDEN = 0.15
"""The share of the picture that is painted black, where Grad-CAM speaks for the class most."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The way from a baseline to the photo, at `alphas` from 0 to 1.

    `pictures` are those on the way, `slopes` the gradient there and `accumulated` the attribution after that point, both with
    their channels added. `path_scores` is f at each point, `running` the sum of the attribution after it, which should reach
    `score` - `baseline_score`; `gap` is how far it stays from that, as a share.
    """

    label: str
    alphas: tuple[float, ...]
    pictures: UInt8[np.ndarray, "n h w 3"]
    slopes: Float[np.ndarray, "n h w"]
    accumulated: Float[np.ndarray, "n h w"]
    path_scores: tuple[float, ...]
    running: tuple[float, ...]
    score: float
    baseline_score: float
    gap: float | None
    cost: Cost


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gap of each rule that was asked for, at one number of points."""

    points: tuple[GapPoint, ...]
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class BlackObject:
    """The photo with its most important part painted black, and what two baselines say of it.

    `hidden` (h, w) is the part that is black, smaller than `HIDDEN` where Grad-CAM has fewer pixels above 0. `black` and
    `white` are the attributions with a black and a white baseline, channels added, and `black_share`, `white_share` how much
    of their magnitude lies in that part, from 0 to 1. `probability` is that of the class for the painted photo.
    """

    label: str
    probability: float
    picture: UInt8[np.ndarray, "h w 3"]
    hidden: Bool[np.ndarray, "h w"]
    black: Float[np.ndarray, "h w"]
    white: Float[np.ndarray, "h w"]
    black_share: float
    white_share: float
    cost: Cost


def walk(opened: Opened, target: int, settings: AttributionSettings, other: Photo | None = None) -> Walk:
    """Integrate, and keep every point of the path.

    Raises:
        SettingError: there is no such class, there are more points than `MOST_FRAMES`, or no photo for the baseline.
        MemoryShortError: no device has room for it.
    """
    if settings.integration.steps > MOST_FRAMES:
        raise SettingError(f"steps must be at most {MOST_FRAMES} to be kept, got {settings.integration.steps}.")
    question = ask(opened, target, settings, other=other)
    return billed_in_chunks(lambda device, chunk: _walked(question, device, chunk), CHUNK)


def gaps(
    opened: Opened,
    target: int,
    settings: AttributionSettings,
    steps: int,
    other: Photo | None = None,
    *,
    rules: tuple[Rule, ...] = tuple(Rule),
) -> Gaps:
    """How far the sum of each of `rules` with `steps` points is from complete.

    Raises:
        SettingError: there is no such class, a rule can't be made of so many points, or no photo for the baseline.
        MemoryShortError: no device has room for it.
    """
    question = ask(opened, target, settings, other=other)
    return billed_in_chunks(lambda device, chunk: _gaps(question, steps, rules, device, chunk), CHUNK)


def black_object(opened: Opened, target: int, settings: AttributionSettings) -> BlackObject:
    """Paint black what speaks for the class most, and integrate from black and from white.

    From black nothing is left to travel where the picture is black: those pixels get exactly 0, whatever they mean.

    Raises:
        SettingError: there is no such class.
        MemoryShortError: no device has room for it.
    """
    question = ask(opened, target, settings)
    return billed_in_chunks(lambda device, chunk: _blackened(question, device, chunk), CHUNK)


def _walked(question: Question, device: torch.device, chunk: int) -> Walk:
    network = load(question.opened.model, device)
    with Meter(device) as meter:
        found = _integrated(question, network, meter, chunk)
        gradients = found.gradients
        assert gradients is not None  # keep=True
        weights = found.weights.float()[:, None, None, None]
        travel = found.image - found.baseline
        accumulated = ((weights * gradients).cumsum(dim=0) * travel).sum(dim=1)
        pictures = [_pixels(found.interpolated(place)) for place in range(len(found.alphas))]
    return Walk(
        label=question.opened.classes[question.target],
        alphas=tuple(found.alphas.tolist()),
        pictures=np.stack(pictures),
        slopes=gradients.sum(dim=1).numpy(),
        accumulated=accumulated.numpy(),
        path_scores=tuple(found.path_scores.tolist()),
        running=tuple(found.running.tolist()),
        score=found.score,
        baseline_score=found.baseline_score,
        gap=found.relative_gap,
        cost=meter.cost,
    )


def _integrated(question: Question, network: Network, meter: Meter, chunk: int) -> IntegratedGradients:
    image, settings = question.image(network), question.settings
    return integrated_gradients(
        question.score(network, meter),
        image,
        start(network, image, settings.baseline, question.other),
        settings.integration,
        chunk=chunk,
        keep=True,
        gradient=meter.gradient,
    )


def _gaps(question: Question, steps: int, rules: tuple[Rule, ...], device: torch.device, chunk: int) -> Gaps:
    network = load(question.opened.model, device)
    with Meter(device) as meter:
        image = question.image(network)
        run = gap_curve(
            question.score(network, meter),
            image,
            start(network, image, question.settings.baseline, question.other),
            rules=rules,
            steps=(steps,),
            chunk=chunk,
            gradient=meter.gradient,
        )
        points = tuple(run)
    return Gaps(points, meter.cost)


def _blackened(question: Question, device: torch.device, chunk: int) -> BlackObject:
    opened = question.opened
    network = load(opened.model, device)
    with Meter(device) as meter:
        image = question.image(network)
        hidden = _foremost(attributed(question, Method.GRAD_CAM, network, meter, chunk)[0], *image.shape[1:])
        painted = image.masked_fill(hidden.to(device), 0.0)
        with torch.no_grad():
            probability = question.probability(network, meter)(painted[None])[0].item()
        asked = replace(question, opened=replace(opened, image=painted[None]))
        black, white = (
            attributed(_from(asked, kind), Method.INTEGRATED_GRADIENTS, network, meter, chunk)[0].sum(dim=0).cpu()
            for kind in (Baseline.BLACK, Baseline.WHITE)
        )
    return BlackObject(
        label=opened.classes[question.target],
        probability=probability,
        picture=_pixels(painted.cpu()),
        hidden=hidden.numpy(),
        black=black.numpy(),
        white=white.numpy(),
        black_share=_share(black, hidden),
        white_share=_share(white, hidden),
        cost=meter.cost,
    )


def _foremost(map: Float[Tensor, "rows columns"], height: int, width: int) -> Bool[Tensor, "height width"]:
    """The pixels where the map, brought to the size of the picture, is largest: a share of `HIDDEN`, but none where it is 0."""
    first = torch.zeros(height * width, dtype=torch.bool)
    first[order(map, height, width)[: round(HIDDEN * height * width)]] = True
    return first.reshape(height, width) & (upsample(map, height, width).cpu() > 0)


def _from(question: Question, kind: Baseline) -> Question:
    return replace(question, settings=replace(question.settings, baseline=BaselineSettings(kind=kind)))


def _share(map: Float[Tensor, "h w"], part: Bool[Tensor, "h w"]) -> float:
    whole = map.abs().sum().item()
    return map[part].abs().sum().item() / whole if whole else 0.0


def _pixels(picture: Float[Tensor, "3 h w"]) -> UInt8[np.ndarray, "h w 3"]:
    return (picture.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
