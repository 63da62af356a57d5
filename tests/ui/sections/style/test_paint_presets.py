"""The questions of the view Paint: what they set is there to be set, and their answers are what the lab does."""

from dataclasses import replace

import pytest

from core.experiments.style_layers import STYLE_LAYERS, usual_settings
from core.experiments.styling import Subject, paint
from core.images.samples import sample
from core.images.styles import style_picture
from core.style.objective import Losses
from core.style.settings import Start, StyleSettings
from ui.sections.style import case as cases
from ui.sections.style.paint_presets import FIRST, presets

MODEL = "lab-trunk"
SMALL = replace(usual_settings(MODEL), side=160, steps=60)


def settings(name: str) -> StyleSettings:
    """What a preset sets, on a small painting."""
    set_, starts = presets()[name].settings, {one.title: one for one in Start}
    numbers = {key: float(value) for key, value in set_.items() if key != cases.START}
    return replace(
        SMALL,
        content=numbers[cases.CONTENT],
        style=numbers[cases.STYLE],
        total_variation=numbers[cases.VARIATION],
        rate=numbers[cases.RATE],
        start=starts[set_[cases.START]],
        style_layers=dict(zip(SMALL.style_layers, (numbers[key] for key in cases.LAYERS), strict=False)),
    )


def losses(of: StyleSettings, photo: str = "cat", style: str = "waves") -> Losses:
    """Of the finished painting."""
    *_, last = paint(Subject(model=MODEL, photo=sample(photo), styles=(style_picture(style),)), of)
    return last.losses


@pytest.fixture(scope="module")
def usual() -> Losses:
    return losses(settings(FIRST))


def test_every_preset_sets_the_same_controls_so_that_each_undoes_the_others():
    rows = presets()
    assert next(iter(rows)) == FIRST
    assert all(set(row.settings) == set(rows[FIRST].settings) <= set(cases.KEYS) for row in rows.values())
    assert sum(row.predict for row in rows.values()) >= 2
    assert all(row.question.endswith("?") and "!" not in row.answer for row in rows.values())


def test_the_first_is_where_every_network_begins():
    assert settings(FIRST) == SMALL
    for row in STYLE_LAYERS:
        own = usual_settings(row.model)
        assert (own.content, own.style, own.total_variation, own.rate) == (1, 10, 1, 0.03)
        assert set(own.style_layers.values()) == {1}


def test_what_content_gains_style_pays(usual):
    less = losses(replace(settings(FIRST), style=1.0))
    assert less.content < 0.6 * usual.content
    assert less.style > 2 * usual.style


def test_style_only_brings_the_style_and_forgets_the_photo(usual):
    alone = losses(settings("Style only"))
    assert alone.style < usual.style
    assert alone.content > 1.2, "farther from the photo than no feature at all"


def test_without_total_variation_neighbours_differ_more_and_the_rest_is_the_same(usual):
    without = losses(settings("No total variation"))
    assert without.total_variation > 1.1 * usual.total_variation
    assert without.content == pytest.approx(usual.content, rel=0.1)
    assert without.style == pytest.approx(usual.style, rel=0.2)


@pytest.mark.parametrize(("photo", "style"), [("cat", "waves"), ("coffee", "mosaic")])
def test_the_finest_layer_alone_leaves_the_deeper_ones_far_away(photo, style):
    finest, *deeper = losses(settings("Layer sweep"), photo, style).style_layers.values()
    assert finest < 0.05
    assert min(deeper) > 0.2
    assert max(deeper) > 0.9


def test_from_noise_the_loss_ends_about_as_low(usual):
    assert losses(settings("From noise")).total == pytest.approx(usual.total, rel=0.2)
