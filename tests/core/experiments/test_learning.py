"""How a grid head learns: the course's numbers, the loss of the core, groups of anchors, laws, and refusals."""

import math

import numpy as np
import pytest
import torch

from core.boxes.settings import MOST_OBJECTS, Labelled
from core.detection.grid import COURSE, FINER
from core.detection.learning_settings import LossSettings
from core.detection.loss import grid_loss
from core.detection.targets import Positives, assign
from core.errors import ModelError, SettingError, WeightsDamagedError
from core.experiments.grid_heads import rule_of
from core.experiments.learning import learning
from core.experiments.lessons import HARD, IGNORED, Group
from core.experiments.marked_objects import marked
from core.images.photo import Photo, from_pixels
from core.images.samples import sample
from core.networks.yolo import taken_apart
from core.zoo import cache
from core.zoo.network import Network

COURSE_IOUS = (0.1007, 0.4029, 0.7454, 0.5733, 0.3971, 0.5918, 0.5216, 0.6619, 0.4799)
GOLDEN = Labelled("cat", (156.0, 97.0, 351.0, 270.0))
HEADS = ["lab-yolo", "lab-yolo-14"]


def course_photo() -> Photo:
    return from_pixels(np.random.default_rng(0).integers(0, 256, (333, 500, 3), dtype=np.uint8), "noise")


def cat_and_dog() -> tuple[Photo, tuple[Labelled, ...]]:
    return sample("cat"), (
        Labelled("cat", tuple(sample("cat").truth.boxes[0].tolist())),
        Labelled("dog", (9.0, 9.0, 99.0, 140.0)),
    )


def output_of(photo: Photo, model: str) -> torch.Tensor:
    network = cache.load(model, torch.device("cpu"))
    with torch.no_grad():
        return network.module(network.preprocess(photo))


def test_the_courses_example_has_the_courses_numbers():
    found = learning(course_photo(), "lab-yolo", [GOLDEN])
    (activation,), (lesson,) = found.activations, found.lessons
    assert activation.cell == lesson.cell == (3, 3)
    assert activation.distance == pytest.approx(20.5)
    assert float(activation.distances.flatten().sort().values[1]) == pytest.approx(34.0714, abs=1e-4)
    assert activation.iou.tolist() == pytest.approx(COURSE_IOUS, abs=5e-5)
    assert (activation.anchor, activation.flat_index) == (lesson.shape, lesson.anchor) == (2, 122)
    assert lesson.overlap == pytest.approx(0.7454, abs=5e-5)
    assert lesson.box == pytest.approx(
        (250 - 1.5 * 500 / 7, 166.5 - 1.5 * 333 / 7, 250 + 1.5 * 500 / 7, 166.5 + 1.5 * 333 / 7)
    )
    wide, high = 3 * 500 / 7, 3 * 333 / 7
    goals = (3.5 / wide / 0.1, 17 / high / 0.1, math.log(195 / wide) / 0.2, math.log(173 / high) / 0.2)
    assert lesson.wanted.offsets == pytest.approx(goals, abs=1e-5)
    assert (found.rule, found.grid) == (Positives.ACTIVATED, COURSE)


@pytest.mark.parametrize("model", HEADS)
@pytest.mark.parametrize("focus", [0.0, 2.0, 3.5])
def test_the_parts_of_the_loss_are_those_of_the_core(model, focus):
    photo, truths = cat_and_dog()
    found = learning(photo, model, truths, focus=focus)
    network = cache.load(model)
    objects = marked(truths, network.card.classes, network.place(photo).placement)
    targets = assign(objects.boxes, found.grid, rule_of(found.grid))
    terms = grid_loss(taken_apart(output_of(photo, model), 9), [objects], [targets], found.grid, focus=focus)
    assert found.sums.confidence == pytest.approx(terms.confidence.item(), rel=1e-6)
    assert math.fsum(found.sums.offsets) == pytest.approx(terms.offsets.item(), rel=1e-6)
    assert found.sums.classes == pytest.approx(terms.classes.item(), rel=1e-6)
    weights = LossSettings(offsets=0.5, classes=0.25)
    assert found.sums.total(offsets=weights.offsets, classes=weights.classes) == pytest.approx(
        terms.total(offsets=0.5, classes=0.25).item(), rel=1e-6
    )
    assert sorted(one.anchor for one in found.lessons) == sorted(targets.positive.tolist())


