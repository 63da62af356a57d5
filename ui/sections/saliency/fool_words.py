"""What an attack came to, in one sentence with its numbers, and how far its picture is from the clean one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.adversarial.settings import LEVEL, Attack, Goal
from ui import messages, parts
from ui.sections.saliency import fool_case

if TYPE_CHECKING:
    from core.adversarial.settings import AttackSettings
    from core.experiments.adversarial import Changed, Outcome
    from core.experiments.overview import Guess


def verdict(outcome: Outcome) -> str:
    """Whether the network is fooled by the picture of 8 bits; where only real numbers do it, that it does not count."""
    before, after = _told(outcome.before), _told(outcome.after)
    if outcome.first == 0:
        return f"The network sees {before} already, before anything is changed. Choose another target."
    if outcome.succeeded:
        return (
            f"{before} became {after} after {taken(outcome)}: {_moved(outcome)}, and it holds as a picture of 8 bits."
        )
    if not changed(outcome):
        return f"No pixel changed, so the network still sees {after}. Allow a larger epsilon."
    if outcome.reached:
        return (
            f"In real numbers the network sees {_told(outcome.unrounded)}, but as a picture of 8 bits {after}: rounding undid "
            "the attack, so it does not count. Allow more steps, or round inside the loop."
        )
    if outcome.aim.goal is Goal.TOWARDS and outcome.after.index != outcome.before.index:
        wanted = outcome.classes[outcome.aim.label]
        return (
            f"{before} became {after}, and not {messages.escape(wanted)} ({parts.percent(outcome.of_aim)}): the network is wrong, "
            "but the attack missed its target. Allow more steps, a larger epsilon, or another attack."
        )
    wanted = (
        f" ({messages.escape(outcome.classes[outcome.aim.label])} has {parts.percent(outcome.of_aim)})"
        if outcome.aim.goal is Goal.TOWARDS
        else ""
    )
    return (
        f"The network still sees {after}{wanted}: {_moved(outcome)}, and that was not enough. Allow more steps, a larger epsilon, "
        "or another attack."
    )


def taken(outcome: Changed) -> str:
    """The updates up to the first success, and how many more were asked for."""
    first = outcome.updates if outcome.first is None else outcome.first
    more = outcome.updates - first
    return _count(first, "update") + (f", and {more} more to make it last" if more else "")


def differing(these: AttackSettings, those: AttackSettings) -> tuple[str, str]:
    """What two settings of one attack differ in, in words: how it is in `these`, and how in `those`. Empty where they agree."""
    told = [(name(these), name(those)) for name in _NAMED]
    apart = [pair for pair in told if pair[0] != pair[1]]
    ours, others = (", ".join(pair[side] for pair in apart) for side in (0, 1))
    return ours, others


def note_earlier(shown: AttackSettings, asked: AttackSettings) -> None:
    """A line that says so where the result of other settings is shown than those asked for. Nothing where they agree."""
    drawn, wanted = differing(shown, asked)
    if drawn:
        st.caption(
            f":material/history: **This is the result with {drawn}.** That with {wanted} comes when the run below has ended."
        )


def changed(outcome: Changed) -> bool:
    """Whether any pixel of 8 bits is another than in the clean picture."""
    return outcome.distances.l0 > 0


def figures(outcome: Changed) -> None:
    """How far the rounded picture is from the clean one, in the measures people quote."""
    far, pixels = outcome.distances, outcome.pixels.shape[0] * outcome.pixels.shape[1]
    cells = parts.four(150)
    cells[0].metric("L∞, the largest", levels(far.levels), help="By how much the value that changed most has changed.")
    cells[1].metric("L2, the length", f"{far.l2:.2f}", help="Of the whole change, with values from 0 to 1.")
    cells[2].metric(
        "L0, the pixels", parts.percent(far.l0 / pixels, 0), help=f"{far.l0:,} of {pixels:,} pixels changed at all."
    )
    cells[3].metric("SSIM", f"{far.ssim:.3f}", help="How alike both pictures are to the eye: 1 is the same.")
    st.caption(
        f"{loudness(far.psnr)} All of it is measured on the picture rounded to 8 bits, {far.l0:,} of {pixels:,} pixels of which "
        "are others than before."
    )


def levels(value: float) -> str:
    """A number of levels, such as "1 level of 255"."""
    whole = round(value)
    return f"{whole} level{'s' if whole != 1 else ''}"


def loudness(psnr: float) -> str:
    """The signal to noise ratio in a sentence."""
    return f"PSNR {psnr:.1f} dB." if math.isfinite(psnr) else "PSNR is infinite: both pictures are the same."


def percent_of(guess: Guess) -> str:
    """A guess without any markup, such as "cat 98.4 %"."""
    return f"{guess.label} {parts.percent(guess.probability)}"


def _told(guess: Guess) -> str:
    return f"**{messages.escape(guess.label)} {parts.percent(guess.probability)}**"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _moved(outcome: Changed) -> str:
    return f"no pixel value changed by more than {levels(outcome.distances.levels)} of 255"


def _step(settings: AttackSettings) -> str:
    if settings.step_size is None:
        return "an automatic step"
    linf = settings.attack is Attack.PGD_LINF
    return f"a step of {settings.step_size / LEVEL:.3g}/255" if linf else f"a step of {settings.step_size:.3g}"


_NAMED: tuple[Callable[[AttackSettings], str], ...] = (
    lambda one: f"epsilon {fool_case.radius(one)}" if one.epsilon is not None else "no epsilon",
    lambda one: f"most steps {one.updates}",
    _step,
    lambda one: f"{_count(one.steps_after, 'step')} after success",
    lambda one: f"a random start, seed {one.seed}" if one.starts_at_random else "no random start",
    lambda one: "rounding inside the loop" if one.round_inside else "rounding at the end",
)
