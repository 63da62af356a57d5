"""What a history holds of a painting, and how a run goes on from it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import SettingError
from core.style.colour import luminance
from core.style.settings import Colours, Optimiser, StyleSettings
from core.style.steps import Standing, Still, StyleStep, kept, reopened
from core.style.transfer import transfer
from tests.core.style.small import SETTINGS, network, picture

SMALL = torch.zeros(3, 2, 2)


def run(settings: StyleSettings = SETTINGS, after: StyleStep | None = None) -> list[StyleStep]:
    return list(transfer(network(), picture(0, 48, 64), [picture(1)], settings, after=after))


def test_a_history_holds_numbers_settings_and_a_small_picture():
    step = run()[2]
    held = kept(step, SMALL)
    assert held.canvas.shape == held.best.canvas.shape == (3, 2, 2)
    assert (held.index, held.losses, held.octave) == (step.index, step.losses, step.octave)
    assert held.best.total == step.best.total
    assert held.standing is not None
    assert held.standing.settings == SETTINGS
    assert step.resumable
    assert not held.resumable
    with pytest.raises(SettingError, match="Of step 2"):
        run(after=held)


def test_a_whole_one_holds_the_picture_too_in_a_quarter_of_the_bytes():
    step = run()[2]
    held = kept(step, SMALL, whole=True)
    assert held.resumable
    assert isinstance(held.standing, Still)
    assert held.standing.pixels is not None
    assert held.standing.pixels.nbytes * 4 == step.canvas.numel() * step.canvas.element_size()
    np.testing.assert_array_equal(held.picture, step.picture)
    assert kept(step, SMALL).picture.shape == (2, 2, 3)


def test_what_is_held_already_is_held_as_it_is():
    held = kept(run()[2], SMALL, whole=True)
    assert kept(held, SMALL).standing is held.standing


def test_the_whole_standing_is_taken_as_it_is():
    step = run()[1]
    assert isinstance(step.standing, Standing)
    assert reopened(step) is step.standing


def test_a_step_without_any_standing_is_refused():
    with pytest.raises(SettingError, match="only a small picture"):
        reopened(replace(run()[1], standing=None))


@pytest.mark.parametrize("colours", Colours)
@pytest.mark.parametrize("optimiser", Optimiser)
def test_a_run_goes_on_from_a_held_step_at_its_number_size_and_colours(colours, optimiser):
    settings = replace(SETTINGS, octaves=2, octave_scale=1.4, colours=colours, optimiser=optimiser, rate=0.02)
    steps = run(settings)
    for index in (1, 4):
        resumed = run(settings, after=kept(steps[index], SMALL, whole=True))
        assert [step.index for step in resumed] == list(range(index + 1, settings.steps + 1))
        assert [step.octave for step in resumed] == [step.octave for step in steps[index + 1 :]]
        assert [step.canvas.shape for step in resumed] == [step.canvas.shape for step in steps[index + 1 :]]
        channels = {step.standing.canvas.shape[1] for step in resumed if isinstance(step.standing, Standing)}
        assert channels == {1 if colours is Colours.LUMINANCE else 3}


def test_nothing_is_painted_yet_where_it_goes_on_but_the_rounding_to_8_bits():
    steps = run()
    first, *_ = run(replace(SETTINGS, rate=0.0), after=kept(steps[3], SMALL, whole=True))
    torch.testing.assert_close(first.canvas, steps[3].canvas, atol=0.5 / 255 + 1e-6, rtol=0)
    assert first.losses.total == pytest.approx(steps[3].losses.total, rel=0.05)


def test_brightness_goes_on_from_the_brightness_of_the_picture():
    steps = run(replace(SETTINGS, colours=Colours.LUMINANCE, rate=0.01))
    held = reopened(kept(steps[3], SMALL, whole=True))
    torch.testing.assert_close(held.canvas, luminance(steps[3].canvas[None]), atol=0.01, rtol=0)


def test_other_settings_act_from_the_first_update_on():
    held = kept(run()[3], SMALL, whole=True)
    still = run(replace(SETTINGS, rate=0.0, steps=9), after=held)
    assert [step.index for step in still] == [4, 5, 6, 7, 8, 9]
    assert torch.equal(still[0].canvas, still[-1].canvas)


def test_what_is_remembered_begins_anew_and_so_does_the_best():
    steps = run(replace(SETTINGS, rate=1.0, steps=12, total_variation=0.0))
    assert steps[8].best.index < 8
    held = reopened(kept(steps[8], SMALL, whole=True))
    assert (held.memory, held.best) == (None, None)
