"""What is read again from one look: the same as a naive reading, and the fate of every anchor adds up."""

import dataclasses
import time

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, nms

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import FindSettings, Labels, SeeSettings
from core.errors import SettingError
from core.experiments import seeing
from core.experiments.candidates import detected as candidates_of
from core.experiments.cost import Cost
from core.experiments.detecting import Outcome, Seen, fate, found, see
from core.experiments.models import things
from core.experiments.nms import race
from core.images.photo import from_pixels
from core.images.samples import sample
from core.zoo import cache
from core.zoo.catalog import card
from tests.core.detection.test_racing import LEFT, RIGHT, looked
from tests.core.zoo import darknet_files

DETECTOR = "lab-yolo-14"
NAMES = ("cat", "dog", "bird")
SIZE = (100, 100)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME without weights, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def answer(count: int = 60, *, tiles: bool = False) -> Seen:
    looks = (looked(count, 0, LEFT), looked(count, 1, RIGHT)) if tiles else (looked(count),)
    return Seen(NAMES, looks, suppresses_itself=False, cost=Cost("CPU", 1, 0, 1.0, 0.0))


def outcomes(seen: Seen, settings: FindSettings) -> dict[Outcome, int]:
    detected = found(seen, SIZE, settings)
    counts = dict.fromkeys(Outcome, 0)
    for number, look in enumerate(seen.looks):
        for anchor in range(len(look.boxes)):
            counts[fate(seen, detected, number, anchor).outcome] += 1
    return counts


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("labels", Labels)
def test_the_things_are_those_of_torchvisions_suppression(threshold, per_class, labels):
    seen = answer()
    (look,) = seen.looks
    scores = look.objectness[:, None] * look.classes
    if labels is Labels.BEST:
        scores = torch.where(scores == scores.amax(dim=1, keepdim=True), scores, 0.0)
    row, label = (scores >= 0.2).nonzero().unbind(dim=1)
    boxes, sure = look.boxes[row], scores[row, label]
    kept = batched_nms(boxes, sure, label, threshold) if per_class else nms(boxes, sure, threshold)
    settings = NmsSettings(iou_threshold=threshold, per_class=per_class)
    detected = found(seen, SIZE, FindSettings(confidence=0.2, nms=settings, labels=labels))
    assert len(kept) > 3
    assert [one.index for one in detected.things] == label[kept].tolist()
    assert [one.label for one in detected.things] == [NAMES[index] for index in label[kept].tolist()]
    assert [one.score for one in detected.things] == pytest.approx(sure[kept].tolist())
    torch.testing.assert_close(torch.tensor([one.box for one in detected.things]), boxes[kept], atol=1e-4, rtol=0)
    assert list(detected.rows) == [(0, anchor) for anchor in row[kept].tolist()]


@pytest.mark.parametrize("method", Method)
def test_what_raced_gives_the_same_things_in_the_suppression_stepper(method):
    settings = FindSettings(confidence=0.05, nms=NmsSettings(method=method, iou_threshold=0.3))
    detected = found(answer(), SIZE, settings)
    again = race(detected.raced, settings.race)
    assert again.kept == detected.kept
    boxes = [detected.raced.boxes[at].tolist() for at in again.kept]
    assert [list(one.box) for one in detected.things] == boxes
    assert [one.score for one in detected.things] == pytest.approx([float(again.final[at]) for at in again.kept])
    assert all(one.score >= 0.05 for one in detected.things)


@pytest.mark.parametrize("tiles", [False, True])
@pytest.mark.parametrize("method", Method)
def test_every_thing_is_traced_back_to_its_anchor(method, tiles):
    seen = answer(tiles=tiles)
    detected = found(seen, SIZE, FindSettings(confidence=0.1, nms=NmsSettings(method=method)))
    assert (detected.trace is None) == tiles == (detected.merge is not None)
    for place, (one, (number, anchor)) in enumerate(zip(detected.things, detected.rows, strict=True)):
        look = seen.looks[number]
        score = float(look.objectness[anchor] * look.classes[anchor, one.index])
        box = look.on_photo(look.boxes[anchor : anchor + 1])[0]
        assert one.box == pytest.approx(box.tolist(), abs=1e-4)
        assert one.score <= score + 1e-6
        mine = fate(seen, detected, number, anchor)
        assert (mine.outcome, mine.place, mine.label) == (Outcome.KEPT, place, one.label)
        assert (mine.score, mine.after) == (pytest.approx(score), one.score)


