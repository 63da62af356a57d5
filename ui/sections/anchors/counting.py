"""The formulas of the anchors: how many there are, and how large one is, with the numbers of this moment."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.boxes.layout import AnchorSettings, Convention, Generator, Level, pairs
from core.images.photo import Photo


def formulas(photo: Photo, settings: AnchorSettings, levels: Sequence[Level]) -> None:
    """The count and the size of an anchor, with the numbers of this moment."""
    counting, sizing = _FORMULAS[settings.generator]
    st.latex(counting(settings, levels))
    st.caption(_WORDS[settings.generator])
    if settings.generator is Generator.PIXEL and levels[0].step_x > 1:
        every, whole = levels[0].step_x, photo.width * photo.height * len(levels[0].shapes)
        st.caption(
            f"At every pixel of this photo it would be {whole:,} anchors and {size(16 * whole)}: "
            f"the lab takes one place for each block of {every:.0f} × {every:.0f} pixels."
        )
    st.latex(sizing(photo, settings, levels))


def size(count: int) -> str:
    """So many bytes, in kilobytes or megabytes of 1,000."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} kB"


def _whole(number: int) -> str:
    """With a comma between thousands that LaTeX does not take for a list."""
    return f"{number:,}".replace(",", "{,}")


def _count_pixels(settings: AnchorSettings, levels: Sequence[Level]) -> str:
    (level,) = levels
    n, m = len(settings.scales), len(settings.ratios)
    return rf"w \, h \, (n + m - 1) = {level.cols} \cdot {level.rows} \cdot ({n} + {m} - 1) = {_whole(level.count)}"


def _count_grid(settings: AnchorSettings, levels: Sequence[Level]) -> str:
    (level,) = levels
    return (
        rf"A \cdot rows \cdot cols = {len(level.shapes)} \cdot {level.rows} \cdot {level.cols} = {_whole(level.count)}"
    )


def _count_pyramid(settings: AnchorSettings, levels: Sequence[Level]) -> str:
    maps = " + ".join(rf"{level.rows} \cdot {level.cols}" for level in levels)
    per_place = len(levels[0].shapes)
    total = sum(level.count for level in levels)
    return (
        rf"\begin{{aligned}} A \sum_l \lceil h / s_l \rceil \lceil w / s_l \rceil &= {per_place} \, ({maps}) \\[0.3em] "
        rf"&= {_whole(total)} \end{{aligned}}"
    )


def _size_pixels(photo: Photo, settings: AnchorSettings, levels: Sequence[Level]) -> str:
    scale, ratio = pairs(settings.scales, settings.ratios)[-1]
    shape = levels[0].shapes[-1]
    symbol, base = ("h", photo.height) if settings.convention is Convention.TEXTBOOK else ("w", photo.width)
    return (
        rf"\begin{{aligned}} {symbol} \, s \sqrt r &= {base} \cdot {scale:.3g} \cdot \sqrt{{{ratio:.3g}}} "
        rf"= {shape.width:.1f} \; \mathrm{{px}} \\[0.3em] h \, s / \sqrt r &= {photo.height} \cdot {scale:.3g} "
        rf"/ \sqrt{{{ratio:.3g}}} = {shape.height:.1f} \; \mathrm{{px}} \end{{aligned}}"
    )


def _size_grid(photo: Photo, settings: AnchorSettings, levels: Sequence[Level]) -> str:
    (level,) = levels
    shape, (w, h) = level.shapes[-1], settings.shapes[-1]
    return (
        rf"\begin{{aligned}} {w * settings.size:.3g} \; \mathrm{{cells}} &= {w * settings.size:.3g} \cdot "
        rf"\tfrac{{{photo.width}}}{{{level.cols}}} = {shape.width:.1f} \; \mathrm{{px\ wide}} \\[0.3em] "
        rf"{h * settings.size:.3g} \; \mathrm{{cells}} &= {h * settings.size:.3g} \cdot \tfrac{{{photo.height}}}{{{level.rows}}} "
        rf"= {shape.height:.1f} \; \mathrm{{px\ high}} \end{{aligned}}"
    )


def _size_pyramid(photo: Photo, settings: AnchorSettings, levels: Sequence[Level]) -> str:
    shape, octave, ratio, stride = (
        levels[-1].shapes[-1],
        settings.octaves[-1],
        settings.ratios[-1],
        settings.strides[-1],
    )
    return (
        rf"\begin{{aligned}} k \, s_l \sqrt r &= {octave:.3g} \cdot {stride} \cdot \sqrt{{{ratio:.3g}}} "
        rf"= {shape.width:.1f} \; \mathrm{{px}} \\[0.3em] k \, s_l / \sqrt r &= {octave:.3g} \cdot {stride} / "
        rf"\sqrt{{{ratio:.3g}}} = {shape.height:.1f} \; \mathrm{{px}} \end{{aligned}}"
    )


_FORMULAS = {
    Generator.PIXEL: (_count_pixels, _size_pixels),
    Generator.GRID: (_count_grid, _size_grid),
    Generator.PYRAMID: (_count_pyramid, _size_pyramid),
}
_WORDS = {
    Generator.PIXEL: "n scales and m ratios around every pixel, but only the pairs that contain the first scale or the "
    "first ratio: n + m − 1 instead of n · m.",
    Generator.GRID: "A shapes around the centre of each cell, in the order (A, rows, cols): anchor i of cell [r, c] is "
    "number i · rows · cols + r · cols + c.",
    Generator.PYRAMID: "A shapes around each place of each map: the fine map carries the small anchors, the coarse one "
    "the large.",
}
