"""Several photos of the visitor's: one method down all of them, each for its own first guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.attribution.methods import AttributionSettings, Method
from core.images.photo import Photo
from ui import cached, growing, messages, parts
from ui.cached import attributions
from ui.sections.attribution import compare, display
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display

FEWEST = 2
PHOTOS = "attribution-photos"


def down(
    photos: Sequence[Photo],
    case: Case,
    method: Method,
    shown: Display,
    settings: AttributionSettings,
    layer: str | None,
) -> None:
    """The photos under the map of what each shows, beside each other."""
    if len(photos) < FEWEST:
        return
    parts.section("All your photos", f"{method.title} of each one's first guess, by {case.card.title}.")

    def draw(done: int) -> None:
        cells = [cell for _ in range(0, len(photos), 3) for cell in st.columns(3, gap="medium")]
        slots = [cell.empty() for cell in cells[: len(photos)]]
        for slot in slots:
            slot.skeleton(height=220)
        for photo, slot in zip(photos[:done], slots, strict=False):
            with slot.container():
                _tile(photo, case, method, shown, settings, layer)

    of = f"{[photo.digest for photo in photos]} {cached.version(case.card.key)} {method.value} {settings} {layer}"
    growing.filled(PHOTOS, of, len(photos), draw)


def _tile(
    photo: Photo, case: Case, method: Method, shown: Display, settings: AttributionSettings, layer: str | None
) -> None:
    opened = attributions.opened(photo, case.card.key)
    target = opened.guesses[0].index
    found = attributions.explain(photo, case.card.key, method, target, settings, layer=layer)
    (scaled,) = display.shown([found], shown)
    mine = replace(case, photo=photo, opened=opened, target=target)
    parts.picture(
        compare.picture(mine, found, scaled, settings, shown),
        messages.escape(photo.name),
        messages.escape(mine.told(target)),
        alt=f"{method.title} of the class {found.label} over {photo.name}",
        tallest=260,
    )
