"""How many points are enough? The gap of every rule as its points grow, drawn from coarse to fine while it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.attribution.settings import Rule
from ui import growing, parts
from ui.cached import attributions
from ui.sections.attribution.case import Case
from ui.sections.attribution.path import WANTED, percent
from ui.sections.attribution.way import Way
from viz.gap_chart import RULES, gap_chart
from viz.threshold_curves import Line

if TYPE_CHECKING:
    from core.attribution.completeness import GapPoint
    from core.experiments.integration import Walk

COUNTS = (8, 16, 32, 64, 128, 256)
"""Numbers of points, as in `core.attribution.completeness`, which is not imported before torch is there."""

NAME = "gaps_measured"
_KEYS = (":gray[· · ·]", ":orange[–·–]", ":blue[— —]", ":violet[- - -]", ":green[——]")


def gaps(case: Case, made: Way, walked: Walk) -> None:
    """The chart after a click, one measurement after another, and a button that ends the measuring."""
    parts.section(
        "How many points are enough?",
        "Each rule puts its points elsewhere. Which one closes the gap first?",
    )
    mine, wanted = _name(case, made), [(count, rule) for count in COUNTS for rule in Rule]
    here = growing.progress(NAME, mine)
    with st.container():  # two lines in it each time, so that nothing of the other state stays behind
        if here.going:
            st.button("Stop", key="gaps-stop", icon=":material/stop:", on_click=growing.stop, args=(NAME, mine))
            st.caption("One measurement after another, the quick ones first. Everything else works meanwhile.")
        elif here.done < len(wanted):
            _offer(mine, walked, here.done)
    growing.growing(NAME, mine, len(wanted), lambda count: _measured(case, made, walked, wanted[:count], len(wanted)))


def _measured(case: Case, made: Way, walked: Walk, wanted: Sequence[tuple[int, Rule]], whole: int) -> None:
    place = st.container()  # before what is measured: so the chart stays in sight meanwhile
    found: list[GapPoint] = []
    for count, rule in wanted:
        found += attributions.gaps(
            case.photo, case.card.key, case.target, made.settings, count, rule, made.other
        ).points
    if found:
        with place:
            _draw(found, walked, left=whole - len(wanted))


def _name(case: Case, made: Way) -> str:
    other = made.other.digest if made.other else ""
    return f"{case.name} {made.settings.baseline} {other}"


def _offer(mine: str, walked: Walk, done: int) -> None:
    points = len(Rule) * sum(COUNTS)
    seconds = walked.cost.milliseconds / len(walked.alphas) * points / 1000
    st.button(
        "Measure the rest" if done else "Measure the gaps",
        key="gaps-start",
        icon=":material/query_stats:",
        on_click=growing.begin,
        args=(NAME, mine),
    )
    st.caption(
        f"{len(Rule)} rules at {COUNTS[0]} to {COUNTS[-1]} points: {points:,} pictures go forward and back through the network, "
        f"about {_time(seconds)} here. The first points come at once, and you may stop."
    )


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1, round(seconds))} s"


def _draw(found: Sequence[GapPoint], walked: Walk, *, left: int) -> None:
    if all(point.relative is None for point in found):
        st.caption("The baseline and the photo have one score: there is no rise that a gap could be a share of.")
        return
    at = None if walked.gap is None else (float(len(walked.alphas)), walked.gap)
    picture = gap_chart(lines(found), first=COUNTS[0], last=COUNTS[-1], wanted=WANTED, at=at)
    st.image(picture, width=820, alt="The gap of five rules over the number of points, both axes logarithmic")
    st.caption(told(found, left))


def lines(found: Sequence[GapPoint]) -> list[Line]:
    """A curve for each rule."""
    return [
        Line(
            rule.title,
            stroke,
            tuple((float(point.steps), point.relative) for point in found if point.rule is rule),
        )
        for rule, stroke in zip(Rule, RULES, strict=True)
    ]


def told(found: Sequence[GapPoint], left: int) -> str:
    """The legend, and which rule comes within 5 % first and stays there."""
    legend = " · ".join(f"{key} {rule.title}" for key, rule in zip(_KEYS, Rule, strict=True))
    if left:
        return f"{legend}  \n{left} measurements to come. The ring is the film."
    return f"{legend}  \n{_enough(found)} The ring is the film."


def _enough(found: Sequence[GapPoint]) -> str:
    """From how many points on each rule stays within 5 %, in a sentence."""
    enough = {rule: enough_from([point for point in found if point.rule is rule]) for rule in Rule}
    most = max(point.steps for point in found)
    good = {rule: count for rule, count in enough.items() if count is not None}
    if not good:
        worst = min(
            (point.relative for point in found if point.steps == most and point.relative is not None), default=0.0
        )
        return f"No rule stays within 5 % up to {most} points; the best of them ends at {percent(worst)}."
    first = min(good.values())
    names = " and ".join(rule.title for rule, count in good.items() if count == first)
    missing = [rule.title for rule, count in enough.items() if count is None]
    rest = f" {' and '.join(missing)} {'does' if len(missing) == 1 else 'do'} not up to {most}." if missing else ""
    return (
        f"Within 5 % from {first} points on: {names}.{rest} A gap can be small by luck at one number of points and grow at the "
        "next: networks with ReLUs have kinks all along the path."
    )


def enough_from(points: Sequence[GapPoint]) -> int | None:
    """The number of points from which on the gap stays within 5 %, or None."""
    enough = None
    for point in sorted(points, key=lambda one: -one.steps):
        if point.relative is None or point.relative > WANTED:
            break
        enough = point.steps
    return enough
