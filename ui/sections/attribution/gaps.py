"""How many points are enough? The gap of every rule as its points grow, drawn from coarse to fine while it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.settings import Rule
from ui import parts
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

ASKED, DONE = "gaps_of", "gaps_done"
_KEYS = (":gray[· · ·]", ":orange[–·–]", ":blue[— —]", ":violet[- - -]", ":green[——]")


def gaps(case: Case, made: Way, walked: Walk) -> None:
    """The chart after a click, and a button that ends the measuring.

    That may take minutes, and what is drawn after it waits: so a page draws this last, in a container that has its place.
    """
    parts.section(
        "How many points are enough?",
        "Each rule puts its points elsewhere. Which one closes the gap first?",
    )
    mine = _name(case, made)
    running = st.session_state.get(ASKED) == mine
    done = st.session_state.get(DONE, {}).get(mine, 0)
    wanted = [(count, rule) for count in COUNTS for rule in Rule]
    offer = st.empty()
    if not running and done < len(wanted):
        with offer.container():
            _offer(mine, walked, done)
    measured = wanted if running else wanted[:done]
    chart, words, stop = st.empty(), st.empty(), st.empty()
    if running and done < len(wanted):
        stop.button("Stop", key="gaps-stop", icon=":material/stop:", on_click=_stop)
    found: list[GapPoint] = []
    for count, rule in measured:
        found += attributions.gaps(
            case.photo, case.card.key, case.target, made.settings, count, rule, made.other
        ).points
        last = len(found) == len(measured)
        if last or len(found) > done:
            _draw(chart, words, found, walked, left=0 if last else len(wanted) - len(found))
        if running:
            st.session_state[DONE] = {mine: max(done, len(found))}
    if running:
        stop.empty()


def _name(case: Case, made: Way) -> str:
    other = made.other.digest if made.other else ""
    return f"{case.photo.digest} {case.card.key} {case.target} {made.settings.baseline} {other}"


def _offer(mine: str, walked: Walk, done: int) -> None:
    points = len(Rule) * sum(COUNTS)
    seconds = walked.cost.milliseconds / len(walked.alphas) * points / 1000
    st.button(
        "Measure the rest" if done else "Measure the gaps",
        key="gaps-start",
        icon=":material/query_stats:",
        on_click=lambda: st.session_state.update({ASKED: mine}),
    )
    st.caption(
        f"{len(Rule)} rules at {COUNTS[0]} to {COUNTS[-1]} points: {points:,} pictures go forward and back through the network, "
        f"about {_time(seconds)} here. The first points come at once, and you may stop."
    )


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1, round(seconds))} s"


def _stop() -> None:
    st.session_state.pop(ASKED, None)


def _draw(chart: DeltaGenerator, words: DeltaGenerator, found: Sequence[GapPoint], walked: Walk, *, left: int) -> None:
    if all(point.relative is None for point in found):
        words.caption("The baseline and the photo have one score: there is no rise that a gap could be a share of.")
        return
    at = None if walked.gap is None else (float(len(walked.alphas)), walked.gap)
    picture = gap_chart(lines(found), first=COUNTS[0], last=COUNTS[-1], wanted=WANTED, at=at)
    with chart.container():
        st.image(picture, width=820, alt="The gap of five rules over the number of points, both axes logarithmic")
    words.caption(told(found, left))


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