@pytest.mark.parametrize("tiles", [False, True])
@pytest.mark.parametrize("method", Method)
def test_whoever_was_suppressed_knows_by_whom(method, tiles):
    seen = answer(tiles=tiles)
    settings = FindSettings(confidence=0.2, nms=NmsSettings(method=method, iou_threshold=0.2))
    detected = found(seen, SIZE, settings)
    lost = 0
    for number, look in enumerate(seen.looks):
        for anchor in range(len(look.boxes)):
            mine = fate(seen, detected, number, anchor)
            if mine.outcome is not Outcome.SUPPRESSED:
                continue
            lost += 1
            assert mine.by in detected.raced_rows
            assert mine.overlap > (mine.threshold or 0) or method is Method.LINEAR
            assert (mine.threshold is None) == (not tiles and not method.has_threshold)
            if mine.place is not None:
                assert detected.rows[mine.place] == mine.by
                assert detected.things[mine.place].label == mine.label
    assert lost > 2


@pytest.mark.parametrize("labels", Labels)
def test_the_fates_add_up(labels):
    seen = answer()
    settings = FindSettings(confidence=0.2, classes=("cat", "bird"), limit=5, labels=labels)
    detected, counts = found(seen, SIZE, settings), outcomes(seen, settings)
    assert sum(counts.values()) == 60
    assert counts[Outcome.KEPT] == len(set(detected.rows))
    assert len(detected.things) == 5
    assert {one.label for one in detected.things} <= {"cat", "bird"}
    assert counts[Outcome.BEYOND] > 0
    assert counts[Outcome.OTHER_CLASS] > 0
    (look,) = seen.looks
    best = (look.objectness[:, None] * look.classes).amax(dim=1)
    assert counts[Outcome.BELOW] == int((best < 0.2).sum())


def test_a_box_beside_the_photo_is_said_to_be_there():
    seen = answer()
    seen.looks[0].boxes[7] += 1000
    seen.looks[0].objectness[7] = seen.looks[0].classes[7, 2] = 1.0
    detected = found(seen, SIZE, FindSettings())
    mine = fate(seen, detected, 0, 7)
    assert (mine.outcome, mine.label, mine.score) == (Outcome.OUTSIDE, "bird", 1.0)


def test_an_anchor_that_is_not_sure_enough_is_told_the_threshold():
    seen = answer()
    seen.looks[0].objectness[3] = 0.1
    seen.looks[0].classes[3] = torch.tensor((0.5, 0.9, 0.1))
    mine = fate(seen, found(seen, SIZE, FindSettings(confidence=0.4)), 0, 3)
    assert (mine.outcome, mine.label, mine.threshold) == (Outcome.BELOW, "dog", 0.4)
    assert mine.score == pytest.approx(0.09)


def test_a_method_that_lets_scores_fall_may_ask_for_more_than_the_confidence():
    seen = answer()
    settings = FindSettings(confidence=0.1, nms=NmsSettings(method=Method.GAUSSIAN, score_threshold=0.5))
    detected = found(seen, SIZE, settings)
    assert all(one.score >= 0.5 for one in detected.things)
    asked = {fate(seen, detected, 0, anchor).threshold for _, anchor in detected.raced_rows}
    assert 0.5 in asked


def test_lower_thresholds_leave_fewer_below():
    seen = answer()
    every = [found(seen, SIZE, FindSettings(confidence=at)) for at in (0.01, 0.2, 0.5, 1.0)]
    assert [one.below + len(one.raced.labels) for one in every] == [every[0].below + len(every[0].raced.labels)] * 4
    assert [one.below for one in every] == sorted(one.below for one in every)
    assert every[0].below == 0
    assert not every[3].things


def test_what_does_not_belong_to_the_answer_is_refused():
    seen = answer()
    with pytest.raises(SettingError, match="photo of 100 × 100 pixels, not of 50 × 80"):
        found(seen, (80, 50), FindSettings())
    with pytest.raises(SettingError, match="knows no “unicorn”"):
        found(seen, SIZE, FindSettings(classes=("cat", "unicorn")))
    detected = found(seen, SIZE, FindSettings())
    for look, anchor in ((1, 0), (-1, 0), (0, 60), (0, -1)):
        with pytest.raises(SettingError, match=f"no anchor {anchor} in look {look}"):
            fate(seen, detected, look, anchor)


