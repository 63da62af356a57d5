"""What deletion, insertion and the pointing game say in numbers and words, and the area with its numbers put in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from ui import messages, parts
from ui.cached import insides
from ui.sections.attribution.case import Case
from ui.sections.attribution.fall import CONTROLS, Judged

if TYPE_CHECKING:
    from core.attribution.faithfulness import Pointing

TENTH = 0.1


def question(found: Sequence[Judged]) -> None:
    """To be answered before the slider is moved; the answer has the numbers of this photo."""
    parts.question(
        "Grad-CAM's favourite 10 % of the pixels turn black. What happens to the probability?", answer(found)
    )


def answer(found: Sequence[Judged]) -> str:
    """What happens to it, for Grad-CAM and for as many random pixels."""
    mine = next((one for one in found if one.title == "Grad-CAM"), None)
    if mine is None:
        return "Grad-CAM is not judged yet: choose it among the methods, or wait a moment."
    place = min(range(len(mine.deletion.shares)), key=lambda step: abs(mine.deletion.shares[step] - TENTH))
    before, after = parts.percent(mine.deletion.scores[0]), parts.percent(mine.deletion.scores[place])
    words = f"With {parts.percent(mine.deletion.shares[place], 0)} black it goes from {before} to **{after}**."
    random = next((one for one in found if one.title == CONTROLS[0]), None)
    if random is None:
        return words
    return (
        f"{words} As many random pixels take it to {parts.percent(random.deletion.scores[place])}: black dots all over the photo "
        "break every edge, so chance is a strong rival here."
    )


def verdict(case: Case, found: Sequence[Judged]) -> None:
    """The table, what it says of the random control, and the pointing game."""
    if not found:
        return
    pointings = {one.title: pointing(case, one) for one in found}
    st.markdown(table(found, pointings))
    st.markdown(words(found), width=760)
    st.caption(pointing_words(case, found, pointings))


def pointing(case: Case, one: Judged) -> Pointing | None:
    """Where the map points, or None: a control points nowhere, nor does an empty map or one of a class without a box."""
    if one.explanation is None or empty(one):
        return None
    return insides.pointed(case.opened, one.explanation, case.photo)


def empty(one: Judged) -> bool:
    """Whether there is a map without any value above 0: its order of the pixels means nothing."""
    return one.explanation is not None and not float(one.explanation.map.max()) > 0


def table(found: Sequence[Judged], pointings: dict[str, Pointing | None]) -> str:
    """A row for each in Markdown: both areas, the best of the methods in bold, and where the map points if a box is known."""
    methods = [one for one in found if one.explanation is not None and not empty(one)]
    lowest = min((one.deletion.auc for one in methods), default=math.nan)
    highest = max((one.insertion.auc for one in methods), default=math.nan)
    known = any(pointings.values())
    lines = [
        "| Method | Deletion AUC, low is good | Insertion AUC, high is good |"
        + (" Points at it | Inside the box |" if known else "")
    ]
    lines.append("|:--|--:|--:|" + ("--:|--:|" if known else ""))
    for one in found:
        gone = _best(one.deletion.auc, lowest, one in methods)
        come = _best(one.insertion.auc, highest, one in methods)
        lines.append(f"| {one.title} | {gone} | {come} |" + (_pointing_cells(pointings[one.title]) if known else ""))
    return "\n".join(lines)


def words(found: Sequence[Judged]) -> str:
    """Which methods do not beat random pixels, and which maps are empty."""
    random = next((one for one in found if one.title == CONTROLS[0]), None)
    told = [
        f"The map of {one.title} is empty, so its order of the pixels means nothing." for one in found if empty(one)
    ]
    methods = [one for one in found if one.explanation is not None and not empty(one)]
    if random is None or not methods:
        return " ".join(told)
    for name, losers, rival in (
        ("deletion", [one for one in methods if one.deletion.auc >= random.deletion.auc], random.deletion.auc),
        ("insertion", [one for one in methods if one.insertion.auc <= random.insertion.auc], random.insertion.auc),
    ):
        if losers:
            areas = [one.deletion.auc if name == "deletion" else one.insertion.auc for one in losers]
            each = _listed([f"{one.title} ({area:.3f})" for one, area in zip(losers, areas, strict=True)])
            verb = "does" if len(losers) == 1 else "do"
            told.append(f"In {name}, **{each} {verb} not beat random pixels** ({rival:.3f}).")
        else:
            told.append(f"In {name}, every method beats random pixels ({rival:.3f}).")
    if any(one.deletion.auc >= random.deletion.auc for one in methods):
        told.append(
            "Black dots all over a photo break every edge; pixels that lie together leave the rest of it whole."
        )
    return " ".join(told)


def pointing_words(case: Case, found: Sequence[Judged], pointings: dict[str, Pointing | None]) -> str:
    """The pointing game in one sentence."""
    name, truth = messages.escape(case.label), case.photo.truth
    if truth is None or case.label not in truth.labels:
        return f"The pointing game needs a box around each {name}; nobody has drawn one on this photo, so no map is judged by it."
    judged = [one.title for one in found if pointings[one.title]]
    hits = [title for title in judged if (spot := pointings[title]) and spot.hit]
    return (
        f"The pointing game: {len(hits)} of {len(judged)} maps have their highest value within 15 px of the box of a {name}. "
        "A large box is hard to miss; the share of the map inside of it says more."
    )


def formula(found: Sequence[Judged]) -> None:
    """The area under the first curve as a sum."""
    if not found:
        return
    parts.section("The area under a curve", f"Deletion with {found[0].title}, by trapezoids.")
    st.latex(area(found[0]))
    st.caption(
        "p is the probability, s the share of the pixels that were replaced. Petsiuk et al., RISE, 2018, section 4."
    )


def area(one: Judged) -> str:
    """The area in LaTeX, with its first term."""
    points = list(zip(one.deletion.shares, one.deletion.scores, strict=True))
    terms = [rf"\frac{{{p:.3f} + {q:.3f}}}{{2}} \cdot {t - s:.4f}" for (s, p), (t, q) in pairwise(points)]
    body = " + ".join([terms[0], r"\dots"])
    return (
        r"\begin{aligned} \mathrm{AUC} &= \sum_k \frac{p_k + p_{k+1}}{2}\,(s_{k+1} - s_k) \\[0.5em] &= "
        rf"{body} \\[0.5em] &= {one.deletion.auc:.3f} \end{{aligned}}"
    )


def _pointing_cells(spot: Pointing | None) -> str:
    if spot is None:
        return " – | – |"
    hit = "hit" if spot.hit else f"miss by {spot.distance:.0f} px"
    return f" {hit} | {parts.percent(spot.inside, 0)} |"


def _best(value: float, best: float, eligible: bool) -> str:
    return f"**{value:.3f}** ✓" if eligible and value == best else f"{value:.3f}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
