"""The lines of the view Paint, run in a fresh process: they paint the picture of the lab."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.images.photo import from_pixels
from core.images.samples import SAMPLES, sample
from core.images.styles import STYLES, style_picture
from core.style.settings import Colours, Optimiser, Start
from core.zoo.catalog import card
from core.zoo.catalog import of as rows_of
from core.zoo.model_card import Task
from tests.snippets import TOGETHER, run
from tests.ui.sections.style.paint_cases import SHORT, case, steps
from ui.sections.style.case import Case, paintable
from ui.sections.style.paint_snippet import transfer

CASES = {
    "plain": case(),
    "small to large": case(replace(SHORT, octaves=3, steps=7, style=100.0, content=0.5, rate=0.05)),
    "noise, some layers": case(
        replace(
            SHORT,
            start=Start.NOISE,
            seed=3,
            octaves=2,
            style_layers={"features.1": 1.0, "features.7": 3.0, "features.12": 0.0},
        )
    ),
    "from the style, enlarged": case(replace(SHORT, start=Start.STYLE, style_scale=1.5, total_variation=0.0)),
    "colours matched": case(replace(SHORT, colours=Colours.HISTOGRAM)),
    "brightness alone, two styles": case(
        replace(SHORT, colours=Colours.LUMINANCE, mix=(0.7, 0.3), octaves=2), ("mosaic", "brick")
    ),
    "a texture, no content": case(replace(SHORT, content=0.0, content_layers={"features.4": 0.0}), ("grass",)),
}


def test_a_strip_for_a_style_is_compared_as_large_as_in_the_lab():
    strip = from_pixels(np.zeros((10, 100, 3), np.uint8), "strip.png")
    lines = transfer(replace(case(), styles=(strip,)))
    assert "maps(fitted(style, max(max(size), 320)))" in lines
    assert "max(max(size)" not in transfer(case())


def test_of_a_strip_the_same_part_is_painted():
    strip, cut = paintable(from_pixels(np.zeros((10, 1000, 3), np.uint8), "strip.png"), 256)
    assert (strip.width, strip.height, cut) == (80, 10, (460, 0, 540, 10))
    assert "photo = photo.crop((460, 0, 540, 10))" in transfer(replace(case(), photo=strip, cut=cut))
    assert ".crop(" not in transfer(case())


def kept_in(path: Path, code: str) -> str:
    """The lines, with the picture at `path`."""
    assert '"painted.png"' in code
    return code.replace('"painted.png"', repr(str(path)))


def test_the_lines_paint_the_pictures_of_the_page(tmp_path):
    """Loss within 1 %, and pixels within 2 of 255 in the mean: both round differently, and Adam makes much of little."""
    snippets = {name: kept_in(tmp_path / f"{name}.png", transfer(of)) for name, of in CASES.items()}
    said = run(TOGETHER.format(snippets=snippets), timeout=300)
    for name, of in CASES.items():
        last = steps(of)[-1]
        losses = {"total": last.losses.total, "content": last.losses.content}
        losses |= {"style": last.losses.style, "total variation": last.losses.total_variation}
        if not any(of.settings.content_layers.values()):
            losses["content"] = 0.0
        assert {part: said[f"{name}/{part}"] for part in losses} == pytest.approx(losses, rel=0.01), name
        theirs = np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int)
        assert np.abs(last.picture.astype(int) - theirs).mean() < 2, name


def test_lines_whose_numbers_may_differ_run_too(tmp_path):
    """L-BFGS of torch lowers the loss as well, and a loss without any weight changes nothing."""
    bold = case(replace(SHORT, optimiser=Optimiser.LBFGS, steps=12))
    still = case(replace(SHORT, content=0.0, style=0.0, total_variation=0.0, steps=2))
    snippets = {
        name: kept_in(tmp_path / "painted.png", transfer(of)) for name, of in (("bold", bold), ("still", still))
    }
    assert "so digits differ" in snippets["bold"]
    said = run(TOGETHER.format(snippets=snippets))
    assert said["bold/total"] < 0.5 * steps(bold)[0].losses.total
    assert said["still/total"] == 0
    assert said["still/content"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("row", rows_of(Task.FEATURES), ids=lambda row: row.key)
@pytest.mark.parametrize("colours", Colours)
def test_every_network_has_lines_that_are_a_program(row, colours):
    layers = dict.fromkeys(layer.name for layer in row.layers)
    settings = replace(SHORT, content_layers={next(iter(layers)): 1.0}, style_layers=dict.fromkeys(layers, 1.0))
    ast.parse(transfer(case(replace(settings, colours=colours), card=row)))


@pytest.mark.parametrize("start", Start)
def test_every_style_and_every_photo_has_lines_that_are_a_program(start):
    for row in STYLES:
        ast.parse(transfer(case(replace(SHORT, start=start), (row.key,))))
    for row in SAMPLES:
        ast.parse(transfer(case(replace(SHORT, start=start, octaves=5), photo=sample(row.key))))


def test_a_style_of_ones_own_is_opened_by_its_name():
    mine = replace(style_picture("waves"), name="my fabric.jpg")
    of = Case(sample("cat"), (mine.digest,), (mine,), card("lab-trunk"), SHORT)
    assert "style = ImageOps.exif_transpose(Image.open('my fabric.jpg')).convert('RGB')    # your file" in transfer(of)


def test_the_lines_are_no_longer_than_a_page_and_none_is_wide():
    lines = transfer(case()).splitlines()
    assert len(lines) < 90
    assert max(map(len, lines)) <= 125
