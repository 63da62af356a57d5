"""Cached doors into the experiments of fooling and of what survives. What they give is frozen and shared, not copied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.adversarial.settings import AttackSettings
from core.adversarial.survival_settings import Handling, Treatment
from core.experiments.aims import Aim, BoxAim
from core.images.photo import Photo
from ui import preload
from ui.cached import efforts
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.adversarial import Clean, FoolStep, Outcome
    from core.experiments.box_attack import BoxOutcome, CleanBoxes
    from core.experiments.effort import Effort
    from core.experiments.fooling_trials import Least, Trial
    from core.experiments.survival import BeforeAfter, Survived, Swept, Transfer, Verified
    from core.steps import Run

# Fooling a classifier ----------------------------------------------------------------------------------------------


def clean(photo: Photo, model: str) -> Clean:
    """The picture a classifier is given of the photo, rounded to 8 bits, and its answer.

    Raises:
        WeightsMissingError: its weights are not on this machine.
    """
    return through_engine(lambda ticket: _clean(photo.digest, version(model), photo, ticket))


@st.cache_resource(max_entries=24, show_spinner=False)
def _clean(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> Clean:
    needs(_ticket)
    from core.experiments import adversarial

    return adversarial.clean(_photo, version[0])


def begin(photo: Photo, model: str, aim: Aim) -> Callable[[AttackSettings], Run[FoolStep]]:
    """What begins the attack to be watched, with settings. The clean answer is asked for now: a run asks no door."""
    first = clean(photo, model)

    def run(settings: AttackSettings) -> Run[FoolStep]:
        from core.experiments import adversarial

        return adversarial.begin(first, aim, settings)

    return run


def attack(photo: Photo, model: str, aim: Aim, settings: AttackSettings) -> Effort[Outcome]:
    """The whole attack with the pictures on the way: one effort for all visitors, to be advanced."""
    first = clean(photo, model)
    return _attacked(photo.digest, version(model), aim, settings, first)


@st.cache_resource(max_entries=16, show_spinner=False)  # 60 pictures of 224 x 224 take 9 MB
def _attacked(digest: str, version: Version, aim: Aim, settings: AttackSettings, _clean: Clean) -> Effort[Outcome]:
    from core.experiments import fooling_trials

    return fooling_trials.whole(_clean, aim, settings)


def attacked(photo: Photo, model: str, aim: Aim, settings: AttackSettings) -> Outcome:
    """The same, made to its end at once, or waited for where another visitor is at it."""
    return efforts.whole(attack(photo, model, aim, settings))


def trial(photo: Photo, model: str, aim: Aim, settings: AttackSettings) -> Effort[Trial]:
    """The whole attack in numbers, a row of the table: one effort for all visitors, to be advanced."""
    first = clean(photo, model)
    return _trial(photo.digest, version(model), aim, settings, first)


@st.cache_resource(max_entries=256, show_spinner=False)
def _trial(digest: str, version: Version, aim: Aim, settings: AttackSettings, _clean: Clean) -> Effort[Trial]:
    from core.experiments import fooling_trials

    return fooling_trials.trial(_clean, aim, settings)


def at_epsilon(photo: Photo, model: str, aim: Aim, settings: AttackSettings, epsilon: float) -> Effort[Trial]:
    """The attack within `epsilon`, in pixel values of [0, 1], a point of the curve: one effort for all visitors."""
    first = clean(photo, model)
    return _at_epsilon(photo.digest, version(model), aim, settings, epsilon, first)


@st.cache_resource(max_entries=512, show_spinner=False)
def _at_epsilon(
    digest: str, version: Version, aim: Aim, settings: AttackSettings, epsilon: float, _clean: Clean
) -> Effort[Trial]:
    from core.experiments import fooling_trials

    return fooling_trials.at_epsilon(_clean, aim, settings, epsilon)


def least(photo: Photo, model: str, aim: Aim, settings: AttackSettings, limit: int) -> Effort[Least]:
    """The fewest levels of 255 within which the attack succeeds, searched from `limit` on: one effort for all visitors."""
    first = clean(photo, model)
    return _least(photo.digest, version(model), aim, settings, limit, first)


@st.cache_resource(max_entries=64, show_spinner=False)
def _least(
    digest: str, version: Version, aim: Aim, settings: AttackSettings, limit: int, _clean: Clean
) -> Effort[Least]:
    from core.experiments import fooling_trials

    return fooling_trials.least(_clean, aim, settings, limit)


# Making a detector overlook a thing ----------------------------------------------------------------------------------


def boxes(photo: Photo, model: str) -> CleanBoxes:
    """The picture a detector is given of the photo, rounded to 8 bits, and what it finds there."""
    return through_engine(lambda ticket: _boxes(photo.digest, version(model), photo, ticket))


@st.cache_resource(max_entries=24, show_spinner=False)
def _boxes(digest: str, version: Version, _photo: Photo, _ticket: Ticket | None) -> CleanBoxes:
    needs(_ticket)
    from core.experiments import box_attack

    return box_attack.boxes(_photo, version[0])


def begin_box(photo: Photo, model: str, aim: BoxAim) -> Callable[[AttackSettings], Run[FoolStep]]:
    """What begins the attack on a detection to be watched, with settings. The clean answer is asked for now."""
    first = boxes(photo, model)

    def run(settings: AttackSettings) -> Run[FoolStep]:
        from core.experiments import box_attack

        return box_attack.begin(first, aim, settings)

    return run


def attacked_rows(clean: CleanBoxes, aim: BoxAim) -> list[int]:
    """The numbers of the anchors that an aim is about. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import box_attack

    return box_attack.attacked_rows(clean, aim)


