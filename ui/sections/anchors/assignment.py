"""Which anchors learn from which object? The objects are dragged on the photo; a rule decides, and the page says how well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.layout import AnchorSettings
from core.boxes.settings import AssignmentSettings, Labelled, Rule
from core.images.photo import Photo
from ui import cached, controls, export, messages, parts, preload
from ui.components.truth_editor import Change, Mark, Stage, truth_editor
from ui.sections.anchors import cases, generator, offsets, rule, snippet, truths
from viz.anchors import assignment_picture
from viz.curves import coverage, coverage_curve
from viz.images import as_url

if TYPE_CHECKING:
    from core.boxes.matching import Activation
    from core.experiments.assignment import Assignment, Matched

MOST_COLUMNS = 4  # of the table of IoUs: more do not fit beside the words
STATES = ("background", "ignored", "positive")


def waiting(place: DeltaGenerator) -> None:
    """Keep the place of the photo while torch is loaded, so that nothing jumps when it is there."""
    if not preload.ready():
        place.skeleton(height=500)


def stage(
    photo: Photo,
    objects: tuple[Labelled, ...],
    settings: AnchorSettings,
    how: AssignmentSettings,
    answer: Assignment,
    picked: Matched | None,
) -> None:
    """The photo with objects that can be dragged, and the anchors that the rule gave them."""
    heat = as_url(cached.fit_picture(truths.boxes(objects), settings, photo, answer)) if objects else ""
    scene = Stage(
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        heat=heat,
        levels=answer.levels,
        truths=objects,
        marks=tuple(
            _mark(one)
            for rows in (answer.ignored, answer.positives)
            for one in reversed(rows)  # the strongest lies on top
        ),
        locations=_locations(answer),
        counts=dict(zip(("positive", "ignored", "background"), answer.counts, strict=True)),
        threshold=how.positive,
        picked=_mark(picked) if picked else None,
    )
    truth_editor("truth-editor", scene, on_change=_changed, on_pick=offsets.pick)


def figures(objects: Sequence[Labelled], how: AssignmentSettings, answer: Assignment) -> None:
    """The four numbers, and in words what went wrong: objects that no anchor fits, and objects that want the same one."""
    first, second, third, fourth = parts.four(130)
    reached = [one.iou >= how.positive for one in answer.best]
    good = all(reached)
    first.metric(
        "Objects covered",
        f"{sum(reached)} of {len(reached)}",
        delta=f"{parts.percent(sum(reached) / max(1, len(reached)), 0)} at IoU {how.positive:.2f}",
        delta_color="green" if good else "orange",
        delta_arrow="off",
        help="An object is covered if its best anchor reaches the threshold.",
    )
    cells = zip((second, third, fourth), ("Positive", "Ignored", "Background"), answer.counts, strict=True)
    for cell, name, number in cells:
        share = f"{number / max(1, sum(answer.counts)):.2%} of all"
        cell.metric(name, f"{number:,}", delta=share, delta_color="gray", delta_arrow="off")
    st.caption(rule.LESSONS[how.rule])
    missed = [
        f"{one.label} ({best.iou:.2f})" for one, best, ok in zip(objects, answer.best, reached, strict=True) if not ok
    ]
    if missed:
        st.warning(
            f"No anchor reaches {how.positive:.2f} on {messages.escape(_listed(missed))}. "
            "Change sizes or ratios until one does, or lower the threshold.",
            icon=":material/warning:",
        )
    for one, two in answer.rivals:
        st.warning(_rivals(objects, how, answer, one, two), icon=":material/call_merge:")


def nine(objects: Sequence[Labelled], answer: Assignment) -> None:
    """YOLO's rule step by step: the responsible cell of an object, and the IoU of each of its anchors."""
    st.markdown(
        ":gray[First the cell whose centre is nearest, by |dx| + |dy|. Then its anchor with the largest IoU.]",
        width=680,
    )
    left, right = st.columns(2, gap="medium")
    total = sum(level.count for level in answer.levels)
    with left:
        st.markdown(
            "\n\n".join(_told(truth, one, total) for truth, one in zip(objects, answer.activations, strict=True))
        )
    with right:
        st.markdown(_table(objects, answer))


def maps(
    photo: Photo, objects: tuple[Labelled, ...], settings: AnchorSettings, how: AssignmentSettings, answer: Assignment
) -> None:
    """The best IoU at each place, and how many objects stay covered as the threshold rises."""
    st.markdown(":gray[Bright: an anchor there comes close to an object, whatever the rule makes of it.]", width=680)
    left, right = st.columns(2, gap="medium")
    most = max(one.iou for one in answer.best)
    with left:
        parts.picture(
            cached.fit_picture(truths.boxes(objects), settings, photo, answer),
            "Best IoU at each place",
            f"with any object, at most {most:.2f}",
            alt=f"Map of the best IoU at each place of {photo.name}, from 0 to {most:.2f}",
            scale=parts.Scale("viridis", "IoU 0", "0.5", "1"),
            tallest=300,
        )
    with right:
        st.caption("**Objects covered**, in percent, by the IoU that their best anchor must reach")
        best = [one.iou for one in answer.best]
        share = coverage(best, how.positive)
        alt = f"Coverage falls as the threshold rises: {share:.0f} percent of {len(best)} objects at {how.positive:.2f}"
        st.image(coverage_curve(best, how.positive), width="stretch", alt=alt)


