"""What the view Imagine asks for: what is drawn, and what is weighed against it while it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.visualisation_settings import DREAM, Raised, Start, VisualisationSettings
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, model_picker, parts
from ui.sections.attribution import case as cases

DRAWN = "drawn"
CLASS, DREAMT = "A class", "Deep dream"
RAISED, LAYER = "raised", "dreamer"
_SLIDERS = ("rate", "l2", "variation", "blur", "jitter")
_MORE = ("steps", "octaves", "grows", "side", "start", "seed")
KEYS = (
    DRAWN,
    RAISED,
    LAYER,
    *(f"{mode}-{name}" for mode in ("class", "dream") for name in (*_SLIDERS, *_MORE)),
)

RAISES = {one.title: one for one in Raised}
STARTS = {one.title: one for one in (Start.EMPTY, Start.NOISE)}
WEIGHTS = (0, 10, 20, 50, 100, 200, 500, 1000, 2000)
RATES = (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)
SIDES = (160, 224, 320)
STEPS = (20, 40, 80, 160, 240, 320)

GLIMPSE, SIDE = 100, 160
"""Steps and pixels of the small run that is there at once: under a second on two idle cores with the lab's network."""

FEWER, LESS, LARGE = 20, 112, 2_000_000
"""Steps and pixels of the small run with networks of more than so many parameters: it is one part of work, in which no
control is heard. On two idle cores ResNet-50 takes 1.5 s for it, VGG-16 2.5 s."""

WOKEN = 20
"""Steps of the small dream."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is drawn: class `target` from nothing, or what `layer` sees in the photo."""

    photo: Photo
    card: ModelCard
    settings: VisualisationSettings
    side: int
    target: int | None = None
    layer: str | None = None
    label: str = ""

    @property
    def mode(self) -> str:
        """The beginning of the keys of its widgets."""
        return "class" if self.layer is None else "dream"

    @property
    def ground(self) -> Photo | None:
        """The photo that is drawn on."""
        return self.photo if self.layer else None

    @property
    def name(self) -> str:
        """What is drawn, as a part of keys; settings may change under it."""
        own = self.settings
        what = f"{self.layer} {self.photo.digest}" if self.layer else f"{self.target} {own.raised.value}"
        return f"{cached.version(self.card.key)} {what} {self.side} {own.start.value} {own.seed}"

    @property
    def small_side(self) -> int:
        """Pixels of the longest side of the small run."""
        return SIDE if self.card.parameters <= LARGE else min(SIDE, LESS)

    def small(self) -> VisualisationSettings:
        """The settings of the small run: fewer steps, and octaves that begin less small."""
        if self.layer:
            return replace(self.settings, steps=WOKEN)
        steps = GLIMPSE if self.card.parameters <= LARGE else FEWER
        return replace(self.settings, steps=steps, octave_scale=min(1.3, self.settings.octave_scale))


def controls(photo: Photo, on_drawn: Callable[[], None]) -> Plan:
    """The controls above the picture; `on_drawn` hears of another kind of drawing. For what is weighed see `weights`."""
    mode = st.segmented_control(
        "Draw",
        [CLASS, DREAMT],
        default=CLASS,
        required=True,
        key=DRAWN,
        bind="query-params",
        on_change=on_drawn,
        label_visibility="collapsed",
    )
    cells = parts.four(170)
    if mode == DREAMT:
        return _dream(photo, cells)
    mine = cases.choose(photo, cells[0], cells[1])
    raised = RAISES.get(
        cells[2].selectbox("What is raised", list(RAISES), key=RAISED, bind="query-params") or "", Raised.SCORE
    )
    cells[2].caption(raised.lesson)
    standard = VisualisationSettings()
    with cells[3].popover("More settings", icon=":material/tune:", width="stretch"):
        start = STARTS.get(
            st.selectbox("It begins as", list(STARTS), key="class-start", bind="query-params") or "", Start.EMPTY
        )
        st.caption(start.lesson)
        side = st.select_slider("Size in px", SIDES, value=224, key="class-side", bind="query-params")
        more = _more("class", standard)
        seed = st.number_input("Seed", 0, 9_999, 0, key="class-seed", bind="query-params")
    settings = replace(more, raised=raised, target=mine.target, start=start, seed=int(seed))
    return Plan(photo, mine.card, settings, int(side), target=mine.target, label=mine.label)


