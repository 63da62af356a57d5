"""A head that learns one photo by heart: it gets there, changes nobody else's, repeats itself, and can be steered."""

import dataclasses
import time

import numpy as np
import pytest
import torch
from torch import nn

from core.boxes.settings import Labelled
from core.detection.decoding import decoded
from core.detection.detector import grid_of, in_photo, suppressed
from core.detection.learning_settings import LossSettings, OverfitSettings, Start
from core.errors import MemoryShortError, ModelError, SettingError, WeightsDamagedError
from core.experiments import overfit as module
from core.experiments.candidates import detected
from core.experiments.grid_heads import grid_head
from core.experiments.learning import learning
from core.experiments.models import things
from core.experiments.overfit import LEAST, OverfitStep, overfit, pupil_head
from core.images.photo import Photo
from core.images.samples import sample
from core.networks.yolo import taken_apart
from core.zoo import cache
from core.zoo.network import Network

MODEL = "lab-yolo"


def marked_photo(key: str, most: int) -> tuple[Photo, tuple[Labelled, ...]]:
    photo = sample(key)
    rows = zip(photo.truth.labels, photo.truth.boxes.tolist(), strict=True)
    return photo, tuple(Labelled(label, tuple(box)) for label, box in rows)[:most]


def taught(key: str = "cat", most: int = 1, model: str = MODEL, **changes) -> list[OverfitStep]:
    photo, truths = marked_photo(key, most)
    return list(overfit(photo, model, truths, OverfitSettings(**changes)))