@pytest.mark.parametrize("model", HEADS)
def test_every_number_of_a_lesson_is_that_of_its_formula(model):
    """In numbers of Python, from the raw output."""
    photo, truths = cat_and_dog()
    found, output = learning(photo, model, truths), output_of(photo, model)[0].double()
    count = len(found.grid.shapes)
    for one in found.lessons:
        row, col = one.cell
        said, wanted = one.said, one.wanted
        assert said.logit == pytest.approx(output[one.shape, row, col].item(), abs=1e-5)
        assert said.confidence == pytest.approx(1 / (1 + math.exp(-said.logit)))
        first = count + 4 * one.shape
        assert said.offsets == pytest.approx(output[first : first + 4, row, col].tolist(), abs=1e-4)
        scores = output[5 * count :, row, col]
        assert said.logits == pytest.approx(scores.tolist(), abs=1e-4)
        assert said.probabilities == pytest.approx((scores.exp() / scores.exp().sum()).tolist(), abs=1e-5)
        assert found.classes[wanted.label] == truths[one.truth].label
        assert said.box == pytest.approx(decoded(one.box, said.offsets), rel=1e-3, abs=0.01)
        assert decoded(one.box, wanted.offsets) == pytest.approx(truths[one.truth].box, abs=0.01)
        assert wanted.confidence == pytest.approx(iou(said.box, truths[one.truth].box), abs=1e-5)
        assert one.overlap == pytest.approx(iou(one.box, truths[one.truth].box), abs=1e-5)
        entropy = -(
            wanted.confidence * math.log(said.confidence) + (1 - wanted.confidence) * math.log(1 - said.confidence)
        )
        assert one.terms.confidence == pytest.approx(entropy * (wanted.confidence - said.confidence) ** 2, rel=1e-3)
        errors = [abs(ours - goal) for ours, goal in zip(said.offsets, wanted.offsets, strict=True)]
        assert one.terms.offsets == pytest.approx([e * e / 2 if e < 1 else e - 0.5 for e in errors], abs=1e-5)
        assert one.terms.classes == pytest.approx(-math.log(said.probabilities[wanted.label]), rel=1e-3, abs=1e-6)


def decoded(anchor, offsets):
    x1, y1, x2, y2 = anchor
    x, y = (x1 + x2) / 2 + 0.1 * offsets[0] * (x2 - x1), (y1 + y2) / 2 + 0.1 * offsets[1] * (y2 - y1)
    w, h = (x2 - x1) * math.exp(0.2 * offsets[2]), (y2 - y1) * math.exp(0.2 * offsets[3])
    return (x - w / 2, y - h / 2, x + w / 2, y + h / 2)


def iou(one, two):
    w = max(0, min(one[2], two[2]) - max(one[0], two[0]))
    h = max(0, min(one[3], two[3]) - max(one[1], two[1]))
    both = (one[2] - one[0]) * (one[3] - one[1]) + (two[2] - two[0]) * (two[3] - two[1])
    return w * h / (both - w * h)


@pytest.mark.parametrize("model", HEADS)
def test_shares_of_the_groups_add_up_and_focus_takes_from_the_easy_ones(model):
    photo, truths = cat_and_dog()
    found = learning(photo, model, truths)
    for one, focus in ((found.plain, 0.0), (found.focal, 2.0)):
        assert one.focus == focus
        assert [row.group for row in one.shares] == list(Group)
        assert math.fsum(row.share for row in one.shares) == pytest.approx(1)
        assert math.fsum(row.loss for row in one.shares) == pytest.approx(float(one.terms.sum(dtype=np.float64)))
        for place, row in enumerate(one.shares):
            chosen = found.groups == place
            assert row.count == int(chosen.sum())
            assert row.loss == pytest.approx(float(one.terms[chosen].sum(dtype=np.float64)))
    easy = [one.shares[2].share for one in (found.plain, found.focal)]
    assert easy[1] < easy[0] / 2
    assert (found.focal.terms <= found.plain.terms).all()


def test_groups_are_told_apart_by_confidence_and_ignored_anchors_have_none():
    photo, truths = cat_and_dog()
    found = learning(photo, "lab-yolo-14", truths)
    positive = {one.anchor for one in found.lessons}
    ignored = np.flatnonzero(found.groups == IGNORED)
    assert len(ignored) > 0
    assert not found.plain.terms[ignored].any()
    for anchor, group in enumerate(found.groups.tolist()):
        if group != IGNORED:
            expected = 0 if anchor in positive else 1 if found.confidences[anchor] >= HARD else 2
            assert group == expected
    assert (found.wanted[found.groups != 0] == 0).all()


