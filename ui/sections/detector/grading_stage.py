"""What a moved confidence changes: the photo with its verdicts, the point on the curve, and the counts. No network runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.experiments.verdicts import Operating, Verdict
from core.images.photo import Photo
from ui import address, cached, controls, messages, parts
from ui.components.verdicts import Row, Stage, verdicts
from ui.sections.detector import grading_formula, grading_words
from ui.sections.detector.grading_boxes import Boxes
from ui.sections.detector.grading_presets import KEY, PICKED
from viz.precision_recall import Points, precision_recall
from viz.verdicts import Fate

if TYPE_CHECKING:
    from core.experiments.grading import Curve, Grade

_FATES = {Verdict.RIGHT: Fate.RIGHT, Verdict.IGNORED: Fate.IGNORED}
_BEFORE = "graded-before"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is graded and looked at: everything that holds while the confidence moves. `label` None is all classes."""

    photo: Photo
    boxes: Boxes
    graded: Grade
    label: str | None
    eleven: bool


def stage(shown: Shown, at: float) -> None:
    """Photo and curve beside each other, and below them why the picked box counts or not."""
    left, right = st.columns(2, gap="medium")
    with left:
        _photo(shown, at)
    with right:
        _curve(shown, at)


def figures(shown: Shown, at: float) -> None:
    """The three counts, with the share each of them decides, and the area."""
    point = shown.graded.at(at, shown.label)
    hidden = controls.hidden(KEY)
    curve = shown.graded.curve(shown.label)
    cells = parts.four(150)
    _metric(cells[0], "Found, TP", str(point.right), _share("recall", point.recall))
    _metric(cells[1], "False, FP", str(point.wrong), _share("precision", point.precision))
    _metric(cells[2], "Missed, FN", str(point.missed), "F1 ?" if hidden else _number("F1", point.f1))
    many = sum(one.ap is not None for one in shown.graded.classes)
    alone = shown.label is not None or many < 2
    ap = (curve.ap_11 if shown.eleven else curve.ap) if alone else _mean(shown)
    name = "AP" if alone else f"mAP of {many} classes"
    note = f"at IoU {shown.graded.threshold:.2f}{', 11 points' if shown.eleven else ''}"
    _metric(cells[3], name, "–" if ap is None else f"{ap:.3f}", note if ap is not None else "nothing to find")


def formulas(shown: Shown, at: float) -> None:
    """The shares of this confidence, and the area of the whole curve."""
    parts.section("The numbers", "Counts make precision and recall; AP is the area below their curve.")
    left, right = st.columns(2, gap="medium")
    with left:
        if controls.hidden(KEY):
            st.caption("F1 waits until you reveal the answer.")
        else:
            st.latex(grading_formula.shares(shown.graded.at(at, shown.label)))
    with right:
        st.latex(grading_formula.area(shown.graded.curve(shown.label), eleven=shown.eleven))
        st.caption(_read(shown))


def _read(shown: Shown) -> str:
    """How the area is read, and whose it is: that of all classes in one line is not the mean of theirs."""
    if not shown.graded.curve(shown.label).line.truths:
        return "There is nothing to find, so there is no recall, no curve and no area."
    how = (
        "The mean of eleven heights: the best precision at that recall or a higher one, 0 where none is."
        if shown.eleven
        else "One rectangle for each object that is found, as wide as one object of all and as high as the best precision at "
        "its recall or a higher one."
    )
    pooled = shown.label is None and sum(one.ap is not None for one in shown.graded.classes) > 1
    whose = " Here all classes stand in one line; the mAP above is the mean of each class's own AP." if pooled else ""
    return f"r is recall, p precision. {how} Everingham et al., 2010.{whose}"


def rows(shown: Shown, at: float) -> tuple[Row, ...]:
    """The boxes with at least this score, the surest first, and then the objects that are missed."""
    graded, label = shown.graded, shown.label
    listed = []
    for place, (one, ruling) in enumerate(zip(graded.found, graded.rulings, strict=True)):
        if one.score >= at and label in (None, one.label):
            partner = None if ruling.truth is None else graded.truths[ruling.truth].box
            words = ruling.verdict.title + (f", IoU {ruling.iou:.2f}" if ruling.iou else "")
            fate = _FATES.get(ruling.verdict, Fate.WRONG)
            listed.append(Row(place, one.box, fate.value, one.label, f"{one.score:.2f}", words, partner))
    for truth in graded.missed(at, label):
        place, name = len(graded.found) + truth, grading_words.name(graded.truths, truth)
        later = graded.finder[truth] is not None
        words = "found further down" if later else "found at no confidence"
        listed.append(Row(place, graded.truths[truth].box, Fate.MISSED.value, name, "", words))
    return tuple(listed)


