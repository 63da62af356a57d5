"""What is seen of a painting: which preview, and which picture of a run."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import WeightsMissingError
from core.experiments import fast_styling
from core.experiments.cost import Cost
from core.experiments.styling import kept
from core.images.photo import from_pixels
from core.style.settings import Colours, Optimiser, Start
from core.zoo import painters
from core.zoo.catalog import card
from tests.ui.sections.style.run_cases import OWN, case, run, shown
from ui.cached import fast_stylings
from ui.live import Phase, Shown
from ui.sections.style import paint_drawn

NOTHING = Shown(Phase.READY, None, ())


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(paint_drawn, "GLIMPSE", 3)
    monkeypatch.setattr(paint_drawn, "SIDE", 64)


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    """What the door of the painters was asked; it answers grey. Every style has one but the textures."""
    calls: list[tuple] = []

    def painted(photo, model, side, colours):
        calls.append((model, side, colours))
        return fast_styling.FastPainting(np.full((3, 43, 64), 0.5, np.float32), Cost("CPU", 1, 0, 2.0, 3.0))

    monkeypatch.setattr(fast_stylings, "painted", painted)
    monkeypatch.setattr(painters, "painter_of", lambda key: None if key == "brick" else card("lab-trunk"))
    return calls


def test_a_style_that_a_network_has_learned_is_there_in_one_pass(asked):
    drawn = paint_drawn.drawn(case(replace(OWN, side=1024, colours=Colours.LUMINANCE), "waves"), NOTHING)
    assert asked == [("lab-trunk", paint_drawn.LONGEST, Colours.LUMINANCE)]
    assert drawn.fast is card("lab-trunk")
    assert (drawn.losses, drawn.history, drawn.over, drawn.cost.forward) == (None, (), False, 1)


@pytest.mark.parametrize("styles", [("brick",), ("waves", "mosaic")])
def test_any_other_style_and_two_of_them_are_a_small_run(asked, styles):
    one = case(OWN, *styles)
    drawn = paint_drawn.drawn(one, NOTHING)
    assert asked == []
    assert drawn.fast is None
    assert drawn.canvas.shape == (3, 43, 64)
    assert [step.index for step in drawn.history] == [0, 1, 2, 3]
    assert drawn.losses == drawn.history[-1].losses
    assert not drawn.over


@pytest.mark.parametrize("settings", [{"content": 0.0}, {"style": 0.0}, {"start": Start.NOISE}, {"start": Start.STYLE}])
def test_where_a_single_pass_says_nothing_of_what_is_set_it_is_a_small_run(asked, settings):
    assert paint_drawn.drawn(case(replace(OWN, **settings), "waves"), NOTHING).fast is None
    assert asked == []


def test_the_small_run_of_a_strip_is_large_enough_for_its_shorter_side():
    strip = from_pixels(np.zeros((20, 200, 3), np.uint8), "strip.png")
    one = case(replace(OWN, side=512))
    assert paint_drawn.small(replace(one, photo=strip)).side == 320
    assert paint_drawn.small(replace(one, photo=strip, settings=replace(OWN, side=256))).side == 256


def test_without_the_weights_of_the_painter_it_is_a_small_run_too(asked, monkeypatch):
    def missing(*given):
        raise WeightsMissingError("They are not here.", "Fetch them.")

    monkeypatch.setattr(fast_stylings, "painted", missing)
    assert paint_drawn.preview(case(OWN, "waves")).fast is None


def test_the_small_run_has_the_weights_of_the_visitor():
    calm = paint_drawn.preview(case(replace(OWN, style=0.0)))
    loud = paint_drawn.preview(case(replace(OWN, style=1000.0)))
    assert calm.losses is not None
    assert loud.losses is not None
    assert loud.losses.style < calm.losses.style


def test_large_networks_take_fewer_updates_and_pixels():
    one = case(replace(OWN, octaves=3, steps=500, side=800))
    large = replace(one, card=card("vgg19"))
    for found, (steps, side) in (
        (paint_drawn.small(one), (paint_drawn.GLIMPSE, paint_drawn.SIDE)),
        (paint_drawn.small(large), (paint_drawn.FEWER, paint_drawn.LESS)),
    ):
        assert (found.steps, found.side, found.octaves, found.optimiser) == (steps, side, 1, Optimiser.LBFGS)


def test_while_it_goes_on_it_is_the_newest_picture():
    one = case()
    steps = run(one)
    for phase in (Phase.RUNNING, Phase.WAITING, Phase.PAUSED):
        drawn = paint_drawn.drawn(one, shown(steps[:4], phase))
        np.testing.assert_array_equal(drawn.canvas, steps[3].canvas.numpy())
        assert (drawn.losses, drawn.over, drawn.cost) == (steps[3].losses, False, steps[3].cost)
        assert len(drawn.history) == 4


@pytest.mark.parametrize("phase", [Phase.DONE, Phase.STOPPED, Phase.FAILED])
def test_after_the_end_it_is_the_best_picture(phase):
    one = case(replace(OWN, rate=1.0, steps=12))
    steps = run(one)
    best = steps[-1].best
    assert best.index < 12, "an update as large as that makes it worse"
    drawn = paint_drawn.drawn(one, shown(steps, phase))
    np.testing.assert_array_equal(drawn.canvas, best.canvas.numpy())
    assert drawn.losses == best.losses
    assert drawn.over


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.FAILED])
def test_a_run_that_is_to_go_on_from_a_held_step_shows_it_at_its_full_size(phase):
    one = case(replace(OWN, side=256, steps=2))
    steps = run(one)
    held = kept(steps[1])
    drawn = paint_drawn.drawn(one, Shown(phase, held, (kept(steps[0]), held)))
    assert drawn.canvas.shape == steps[1].canvas.shape
    np.testing.assert_allclose(drawn.canvas, steps[1].canvas.numpy(), atol=0.5 / 255 + 1e-6)
    assert drawn.losses == steps[1].losses