@pytest.fixture
def one_thread():
    """On a busy machine threads that wait for one another take ten times as long as the work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("key", "most"), [("cat", 4), ("scales", 3)])
def test_from_random_weights_every_object_is_found_within_200_steps(key, most, one_thread):
    """With an IoU of 0.8 and the right label, in less than 10 seconds."""
    started = time.process_time()
    steps = taught(key, most)
    assert time.process_time() - started < 10
    assert [step.index for step in steps] == list(range(201))
    assert not steps[0].reached
    assert any(step.reached for step in steps[:100])
    assert steps[-1].reached
    assert steps[-1].total < steps[0].total / 50


def test_the_first_frame_is_there_in_well_under_a_second(one_thread):
    cache.load(MODEL)
    photo, truths = marked_photo("cat", 1)
    started = time.process_time()
    assert next(overfit(photo, MODEL, truths)).index == 0
    assert time.process_time() - started < 0.7


@pytest.mark.parametrize("start", Start)
def test_the_shared_network_stays_as_it_was_to_the_last_bit(start):
    network = cache.load(MODEL).module
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    taught(start=start, steps=5)
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(weight.grad is None and not weight.requires_grad for weight in network.parameters())


def test_the_same_seed_gives_the_same_run_and_another_one_another():
    one, same, other = (taught(seed=seed, steps=12) for seed in (3, 3, 4))
    for here, there in zip(one, same, strict=True):
        assert (here.total, here.things, here.ious) == (there.total, there.things, there.ious)
        np.testing.assert_array_equal(here.sure, there.sure)
    assert one[0].total != other[0].total


def test_other_draws_do_not_change_a_run():
    first = taught(steps=2)
    torch.manual_seed(99)
    torch.rand(5)
    assert [step.total for step in taught(steps=2)] == [step.total for step in first]


@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_a_trained_head_begins_with_the_loss_and_the_boxes_of_its_network(model):
    photo, truths = marked_photo("cat", 1)
    step = next(overfit(photo, model, truths, OverfitSettings(start=Start.TRAINED)))
    expected = learning(photo, model, truths).sums
    assert step.confidence == pytest.approx(expected.confidence, rel=1e-5)
    assert step.offsets == pytest.approx(sum(expected.offsets), rel=1e-5)
    assert step.classes == pytest.approx(expected.classes, rel=1e-5)
    assert step.total == pytest.approx(expected.total(), rel=1e-5)
    for ours, theirs in zip(step.things, things(photo, model).things, strict=True):
        assert (ours.label, ours.score) == (theirs.label, pytest.approx(theirs.score, abs=1e-5))
        assert ours.box == pytest.approx(theirs.box, abs=0.01)
    best = detected(photo, model, LEAST).table
    assert step.sure.max() >= best.scores.max()


def test_every_step_is_that_of_a_loop_with_torchs_own_adam():
    """The weights are taught beside it with `backward`, and the last step is compared."""
    photo, truths = marked_photo("cat", 1)
    settings = OverfitSettings(steps=6, learning_rate=0.004, loss=LossSettings(focus=1.0, offsets=0.5, classes=2.0))
    steps = list(overfit(photo, MODEL, truths, settings))
    network = cache.load(MODEL)
    trunk, head = grid_head(network)
    placed = network.place(photo)
    features = trunk(network.preprocess(photo))
    pupil = pupil_head(head, 6, more=0, settings=settings)
    adam = torch.optim.Adam(pupil.parameters(), lr=0.004)
    grid = grid_of(pupil(features))
    objects = module.marked(truths, network.card.classes, placed.placement)
    targets = module.assign(objects.boxes, grid, module.rule_of(grid))
    for step in steps:
        output = pupil(features)
        terms = module.grid_loss(taken_apart(output, 9), [objects], [targets], grid, focus=1.0)
        assert step.total == pytest.approx(terms.total(offsets=0.5, classes=2.0).item(), rel=1e-4)
        adam.zero_grad()
        terms.total(offsets=0.5, classes=2.0).backward()
        adam.step()
    found = in_photo(suppressed(decoded(taken_apart(output.detach(), 9), grid, least=LEAST)), placed.placement)
    assert len(steps[-1].things) == len(found.boxes)
    np.testing.assert_allclose(
        steps[-1].sure, taken_apart(output.detach(), 9).confidence[0].sigmoid().amax(0).numpy(), rtol=1e-3
    )


def test_labels_that_the_network_does_not_know_become_new_classes():
    photo, truths = marked_photo("scales", 3)
    for start in Start:
        last = next(step for step in overfit(photo, MODEL, truths, OverfitSettings(start=start)) if step.reached)
        names = ["person", "dog", "cat", "horse", "sheep", "cow", *dict.fromkeys(one.label for one in truths)]
        assert all(one.label == names[one.index] for one in last.things)
        assert {one.label for one in truths} <= {one.label for one in last.things}


def test_settings_rule_from_the_next_update_on():
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths, OverfitSettings(steps=5))
    first = next(run)
    still = run.send(OverfitSettings(steps=5, learning_rate=0.0))
    assert still.index == 1
    assert (still.confidence, still.offsets) == (first.confidence, first.offsets)
    weighed = run.send(OverfitSettings(steps=5, learning_rate=0.0, loss=LossSettings(offsets=0.0, classes=3.0)))
    assert weighed.total == pytest.approx(first.confidence + 3 * first.classes, rel=1e-5)
    moved = run.send(OverfitSettings(steps=5))
    assert moved.confidence != first.confidence


@pytest.mark.parametrize("changes", [{"start": Start.TRAINED}, {"steps": 7}, {"seed": 1}], ids=str)
def test_settings_of_another_run_are_refused(changes):
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths, OverfitSettings(steps=5))
    next(run)
    with pytest.raises(SettingError, match=f"{next(iter(changes))} must stay the same"):
        run.send(dataclasses.replace(OverfitSettings(steps=5), **changes))


def test_a_later_step_repaints_no_earlier_one():
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths)
    first = next(run)
    kept = first.sure.copy()
    for _ in range(3):
        next(run)
    np.testing.assert_array_equal(first.sure, kept)
    assert first.sure.shape == (7, 7)


def test_each_update_is_billed_one_pass_forward_of_the_head_and_one_back():
    steps = taught(steps=3)
    assert [(step.cost.forward, step.cost.backward) for step in steps] == [(1, 0), (2, 1), (3, 2), (4, 3)]
    assert steps[-1].cost.milliseconds > steps[0].cost.milliseconds > 0


def test_a_closed_run_ends_and_nothing_is_loaded_before_the_first_step(monkeypatch):
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths)
    next(run)
    run.close()
    assert list(run) == []
    monkeypatch.setattr(module, "load", lambda model, device: pytest.fail("loaded too early"))
    overfit(photo, MODEL, truths).close()


def test_without_an_object_there_is_nothing_to_learn():
    with pytest.raises(SettingError, match="nothing to learn without an object"):
        overfit(sample("cat"), MODEL, [])
    with pytest.raises(SettingError, match="lies outside the photo"):
        overfit(sample("cat"), MODEL, [Labelled("cat", (5000.0, 0.0, 5001.0, 9.0))])


def test_a_network_without_a_grid_head_is_explained():
    photo, truths = marked_photo("cat", 1)
    with pytest.raises(ModelError, match="has no grid head"):
        next(overfit(photo, "lab-classifier", truths))


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    monkeypatch.setattr(Network, "prepared", lambda _, image: image * torch.nan)
    with pytest.raises(WeightsDamagedError):
        next(overfit(sample("cat"), MODEL, marked_photo("cat", 1)[1]))


def test_a_loss_that_is_no_number_any_more_is_explained(monkeypatch):
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths)
    next(run)
    original = module.grid_loss
    monkeypatch.setattr(
        module, "grid_loss", lambda *given, **more: module.Terms(*[torch.nan * original(*given, **more).confidence] * 3)
    )
    with pytest.raises(ModelError, match="Choose a smaller learning rate"):
        next(run)


def test_memory_that_runs_out_on_the_way_is_told(monkeypatch):
    photo, truths = marked_photo("cat", 1)
    run = overfit(photo, MODEL, truths)
    next(run)

    def short(*given, **more):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(module, "grid_loss", short)
    with pytest.raises(MemoryShortError):
        next(run)


def test_a_new_head_says_one_percent_everywhere_and_a_copied_one_what_its_model_says():
    head = grid_head(cache.load(MODEL)).head
    features = torch.rand(1, 192, 7, 7, generator=torch.Generator().manual_seed(0))
    fresh = pupil_head(head, 6, more=2, settings=OverfitSettings())
    with torch.no_grad():
        answer = taken_apart(fresh(features), 9)
        assert answer.classes.shape == (1, 8, 7, 7)
        assert answer.confidence.sigmoid().mean().item() == pytest.approx(0.01, abs=0.002)
        copied = pupil_head(head, 6, more=2, settings=OverfitSettings(start=Start.TRAINED))
        torch.testing.assert_close(copied(features)[:, :51], head(features))
    assert all(isinstance(weight, nn.Parameter) and weight.requires_grad for weight in fresh.parameters())


@pytest.mark.gpu
def test_a_gpu_learns_as_the_cpu_does(monkeypatch):
    """The first steps to a few thousandths; later ones drift apart, as rounding grows, and arrive all the same."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    runs = []
    for kind in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        runs.append(taught("cat", 4))
    here, there = runs
    for one, two in zip(here[:6], there[:6], strict=True):
        assert two.total == pytest.approx(one.total, rel=5e-3)
        np.testing.assert_allclose(two.sure, one.sure, atol=5e-3)
    assert there[-1].reached
    assert there[-1].cost.device.startswith("GPU")
