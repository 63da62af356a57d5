"""The photo under its errors, of one network or of two beside each other, and the four numbers of the judgement."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.experiments.mask_verdicts import VERDICTS, Verdict
from core.images.photo import Photo
from ui import address, cached, controls, messages, parts
from ui.cached import drawings, mask_grades
from ui.components.error_map import Layer, Scene, error_map
from ui.sections.segmenter import colours, grading_words
from ui.sections.segmenter.grading_case import Answer, Shown
from ui.sections.segmenter.grading_presets import KEY, SEEN
from viz.error_maps import COLOURS, MARKS, layer
from viz.masks import coloured

KEYS = ("judge-errors", "judge-errors-beside")
EVERY = tuple(verdict.value for verdict in VERDICTS)


def stage(shown: Shown) -> None:
    """The error maps; beside a single one stands what it says in words and numbers.

    While the truth is painted the maps stand beside the painter instead, see `maps`.
    """
    left, right = st.columns(2, gap="medium")
    if shown.painted:
        with left:
            _words(shown)
        with right:
            _figures(shown)
    elif shown.second is None:
        with left:
            maps(shown)
        with right:
            _words(shown)
            _figures(shown)
    else:
        for column, answer, key in zip((left, right), shown.answers, KEYS, strict=True):
            with column:
                _map(shown, answer, key)
        _words(shown)
        _figures(shown)


def maps(shown: Shown) -> None:
    """The error map of each network, one below the other."""
    for answer, key in zip(shown.answers, KEYS, strict=False):
        _map(shown, answer, key)


def _figures(shown: Shown) -> None:
    """Both means, the share of right pixels, and where the wrong ones lie."""
    judged = shown.answer.judged
    with parts.hideable("numbers"):
        cells = parts.four(150)
    classes = len(judged.rows)
    _metric(cells[0], "Mean IoU", judged.confusion.mean_iou, f"of {classes} class{'es' if classes != 1 else ''}")
    accuracy = judged.confusion.pixel_accuracy
    told = "–" if accuracy is None else parts.percent(accuracy)
    cells[1].metric(
        "Pixels right", told, delta=f"of {judged.confusion.pixels:,} px", delta_color="gray", delta_arrow="off"
    )
    within = f"within {judged.contours.tolerance:.1f} px"
    _metric(cells[2], "Boundary F", judged.contours.mean_f, within)
    near = mask_grades.errors_near(shown.answer.found, shown.photo, shown.known.truth, shown.radius)
    hidden = controls.hidden(KEY)
    cells[3].metric(
        "Wrong near a contour",
        "?" if hidden else "–" if near.share is None else parts.percent(near.share, 0),
        delta=f"{parts.percent(near.band or 0.0, 0)} of all pixels are",
        delta_color="gray",
        delta_arrow="off",
        help=f"Of the wrong pixels, those at most {shown.radius:.0f} px from a true contour; below it, how many of all "
        "pixels lie so near.",
    )


def shown_verdicts() -> tuple[Verdict, ...]:
    """The verdicts that the legend has switched on."""
    named = address.changed(SEEN)
    if named is not None:
        st.session_state[SEEN] = tuple(one for one in EVERY if one in named.split(" "))
    held = st.session_state.get(SEEN, EVERY)
    return tuple(verdict for verdict in VERDICTS if verdict.value in held)


def _map(shown: Shown, answer: Answer, key: str) -> None:
    if controls.hidden(KEY):
        _waiting(shown.photo, answer)
    else:
        _errors(shown, answer, key)


def _waiting(photo: Photo, answer: Answer) -> None:
    """What the network calls each pixel, without its errors: those would answer the question."""
    found, of = answer.found, colours.occurring(answer.found)
    parts.picture(
        drawings.drawn(
            f"judge waits {photo.digest} {cached.version(found.model)} {found.settings}",
            lambda: coloured(photo.pixels, found.classes, of, by_place=True),
        ),
        messages.escape(answer.title),
        "its classes over the photo; its errors wait until you reveal the answer",
        alt=f"The classes of {answer.title} over the photo: {', '.join(found.names[place] for place in of)}",
    )


def _errors(shown: Shown, answer: Answer, key: str) -> None:
    photo, verdicts = shown.photo, answer.judged.verdicts
    seen = tuple(verdict.value for verdict in shown_verdicts())
    of = str(mask_grades.judging_key(answer.found, photo, shown.known.truth))
    layers = tuple(
        Layer(
            verdict.value,
            verdict.title,
            parts.percent(answer.judged.share(verdict) or 0.0),
            drawings.veil(f"{of} {verdict.value}", lambda verdict=verdict: layer(verdicts, verdict)),
            COLOURS[verdict].colour,
            MARKS[verdict],
        )
        for verdict in VERDICTS
    )
    alt = f"Errors of {answer.title} over the photo: " + ", ".join(f"{one.title} {one.count}" for one in layers)
    scene = Scene(cached.backdrop(photo), photo.width, photo.height, alt, layers)
    error_map(key, scene, seen, lambda keys: address.keep(SEEN, keys))
    address.show(SEEN, None if seen == EVERY else " ".join(seen))
    st.caption(f"**{messages.escape(answer.title)}** · {grading_words.legend(answer)}")


def _words(shown: Shown) -> None:
    """The verdict on the class that is looked at, in sentences."""
    with parts.hideable("words"):
        if shown.second is not None:
            st.markdown(messages.escape(grading_words.compared(shown)), width=760)
            st.caption(f"All that follows is about {messages.escape(shown.answer.title)}, unless it says otherwise.")
        for sentence in grading_words.told(shown, predicting=controls.hidden(KEY)):
            st.markdown(messages.escape(sentence), width=760)


def _metric(cell: DeltaGenerator, name: str, value: float | None, note: str) -> None:
    told = "–" if value is None else f"{value:.3f}"
    cell.metric(name, told, delta=note, delta_color="gray", delta_arrow="off")