def _dream(photo: Photo, cells: list[DeltaGenerator]) -> Plan:
    told = st.container()  # below the cells, which are narrow
    with cells[0]:
        card = model_picker.pick(Task.CLASSIFY, brief=True, below=told)
    meanings = {layer.name: layer.at_any_size for layer in card.layers}
    names = list(meanings)
    if st.session_state.get(LAYER) not in (None, *names):
        st.session_state[LAYER] = names[1]  # one of another network
    layer = cells[1].selectbox("Layer", names, index=1, key=LAYER, bind="query-params") or names[1]
    cells[1].caption(meanings[layer])
    steps = cells[2].select_slider("Steps", STEPS, value=40, key="dream-steps", bind="query-params")
    with cells[3].popover("More settings", icon=":material/tune:", width="stretch"):
        side = st.select_slider("Longest side in px", SIDES, value=320, key="dream-side", bind="query-params")
        more = _octaves("dream", DREAM)
    return Plan(photo, card, replace(more, steps=int(steps)), int(side), layer=layer, label=layer)


def weights(plan: Plan) -> VisualisationSettings:
    """The sliders that act while a run goes on, from its next step: in a narrow place one below the other, else in rows."""
    mode, own = plan.mode, DREAM if plan.layer else VisualisationSettings()
    on = "the photo" if plan.layer else "grey"
    st.caption("**While it draws**, each of these acts from the next step.")
    grid = st.grid(5, min_column_width=140, gap="medium")
    rate = grid.cell().select_slider(
        "Rate",
        RATES,
        value=own.rate,
        key=f"{mode}-rate",
        bind="query-params",
        help="How far one step moves the picture.",
    )
    l2 = grid.cell().select_slider(
        "L2",
        WEIGHTS,
        value=int(own.l2),
        key=f"{mode}-l2",
        bind="query-params",
        help=f"Pulls every value back to {on}: loud colours cost most.",
    )
    variation = grid.cell().select_slider(
        "Total variation",
        WEIGHTS,
        value=int(own.total_variation),
        key=f"{mode}-variation",
        bind="query-params",
        help="Makes differences between neighbours cost: fine noise goes, edges stay.",
    )
    blur = grid.cell().slider(
        "Blur",
        0.0,
        2.0,
        own.blur,
        0.25,
        key=f"{mode}-blur",
        bind="query-params",
        format="%.2f px",
        help="After every second step, what was drawn goes through a Gaussian.",
    )
    jitter = grid.cell().slider(
        "Jitter",
        0,
        64,
        own.jitter,
        4,
        key=f"{mode}-jitter",
        bind="query-params",
        format="%d px",
        help="The network sees the picture shifted by chance, so nothing may hang on single pixels.",
    )
    return replace(
        plan.settings, rate=rate, l2=float(l2), total_variation=float(variation), blur=float(blur), jitter=int(jitter)
    )


def _more(mode: str, standard: VisualisationSettings) -> VisualisationSettings:
    steps = st.select_slider("Steps", STEPS, value=standard.steps, key=f"{mode}-steps", bind="query-params")
    return replace(_octaves(mode, standard), steps=int(steps))


def _octaves(mode: str, standard: VisualisationSettings) -> VisualisationSettings:
    octaves = st.slider(
        "Octaves",
        1,
        6,
        standard.octaves,
        key=f"{mode}-octaves",
        bind="query-params",
        help="Drawn small first, then larger: large shapes come before fine ones.",
    )
    grows = st.slider(
        "An octave grows by",
        1.1,
        2.0,
        standard.octave_scale,
        0.1,
        key=f"{mode}-grows",
        bind="query-params",
        format="× %.1f",
    )
    return replace(standard, octaves=int(octaves), octave_scale=float(grows))
