"""Focal loss against cross-entropy on the same confidences: which anchors the head listens to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.detection.learning_settings import LossSettings
from ui import parts
from viz.loss_charts import share_bars

if TYPE_CHECKING:
    from core.experiments.learning import Focused, Learning

GAMMA = "gamma"
GROUPS = ("positive", "hard negative", "easy negative")


@dataclass(frozen=True, slots=True)
class Weighed:
    """How the confidence loss divides among positive, hard and easy anchors (shares from 0 to 1) at one `gamma`."""

    gamma: float
    shares: tuple[float, float, float]


def weighed(answer: Learning, gamma: float) -> Weighed:
    """Any `gamma` from the plain cross-entropy of each anchor, times its distance from what it should say to that power."""
    terms = answer.plain.terms.astype(np.float64) * np.abs(answer.wanted - answer.confidences) ** gamma
    sums = [float(terms[answer.groups == group].sum()) for group in range(len(GROUPS))]
    whole = sum(sums) or 1.0
    first, second, third = (one / whole for one in sums)
    return Weighed(gamma, (first, second, third))


@st.fragment
def focal(answer: Learning, hidden: bool) -> None:
    """The slider and two bars: a fragment, so that no network and no other part waits for it."""
    parts.section(
        "Who is heard?",
        "Hundreds of anchors have nothing to find. Each is cheap; together they can drown the few that matter.",
    )
    gamma = st.slider(
        "Focus γ",
        0.0,
        5.0,
        LossSettings().focus,
        0.1,
        key=GAMMA,
        bind="query-params",
        help="The power of |t − c|. 0 is plain cross-entropy, the lab's heads learned with 2.",
        width=420,
    )
    if hidden:
        st.caption("Say what you expect, then Reveal above: the shares come here.")
        return
    plain, now = weighed(answer, 0.0), weighed(answer, gamma)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    bars = {"Cross-entropy, γ = 0": plain.shares, f"Focal, γ = {gamma:.1f}": now.shares}
    left.image(share_bars(bars, GROUPS), width="stretch", alt=alt(plain, now))
    right.markdown(told(answer.plain, plain, now))


def told(counted: Focused, plain: Weighed, now: Weighed) -> str:
    """What the shares mean, with the numbers of now."""
    good, hard, easy = (row.count for row in counted.shares)
    if not easy:
        return "There is no easy anchor on this photo: every one that has nothing to find is at 10 % or more."
    count = f"**{easy} easy anchors** have nothing to find and know it"
    change = (
        f"{count}: they make up {parts.percent(plain.shares[2])} of the cross-entropy"
        + (f". With γ = {now.gamma:.1f} it is {parts.percent(now.shares[2])}" if now.gamma else "")
        + "."
    )
    rest = (
        f" The {good} positive and {hard} hard one{'s' if hard != 1 else ''} (nothing there, and yet a confidence of 10 % or "
        f"more) have {parts.percent(now.shares[0] + now.shares[1])}"
    )
    meaning = (
        ": so a step of training is mostly about them."
        if now.shares[2] < 0.5
        else ": the head mostly learns to stay silent."
    )
    return change + rest + meaning


def alt(plain: Weighed, now: Weighed) -> str:
    """The bars in words."""
    rows = (
        f"γ = {one.gamma:.1f}: "
        + ", ".join(f"{name} {share:.0%}" for name, share in zip(GROUPS, one.shares, strict=True))
        for one in (plain, now)
    )
    return f"Shares of the confidence loss. {'; '.join(rows)}"
