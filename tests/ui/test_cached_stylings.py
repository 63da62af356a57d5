"""The doors of style transfer: one effort for all visitors, and what a watched run holds."""

from dataclasses import replace

import pytest

from core.errors import PhotoError
from core.images.samples import sample
from core.images.styles import STYLES
from tests.ui.sections.style.run_cases import OWN, case, run
from ui.cached import efforts, stylings

GIVEN = ("lab-trunk", sample("cat"), (stylings.style("brick"),))


def test_a_glimpse_is_one_effort_for_the_same_question_and_another_for_any_other():
    short = replace(OWN, steps=2)
    first = stylings.glimpse(*GIVEN, short)
    assert stylings.glimpse(*GIVEN, replace(short)) is first
    for other in (
        stylings.glimpse(*GIVEN, replace(short, style=3.0)),
        stylings.glimpse(*GIVEN, replace(short, style_layers={**short.style_layers, "features.1": 0.5})),
        stylings.glimpse("lab-trunk", sample("coffee"), GIVEN[2], short),
        stylings.glimpse("lab-trunk", GIVEN[1], (stylings.style("grass"),), short),
    ):
        assert other is not first
    assert [step.index for step in efforts.whole(first)] == [0, 1, 2]


def test_a_run_begins_at_the_beginning_or_after_a_step():
    one = case()
    steps = run(one)
    fresh = stylings.begin(one.card.key, one.photo, one.styles)(one.settings)
    assert next(fresh).index == 0
    fresh.close()
    again = stylings.begin(one.card.key, one.photo, one.styles, after=stylings.kept(steps[3]))(one.settings)
    assert next(again).index == 4
    again.close()


def test_frames_are_of_one_size_however_the_picture_grew():
    one = case(replace(OWN, octaves=2, side=96))
    steps = [stylings.kept(step) for step in run(one)]
    assert stylings.frames(steps).shape == (7, 64, 96, 3)


def test_every_style_has_a_picture_and_a_thumbnail():
    assert [one["key"] for one in stylings.style_thumbnails()] == [row.key for row in STYLES]
    with pytest.raises(PhotoError, match="no style"):
        stylings.style("nothing")
