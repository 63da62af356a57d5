"""Deletion and insertion: the pictures of one map, and the curves of several, scrubbed together. They fill in one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import AttributionSettings, Method
from ui import address, parts
from ui.cached import attributions, drawings
from ui.components.film import Chart, Film, Panel, Series, film
from ui.sections.attribution import case as cases
from ui.sections.attribution.case import Case
from viz.colours import MANY, Stroke

if TYPE_CHECKING:
    from core.attribution.faithfulness import Kind
    from core.experiments.attribution import Explanation
    from core.experiments.trust import Control, Fall

METHODS = {method.title: method for method in Method}
STANDARD = (Method.GRAD_CAM, Method.GUIDED_GRAD_CAM, Method.INTEGRATED_GRADIENTS, Method.SMOOTH_GRAD)
CONTROLS = ("Random pixels", "From the centre outwards")
MOST = 6
JUDGED, WATCHED, STEP = "judged", "watched", "replaced"
KEYS = (JUDGED, WATCHED, STEP)
THERE = "falls-there"
"""In the session: the names of what has been computed, so that the film is drawn before the rest is."""

REMEMBERED = 600
PARTS = ("the map", "deletion", "insertion")
"""What a judgement is made of, in the order in which it is computed. After each a moved control is heard."""

PATIENCE = 0.4  # seconds until what is new is drawn
HIGH = 460  # px of what stands where the film will be
GREY = MANY[5].colour
GREYS = {CONTROLS[0]: Stroke(GREY, "2 5"), CONTROLS[1]: Stroke(GREY, "9 5")}
STROKES = tuple(
    Stroke(one.colour, dash)
    for one, dash in zip((*MANY[:5], MANY[0]), ("", "9 4", "12 3 3 3", "16 4", "6 3", "1 4"), strict=True)
)
"""Of the methods, in their order: colour and dash. The controls are grey."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One order of the pixels, and what became of the probability. `explanation` is None for a control."""

    title: str
    explanation: Explanation | None
    deletion: Fall
    insertion: Fall


def methods(case: Case, cell: DeltaGenerator) -> list[Method]:
    """Which methods are judged."""
    words = "Each is judged beside two orders that no map made: random pixels, and from the centre outwards."
    return cases.methods(case, cell, label="Methods", key=JUDGED, standard=STANDARD, most=MOST, words=words)


def watched(asked: Sequence[Method], cell: DeltaGenerator) -> str:
    """Whose pictures are seen; by default those of the first method."""
    options = [*(method.title for method in asked), *CONTROLS]
    if st.session_state.get(WATCHED) not in (None, *options):
        st.session_state[WATCHED] = options[0]  # it is judged no more
    return cell.selectbox("Pictures of", options, key=WATCHED, bind="query-params") or options[0]


def wanted(asked: Sequence[Method], shown: str) -> list[str]:
    """Everything to be judged, in the order in which it is computed: what is seen, the random control, the rest."""
    titles = [*(method.title for method in asked), CONTROLS[1]]
    return [shown, *(title for title in (CONTROLS[0], *titles) if title != shown)]


def judged(case: Case, titles: Sequence[str]) -> list[Judged]:
    """Those of `titles` that have been judged in this session, methods first; what the cache has lost is computed again."""
    there = st.session_state.get(THERE, ())
    order = [*METHODS, *CONTROLS]
    with st.container(gap=None):  # a place in the queue for each; what follows keeps its own
        return [
            _judge(case, title) for title in sorted(titles, key=order.index) if _name(case, title, PARTS[-1]) in there
        ]


def fall(case: Case, found: Sequence[Judged], shown: str, titles: Sequence[str]) -> None:
    """The film of what is there; each of `titles` has its colour from the beginning."""
    parts.section(
        "Is it true?",
        "The pixels that a map ranks first turn black, or come back into a blurred photo. A true map makes the probability "
        "fall early, and rise early.",
    )
    mine = next((one for one in found if one.title == shown), None)
    if mine is None:
        st.empty().skeleton(height=HIGH)
        return
    step = min(address.number(STEP, None) or 0, len(mine.deletion.scores) - 1)
    film("fall-film", reel(case, found, mine, strokes(titles)), step, lambda moved: address.keep(STEP, moved))
    address.show(STEP, None if not step else str(step))


