"""Methods beside each other: one large picture to wipe, and a grid of methods and classes that fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, BaselineSettings, Channels, Measure, SmoothGradSettings
from ui import cached, first_look, growing, messages, parts
from ui.cached import attributions, drawings
from ui.components.wipe import Veil, Wipe, wipe
from ui.sections.attribution import case as cases
from ui.sections.attribution import display, path_pictures
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display, Shown
from ui.sections.models import guesses, stranger
from viz import images
from viz.attributions import ColourMap, alone, over, veil

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation

STANDARD = (Method.GRAD_CAM, Method.GUIDED_GRAD_CAM, Method.INTEGRATED_GRADIENTS, Method.SMOOTH_GRAD)
MOST = 6
LOOKED, GRID = "attribution-looked", "attribution-grid"
KEYS = ("methods", "layer", "measure", "channels", "baseline", "noise", *display.KEYS)
SMALL, LARGE = 480, 900  # px, the longest side of a picture of the grid and of the wipe
PLAIN = (Baseline.BLACK, Baseline.WHITE, Baseline.BLURRED, Baseline.MEAN_COLOUR)


def methods(case: Case, cell: DeltaGenerator) -> list[Method]:
    """Which methods are compared."""
    words = "Each is asked for both classes."
    return cases.methods(case, cell, label="Methods", key="methods", standard=STANDARD, most=MOST, words=words)


def controls(case: Case, far: DeltaGenerator) -> tuple[AttributionSettings, str | None]:
    """What the methods are given: layer, the number that is explained, baseline, noise."""
    names = [layer.name for layer in reversed(case.opened.layers)]
    if st.session_state.get("layer") not in (None, *names):
        st.session_state["layer"] = names[0]
    # cross-entropy is the log-probability with its sign turned: its map would say "against" in the colour of "for"
    measures = {one.title: one for one in (Measure.SCORE, Measure.LOG_PROBABILITY)}
    channels = {one.title: one for one in Channels}
    starts = {one.title: one for one in PLAIN}
    with far:
        layer = st.selectbox(
            "Layer",
            names,
            key="layer",
            bind="query-params",
            help="Of the methods that weigh the maps of a layer; the deepest first.",
        )
        measure = st.selectbox(
            "What is explained",
            list(measures),
            key="measure",
            bind="query-params",
            help="Of the methods that go back to the pixels. Those that weigh the maps of a layer explain the score.",
        )
        how = st.selectbox("Channels of a gradient become", list(channels), key="channels", bind="query-params")
        begins = st.selectbox("Baseline of integrated gradients", list(starts), key="baseline", bind="query-params")
        level = st.slider("Noise of SmoothGrad", 0.05, 0.5, 0.15, 0.05, key="noise", bind="query-params")
    settings = AttributionSettings(
        measure=measures.get(measure or "", Measure.SCORE),
        channels=channels.get(how or "", Channels.LARGEST),
        baseline=BaselineSettings(kind=starts.get(begins or "", Baseline.BLACK)),
        noise=SmoothGradSettings(level=float(level), samples=20),
    )
    return settings, layer if layer in names[1:] else None


def stage(
    case: Case, shown: Display, asked: list[Method], settings: AttributionSettings, layer: str | None, *, hidden: bool
) -> Explanation:
    """The photo under the first method, to be wiped, with the guesses beside it; returns the first explanation.

    `hidden` keeps back what is said of the method while that would give an answer away.
    """
    left, right = st.columns([3, 2], gap="large")
    first_look.looked(LOOKED, case.photo)
    first = attributions.explain(case.photo, case.card.key, asked[0], case.target, settings, layer=layer)
    with right:
        stranger.stranger(case.photo, case.card)
        guesses.bars(case.card, case.opened.guesses)
    (scaled,) = display.shown([first], shown)
    small = images.fit(case.photo.pixels, LARGE)
    factor = small.width / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in case.opened.seen)
    title = display.words(asked[0], first.layer)
    with left:
        wipe(
            "attribution-wipe",
            Wipe(
                photo=cached.backdrop(case.photo),
                width=small.width,
                height=small.height,
                alt=f"The photo, and over it {title} of the class {case.label}",
                seen=(x1, y1, x2, y2),
                veils=(Veil(title, _veil(case, first, scaled, settings, shown)),),
                position=0.3,
                opacity=shown.opacity,
            ),
            lambda rest: None,
        )
        with st.container(width=round(420 * small.width / small.height), gap="xsmall"):
            parts.colour_bar(_scale(scaled))
            lesson = "" if hidden else f" · {asked[0].lesson}"
            st.caption(f"{messages.escape(case.told(case.target))}{lesson}")
    return first


def grid(
    case: Case, shown: Display, asked: list[Method], settings: AttributionSettings, layer: str | None
) -> list[Explanation]:
    """A row for each method, a column for each class; returns the explanations that have been drawn so far.

    The lab's own network fills the grid at once, any other row by row: a row of a large network takes seconds.
    """
    classes = [case.target] if case.against == case.target else [case.target, case.against]
    columns = len(classes) + (shown.difference and len(classes) == 2)
    total = 1 if case.card.bundled else len(asked)
    found: list[Explanation] = []

    def draw(done: int) -> None:
        found.clear()
        rows = [[cell.empty() for cell in st.columns(columns, gap="medium")] for _ in asked]
        for slot in (slot for row in rows for slot in row):
            slot.skeleton(height=220)
        for method, row in zip(asked[: done * len(asked) // total], rows, strict=False):
            found.extend(_row(case, shown, method, classes, settings, layer, row))

    methods = " ".join(method.value for method in asked)
    of = f"{case.photo.digest} {cached.version(case.card.key)} {classes} {methods} {settings} {layer}"
    growing.filled(GRID, of, total, draw)
    return found


def _row(
    case: Case,
    shown: Display,
    method: Method,
    classes: list[int],
    settings: AttributionSettings,
    layer: str | None,
    slots: list[DeltaGenerator],
) -> list[Explanation]:
    """One method for each class, and their difference where there is a slot for it."""
    found = []
    for target, slot in zip(classes, slots, strict=False):
        found.append(attributions.explain(case.photo, case.card.key, method, target, settings, layer=layer))
        if not shown.same_scale:
            _cell(case, found[-1], display.shown(found[-1:], shown)[0], settings, shown, slot)
    if shown.same_scale:
        for one, scaled, slot in zip(found, display.shown(found, shown), slots, strict=False):
            _cell(case, one, scaled, settings, shown, slot)
    if len(slots) > len(classes):
        _difference(case, found, shown, slots[-1])
    return found


def _cell(
    case: Case,
    one: Explanation,
    scaled: Shown,
    settings: AttributionSettings,
    shown: Display,
    slot: DeltaGenerator,
) -> None:
    said = " · ".join(words for words in (messages.escape(case.told(one.target)), _number(one, scaled)) if words)
    with slot.container():
        parts.picture(
            picture(case, one, scaled, settings, shown),
            display.words(one.method, one.layer),
            said,
            alt=f"{one.method.title} of the class {one.label} over the photo",
            tallest=260,
        )


def picture(
    case: Case, one: Explanation, scaled: Shown, settings: AttributionSettings, shown: Display
) -> images.Picture:
    """A map over its photo, as small as the grid shows it."""
    return drawings.drawn(_key(case, one, scaled, settings, shown), lambda: _over(case, one, scaled, shown.opacity))


def _over(case: Case, one: Explanation, scaled: Shown, opacity: float) -> Image.Image:
    small = images.fit(case.photo.pixels, SMALL)
    factor = small.width / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in case.opened.seen)
    size = (max(1, round(x2 - x1)), max(1, round(y2 - y1)))
    made = veil(scaled.values, scaled.colours, size, smooth=one.method.coarse, signed=scaled.signed)
    under = (
        path_pictures.grey(np.asarray(small)) if scaled.signed else small
    )  # red and blue are lost on a photo's colours
    return over(np.asarray(under), made, (x1, y1, x2, y2), opacity)


def _veil(case: Case, one: Explanation, scaled: Shown, settings: AttributionSettings, shown: Display) -> str:
    height, width = one.map.shape
    size = (224, 224) if one.method.coarse else (width, height)
    return drawings.veil(
        _key(case, one, scaled, settings, shown),
        lambda: veil(scaled.values, scaled.colours, size, smooth=one.method.coarse, signed=scaled.signed),
    )


def _key(case: Case, one: Explanation, scaled: Shown, settings: AttributionSettings, shown: Display) -> str:
    """What a picture of a map follows from. On one scale that is the other class too, which is in `scaled.most`."""
    made = f"{case.photo.digest} {cached.version(case.card.key)} {one.method.value} {one.target} {one.layer}"
    return f"{made} {settings} {shown} {scaled.most!r}"


def _difference(case: Case, found: list[Explanation], shown: Display, slot: DeltaGenerator) -> None:
    """What speaks more for the first class than for the second: both maps in their own unit, shown as maps are shown."""
    compared, most = display.apart(found[0], found[1], shown)
    width = max(1, round(case.opened.seen[2] - case.opened.seen[0]))
    height = max(1, round(case.opened.seen[3] - case.opened.seen[1]))
    factor = min(1.0, SMALL / max(width, height))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    made = alone(compared, ColourMap.RED_BLUE, size, smooth=found[0].method.coarse, signed=True)
    with slot.container():
        parts.picture(
            images.encode(made),
            "Difference",
            f"red: more for {messages.escape(found[0].label)}, blue: more for {messages.escape(found[1].label)}",
            alt=f"Where {found[0].method.title} speaks more for {found[0].label} than for {found[1].label}",
            tallest=260,
            scale=parts.Scale("red-blue", f"−{most:.2g}", "0", f"+{most:.2g}"),
        )


def _number(one: Explanation, scaled: Shown) -> str:
    if not np.any(scaled.values):
        return "empty: nothing speaks for this class"
    told = [f"full colour at {'±' if scaled.signed else ''}{scaled.most:.2g}"]
    if one.gap is not None:
        told.append(f"gap {parts.percent(one.gap)}")
    if one.method.coarse:
        told.append("{} × {} cells".format(*one.map.shape))
    return " · ".join(told)


def _scale(scaled: Shown) -> parts.Scale:
    if scaled.signed:
        return parts.Scale("red-blue", f"−{scaled.most:.2g} against", "0", f"for +{scaled.most:.2g}")
    return parts.Scale(scaled.colours.name.lower(), "0", "", f"{scaled.most:.2g}")