@pytest.mark.parametrize("key", ["lab-yolo", "lab-yolo-14", "yolov4_tiny"])
def test_it_agrees_with_the_models_page_and_with_the_suppression_page(key):
    if key == "yolov4_tiny":
        darknet_files.put(card(key))
    photo = sample("cat")
    seen = see(photo, key, SeeSettings())
    detected = found(seen, (photo.height, photo.width), FindSettings(confidence=0.05, limit=1000))
    theirs = things(photo, key).things
    assert len(theirs) > 3
    assert [one.label for one in detected.things] == [one.label for one in theirs]
    boxes = np.array([one.box for one in detected.things])
    np.testing.assert_allclose(boxes, np.array([one.box for one in theirs]), atol=1e-2)
    table = candidates_of(photo, key).table
    np.testing.assert_allclose(detected.raced.boxes, table.boxes, atol=1e-3)
    assert detected.raced.labels == table.labels


def test_no_threshold_runs_the_network(monkeypatch):
    seen = see(sample("cat"), DETECTOR, SeeSettings())
    monkeypatch.setattr(seeing, "load", lambda *given: pytest.fail("a network was asked for"))
    size = seen.looks[0].placement.photo_height, seen.looks[0].placement.photo_width
    counts = [len(found(seen, size, FindSettings(confidence=at)).things) for at in (0.05, 0.5, 0.8, 0.99)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_it_takes_little_of_one_core_on_as_many_anchors_as_yolov3_tiny_has():
    """It takes 5 to 15 ms; under the checks of types and shapes, and on a busy machine, several times as long."""
    seen = answer(2535)
    times = []
    for _ in range(10):
        start = time.thread_time()
        found(seen, SIZE, FindSettings(confidence=0.3))
        times.append(time.thread_time() - start)
    assert min(times) < 0.15


def test_an_answer_in_tiles_finds_a_thing_across_their_border_once():
    """Both tiles see the same box up to their edge: of the two pieces and the whole, one is left."""
    one, other = looked(2, 0, LEFT), looked(2, 1, RIGHT)
    for look, box in ((one, (20.0, 10.0, 60.0, 60.0)), (other, (40.0, 10.0, 95.0, 60.0))):
        look.boxes[:] = torch.tensor(box)
        look.objectness[:] = torch.tensor((0.9, 0.0))
        look.classes[:] = torch.tensor((1.0, 0.0, 0.0))
    seen = dataclasses.replace(answer(), looks=(one, other))
    detected = found(seen, SIZE, FindSettings(nms=NmsSettings(iou_threshold=0.3)))
    assert len(detected.raced.labels) == 2
    assert len(detected.things) == 1
    lost = fate(seen, detected, *next(row for row in detected.raced_rows if row != detected.rows[0]))
    assert (lost.outcome, lost.place) == (Outcome.SUPPRESSED, 0)
    assert lost.overlap > 0.3


@pytest.mark.weights
@pytest.mark.parametrize(
    ("key", "wanted"), [("cat", "cat"), ("coffee", "cup"), ("astronaut", "person"), ("motorcycle", "motorbike")]
)
def test_yolo_fastest_xl_finds_what_is_on_a_sample(key, wanted):
    darknet_files.put_real(card("yolo_fastest_xl"))
    photo = sample(key)
    seen = see(photo, "yolo_fastest_xl", SeeSettings())
    best = found(seen, (photo.height, photo.width), FindSettings(confidence=0.3)).things[0]
    assert best.label == wanted
    assert best.score > 0.7


@pytest.mark.parametrize(("key", "wanted"), [("cat", "cat"), ("astronaut", "person")])
def test_the_labs_own_finds_what_is_on_a_sample(key, wanted):
    photo = sample(key)
    seen = see(photo, DETECTOR, SeeSettings())
    labels = [one.label for one in found(seen, (photo.height, photo.width), FindSettings(confidence=0.3)).things]
    assert labels[0] == wanted


def test_a_blank_photo_has_nothing_on_it():
    photo = from_pixels(np.full((64, 48, 3), 128, np.uint8), "grey")
    detected = found(see(photo, DETECTOR, SeeSettings()), (64, 48), FindSettings(confidence=0.9))
    assert (detected.things, detected.raced_rows, detected.kept) == ((), (), ())
