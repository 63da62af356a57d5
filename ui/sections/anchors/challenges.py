"""Challenges that check themselves: each is solved by boxes the visitor placed, and stays solved for the session."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from ui import parts
from ui.sections.anchors import boxes
from ui.sections.anchors.boxes import Pair

if TYPE_CHECKING:
    from core.experiments.anchors import Overlap

HALF, BELOW, TWINS = "half", "below", "twins"
CLOSE, FAR = 0.01, 0.05
ROUNDING = 1e-9  # 0.51 - 0.5 is a little more than 0.01 in floating point
MOST_SAVED = 6


@dataclass(frozen=True, slots=True)
class Saved:
    """A pair the visitor saved: its boxes and the two numbers that the last challenge compares."""

    pair: Pair
    iou: float
    giou: float


def challenges(photo: Photo, pair: Pair, overlap: Overlap) -> None:
    """Three challenges, and the saved pairs of the third."""
    parts.section("Can you build it?", "Drag the boxes. Each challenge checks itself when you let go.")
    saved: list[Saved] = st.session_state.setdefault("saved_pairs", [])
    solved: set[str] = st.session_state.setdefault("solved", set())
    if boxes.by_hand(photo, pair):
        if abs(overlap.iou - 0.5) <= CLOSE + ROUNDING:
            solved.add(HALF)
        if overlap.giou < 0:
            solved.add(BELOW)
    twins = next(((one, two) for one, two in combinations(saved, 2) if are_twins(one, two)), None)
    if twins:
        solved.add(TWINS)
    first, second, third = st.columns(3, gap="medium")
    with first:
        _challenge(HALF, "IoU 0.50, within 0.01", f"Now {overlap.iou:.3f}.", solved)
    with second:
        _challenge(BELOW, "GIoU below 0", f"Now {parts.signed(overlap.giou)}.", solved)
    with third:
        _challenge(
            TWINS,
            "Two pairs with equal IoU and different GIoU",
            "IoU within 0.01 and above 0, GIoU at least 0.05 apart. Save one pair, then find another.",
            solved,
        )
        with st.container(horizontal=True):
            st.button(
                "Save this pair", icon=":material/bookmark_add:", key="save-pair", on_click=_save, args=(pair, overlap)
            )
            if saved:
                st.button("Clear", type="tertiary", key="clear-pairs", on_click=saved.clear)
        for number, row in enumerate(saved, 1):
            mark = " :green[equal IoU]" if twins and row in twins else ""
            st.caption(f"**Pair {number}** · IoU {row.iou:.3f} · GIoU {parts.signed(row.giou)}{mark}")


def are_twins(one: Saved, two: Saved) -> bool:
    """Equal IoU, above 0, and different GIoU. Floating point is given a little room at both limits."""
    return (
        min(one.iou, two.iou) > 0
        and abs(one.iou - two.iou) <= CLOSE + ROUNDING
        and abs(one.giou - two.giou) >= FAR - ROUNDING
    )


def _challenge(key: str, title: str, words: str, solved: set[str]) -> None:
    done = key in solved
    icon = ":green[:material/check_circle:]" if done else ":gray[:material/radio_button_unchecked:]"
    with st.container(gap="xxsmall"):
        st.markdown(f"{icon} **{title}**")
        st.caption(f":green[Solved.] {words}" if done else words)


def _save(pair: Pair, overlap: Overlap) -> None:
    saved: list[Saved] = st.session_state["saved_pairs"]
    if all(row.pair != pair for row in saved):
        saved.append(Saved(pair, overlap.iou, overlap.giou))
        del saved[:-MOST_SAVED]
