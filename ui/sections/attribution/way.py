"""How integrated gradients are made on this page: from which baseline, by which rule, at how many points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import AttributionSettings
from core.attribution.settings import Baseline, BaselineSettings, IntegrationSettings, Rule
from core.images.photo import Photo
from core.images.samples import SAMPLES
from ui import cached, messages
from ui import photo as photo_tray
from ui.cached import attributions
from ui.sections.attribution.case import Case

START, BLUR, NOISE, SEED, COLOUR, OTHER = (
    "start",
    "start_blur",
    "start_noise",
    "start_seed",
    "start_colour",
    "start_photo",
)
SUM, POINTS = "sum", "points"
KEYS = (START, BLUR, NOISE, SEED, COLOUR, OTHER, SUM, POINTS)
STARTS = {one.title: one for one in Baseline}
RULES = {one.title: one for one in Rule}
SEEDED = (Baseline.RANDOM_PIXELS, Baseline.NOISY)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The settings of the path, and the photo that stands for "another photo"."""

    settings: AttributionSettings
    another: Photo

    @property
    def kind(self) -> Baseline:
        """The baseline that is set."""
        return self.settings.baseline.kind

    @property
    def other(self) -> Photo | None:
        """The photo that is the baseline, where it is one."""
        return self.photo_of(self.kind)

    def photo_of(self, kind: Baseline) -> Photo | None:
        """The photo that a kind of baseline is; None for those that are made from the photo itself."""
        if kind is Baseline.MEAN_PHOTO:
            return attributions.mean_photo()
        return self.another if kind is Baseline.PICTURE else None

    def at(self, kind: Baseline) -> AttributionSettings:
        """The same settings from another kind of baseline."""
        return replace(self.settings, baseline=replace(self.settings.baseline, kind=kind))


def controls(case: Case, near: tuple[DeltaGenerator, DeltaGenerator], far: DeltaGenerator) -> Way:
    """The baseline, and below it what it needs, in the first cell; the points in the second; the rest in `far`."""
    standard = AttributionSettings()
    with near[0]:
        kind = STARTS.get(
            st.selectbox("Baseline", list(STARTS), key=START, bind="query-params", help="Where the path begins.") or "",
            Baseline.BLACK,
        )
        st.caption(kind.lesson)
        baseline, another = _needs(kind, case)
    steps = near[1].slider(
        "Points",
        8,
        48,
        standard.integration.steps,
        8,
        key=POINTS,
        bind="query-params",
        help="How many pictures between the baseline and the photo are asked for their gradient.",
    )
    with far:
        rule = RULES.get(
            st.selectbox(
                "Rule of the sum",
                list(RULES),
                list(Rule).index(standard.integration.rule),
                key=SUM,
                bind="query-params",
            )
            or "",
            standard.integration.rule,
        )
        st.caption(rule.lesson)
    integration = IntegrationSettings(rule=rule, steps=int(steps))
    return Way(AttributionSettings(baseline=baseline, integration=integration), another)


def words(way: Way, kind: Baseline | None = None) -> str:
    """A baseline in a few words for the middle of a sentence, such as "black" or "the photo, blurred"."""
    kind = kind or way.kind
    if kind is Baseline.PICTURE:
        return messages.escape(way.another.name)
    if kind is Baseline.COLOUR:
        return "a colour"
    return kind.title[0].lower() + kind.title[1:]


def photos() -> dict[str, Photo]:
    """What "another photo" may be: every sample and the visitor's own photos, by a name that tells them apart."""
    every = {row.title: cached.sample(row.key) for row in SAMPLES}
    for photo in photo_tray.own():
        name, number = photo.name, 2
        while name in every:
            name, number = f"{photo.name} ({number})", number + 1
        every[name] = photo
    return every


def _needs(kind: Baseline, case: Case) -> tuple[BaselineSettings, Photo]:
    """The widgets of one kind of baseline; what other kinds need keeps its default."""
    standard, choices = BaselineSettings(), photos()
    blur, noise, colour, seed = standard.blur, standard.noise, standard.colour, standard.seed
    another = default_photo(choices, case.photo)
    if kind is Baseline.BLURRED:
        blur = float(st.slider("Blur σ, in px", 1, 60, int(blur), key=BLUR, bind="query-params"))
    if kind is Baseline.NOISY:
        noise = float(st.slider("Noise σ", 0.05, 1.0, noise, 0.05, key=NOISE, bind="query-params"))
    if kind in SEEDED:
        seed = int(st.slider("Seed", 0, 20, seed, key=SEED, bind="query-params"))
    if kind is Baseline.COLOUR:
        colour = read_colour(st.color_picker("Colour", "#808080", key=COLOUR, bind="query-params"))
    if kind is Baseline.PICTURE:
        names = list(choices)
        if st.session_state.get(OTHER) not in (None, *names):
            st.session_state[OTHER] = names[0]  # a photo that was forgotten meanwhile
        index = next(place for place, name in enumerate(names) if choices[name] is another)
        chosen = st.selectbox("Which photo", names, index=index, key=OTHER, bind="query-params")
        another = choices.get(chosen or "", another)
        if another.digest == case.photo.digest:
            st.caption("That is the photo itself: there is no way to go, and nothing to give credit for.")
    return BaselineSettings(kind=kind, blur=blur, noise=noise, colour=colour, seed=seed), another


def default_photo(choices: Mapping[str, Photo], photo: Photo) -> Photo:
    """The first choice that is not the photo itself."""
    return next(one for one in choices.values() if one.digest != photo.digest)


def read_colour(typed: str | None) -> tuple[float, float, float]:
    """A colour "#RRGGBB" as red, green and blue in [0, 1]; mid-grey for anything else."""
    try:
        red, green, blue = bytes.fromhex((typed or "").removeprefix("#"))
    except ValueError:
        return BaselineSettings().colour
    return red / 255, green / 255, blue / 255
