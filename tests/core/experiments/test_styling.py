"""A photo painted with the lab's own network: the run of the core with its bill, and what it takes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from core.device import Memory
from core.errors import MemoryShortError, ModelError, SettingError
from core.experiments import styling
from core.experiments.frames import SMALL
from core.experiments.style_layers import usual_settings
from core.experiments.styling import Subject, forecast, glimpse, kept, paint, spacing
from core.images.normalise import to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.steps import State, Stepper
from core.style.features import features_of
from core.style.settings import StyleSettings
from core.style.transfer import transfer
from core.zoo.cache import load

MODEL = "lab-trunk"
SUBJECT = Subject(model=MODEL, photo=sample("cat"), styles=(sample("coffee"),))
SHORT = replace(usual_settings(MODEL), side=64, steps=4, octaves=1)


def test_it_is_the_painting_of_core_on_that_network():
    *_, ours = paint(SUBJECT, SHORT)
    photo = fitted(to_tensor(SUBJECT.photo.pixels), 64)
    style = to_tensor(SUBJECT.styles[0].pixels)
    *_, theirs = transfer(features_of(load(MODEL).module), photo, [style], SHORT)
    assert ours.canvas.shape == (3, 43, 64)
    torch.testing.assert_close(ours.canvas, theirs.canvas, atol=1e-4, rtol=0)
    assert ours.losses.total == pytest.approx(theirs.losses.total, rel=1e-3)


def test_the_loss_falls():
    first, *_, last = paint(SUBJECT, replace(SHORT, steps=20))
    assert last.best.total < 0.5 * first.losses.total


def test_the_bill_grows_by_a_pass_each_way_with_every_update():
    bills = [step.cost for step in paint(SUBJECT, SHORT)]
    counts = [(one.forward, one.backward) for one in bills]
    assert counts == [(3, 1), (4, 2), (5, 3), (6, 4), (7, 4)], "photo and style once, and no slope of the last picture"
    times = [one.milliseconds for one in bills]
    assert times == sorted(times)


def test_settings_that_are_sent_act_from_the_next_update():
    run = paint(SUBJECT, SHORT)
    first = next(run)
    still = run.send(replace(SHORT, rate=0.0))
    assert still.index == 1
    assert torch.equal(first.canvas, still.canvas)
    run.close()


def test_it_goes_on_from_a_step_as_if_it_had_never_stopped():
    steps = list(paint(SUBJECT, SHORT))
    rest = list(paint(SUBJECT, SHORT, after=steps[1]))
    assert [step.index for step in rest] == [2, 3, 4]
    torch.testing.assert_close(rest[-1].canvas, steps[-1].canvas, atol=1e-5, rtol=0)


def test_a_history_holds_small_pictures_and_all_numbers():
    step = next(paint(SUBJECT, replace(SHORT, side=SMALL + 64)))
    small = kept(step)
    assert small.canvas.shape == (3, 128, SMALL)
    assert small.canvas.dtype == torch.float16
    assert (small.index, small.losses, small.cost) == (step.index, step.losses, step.cost)
    assert kept(small) is small


def test_a_run_goes_on_from_what_its_history_holds():
    steps = list(paint(SUBJECT, SHORT))
    rest = list(paint(SUBJECT, SHORT, after=kept(steps[2])))
    assert [step.index for step in rest] == [3, 4]
    assert rest[0].cost.backward > steps[2].cost.backward
    assert [step.canvas.shape for step in rest] == [steps[-1].canvas.shape] * 2


@pytest.mark.parametrize("side", [256, 384, 640, 1024])
@pytest.mark.parametrize("steps", [1, 60, 300, 5_000])
def test_the_pictures_of_full_size_stay_within_their_bound_and_are_many(side, steps):
    size = 3 * side * side
    apart = spacing(steps, size)
    held = steps // apart + 1
    assert held * size <= styling.WHOLE
    assert apart == 1 or (steps // (apart // 2) + 1) * size > styling.WHOLE


def test_only_some_steps_can_be_gone_on_from_where_pictures_are_large(monkeypatch):
    steps = list(paint(SUBJECT, SHORT))
    monkeypatch.setattr(styling, "WHOLE", 3 * steps[0].canvas.numel())
    assert [kept(step).resumable for step in steps] == [True, False, True, False, True]


def test_a_glimpse_is_a_short_run_with_its_best_picture():
    effort = glimpse(SUBJECT, SHORT)
    steps = None
    while steps is None:
        steps = effort.advance(0.0)
    *_, last = paint(SUBJECT, SHORT)
    assert [step.index for step in steps] == [0, 1, 2, 3, 4]
    assert steps[-1].losses.total == pytest.approx(last.best.total, rel=1e-3)
    torch.testing.assert_close(steps[-1].canvas, last.best.canvas, atol=1e-3, rtol=0)
    assert (steps[-1].cost.forward, steps[-1].cost.backward) == (7, 4)
    assert not any(step.resumable for step in steps)
    assert effort.history == ()


@pytest.mark.parametrize(
    ("subject", "settings", "error"),
    [
        (SUBJECT, replace(SHORT, mix=(1.0, 1.0)), SettingError),
        (replace(SUBJECT, styles=()), SHORT, SettingError),
        (SUBJECT, replace(SHORT, style_layers={"features.99": 1.0}), ModelError),
        (replace(SUBJECT, model="lab-yolo"), SHORT, ModelError),
        (replace(SUBJECT, model="nothing"), SHORT, ModelError),
    ],
    ids=["mix", "no style", "layer", "detector", "network"],
)
def test_what_cannot_be_painted_is_told_in_words_also_to_whoever_watches(subject, settings, error):
    stepper = Stepper(paint(subject, settings))
    assert stepper.advance(0.0) is State.FAILED
    assert isinstance(stepper.error, error)
    with pytest.raises(error):
        forecast(subject, settings)


def strip(width: int, height: int) -> Photo:
    """A part of the cat, in that shape."""
    return from_pixels(np.asarray(Image.fromarray(sample("cat").pixels).resize((width, height))), "strip.png")


@pytest.mark.parametrize("shape", [(512, 32), (32, 512)])
@pytest.mark.parametrize("octaves", [1, 4])
def test_a_long_strip_is_painted_and_is_painted_in(shape, octaves):
    settings = replace(SHORT, side=512, steps=octaves, octaves=octaves)
    assert forecast(replace(SUBJECT, photo=strip(*shape)), settings).seconds > 0
    for subject, side in (
        (replace(SUBJECT, photo=strip(*shape)), 512),
        (replace(SUBJECT, styles=(strip(*shape),)), 128),
    ):
        *_, last = paint(subject, replace(settings, side=side))
        assert np.isfinite(last.losses.total)


@pytest.mark.parametrize(
    ("shape", "advice"),
    [((600, 30), "at least 640 pixels"), ((1800, 30), "less of a strip"), ((30, 1800), "less of a strip")],
)
def test_a_photo_that_is_too_long_a_strip_for_its_size_is_refused_in_words(shape, advice):
    subject = replace(SUBJECT, photo=strip(*shape))
    for refused in (lambda: next(paint(subject, SHORT)), lambda: forecast(subject, SHORT)):
        with pytest.raises(SettingError, match="the network needs 32") as raised:
            refused()
        assert advice in raised.value.advice


def test_a_size_above_the_budget_is_refused_before_it_begins(monkeypatch):
    monkeypatch.setattr(styling, "memory", lambda device: Memory(used=0, free=40 * 2**20))
    large = replace(SHORT, side=1024)
    foretold = forecast(SUBJECT, large)
    assert not foretold.fits
    assert f"at most {foretold.longest} pixels" in foretold.short.advice
    with pytest.raises(MemoryShortError, match=f"at most {foretold.longest} pixels"):
        next(paint(SUBJECT, large))
    assert forecast(SUBJECT, replace(large, side=foretold.longest)).fits
    next(paint(SUBJECT, replace(large, side=foretold.longest)))


def test_a_want_of_memory_on_the_way_is_told_in_words(monkeypatch):
    def full(*given, **named):
        raise torch.OutOfMemoryError("CUDA out of memory.")
        yield

    monkeypatch.setattr(styling, "transfer", full)
    with pytest.raises(MemoryShortError):
        next(paint(SUBJECT, SHORT))


def test_the_forecast_is_of_the_size_of_the_painting_and_grows_with_the_work():
    settings = StyleSettings(content_layers=SHORT.content_layers, style_layers=SHORT.style_layers, side=300, octaves=1)
    whole = forecast(SUBJECT, settings)
    assert (whole.width, whole.height) == (300, 200)
    assert whole.fits
    assert whole.seconds > 0
    assert whole.megabytes == pytest.approx(4 * forecast(SUBJECT, replace(settings, side=150)).megabytes, rel=0.01)


def test_a_run_that_is_closed_closes_what_it_drives(monkeypatch):
    ended = []

    def endless(*given, **named):
        try:
            yield from transfer(
                features_of(load(MODEL).module), torch.zeros(1, 3, 64, 64), [torch.ones(1, 3, 64, 64)], SHORT
            )
        finally:
            ended.append(True)

    monkeypatch.setattr(styling, "transfer", endless)
    run = paint(SUBJECT, SHORT)
    next(run)
    run.close()
    assert ended


def test_every_device_paints_as_the_cpu_does(device, monkeypatch):
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        *_, last = paint(SUBJECT, replace(SHORT, steps=1))
        found.append(last)
    ours, theirs = found
    assert np.abs(ours.canvas.numpy() - theirs.canvas.numpy()).mean() < 1e-3
    assert theirs.losses.total == pytest.approx(ours.losses.total, rel=0.01)
