"""The controls of the anchors: how they are laid over the photo, how large, of which shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.layout import COURSE_SHAPES, AnchorSettings, Convention, Generator
from core.errors import SettingError
from ui import messages

GENERATORS = {"Every pixel": Generator.PIXEL, "YOLO grid": Generator.GRID, "Pyramid": Generator.PYRAMID}
FIRST = "YOLO grid"
RATIOS = {"1": 1.0, "2": 2.0, "1:2": 0.5, "3": 3.0, "1:3": 1 / 3, "5": 5.0, "1:5": 0.2, "1:10": 0.1}
FIRST_RATIOS = ["1", "2", "1:2"]
SHAPES = {f"{w} × {h}": (float(w), float(h)) for w, h in COURSE_SHAPES}
STRIDES = ["8", "16", "32", "64", "128"]
CONVENTIONS = {"h·s·√r, textbook": Convention.TEXTBOOK, "w·s·√r, area s²": Convention.AREA}
KEYS = ("gen", "scales", "number", "ratios", "grid", "size", "shapes", "strides", "side", "octaves", "width")
"""The keys of all controls here, for links."""


def controls() -> AnchorSettings:
    """All controls of the anchors: how they are laid, and up to three more in view; the rest waits behind a button."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        generator = kind()
        far = more()
    near = st.columns(2 if generator is Generator.GRID else 3, gap="medium")
    return settings(generator, near, far)


def more() -> DeltaGenerator:
    """Where controls wait that few people need."""
    return st.popover("More settings", icon=":material/tune:", width="content")


def kind() -> Generator:
    """The three ways to lay anchors over a photo."""
    chosen = st.segmented_control(
        "Anchors around", list(GENERATORS), default=FIRST, required=True, key="gen", bind="query-params"
    )
    return GENERATORS[chosen or FIRST]


def settings(generator: Generator, near: Sequence[DeltaGenerator], far: DeltaGenerator) -> AnchorSettings:
    """The controls of one generator, its most telling ones in the cells `near`, the rest in `far`.

    A choice that makes no anchors is explained and leaves the last ones.
    """
    cells = [*near, *(far for _ in range(4))]
    draw = {Generator.PIXEL: _pixel, Generator.GRID: _grid, Generator.PYRAMID: _pyramid}[generator]
    last = f"anchors-{generator.value}"
    try:
        st.session_state[last] = draw(cells)
    except SettingError as error:
        messages.explain(error)
    kept: AnchorSettings = st.session_state.get(last, AnchorSettings(generator=generator))
    return kept


def plain(settings: AnchorSettings) -> dict[str, object]:
    """The settings as a JSON file has them."""
    return {name: value.value if isinstance(value, Enum) else value for name, value in asdict(settings).items()}


def _pixel(cells: Sequence[DeltaGenerator]) -> AnchorSettings:
    ends = cells[0].slider(
        "Scales, from and to",
        0.05,
        1.0,
        (0.25, 0.75),
        0.05,
        key="scales",
        bind="query-params",
        help="A scale is a share of the photo's height. The largest comes first: it is the one with every ratio.",
    )
    ratios = _ratios(
        cells[1],
        "The first ratio goes with every scale, the others with the largest scale only. With the width w·s·√r, ratio 1 has the "
        "photo's own shape instead of a square.",
    )
    number = cells[2].slider("How many scales", 1, 6, 3, key="number", bind="query-params")
    width = cells[3].segmented_control(
        "Width of an anchor",
        list(CONVENTIONS),
        default=next(iter(CONVENTIONS)),
        required=True,
        key="width",
        bind="query-params",
        help="Books differ by a factor h/w. The list beside the photo shows both.",
    )
    low, high = sorted(ends)  # a link may name them in any order
    step = (high - low) / max(1, number - 1)
    return AnchorSettings(
        generator=Generator.PIXEL,
        scales=tuple(round(high - index * step, 4) for index in range(number if high > low else 1)),
        ratios=ratios,
        convention=CONVENTIONS[width or next(iter(CONVENTIONS))],
    )


def _grid(cells: Sequence[DeltaGenerator]) -> AnchorSettings:
    side = cells[0].slider("Cells a side", 1, 26, 7, key="grid", bind="query-params")
    size = cells[1].slider(
        "Size of anchors",
        0.2,
        3.0,
        1.0,
        0.1,
        key="size",
        bind="query-params",
        format="%.1f ×",
        help="Multiplies all shapes, which are counted in cells.",
    )
    shapes = cells[2].pills(
        "Shapes, in cells",
        list(SHAPES),
        default=list(SHAPES),
        selection_mode="multi",
        wrap=True,
        key="shapes",
        bind="query-params",
    )
    chosen = tuple(SHAPES[name] for name in SHAPES if name in shapes)
    _needs(chosen, "shape")
    return AnchorSettings(generator=Generator.GRID, cells=side, size=size, shapes=chosen)


def _pyramid(cells: Sequence[DeltaGenerator]) -> AnchorSettings:
    side = cells[0].slider(
        "Side, in strides",
        1.0,
        10.0,
        4.0,
        0.5,
        key="side",
        bind="query-params",
        help="How large a square anchor is, counted in the distance between two centres of its map.",
    )
    ratios = _ratios(cells[1], "Every ratio goes with every size, on every map.")
    strides = cells[2].pills(
        "Strides, in pixels",
        STRIDES,
        default=["32", "64", "128"],
        selection_mode="multi",
        wrap=True,
        key="strides",
        bind="query-params",
        help="One feature map for each: a stride of 32 has a centre every 32 pixels.",
    )
    octaves = cells[3].slider(
        "Sizes on each map",
        1,
        3,
        1,
        key="octaves",
        bind="query-params",
        help="Two sizes: 1 and √2 times the side. Three: 1, 1.26 and 1.59 times, as RetinaNet has them.",
    )
    _needs(strides, "stride")
    return AnchorSettings(
        generator=Generator.PYRAMID,
        octaves=tuple(round(side * 2 ** (index / octaves), 4) for index in range(octaves)),
        ratios=ratios,
        strides=tuple(sorted(int(stride) for stride in strides)),
    )


def _ratios(cell: DeltaGenerator, words: str) -> tuple[float, ...]:
    chosen = cell.pills(
        "Ratios, w : h",
        list(RATIOS),
        default=FIRST_RATIOS,
        selection_mode="multi",
        wrap=True,
        key="ratios",
        bind="query-params",
        help=words,
    )
    _needs(chosen, "ratio")
    return tuple(RATIOS[name] for name in RATIOS if name in chosen)


def _needs(chosen: Sequence[object], what: str) -> None:
    if not chosen:
        raise SettingError(f"No {what} is chosen, so there are no anchors.", f"Choose at least one {what}.")