def box_attacked(photo: Photo, model: str, aim: BoxAim, settings: AttackSettings) -> BoxOutcome:
    """The whole attack on one detection, with the pictures on the way."""
    first = boxes(photo, model)
    return through_engine(lambda ticket: _box_attacked(photo.digest, version(model), aim, settings, first, ticket))


@st.cache_resource(max_entries=8, show_spinner=False)
def _box_attacked(
    digest: str, version: Version, aim: BoxAim, settings: AttackSettings, _clean: CleanBoxes, _ticket: Ticket | None
) -> BoxOutcome:
    needs(_ticket)
    from core.experiments import box_attack

    return box_attack.attacked(_clean, aim, settings)


# What survives ---------------------------------------------------------------------------------------------------


def survived(pixels: np.ndarray, model: str, treatment: Treatment) -> Survived:
    """The picture after a treatment, and what a classifier says to it."""
    return through_engine(lambda ticket: _survived(_digest(pixels), version(model), treatment, pixels, ticket))


@st.cache_resource(max_entries=128, show_spinner=False)
def _survived(
    digest: str, version: Version, treatment: Treatment, _pixels: np.ndarray, _ticket: Ticket | None
) -> Survived:
    needs(_ticket)
    from core.experiments import survival

    return survival.survived(_pixels, version[0], treatment)


def swept(pixels: np.ndarray, model: str, kind: Handling, *, seed: int = 0) -> Swept:
    """The picture handled in one way, stronger and stronger."""
    return through_engine(lambda ticket: _swept(_digest(pixels), version(model), kind.value, seed, pixels, ticket))


@st.cache_resource(max_entries=128, show_spinner=False)
def _swept(digest: str, version: Version, kind: str, seed: int, _pixels: np.ndarray, _ticket: Ticket | None) -> Swept:
    needs(_ticket)
    from core.experiments import survival

    return survival.swept(_pixels, version[0], Handling(kind), seed=seed)


def transferred(before: np.ndarray, after: np.ndarray, model: str) -> Transfer:
    """What another classifier says to the clean and to the changed picture; what is not here is told, not raised."""
    digests = _digest(before), _digest(after)
    return through_engine(lambda ticket: _transferred(*digests, version(model), before, after, ticket))


@st.cache_resource(max_entries=256, show_spinner=False)
def _transferred(
    one: str, other: str, version: Version, _before: np.ndarray, _after: np.ndarray, _ticket: Ticket | None
) -> Transfer:
    needs(_ticket)
    from core.experiments import survival

    return survival.transferred(_before, _after, version[0])


def before_after(before: np.ndarray, after: np.ndarray, model: str) -> BeforeAfter:
    """Where a classifier looks on the clean and on the changed picture."""
    digests = _digest(before), _digest(after)
    return through_engine(lambda ticket: _before_after(*digests, version(model), before, after, ticket))


@st.cache_resource(max_entries=48, show_spinner=False)
def _before_after(
    one: str, other: str, version: Version, _before: np.ndarray, _after: np.ndarray, _ticket: Ticket | None
) -> BeforeAfter:
    needs(_ticket)
    from core.experiments import survival

    return survival.before_after(_before, _after, version[0])


def png(pixels: np.ndarray) -> bytes:
    """The picture as a PNG file. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import survival

    return survival.png(pixels)


def verified(data: bytes, model: str) -> Verified:
    """A file opened again as a visitor's photo and classified in the ordinary way."""
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return through_engine(lambda ticket: _verified(digest, version(model), data, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)
def _verified(digest: str, version: Version, _data: bytes, _ticket: Ticket | None) -> Verified:
    needs(_ticket)
    from core.experiments import survival

    return survival.verified(_data, version[0])


def _digest(pixels: np.ndarray) -> str:
    hasher = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    hasher.update(np.ascontiguousarray(pixels).data)
    return hasher.hexdigest()