def more(case: Case, titles: Sequence[str]) -> None:
    """Compute what is not there yet, and run the page again whenever there is something new to draw. Stands last."""
    there: tuple[str, ...] = st.session_state.get(THERE, ())
    missing = [(title, part) for title in titles for part in PARTS if _name(case, title, part) not in there]
    if not missing:
        return
    slot, started = st.empty(), time.monotonic()
    for title, part in missing:
        slot.caption(f":material/hourglass_empty: {title}: {part} is computed now.")
        _compute(case, title, part)
        there = (*there, _name(case, title, part))[-REMEMBERED:]
        st.session_state[THERE] = there
        if time.monotonic() - started > PATIENCE:
            break
    st.rerun()


def _compute(case: Case, title: str, part: str) -> None:
    from core.attribution.faithfulness import Kind

    by = _by(case, title)
    if part != PARTS[0]:
        _fall(case, by, Kind(part), title)


def _judge(case: Case, title: str) -> Judged:
    from core.attribution.faithfulness import Kind
    from core.experiments.trust import Control

    by = _by(case, title)
    return Judged(title, None if isinstance(by, Control) else by, *(_fall(case, by, kind, title) for kind in Kind))


def _by(case: Case, title: str) -> Explanation | Control:
    """The map or the control that orders the pixels."""
    from core.experiments.trust import Control

    control = next((one for one in Control if one.title == title), None)
    return control or explained(case, METHODS[title])


def explained(case: Case, method: Method) -> Explanation:
    """The map that is judged: with the settings of every method's beginning."""
    return attributions.explain(case.photo, case.card.key, method, case.target, AttributionSettings())


def _fall(case: Case, by: Explanation | Control, kind: Kind, title: str) -> Fall:
    return attributions.fall(case.photo, case.card.key, case.target, by, kind, title)


def _name(case: Case, title: str, part: str = "") -> str:
    return f"{case.name} {title} {part}"


def reel(case: Case, found: Sequence[Judged], mine: Judged, drawn: Mapping[str, Stroke]) -> Film:
    """The pictures of `mine`, and the curves of all, `drawn` as each title is."""
    shares = [100 * share for share in mine.deletion.shares]
    panels = (
        _panel(case, mine, mine.deletion, "Deletion", "turned black"),
        _panel(case, mine, mine.insertion, "Insertion", "put back into the blurred photo"),
    )
    charts = (
        _chart("Deletion", "low is good", shares, found, [one.deletion for one in found], drawn),
        _chart("Insertion", "high is good", shares, found, [one.insertion for one in found], drawn),
    )
    return Film(panels, charts, tuple(f"{share:.0f} % of the pixels" for share in shares))


def _panel(case: Case, mine: Judged, one: Fall, name: str, what: str) -> Panel:
    key = f"{_name(case, mine.title)} {name}"
    sheet = drawings.drawn_frames(key, lambda: one.pictures)
    label = case.label
    notes = tuple(f"{label} {parts.percent(score)}" for score in one.scores)
    return Panel(
        f"{name}: {mine.title}", f"The photo with the pixels that {mine.title} ranks first {what}", sheet, notes
    )


def _chart(
    name: str,
    words: str,
    shares: Sequence[float],
    found: Sequence[Judged],
    falls: Sequence[Fall],
    drawn: Mapping[str, Stroke],
) -> Chart:
    series = tuple(
        Series(f"{one.title}, AUC {fall.auc:.3f}", drawn[one.title], fall.scores)
        for one, fall in zip(found, falls, strict=True)
    )
    return Chart(f"{name}: {words}", "pixels replaced, in %", "probability", tuple(shares), series)


def strokes(titles: Sequence[str]) -> dict[str, Stroke]:
    """A stroke for each: methods in colours, the controls grey."""
    methods = [title for title in METHODS if title in titles]
    return {**dict(zip(methods, STROKES, strict=False)), **GREYS}
