"""What the stage says of a painting."""

from dataclasses import replace

from core.experiments.cost import Cost
from core.zoo.catalog import card
from tests.ui.sections.style.run_cases import OWN, case, run, shown
from ui.live import Phase
from ui.sections.style import paint_drawn, paint_stage
from ui.sections.style.case import Drawn


def test_a_preview_says_which_of_both_it_is(monkeypatch):
    monkeypatch.setattr(paint_drawn, "GLIMPSE", 2)
    small = paint_drawn.preview(case())
    words = paint_stage.previewed(small)
    assert words.startswith("**Small preview** · 2 updates of L-BFGS, 128 × 85 px, with your weights")
    assert words.endswith("Start paints the large one while you watch.")
    fast = replace(small, fast=card("lab-trunk"), history=(), losses=None, cost=Cost("CPU", 1, 0, 1.0, 1.0))
    assert "learned this one style" in paint_stage.previewed(fast)
    assert "none of your weights" in paint_stage.previewed(fast)


def ended(settings=OWN, phase: Phase = Phase.DONE) -> tuple[Drawn, str]:
    one = case(settings)
    steps = run(one)
    drawn = paint_drawn.drawn(one, shown(steps, phase))
    return drawn, paint_stage.kept(drawn, steps[-1])


def test_a_run_that_rests_says_which_picture_it_shows():
    assert ended(replace(OWN, rate=0.003))[1].startswith("**The painting** · update 6, 64 × 43 px.")
    assert ended(phase=Phase.PAUSED)[1] == "**Update 6** · 64 × 43 px. Resume goes on from here."


def test_where_the_last_update_is_not_the_best_both_are_told():
    drawn, words = ended(replace(OWN, rate=1.0, steps=12))
    assert drawn.losses is not None
    assert "the best picture is that of update" in words
    assert f"a loss of {drawn.losses.total:.3g}" in words


def test_a_curve_that_bends_is_explained():
    one = case(replace(OWN, octaves=2, side=96))
    history = shown(run(one, {1: replace(one.settings, style=100.0)}), Phase.RUNNING).history
    words = paint_stage._marked(history)
    assert "last at update 1: style 10 → 100." in words
    assert "at update 3, the curves jump" in words
    assert "Move a weight" in paint_stage._marked(history[:1])


def test_a_small_canvas_is_shown_large():
    drawn, _ = ended()
    assert max(paint_stage.picture(drawn.canvas).size) == paint_stage.SHOWN


def test_its_styles_are_named(visitor):
    assert paint_stage.styled(case(OWN, "waves", "dots")) == "Waves and Dots"