def said(shown: Shown, picked: int, at: float) -> str:
    """The sentence about a box or a missed object, by its place."""
    count = len(shown.graded.found)
    if picked < count:
        return grading_words.verdict(shown.graded, picked)
    return grading_words.missed(shown.graded, picked - count, at)


def _photo(shown: Shown, at: float) -> None:
    listed = rows(shown, at)
    picked = _picked(shown, listed)
    photo = shown.photo
    scene = Stage(cached.backdrop(photo), photo.width, photo.height, listed)
    verdicts("graded-photo", scene, picked=picked, on_pick=lambda place: address.keep(PICKED, place))
    if picked is None:
        st.caption("Click a box on the photo or in the list to read why it counts or not.")
    else:
        st.markdown(messages.escape(said(shown, picked, at)))


def _picked(shown: Shown, listed: tuple[Row, ...]) -> int | None:
    """The picked box, if it is one of these; of other boxes than before, none."""
    mine = (shown.photo.digest, shown.boxes.title, shown.boxes.known.source)
    state = st.session_state
    if state.get("graded-of", mine) != mine and address.peek(PICKED) is None:
        address.keep(PICKED, None)
    state["graded-of"] = mine
    held = address.number(PICKED, None)
    picked = held if any(row.place == held for row in listed) else None
    address.show(PICKED, None if picked is None else str(picked))
    return picked


def _curve(shown: Shown, at: float) -> None:
    graded, label = shown.graded, shown.label
    curve, point = graded.curve(label), graded.at(at, label)
    if not curve.line.truths:
        what = f"No {messages.escape(label)} is marked" if label else "Nothing is marked that this detector knows"
        st.info(
            f"{what} on this photo, so nothing can be found and there is no recall and no curve. "
            "Choose another photo or detector, mark objects, or say what the names mean.",
            icon=":material/info:",
        )
        return
    count = point.right + point.wrong
    words = f"at {at:.2f}" if count else f"at {at:.2f}: no box"
    picture = precision_recall(points(curve), count, words=words, eleven=shown.eleven)
    recall, precision = _share("recall", point.recall), _share("precision", point.precision)
    st.image(picture, width="stretch", alt=f"Precision against recall; at confidence {at:.2f} {precision}, {recall}")
    st.caption(_legend(shown, curve))
    st.markdown(messages.escape(_change(shown, point)))


def _legend(shown: Shown, curve: Curve) -> str:
    """What the lines are, and whose."""
    whose = (
        "All classes in one line" if shown.label is None and len(shown.graded.classes) > 1 else f"**{_whose(shown)}**"
    )
    area = curve.ap_11 if shown.eleven else curve.ap
    below = "mean of the eleven heights" if shown.eleven else "shaded area"
    return f"{whose} · :orange[–·–] after each box · :blue[——] best precision from there on · {below} **{area or 0.0:.3f}**"


def _whose(shown: Shown) -> str:
    only = shown.label or (shown.graded.classes[0].label if shown.graded.classes else None)
    return messages.escape(only or "No class")


def _change(shown: Shown, point: Operating) -> str:
    """What moving the confidence has just changed, and what the next steps would."""
    mine = (shown.photo.digest, shown.boxes.title, shown.graded.threshold, shown.label, len(shown.graded.found))
    held, before = st.session_state.get(_BEFORE, (None, None))
    told = []
    if held == mine and before is not None and before != point.confidence:
        told.append(grading_words.moved(shown.graded.at(before, shown.label), point))
    st.session_state[_BEFORE] = (mine, point.confidence)
    told.append(grading_words.following(shown.graded, point.confidence, shown.label))
    return " ".join(told)


def points(curve: Curve) -> Points:
    """The curve as the picture takes it."""
    line = curve.line
    return Points(tuple(line.recall.tolist()), tuple(line.precision.tolist()), tuple(line.envelope.tolist()))


def _mean(shown: Shown) -> float | None:
    return shown.graded.mean_ap_11 if shown.eleven else shown.graded.mean_ap


def _metric(cell: DeltaGenerator, name: str, value: str, note: str) -> None:
    cell.metric(name, value, delta=note, delta_color="gray", delta_arrow="off")


def _share(name: str, share: float | None) -> str:
    return f"{name} –" if share is None else f"{name} {parts.percent(share, 0)}"


def _number(name: str, value: float | None) -> str:
    return f"{name} –" if value is None else f"{name} {value:.2f}"
