"""Baselines in one strip: the map from each, with its gap and what it can and can't show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import Method
from core.attribution.settings import Baseline
from ui import cached, growing, messages, parts
from ui.cached import attributions, drawings
from ui.sections.attribution import path_pictures, way
from ui.sections.attribution.case import Case
from ui.sections.attribution.path import percent
from ui.sections.attribution.way import Way
from viz import images

if TYPE_CHECKING:
    from core.experiments.integration import Walk

FIRST = (Baseline.BLACK, Baseline.WHITE)
NAME = "baselines_shown"
TALL = 240  # px


def strip(case: Case, made: Way, walked: Walk) -> None:
    """The map from each baseline: black and white at once, the others one after another after a click."""
    parts.section(
        "The same photo from every baseline",
        "An attribution is a difference: what it credits depends on what it is compared with.",
    )
    other = made.another.digest
    mine = f"{case.name} {made.settings} {other}"
    rest = [kind for kind in Baseline if kind not in FIRST]
    here = growing.progress(NAME, mine)
    growing.growing(NAME, mine, len(rest), lambda count: _tiles(case, made, walked, [*FIRST, *rest[:count]]))
    if not here.going and here.done < len(rest):
        st.button(
            f"Show the other {len(rest)} baselines",
            key="all-baselines",
            icon=":material/grid_view:",
            on_click=growing.begin,
            args=(NAME, mine),
        )
        seconds = walked.cost.milliseconds * len(rest) / 1000
        st.caption(f"{len(rest)} paths of {len(walked.alphas)} points: about {max(1, round(seconds))} s.")
    st.caption("Each map is on its own scale: red speaks for the class, blue against it.")


def _tiles(case: Case, made: Way, walked: Walk, kinds: Sequence[Baseline]) -> None:
    slots = _slots(len(kinds) + 1 if kinds == [*FIRST] else len(Baseline) + 1)
    with slots[0]:
        parts.picture(
            _photo(case, walked), "The photo", "as the network sees it", alt="The photo as it is", tallest=TALL
        )
    for slot in slots[len(kinds) + 1 :]:
        slot.skeleton(height=TALL // 2)
    for kind, slot in zip(kinds, slots[1:], strict=False):
        with slot, st.skeleton(height=TALL // 2):
            _tile(case, made, kind, walked)


def _slots(count: int) -> list[DeltaGenerator]:
    grid = st.grid(5 if count > 3 else 3, min_column_width=150, gap="medium")
    return [grid.cell() for _ in range(count)]


def _photo(case: Case, walked: Walk) -> images.Picture:
    key = f"{case.photo.digest} {cached.version(case.card.key)} seen"
    return drawings.drawn(key, lambda: images.to_image(walked.pictures[-1]))


def _tile(case: Case, made: Way, kind: Baseline, walked: Walk) -> None:
    """One map; that of the baseline that is set is taken from the film."""
    name = kind.title if kind is not Baseline.PICTURE else f"Another photo: {messages.escape(made.another.name)}"
    if kind is made.kind:
        values, gap = walked.accumulated[-1], walked.gap
    else:
        settings = made.at(kind)
        found = attributions.explain(
            case.photo, case.card.key, Method.INTEGRATED_GRADIENTS, case.target, settings, other=made.photo_of(kind)
        )
        values, gap = found.map, found.gap
    other = made.photo_of(kind)
    key = f"{case.name} {made.at(kind)} {other.digest if other else ''} strip"
    parts.picture(
        drawings.drawn(key, lambda: _drawn(values, walked)),
        name,
        f"{_gap(gap)}{' · on the film' if kind is made.kind else ''}  \n{kind.lesson}",
        alt=f"Integrated gradients of the class {case.label} from the baseline {way.words(made, kind)}",
        tallest=TALL,
    )


def _drawn(values: np.ndarray, walked: Walk) -> Image.Image:
    return path_pictures.signed(values, walked.pictures[-1])


def _gap(gap: float | None) -> str:
    return "scores are equal, so there is no gap to tell" if gap is None else f"gap {percent(gap)}"
