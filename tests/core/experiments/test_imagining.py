"""Pictures that the lab's own classifier would like to see: a small run at once, a long one to be watched."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.adversarial.class_visualisation import dream, feature_strength, visualise
from core.adversarial.visualisation_settings import DREAM, Raised, Start, VisualisationSettings
from core.errors import MemoryShortError, ModelError, SettingError
from core.experiments import imagining
from core.experiments.frames import SMALL
from core.experiments.imagining import FRAMES, Imagined, Subject, closing, imagine, imagined, kept, pictures
from core.images.normalise import normalise, to_tensor
from core.images.resize import stretch
from core.images.samples import sample
from core.steps import State, Stepper
from core.zoo import cache

MODEL = "lab-classifier"
CAT = 10
SHORT = VisualisationSettings(target=CAT, steps=8, octaves=2)
CANVAS = Subject(model=MODEL, side=48)
ASLEEP = Subject(model=MODEL, side=64, photo=sample("cat"), layer="features.7")


@pytest.fixture(scope="module")
def drawn() -> Imagined:
    return imagined(CANVAS, SHORT)


def network(pictures: torch.Tensor) -> torch.Tensor:
    return cache.load(MODEL).module(normalise(pictures))


def test_it_is_the_ascent_of_core_on_that_network(drawn):
    *_, last = visualise(network, torch.zeros(1, 3, 48, 48), SHORT)
    np.testing.assert_allclose(drawn.canvas, last.canvas.numpy(), atol=1e-5)
    *_, before, _ = visualise(network, torch.zeros(1, 3, 48, 48), SHORT)
    assert drawn.frames.values[-2] == pytest.approx(before.value, abs=1e-4)


def test_what_the_network_says_at_the_end_is_of_the_last_picture(drawn):
    with torch.no_grad():
        logits = network(torch.from_numpy(drawn.canvas)[None])[0]
    assert drawn.score == pytest.approx(float(logits[CAT]), abs=1e-3)
    assert drawn.probability == pytest.approx(float(logits.softmax(dim=0)[CAT]), abs=1e-4)
    assert drawn.first is not None
    assert drawn.first.index == int(logits.argmax())
    assert (drawn.frames.scores[-1], drawn.frames.probabilities[-1]) == (drawn.score, drawn.probability)
    assert drawn.frames.values[-1] == drawn.score


@pytest.mark.parametrize("raised", Raised)
def test_the_closing_pass_says_of_a_watched_run_what_it_says_of_the_same_run_at_once(raised):
    settings = replace(SHORT, raised=raised)
    *_, last = imagine(CANVAS, settings)
    ours, theirs = closing(CANVAS, settings, last.canvas.numpy()), imagined(CANVAS, settings)
    assert ours.score == pytest.approx(theirs.score, abs=1e-3)
    assert ours.probability == pytest.approx(theirs.probability, abs=1e-4)
    assert ours.value == pytest.approx(theirs.frames.values[-1], abs=1e-3)
    assert (ours.cost.forward, ours.cost.backward) == (1, 0)


def test_the_closing_pass_of_a_dream_tells_what_the_layer_sees_in_the_picture():
    settings = replace(DREAM, steps=2, octaves=1)
    found = imagined(ASLEEP, settings)
    trunk = cache.load(MODEL).split("features.7").trunk
    with torch.no_grad():
        strength = trunk(normalise(torch.from_numpy(found.canvas)[None])).square().mean()
    assert found.closing.value == pytest.approx(float(strength), rel=1e-4)
    assert found.frames.values[-1] == found.closing.value


def test_the_bill_of_a_watched_run_grows_by_a_pass_each_way_with_every_step():
    bills = [step.cost for step in imagine(CANVAS, replace(SHORT, steps=3, octaves=1))]
    assert [(one.forward, one.backward) for one in bills] == [(1, 1), (2, 2), (3, 3)]
    times = [one.milliseconds for one in bills]
    assert times == sorted(times)
    assert times[0] > 0


def test_all_frames_have_the_size_of_the_last_and_steps_count_from_one(drawn):
    frames = drawn.frames
    assert frames.pictures.shape == (8, 48, 48, 3)
    assert frames.indices == tuple(range(1, 9))
    assert len(frames.values) == len(frames.scores) == len(frames.probabilities) == 8
    assert frames.scores == frames.values, "the score is what was raised"
    assert np.array_equal(frames.pictures[-1], np.rint(drawn.canvas * 255).astype(np.uint8).transpose(1, 2, 0))


def test_the_score_rises(drawn):
    assert drawn.frames.scores[-1] > drawn.frames.scores[0] + 1
    assert not drawn.stuck


def test_a_step_is_one_pass_forward_and_one_back_and_the_end_is_asked_once_more(drawn):
    assert (drawn.cost.forward, drawn.cost.backward) == (9, 8)


def test_of_a_long_run_no_more_frames_are_kept_than_allowed_and_both_ends_are():
    found = imagined(replace(CANVAS, side=32), replace(SHORT, steps=FRAMES + 13, octaves=1))
    assert len(found.frames.indices) == FRAMES
    assert (found.frames.indices[0], found.frames.indices[-1]) == (1, FRAMES + 13)
    assert [*found.frames.indices] == sorted(set(found.frames.indices))


def test_one_step_is_a_run():
    found = imagined(CANVAS, replace(SHORT, steps=1, octaves=1))
    assert found.frames.pictures.shape == (1, 48, 48, 3)


def test_a_run_to_be_watched_makes_the_same_picture(drawn):
    *_, last = imagine(CANVAS, SHORT)
    assert last.index == SHORT.steps
    np.testing.assert_allclose(last.canvas.numpy(), drawn.canvas, atol=1e-5)


def test_made_a_little_at_a_time_it_comes_to_the_same(drawn):
    effort = imagining.imagining(CANVAS, SHORT)
    assert effort.advance(0.0) is None
    assert [step.index for step in effort.history] == [1]
    found = effort.advance(math.inf)
    assert found is not None
    np.testing.assert_allclose(found.canvas, drawn.canvas, atol=1e-6)
    assert found.closing.score == pytest.approx(drawn.closing.score, abs=1e-4)
    assert found.frames.indices == drawn.frames.indices
    assert found.frames.values == pytest.approx(drawn.frames.values, abs=1e-4)
    assert (found.cost.forward, found.cost.backward) == (drawn.cost.forward, drawn.cost.backward)
    assert not found.stuck


def test_settings_that_are_sent_act_from_the_next_step():
    run = imagine(CANVAS, SHORT)
    first = next(run)
    still = run.send(replace(SHORT, rate=0.0, octaves=1, blur=0.0))
    assert still.index == 2
    after = run.send(replace(SHORT, rate=0.0, octaves=1, blur=0.0))
    assert torch.equal(still.canvas, after.canvas)
    assert not torch.equal(first.canvas, still.canvas[:, : first.canvas.shape[1], : first.canvas.shape[2]])
    run.close()


def test_a_dream_is_the_ascent_of_core_on_the_photo():
    settings = replace(DREAM, steps=3, octaves=2)
    found = imagined(ASLEEP, settings)
    trunk = cache.load(MODEL).split("features.7").trunk
    photo = sample("cat")
    factor = 64 / max(photo.width, photo.height)
    height, width = round(photo.height * factor), round(photo.width * factor)
    ground = stretch(to_tensor(photo.pixels), height=height, width=width).image
    *_, last = dream(lambda some: feature_strength(trunk(normalise(some))), ground, settings)
    np.testing.assert_allclose(found.canvas, last.canvas.numpy(), atol=1e-5)
    assert (found.score, found.probability, found.first, found.frames.scores) == (None, None, None, ())
    assert (found.cost.forward, found.cost.backward) == (4, 3)


@pytest.mark.parametrize(
    ("subject", "settings", "error"),
    [
        (CANVAS, replace(SHORT, target=15), SettingError),
        (replace(ASLEEP, layer="features.99"), replace(DREAM, steps=2), ModelError),
        (replace(CANVAS, model="lab-yolo-14"), SHORT, ModelError),
        (replace(CANVAS, model="nothing"), SHORT, ModelError),
    ],
    ids=["class", "layer", "detector", "network"],
)
def test_what_cannot_be_drawn_is_told_in_words_also_to_whoever_watches(subject, settings, error):
    with pytest.raises(error):
        imagined(subject, settings)
    stepper = Stepper(imagine(subject, settings))
    assert stepper.advance(0.0) is State.FAILED
    assert isinstance(stepper.error, error)


def test_a_want_of_memory_is_told_in_words(monkeypatch):
    def full(*given, **named):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(imagining, "visualise", full)
    with pytest.raises(MemoryShortError):
        next(imagine(CANVAS, SHORT))


def test_a_run_that_is_closed_closes_what_it_drives(monkeypatch):
    ended = []

    def endless(*given, **named):
        try:
            yield from visualise(network, torch.zeros(1, 3, 32, 32), SHORT)
        finally:
            ended.append(True)

    monkeypatch.setattr(imagining, "visualise", endless)
    run = imagine(CANVAS, SHORT)
    next(run)
    run.close()
    assert ended


def test_the_history_holds_small_pictures_in_half_precision_and_the_numbers_as_they_are():
    step = next(imagine(replace(CANVAS, side=SMALL + 100), replace(SHORT, octaves=1)))
    small = kept(step)
    assert small.canvas.shape == (3, SMALL, SMALL)
    assert small.canvas.dtype == torch.float16
    assert (small.index, small.value, small.score) == (step.index, step.value, step.score)
    tiny = next(imagine(CANVAS, SHORT))
    assert kept(tiny).canvas.shape == tiny.canvas.shape
    assert pictures([small, step]).shape == (2, SMALL + 100, SMALL + 100, 3)


def test_a_network_without_a_way_says_that_it_is_stuck(monkeypatch):
    monkeypatch.setattr(imagining, "_spread", lambda steps: steps)
    flat = cache.load(MODEL)

    class Flat(torch.nn.Module):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return flat.module(pictures) * 0

    monkeypatch.setattr(imagining, "load", lambda key, device: replace(flat, module=Flat()))
    found = imagined(CANVAS, SHORT)
    assert found.stuck
    assert np.ptp(found.frames.pictures) <= 1, "grey is between two levels of 8 bits"


def test_eight_at_once_draw_what_each_draws_alone(drawn):
    tasks = [
        SHORT,
        replace(SHORT, raised=Raised.SOFTMAX),
        replace(SHORT, target=3),
        replace(SHORT, start=Start.NOISE),
    ] * 2
    alone = [imagined(CANVAS, one).canvas for one in tasks[:4]] * 2
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda one: imagined(CANVAS, one).canvas, tasks))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_every_device_draws_as_the_cpu_does(device, monkeypatch):
    """The first step to 0.001 of [0, 1] on average; later ones part, for an ascent amplifies what rounding begins."""
    settings = replace(SHORT, steps=1, octaves=1)
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append((imagined(CANVAS, settings), imagined(ASLEEP, replace(DREAM, steps=1, octaves=1))))
    for ours, theirs in zip(*found, strict=True):
        assert np.abs(ours.canvas - theirs.canvas).mean() < 1e-3
        assert theirs.frames.values[0] == pytest.approx(ours.frames.values[0], rel=0.01)
