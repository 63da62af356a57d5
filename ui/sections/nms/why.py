"""Why did this box vanish? One sentence with the numbers, and the thresholds at which it would live."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from ui import cached, messages, parts
from ui.sections.nms import method

if TYPE_CHECKING:
    from core.experiments.nms import Race, Why


def why(table: BoxTable, races: list[Race], picked: int | None) -> None:
    """A sentence for each way to suppress, about the picked box; without one, how to pick."""
    parts.section("Why did this box vanish?", "Click a box on the photo or in the list.")
    if picked is None:
        st.caption("No box is picked.")
        return
    for race in races:
        found = cached.why(race, picked)
        with st.container(gap="xxsmall"):
            if len(races) > 1:
                st.caption(f"**{method.title(race.settings)}**")
            st.markdown(messages.escape(sentence(table, race.settings, found)), width=760)
            if found.lives is not None:
                st.html(strip(found.lives, race.settings.iou_threshold))
                st.caption(lives(found.lives))


def sentence(table: BoxTable, settings: NmsSettings, found: Why) -> str:
    """What became of a box, with the numbers that decided."""
    box = f"Box {found.box} ({name(table, found.box)}, score {found.before:.2f})"
    if settings.method is Method.MATRIX:
        return _matrix(table, settings, found, box)
    if settings.method.decays:
        return _soft(table, settings, found, box)
    return _greedy(table, settings, found, box)


def lives(intervals: tuple[tuple[float, float], ...]) -> str:
    """The thresholds at which a box is kept, in words."""
    if not intervals:
        return "There is no threshold at which it would be kept."
    if intervals == ((0.0, 1.0),):
        return "It is kept at every threshold."
    told = [f"from {start:.3f} on" if end == 1 else f"{start:.3f} to {end:.3f}" for start, end in intervals]
    words = f"It is kept at thresholds {' and '.join(told)}."
    if len(intervals) > 1:
        words += " In between, a higher threshold brings back a better box that removes it."
    return words


def strip(intervals: tuple[tuple[float, float], ...], threshold: float) -> str:
    """The thresholds from 0 to 1 as a bar, those at which the box lives filled, and a mark at the one that is set."""
    filled = "".join(
        f'<span style="position:absolute;left:{start:.2%};width:{end - start:.2%};top:0;bottom:0;background:#0072B2"></span>'
        for start, end in intervals
    )
    words = html.escape(lives(intervals))
    return (
        f'<div role="img" aria-label="{words}" style="max-width:420px">'
        '<div style="position:relative;height:12px;border-radius:3px;background:rgba(128,128,140,.2)">'
        f'<span style="position:absolute;inset:0;overflow:hidden;border-radius:3px">{filled}</span>'
        f'<span style="position:absolute;left:calc({threshold:.2%} - 1px);top:-4px;bottom:-4px;width:2px;'
        'background:currentColor"></span></div>'
        '<div style="display:flex;justify-content:space-between;font-size:.8125rem;opacity:.7">'
        "<span>0</span><span>IoU threshold</span><span>1</span></div></div>"
    )


def name(table: BoxTable, box: int) -> str:
    """What a box shows, short enough for a sentence."""
    label = table.labels[box]
    return label if len(label) <= 24 else f"{label[:23]}…"


def near(value: float, limit: float, least: int = 2) -> str:
    """As many digits as it takes, and no fewer than `least`, to see on which side of a limit a value lies."""
    if value == limit:
        return f"{value:.{least}f}"
    digits = next((digits for digits in range(least, 17) if round(value, digits) != round(limit, digits)), 17)
    return f"{value:.{digits}f}"


def _greedy(table: BoxTable, settings: NmsSettings, found: Why, box: str) -> str:
    limit, decision = f"the threshold {settings.iou_threshold:.2f}", f"decision {(found.step or 0) + 1}"
    measure = "DIoU" if settings.method is Method.DIOU else "IoU"
    if found.winner is None or found.overlap is None:
        mates = " of its class" if settings.per_class else ""
        none = "overlaps it at all" if measure == "IoU" else "has a DIoU above 0 with it"
        return f"{box} is kept: it wins {decision}, and no earlier winner{mates} {none}."
    overlap = f"{measure} {near(found.overlap, settings.iou_threshold)}"
    if found.kept:
        rival = f"box {found.winner} ({name(table, found.winner)})"
        return f"{box} is kept: it wins {decision}. Of the earlier winners {rival} overlaps it most, {overlap}, not above {limit}."
    rival = f"box {found.winner} ({name(table, found.winner)}, score {table.scores[found.winner]:.2f})"
    return f"{box} was removed in {decision} by {rival}: they overlap by {overlap}, above {limit}."


def _soft(table: BoxTable, settings: NmsSettings, found: Why, box: str) -> str:
    least, decision = f"the least, {settings.score_threshold:.2f}", f"decision {(found.step or 0) + 1}"
    if found.kept:
        if found.after >= found.before:
            return f"{box} is kept with its whole score: it wins {decision}, and no earlier winner took anything of it."
        return f"{box} is kept and wins {decision}, but earlier winners that it overlaps brought its score to {found.after:.3f}."
    if found.winner is None:
        return f"{box} never raced: its score is below {least}."
    rival = f"box {found.winner} ({name(table, found.winner)}), IoU {found.overlap or 0:.2f}"
    after = near(found.after, settings.score_threshold, 3)
    return f"{box} was removed in {decision}: after {rival}, its score is {after}, below {least}."


def _matrix(table: BoxTable, settings: NmsSettings, found: Why, box: str) -> str:
    fate, least = "is kept" if found.kept else "was removed", f"the least, {settings.score_threshold:.2f}"
    if found.winner is None:
        if found.kept:
            return f"{box} is kept with its whole score: no better box takes anything of it."
        return f"{box} was removed: its score is below {least}."
    rival = f"box {found.winner} ({name(table, found.winner)}), IoU {found.overlap or 0:.2f}"
    return (
        f"{box} {fate}: its worst rival is {rival}, which is itself overlapped by {found.rival_overlap or 0:.2f}. "
        f"That leaves a score of {near(found.after, settings.score_threshold, 3)}, "
        f"{'not ' if found.kept else ''}below {least}."
    )