def test_of_two_objects_that_want_one_anchor_the_later_is_learned():
    found = learning(course_photo(), "lab-yolo", [GOLDEN, Labelled("dog", GOLDEN.box)])
    assert [one.truth for one in found.lessons] == [1]
    assert [one.flat_index for one in found.activations] == [122, 122]


@pytest.mark.parametrize("model", HEADS)
def test_without_objects_every_anchor_learns_that_there_is_nothing(model):
    found = learning(course_photo(), model, [])
    assert (found.lessons, found.activations) == ((), ())
    assert found.sums.offsets == (0, 0, 0, 0)
    assert found.sums.positives == found.sums.classes == 0
    assert found.sums.negatives == pytest.approx(float(found.focal.terms.sum(dtype=np.float64)), rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_the_activated_anchor_is_the_one_that_learns(seed):
    draw = np.random.default_rng(seed)
    corner, size = draw.integers(0, 200, 2), draw.integers(1, 130, 1).repeat(2)  # squares tie shapes that are turned
    box = tuple(float(one) for one in (*corner, *(corner + size)))
    found = learning(course_photo(), "lab-yolo", [Labelled("dog", box)])
    assert found.activations[0].flat_index == found.lessons[0].anchor
    iou = found.activations[0].iou
    assert float(iou[found.activations[0].anchor]) == pytest.approx(float(iou.max()), abs=1e-6)


def test_the_finer_head_teaches_all_anchors_that_overlap():
    found = learning(course_photo(), "lab-yolo-14", [GOLDEN])
    assert (found.rule, found.grid) == (Positives.OVERLAPPING, FINER)
    assert len(found.lessons) > 5
    assert max(one.overlap for one in found.lessons) >= 0.5


def test_one_pass_is_billed():
    cost = learning(course_photo(), "lab-yolo", [GOLDEN]).cost
    assert (cost.forward, cost.backward) == (1, 0)
    assert cost.device


@pytest.mark.parametrize(
    ("truths", "said"),
    [
        ([GOLDEN] * (MOST_OBJECTS + 1), "At most 12 objects can be learned, got 13"),
        ([Labelled("cat", (5.0, 5.0, 5.0, 9.0))], "A box must have a width and a height"),
        ([Labelled("cat", (5.0, 5.0, math.nan, 9.0))], "A box must have a width and a height"),
        ([Labelled("cat", (500.0, 5.0, 520.0, 9.0))], "The box of “cat” lies outside the photo of 500 × 333 px"),
        ([Labelled("teapot", GOLDEN.box)], "does not know “teapot”. Name the box one of: person, dog"),
    ],
)
def test_objects_that_nobody_can_learn_are_refused(truths, said):
    with pytest.raises(SettingError, match=said):
        learning(course_photo(), "lab-yolo", truths)


@pytest.mark.parametrize("focus", [-1.0, math.nan])
def test_a_focus_without_meaning_is_refused(focus):
    with pytest.raises(SettingError, match="focus must be at least 0"):
        learning(course_photo(), "lab-yolo", [GOLDEN], focus=focus)


@pytest.mark.parametrize("model", ["lab-classifier", "lab-fcn"])
def test_a_network_without_a_grid_head_is_explained(model):
    with pytest.raises(ModelError, match="has no grid head"):
        learning(course_photo(), model, [GOLDEN])


def test_weights_that_are_no_numbers_are_said_to_be_damaged(monkeypatch):
    monkeypatch.setattr(Network, "prepared", lambda _, image: image * torch.nan)
    with pytest.raises(WeightsDamagedError):
        learning(course_photo(), "lab-yolo", [GOLDEN])


@pytest.mark.gpu
def test_a_gpu_finds_the_same_lessons(monkeypatch):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    photo, truths = cat_and_dog()
    found = []
    for kind in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        found.append(learning(photo, "lab-yolo", truths))
    here, there = found
    assert [one.anchor for one in here.lessons] == [one.anchor for one in there.lessons]
    assert there.sums.total() == pytest.approx(here.sums.total(), rel=1e-2)
    np.testing.assert_allclose(there.confidences, here.confidences, atol=2e-3)
