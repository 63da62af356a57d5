"""The controls of the view Detect: which network, how it looks, and how its boxes are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import LEAST, FindSettings, SeeSettings
from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import address, model_picker, networks, parts
from ui.sections.nms.method import METHODS, RACES

OPENING = "lab-yolo-14"
"""The network that the page opens with: of the two that ship with the lab the surer one."""

CONFIDENCE, OVERLAP, SIGMA, ONLY = "confidence", "nms", "decay", "only"
METHOD, RACE, MOST, SIZE, TILE, SHARED, BESIDE = "suppression", "racing", "most", "input", "tile", "shared", "versus"
KEYS = (CONFIDENCE, OVERLAP, SIGMA, ONLY, METHOD, RACE, MOST, SIZE, TILE, SHARED, BESIDE)

TRAINED, WHOLE, NOTHING = "As trained", "None", "Nothing"
SIZES = (TRAINED, "160 px", "224 px", "320 px", "416 px", "608 px", "832 px", "1280 px")
TILES = (WHOLE, "160 px", "224 px", "320 px", "416 px", "640 px", "1024 px")
SHOWN = 8
"""Classes to choose from: those of which the network is surest on this photo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How boxes are chosen, but for the thresholds: `limit` is the most that are shown."""

    method: Method
    per_class: bool
    limit: int


def network() -> ModelCard:
    """The picker, and the network to ask."""
    key = f"{Task.DETECT.value}-model"
    st.session_state.setdefault(key, OPENING)  # what a link names wins, unless there is no such network
    chosen = model_picker.pick(Task.DETECT, brief=True)
    if st.session_state.get(key) == of(Task.DETECT)[0].key:
        # the picker leaves it out of the URL, and without one this page opens with another
        address.show(model_picker.NAME, of(Task.DETECT)[0].key)
    return chosen


def looking(cell: DeltaGenerator) -> SeeSettings:
    """What needs the network to run: the size of its input, and tiles."""
    size = cell.selectbox(
        "Network's input",
        SIZES,
        key=SIZE,
        bind="query-params",
        help="The longest side of what the network is given. More pixels show smaller things, and things look larger to the "
        "network than those it learned from. The network runs again.",
    )
    tile = cell.selectbox(
        "Tiles",
        TILES,
        key=TILE,
        bind="query-params",
        help="Cuts the photo into tiles so wide and high, in pixels of the photo, and shows the network one after the other: "
        "for small things on large photos. One pass for each.",
    )
    cut = pixels(tile)
    share = cell.slider(
        "Tiles share",
        0,
        50,
        25,
        5,
        key=SHARED,
        bind="query-params",
        format="%d %%",
        disabled=cut is None,
        help="How much neighbours have in common, of their side: a thing on a border is whole in one of them.",
    )
    whole = SeeSettings(size=pixels(size))
    return whole if cut is None else replace(whole, tile=cut, overlap=round(cut * share / 100))


def ruling(cell: DeltaGenerator) -> Rule:
    """What chooses the boxes beside the thresholds."""
    titles = list(METHODS)
    title = cell.selectbox(
        "Suppression", titles, key=METHOD, bind="query-params", help="Tiles are always merged by the greedy way."
    )
    races = cell.segmented_control(
        "Who races whom",
        RACES,
        default=RACES[0],
        required=True,
        key=RACE,
        bind="query-params",
        help="Per class: a dog never removes a cat. All together: class-agnostic, the names do not matter.",
    )
    most = cell.slider("Boxes at most", 1, 300, 300, key=MOST, bind="query-params", help="The surest are shown.")
    return Rule(method=METHODS[title or titles[0]], per_class=races != RACES[1], limit=most)


def beside(first: ModelCard | None, cell: DeltaGenerator, below: DeltaGenerator) -> ModelCard | None:
    """A second network, to look at the same photo; one that is not here is offered in `below`."""
    titles = {row.title: row for row in of(Task.DETECT)}
    chosen = cell.selectbox(
        "Beside it",
        (NOTHING, *titles),
        key=BESIDE,
        bind="query-params",
        help="A second network on the same photo, with the same thresholds.",
    )
    other = titles.get(chosen or NOTHING)
    if other is None:
        return None
    with below:
        if other is first:
            st.caption(f"**{other.title}** is asked already: choose another one to stand beside it.")
            return None
        if not networks.present(other):
            model_picker.offer(other)
            return None
    return other


def thresholds(rule: Rule, classes: Sequence[str], names: Sequence[str]) -> FindSettings:
    """What is moved while one watches: no network runs for it. `classes` are the likeliest on this photo, of all `names`."""
    cells = st.grid(3, min_column_width=200, gap="medium")
    confidence = cells.cell().slider(
        "Confidence",
        LEAST,
        0.99,
        0.3,
        0.01,
        key=CONFIDENCE,
        bind="query-params",
        help="How much a box has to score to be a candidate at all.",
    )
    nms = _limited(NmsSettings(method=rule.method, per_class=rule.per_class), cells.cell())
    only = _classes(classes, names, cells.cell())
    return FindSettings(confidence=confidence, nms=nms, classes=only, limit=rule.limit)


def told(settings: SeeSettings) -> str:
    """How the network looked, in a few words."""
    size = "" if settings.size is None else f", input {settings.size} px"
    return size if settings.tile is None else f"{size}, in tiles of {settings.tile} px"


def way(settings: FindSettings) -> str:
    """How boxes were chosen, in a few words."""
    nms = settings.nms
    limit = f"NMS threshold {nms.iou_threshold:.2f}" if nms.method.has_threshold else f"σ {nms.sigma:.2f}"
    race = "per class" if nms.per_class else "all together"
    return f"confidence from {settings.confidence:.2f} · {nms.method.title.lower()} suppression, {race}, {limit}"


def _limited(settings: NmsSettings, cell: DeltaGenerator) -> NmsSettings:
    """The same with the slider of what its method goes by."""
    if settings.method.has_threshold:
        threshold = cell.slider(
            "NMS threshold",
            0.0,
            1.0,
            0.5,
            0.01,
            key=OVERLAP,
            bind="query-params",
            help="The IoU above which the better of two boxes removes the other. At 1 every candidate stays.",
        )
        return NmsSettings(method=settings.method, per_class=settings.per_class, iou_threshold=threshold)
    sigma = cell.slider(
        "σ of the decay",
        0.05,
        2.0,
        0.5,
        0.05,
        key=SIGMA,
        bind="query-params",
        help="Smaller is harder: a box keeps exp(−IoU² / σ) of its score, and is removed where that falls below the confidence.",
    )
    return NmsSettings(method=settings.method, per_class=settings.per_class, sigma=sigma)


def _classes(likely: Sequence[str], names: Sequence[str], cell: DeltaGenerator) -> tuple[str, ...]:
    """The classes that are looked for; none are all. What a link names is offered too, if the network knows it."""
    held = st.session_state[ONLY] if ONLY in st.session_state else st.query_params.get_all(ONLY)
    wanted = [name for name in held or [] if name in names]
    if ONLY in st.session_state and wanted != held:
        st.session_state[ONLY] = wanted  # those of another network
    options = list(dict.fromkeys([*likely[:SHOWN], *wanted]))
    if not options:
        cell.caption("Classes  \nThe network finds none on this photo.")
        return ()
    chosen = cell.pills(
        "Classes",
        options,
        selection_mode="multi",
        wrap=True,
        key=ONLY,
        bind="query-params",
        help="None chosen: all. These are the likeliest on this photo.",
    )
    return tuple(name for name in options if name in (chosen or ()))


def pixels(words: str | None) -> int | None:
    """The number of a choice such as "320 px"; None for one without."""
    return int(words.removesuffix(" px")) if words and words.endswith(" px") else None


def line(row: ModelCard) -> str:
    """One line about a network: how large, how good, what it takes; and the licence of one that does not ship with the lab."""
    return f"**{row.title}** · {model_picker.about(row)}{'' if row.bundled else f' · {row.licence}'}"


def head() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Places for the network, for the rest of the settings, and for the visitor's own files."""
    with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
        return (
            st.container(width=360, gap="xsmall"),
            st.popover("More settings", icon=":material/tune:", width="content"),
            st.popover("Your own network", icon=":material/upload_file:", width="content"),
        )
