"""What the view Paint asks for: what is painted and how, and what is weighed against it while it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.experiments.style_layers import StyleLayers, style_layers, usual_settings
from core.images.photo import Photo
from core.style.settings import Colours, Optimiser, Start, StyleSettings
from core.zoo.model_card import ModelCard, Task
from ui import messages, model_picker, parts
from ui.sections.style import case as cases
from ui.sections.style import tray
from ui.sections.style.case import Case

SIDES = (256, 384, 512, 640, 800, 1024)
STEPS = (25, 50, 100, 200, 300, 500, 1000, 2000)
WEIGHTS = (0, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
RATES = (0.003, 0.01, 0.02, 0.03, 0.05, 0.1)
SHARES = (0, 0.25, 0.5, 1, 2, 4)
"""How much a style layer counts beside the others."""

SCALES = {f"× {factor:g}": factor for factor in (0.5, 0.75, 1.0, 1.5, 2.0)}
NONE = "None"
STARTS = {one.title: one for one in Start}
COLOURS = {one.title: one for one in Colours}
OPTIMISERS = {one.title: one for one in Optimiser}


def controls(photo: Photo) -> Case:
    """The styles, and the controls above the picture. For what is weighed see `weights`."""
    with parts.hideable("tray"):
        told = tray.tray()
    cells, below = parts.four(150), st.container()  # the cells are narrow
    with cells[0]:
        card = model_picker.pick(Task.FEATURES, brief=True, below=below)
    own, row = usual_settings(card.key), style_layers(card.key)
    side = cells[1].select_slider(
        "Longest side in px", SIDES, value=own.side, key=cases.SIDE, bind="query-params", help="Of the painting."
    )
    steps = cells[2].select_slider(
        "Updates",
        STEPS,
        value=own.steps,
        key=cases.STEPS,
        bind="query-params",
        help="How often the picture is changed. You may stop earlier, and choose more while it is painted.",
    )
    with cells[3].popover("More settings", icon=":material/tune:", width="stretch"):
        left, right = st.columns(2, gap="medium")
        with left:
            settings = _begin(own)
        with right:
            settings = _measure(settings, row, card)
            keys, mix = _styles()
    if mix:
        told.caption(f"Style · {_mixed(keys, mix)}")
    settings = replace(settings, side=int(side), steps=int(steps), mix=mix)
    photo, cut = cases.paintable(photo, settings.side)
    return Case(photo, keys, tuple(tray.picture(key) for key in keys), card, settings, cut)


def weights(case: Case) -> Case:
    """The sliders that act while it is painted, from the next update on: in a narrow place one below the other, else in rows."""
    own, row = usual_settings(case.card.key), style_layers(case.card.key)
    st.caption(
        "**While it is painted**, each of these acts from the next update. What stands above, but for the number of updates, "
        "begins another painting."
    )
    grid = st.grid(4, min_column_width=140, gap="medium")
    content, style, variation = (
        grid.cell().select_slider(label, WEIGHTS, value=value, key=key, bind="query-params", help=lesson)
        for label, value, key, lesson in (
            (
                "Content",
                own.content,
                cases.CONTENT,
                "Holds what the photo shows: its shapes, as the network sees them.",
            ),
            ("Style", own.style, cases.STYLE, "Brings the strokes, textures and colours of the style's picture."),
            (
                "Total variation",
                own.total_variation,
                cases.VARIATION,
                "Makes differences between neighbouring pixels cost: fine noise goes, edges stay.",
            ),
        )
    )
    rate = grid.cell().select_slider(
        "Learning rate",
        RATES,
        value=own.rate,
        key=cases.RATE,
        bind="query-params",
        help="How far one update moves the picture.",
    )
    settings = replace(
        case.settings,
        content=float(content),
        style=float(style),
        total_variation=float(variation),
        rate=rate,
        style_layers=_layers(case.card, row),
    )
    return replace(case, settings=settings)


def _layers(card: ModelCard, row: StyleLayers) -> dict[str, float]:
    """How much each style layer counts, the finest first; folded as long as all count alike."""
    keys = cases.LAYERS[: len(row.style)]
    with st.expander("Style, layer by layer", expanded=any(st.session_state.get(key, 1) != 1 for key in keys)):
        st.caption("Only their ratios matter.")
        grid = st.grid(4, min_column_width=120, gap="medium")
        meanings = {layer.name: layer.at_any_size for layer in card.layers}
        return {
            name: float(
                grid.cell().select_slider(name, SHARES, value=1, key=key, bind="query-params", help=meanings.get(name))
            )
            for name, key in zip(row.style, keys, strict=True)
        }


def _begin(own: StyleSettings) -> StyleSettings:
    """How it begins, and on which way it goes."""
    start = STARTS[st.selectbox("It begins as", list(STARTS), key=cases.START, bind="query-params") or own.start.title]
    st.caption(start.lesson)
    colours = COLOURS[
        st.selectbox("Colours", list(COLOURS), key=cases.COLOURS, bind="query-params") or own.colours.title
    ]
    st.caption(colours.lesson)
    optimiser = OPTIMISERS[
        st.selectbox("Optimiser", list(OPTIMISERS), key=cases.OPTIMISER, bind="query-params") or own.optimiser.title
    ]
    st.caption(optimiser.lesson)
    seed = st.number_input(
        "Seed", 0, 9_999, own.seed, key=cases.SEED, bind="query-params", help="Of the noise, where it begins with that."
    )
    return replace(own, start=start, colours=colours, optimiser=optimiser, seed=int(seed))


def _measure(settings: StyleSettings, row: StyleLayers, card: ModelCard) -> StyleSettings:
    """Where content is measured, and at which sizes."""
    if st.session_state.get(cases.CONTENT_LAYER) not in (None, *row.content):
        st.session_state[cases.CONTENT_LAYER] = row.usual  # one of another network
    layer = st.selectbox(
        "Content layer",
        row.content,
        index=row.content.index(row.usual),
        key=cases.CONTENT_LAYER,
        bind="query-params",
    )
    meanings = {one.name: one.at_any_size for one in card.layers}
    st.caption(meanings[layer or row.usual])
    octaves = st.slider(
        "Octaves",
        1,
        4,
        settings.octaves,
        key=cases.OCTAVES,
        bind="query-params",
        help="Painted small first, then twice as large: large strokes come before fine ones.",
    )
    scale = st.select_slider(
        "Size of the style",
        list(SCALES),
        value=f"× {settings.style_scale:g}",
        key=cases.SCALE,
        bind="query-params",
        help="The style's picture beside the painting: larger, and its strokes are larger too.",
    )
    return replace(settings, content_layers={layer or row.usual: 1.0}, octaves=int(octaves), style_scale=SCALES[scale])


def _mixed(keys: Sequence[str], mix: Sequence[float]) -> str:
    """The styles with their shares, such as "Waves 25 % and Mosaic 75 %"."""
    titles = tray.choices()
    return " and ".join(
        f"{messages.escape(titles[key])} {parts.percent(share, 0)}" for key, share in zip(keys, mix, strict=True)
    )


def _styles() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The keys of the styles, the main one first, and how much each counts; of a single one, nothing."""
    main, keys = tray.current(), {title: key for key, title in tray.choices().items()}
    if st.session_state.get(cases.SECOND) not in (None, NONE, *keys):
        st.session_state[cases.SECOND] = NONE  # a picture of the visitor's that is gone
    second = keys.get(st.selectbox("Second style", [NONE, *keys], key=cases.SECOND, bind="query-params") or NONE)
    share = st.slider(
        "Its share",
        0,
        100,
        50,
        10,
        key=cases.SHARE,
        bind="query-params",
        format="%d %%",
        disabled=second in (None, main),
        help="The Gram matrices of both are mixed.",
    )
    if second in (None, main):
        return (main,), ()
    return (main, second), (1 - share / 100, share / 100)
