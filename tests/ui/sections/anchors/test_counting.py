"""The formulas of the anchors: computed again from what is printed, as a reader with a calculator would."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings, Convention, Generator, count, levels
from ui.sections.anchors import counting


def page() -> None:
    import numpy as np
    import streamlit as st

    from core.boxes.layout import levels
    from core.images.photo import from_pixels
    from ui.sections.anchors import counting

    width, height = st.session_state["size"]
    settings = st.session_state["settings"]
    photo = from_pixels(np.zeros((height, width, 3), np.uint8), "blank")
    counting.formulas(photo, settings, levels(settings, height=height, width=width))


def shown(settings: AnchorSettings, width: int, height: int) -> AppTest:
    at = AppTest.from_function(page)
    at.session_state["settings"], at.session_state["size"] = settings, (width, height)
    at.run()
    assert not at.exception
    assert len(at.latex) == 2
    assert not any(r"\{,}" in latex.value for latex in at.latex), "a thin space was taken for a comma"
    return at


def numbers(latex: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.?\d*", latex.replace("{,}", ""))]


PIXEL, GRID, PYRAMID = (AnchorSettings(generator=kind) for kind in (Generator.PIXEL, Generator.GRID, Generator.PYRAMID))


def test_the_textbooks_example_has_two_million_anchors():
    at = shown(PIXEL, 728, 561)
    assert r"= 728 \cdot 561 \cdot (3 + 3 - 1) = 2{,}042{,}040" in at.latex[0].value
    assert not any("the lab takes one place" in caption.value for caption in at.caption)


def test_the_grid_of_the_course_has_441():
    assert r"= 9 \cdot 7 \cdot 7 = 441" in shown(GRID, 500, 333).latex[0].value


def test_a_pyramid_adds_up_its_maps():
    at = shown(PYRAMID, 500, 333)
    assert r"3 \, (11 \cdot 16 + 6 \cdot 8 + 3 \cdot 4)" in at.latex[0].value
    assert numbers(at.latex[0].value)[-1] == 3 * (11 * 16 + 6 * 8 + 3 * 4)


@pytest.mark.parametrize("size", [(728, 561), (16, 16), (1600, 16), (1600, 1200), (1600, 1600)], ids=str)
@pytest.mark.parametrize("settings", [PIXEL, GRID, PYRAMID], ids=lambda settings: settings.generator.value)
def test_the_formula_ends_with_the_number_of_anchors(settings, size):
    width, height = size
    total = count(levels(settings, height=height, width=width))
    latex = shown(settings, width, height).latex[0].value
    assert numbers(latex.rpartition("=")[2]) == [total]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((1600, 1200), "At every pixel of this photo it would be 9,600,000 anchors and 153.6 MB"),
        ((1600, 1600), "At every pixel of this photo it would be 12,800,000 anchors and 204.8 MB"),
    ],
    ids=str,
)
def test_a_large_photo_says_that_not_every_pixel_is_taken(size, words):
    at = shown(PIXEL, *size)
    (level,) = levels(PIXEL, height=size[1], width=size[0])
    (note,) = [caption.value for caption in at.caption if "the lab takes" in caption.value]
    assert note.startswith(words)
    assert note.endswith(f"one place for each block of {level.step_x:.0f} × {level.step_y:.0f} pixels.")


def test_at_1600_by_1200_every_second_pixel_is_taken():
    at = shown(PIXEL, 1600, 1200)
    assert any("each block of 2 × 2 pixels" in caption.value for caption in at.caption)
    assert r"= 800 \cdot 600 \cdot (3 + 3 - 1) = 2{,}400{,}000" in at.latex[0].value


@pytest.mark.parametrize("convention", Convention)
def test_the_size_of_the_last_anchor_of_a_pixel_is_computed_again(convention):
    settings = AnchorSettings(generator=Generator.PIXEL, convention=convention)
    (level,) = levels(settings, height=400, width=600)
    found = numbers(shown(settings, 600, 400).latex[1].value)
    base, scale, ratio, wide, _em, height, _scale, _ratio, high = found
    assert (base, height) == (400 if convention is Convention.TEXTBOOK else 600, 400)
    assert (scale, ratio) == (0.75, 0.5), "the last pair is the first scale with the last ratio"
    assert base * scale * ratio**0.5 == pytest.approx(wide, abs=0.05)
    assert height * scale / ratio**0.5 == pytest.approx(high, abs=0.05)
    assert (level.shapes[-1].width, level.shapes[-1].height) == pytest.approx((wide, high), abs=0.05)


def test_the_size_of_the_last_anchor_of_a_cell_is_computed_again():
    settings = AnchorSettings(cells=7, size=1.5)
    (level,) = levels(settings, height=333, width=500)
    fractions = re.findall(
        r"= ([\d.]+) \\cdot \\tfrac\{(\d+)\}\{(\d+)\} = ([\d.]+) ", shown(settings, 500, 333).latex[1].value
    )
    assert [tuple(map(float, row[:3])) for row in fractions] == [(7.5, 500, 7), (4.5, 333, 7)]
    for cells, side, number, result in (map(float, row) for row in fractions):
        assert cells * side / number == pytest.approx(result, abs=0.05)
    sides = [float(row[3]) for row in fractions]
    assert (level.shapes[-1].width, level.shapes[-1].height) == pytest.approx(sides, abs=0.05)


def test_the_size_of_the_last_anchor_of_a_pyramid_is_computed_again():
    settings = AnchorSettings(generator=Generator.PYRAMID, octaves=(4.0, 5.6569), strides=(16, 64))
    made = levels(settings, height=333, width=500)
    octave, stride, ratio, wide, _em, *_again, high = numbers(shown(settings, 500, 333).latex[1].value)
    assert (octave, stride, ratio) == (5.66, 64, 0.5)
    assert octave * stride * ratio**0.5 == pytest.approx(wide, rel=1e-3)
    assert octave * stride / ratio**0.5 == pytest.approx(high, rel=1e-3)
    assert (made[-1].shapes[-1].width, made[-1].shapes[-1].height) == pytest.approx((wide, high), abs=0.05)


@pytest.mark.parametrize("settings", [PIXEL, GRID, PYRAMID], ids=lambda settings: settings.generator.value)
def test_each_way_to_lay_anchors_is_explained_beside_its_formula(settings):
    assert any(word in shown(settings, 500, 333).caption[0].value for word in ("scales", "shapes"))


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(0, "0.0 kB"), (7_056, "7.1 kB"), (99_999, "100.0 kB"), (100_000, "0.1 MB"), (32_672_640, "32.7 MB")],
)
def test_memory_is_said_in_units_of_a_thousand(bytes_, words):
    assert counting.size(bytes_) == words