def take_away(photo: Photo, objects: Sequence[Labelled], how: AssignmentSettings, answer: Assignment) -> None:
    """The closing row: the photo with its matched anchors, the table of objects, the link, the lines of PyTorch."""
    export.take_away(
        "assignment",
        picture=lambda: assignment_picture(
            photo.pixels, objects, [one.box for one in answer.positives], [one.box for one in answer.ignored]
        ),
        rows=lambda: rows(objects, answer),
        settings=lambda: {
            "photo": photo.name,
            "rule": how.rule.value,
            "thresholds": [how.negative, how.positive],
            **dict(zip(("positive", "ignored", "background"), answer.counts, strict=True)),
        },
        link=lambda: controls.link(
            "part", cases.KEY, truths.KEY, offsets.KEY, "look", "offset", *rule.KEYS, *generator.KEYS
        ),
        snippet=lambda: snippet.assignment(answer.levels, truths.boxes(objects), how),
    )


def rows(objects: Sequence[Labelled], answer: Assignment) -> list[dict[str, str | float | int]]:
    """For each object its best anchor and how many learn from it: the table to take away."""
    return [
        {
            "object": one.label,
            **dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True)),
            "best_anchor": best.index,
            **dict(zip(("anchor_x1", "anchor_y1", "anchor_x2", "anchor_y2"), best.box, strict=True)),
            "iou": best.iou,
            "anchors_that_learn": learns,
        }
        for one, best, learns in zip(objects, answer.best, answer.learns, strict=True)
    ]


def _told(truth: Labelled, one: Activation, total: int) -> str:
    """What became of one object, with its numbers."""
    nearest = sorted(one.distances.flatten().tolist())
    following = f", the next cell {nearest[1]:.4f} px" if len(nearest) > 1 else ""
    x, y = (truth.box[0] + truth.box[2]) / 2, (truth.box[1] + truth.box[3]) / 2
    return (
        f"**{messages.escape(truth.label)}** has its centre at ({x:g}, {y:g}). Cell [{one.cell[0]}, {one.cell[1]}] is "
        f"{one.distance:.4f} px away{following}. Anchor {one.anchor} of the cell is activated: IoU "
        f"{float(one.iou[one.anchor]):.4f}, number **{one.flat_index}** of {total:,}."
    )


def _table(objects: Sequence[Labelled], answer: Assignment) -> str:
    """The IoU of each anchor of the responsible cell with each object, the activated one in bold; as Markdown."""
    shown = list(zip(objects, answer.activations, strict=True))[:MOST_COLUMNS]
    head = "| number | anchor | " + " | ".join(messages.escape(truth.label) for truth, _ in shown) + " |"
    lines = [head, "|---|---|" + "---:|" * len(shown)]
    for index, shape in enumerate(answer.levels[0].shapes):
        values = (f"{float(one.iou[index]):.4f}" for _, one in shown)
        cells = (
            f"**{value}**" if one.anchor == index else value for value, (_, one) in zip(values, shown, strict=True)
        )
        lines.append(f"| {index} | {shape.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _changed(change: Change) -> None:
    truths.keep(change.truths)


def _mark(one: Matched) -> Mark:
    return Mark(one.box, one.state.value, one.truth, one.iou, one.index)


def _locations(answer: Assignment) -> tuple[tuple[float, float, str], ...]:
    return tuple(
        (round((col + 0.5) * level.step_x, 1), round((row + 0.5) * level.step_y, 1), STATES[state])
        for level, states in zip(answer.levels, answer.states, strict=False)  # none where there are too many places
        for row, line in enumerate(states.tolist())
        for col, state in enumerate(line)
    )


def _rivals(objects: Sequence[Labelled], how: AssignmentSettings, answer: Assignment, one: int, two: int) -> str:
    first, second = (messages.escape(objects[index].label) for index in (one, two))
    anchor = answer.activations[one].flat_index if answer.activations else answer.best[one].index
    words = f"**{first} and {second} want the same anchor**, number {anchor:,}. "
    if how.rule is Rule.CELL:
        return words + "It is told two different answers, so one of the two is lost. Another grid may take them apart."
    if how.rule is Rule.GREEDY:
        return words + "The one with the larger IoU gets it, the other its next best."
    return words + "It learns the one it overlaps more."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
