"""Grading one photo: against naive loops, worked by hand, and the laws that let a confidence cut one judgement."""

import random
from dataclasses import replace

import numpy as np
import pytest

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from core.boxes.settings import Labelled
from core.errors import SettingError
from core.experiments.candidates import crowded, detected
from core.experiments.grading import COCO_THRESHOLDS, Grade, grade
from core.experiments.models import Found
from core.experiments.nms import race
from core.experiments.verdicts import LEAST_OVERLAP, Marked, Ruling, Verdict
from core.images.samples import sample

NAMES = ("cat", "dog", "cup")
SEEDS = pytest.mark.parametrize("seed", range(12))


def sides(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = map(float, box)
    return x1, y1, x2, y2


def found(label: str, score: float, *box: float) -> Found:
    return Found(label, (*NAMES, "eye").index(label), score, sides(box))


def marked(label: str, *box: float, difficult: bool = False) -> Marked:
    return Marked(label, sides(box), difficult)


def by_chance(seed: int) -> tuple[list[Found], list[Marked]]:
    """Detections near truths and anywhere, with equal scores now and then, difficult truths and a class nobody knows."""
    dice = random.Random(seed)
    truths, rows = [], []
    for _ in range(dice.randint(0, 8)):
        x, y = dice.randint(0, 300), dice.randint(0, 200)
        box = (x, y, x + dice.randint(20, 90), y + dice.randint(20, 90))
        truths.append(marked(dice.choice((*NAMES, "eye")), *map(float, box), difficult=dice.random() < 0.15))
        for _ in range(dice.randint(0, 4)):
            near = (side + dice.gauss(0, 8) for side in box)
            label = one if (one := truths[-1].label) in NAMES and dice.random() < 0.8 else dice.choice(NAMES)
            rows.append(found(label, dice.randint(1, 20) / 20, *near))
    for _ in range(dice.randint(0, 6)):
        x, y = dice.randint(0, 300), dice.randint(0, 200)
        rows.append(found(dice.choice(NAMES), dice.randint(1, 20) / 20, x, y, x + 40.0, y + 40.0))
    dice.shuffle(rows)
    return rows, truths


def iou(a, b) -> float:
    def area(box):
        return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])

    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return shared / (area(a) + area(b) - shared) if shared else 0.0


def naive(rows: list[Found], truths: list[Marked], threshold: float) -> list[Ruling]:
    """Verdict by verdict, as a person would go through the list."""
    taken, ruled = set(), []
    for one in sorted(rows, key=lambda row: -row.score):
        own = [(iou(one.box, truth.box), -place) for place, truth in enumerate(truths) if truth.label == one.label]
        other = [(iou(one.box, truth.box), -place) for place, truth in enumerate(truths) if truth.label != one.label]
        best, place = max(own, default=(0.0, 0))
        if best >= threshold:
            kind = Verdict.RIGHT if -place not in taken else Verdict.DOUBLE
            if truths[-place].difficult:
                kind = Verdict.IGNORED
            if kind is Verdict.RIGHT:
                taken.add(-place)
            ruled.append(Ruling(kind, -place, best))
        elif other and max(other)[0] >= threshold:
            ruled.append(Ruling(Verdict.CLASS, -max(other)[1], max(other)[0]))
        elif best >= LEAST_OVERLAP:
            ruled.append(Ruling(Verdict.OVERLAP, -place, best))
        else:
            ruled.append(Ruling(Verdict.NOTHING, -place if best else None, best))
    return ruled


def average(rows: list[Found], truths: list[Marked], threshold: float, recalls: int | None) -> float | None:
    """AP of one class: the mean height at so many recalls, or the area where `recalls` is None."""
    count = sum(not truth.difficult for truth in truths)
    if not count:
        return None
    ruled = [one.verdict for one in naive(rows, truths, threshold) if one.verdict is not Verdict.IGNORED]
    points = []
    for end in range(1, len(ruled) + 1):
        right = sum(kind is Verdict.RIGHT for kind in ruled[:end])
        points.append((right, right / end))
    if recalls is None:
        heights = [max((p for r, p in points if r >= step), default=0.0) for step in range(1, count + 1)]
        return sum(heights) / count
    heights = [max((p for r, p in points if r * (recalls - 1) >= k * count), default=0.0) for k in range(recalls)]
    return sum(heights) / recalls


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


@SEEDS
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.75])
def test_verdicts_are_those_of_a_person_going_through_the_list(seed, threshold):
    rows, truths = by_chance(seed)
    graded = grade(rows, truths, NAMES, threshold=threshold)
    for ours, theirs in zip(graded.rulings, naive(rows, truths, threshold), strict=True):
        assert (ours.verdict, ours.truth) == (theirs.verdict, theirs.truth)
        assert ours.iou == pytest.approx(theirs.iou)


@SEEDS
def test_precisions_are_those_of_a_naive_loop_in_every_form(seed):
    rows, truths = by_chance(seed)
    graded = grade(rows, truths, NAMES)

    def of(label, threshold, recalls):
        mine = [row for row in rows if row.label == label]
        return average(mine, [one for one in truths if one.label == label], threshold, recalls)

    for curve in graded.classes:
        assert curve.ap == pytest.approx(of(curve.label, 0.5, None))
        assert curve.ap_11 == pytest.approx(of(curve.label, 0.5, 11))
    assert graded.mean_ap == pytest.approx(mean([of(name, 0.5, None) for name in NAMES]))
    coco = mean([mean([of(name, threshold, 101) for name in NAMES]) for threshold in COCO_THRESHOLDS])
    assert graded.coco_ap == pytest.approx(coco)


def test_a_photo_worked_by_hand():
    truths = [marked("cat", 0, 0, 100, 100), marked("cat", 200, 0, 300, 100), marked("dog", 0, 200, 100, 300)]
    rows = [
        found("cat", 0.9, 0, 0, 100, 100),  # right
        found("cat", 0.8, 0, 0, 100, 90),  # the same cat again
        found("cat", 0.7, 200, 0, 240, 100),  # 0.4 of the second cat
        found("cat", 0.6, 0, 200, 100, 300),  # a dog
        found("cat", 0.5, 400, 400, 420, 420),  # nothing
        found("cat", 0.4, 200, 0, 300, 100),  # right
    ]
    graded = grade(rows, truths, NAMES)
    kinds = [one.verdict for one in graded.rulings]
    assert kinds == [Verdict.RIGHT, Verdict.DOUBLE, Verdict.OVERLAP, Verdict.CLASS, Verdict.NOTHING, Verdict.RIGHT]
    assert graded.rulings[1] == Ruling(Verdict.DOUBLE, 0, 0.9)
    assert graded.rulings[2] == Ruling(Verdict.OVERLAP, 1, 0.4)
    assert graded.rulings[3].truth == 2
    assert graded.finder == (0, 5, None)
    # Cats: 1 of 1 at recall 1/2, 2 of 6 at recall 1. Dogs: nothing.
    assert graded.curve("cat").ap == pytest.approx((1 + 2 / 6) / 2)
    assert graded.curve("cat").ap_11 == pytest.approx((6 * 1 + 5 * 2 / 6) / 11)
    assert graded.mean_ap == pytest.approx((1 + 2 / 6) / 4)
    # All in one line: three truths.
    assert graded.curve().ap == pytest.approx((1 + 2 / 6) / 3)
    point = graded.at(0.65)
    assert (point.right, point.wrong, point.missed) == (1, 2, 2)
    assert graded.missed(0.65) == (1, 2)
    assert graded.missed(0.4) == (2,)
    assert graded.at(0.9, "cat").f1 == pytest.approx(2 / 3)


@SEEDS
@pytest.mark.parametrize("method", list(Method), ids=lambda one: one.value)
def test_a_confidence_cuts_as_suppressing_and_judging_anew_would(seed, method):
    """The law of the module: what a later confidence shows is what the race among the boxes above it would have given."""
    objects = tuple(
        Labelled(name, (60.0 * place, 20.0, 60.0 * place + 90.0, 140.0)) for place, name in enumerate("abab")
    )
    settings = CrowdSettings(count=8, jitter=0.12, noise=0.2, confusion=0.2, seed=seed)
    table = crowded(objects, settings, height=200, width=400).table
    how = NmsSettings(method=method, score_threshold=0.05)
    marks = [Marked(one.label, one.box) for one in objects]
    whole = grade(_kept(table, how), marks, "ab")
    for confidence in (0.2, 0.4, 0.6, 0.8):
        above = table.scores >= confidence
        rows = np.flatnonzero(above)
        less = BoxTable(table.boxes[rows], table.scores[rows], tuple(table.labels[row] for row in rows))
        again = grade([one for one in _kept(less, how) if one.score >= confidence], marks, "ab")
        cut = [one for one in whole.found if one.score >= confidence]
        assert [(one.label, one.box) for one in again.found] == [(one.label, one.box) for one in cut]
        assert [one.score for one in again.found] == pytest.approx([one.score for one in cut])
        assert again.rulings == whole.rulings[: len(cut)]
        assert again.missed(0.0) == whole.missed(confidence)


def _kept(table: BoxTable, how: NmsSettings) -> list[Found]:
    if not table.labels:
        return []
    found = race(table, how)
    rows = [(table.labels[box], float(found.final[box]), table.boxes[box].tolist()) for box in found.kept]
    return [Found(label, 0, score, (x1, y1, x2, y2)) for label, score, (x1, y1, x2, y2) in rows]


@SEEDS
def test_every_detection_and_every_truth_is_counted_once_at_every_confidence(seed):
    rows, truths = by_chance(seed)
    graded = grade(rows, truths, NAMES)
    ignored = [
        one for one, ruling in zip(graded.found, graded.rulings, strict=True) if ruling.verdict is Verdict.IGNORED
    ]
    for confidence in (0.0, 0.3, 0.55, 1.0):
        point = graded.at(confidence)
        shown = sum(one.score >= confidence for one in rows) - sum(one.score >= confidence for one in ignored)
        assert point.right + point.wrong == shown
        assert point.right + point.missed == sum(graded.counts)
        assert len(graded.missed(confidence)) == point.missed
        parts = [graded.at(confidence, curve.label) for curve in graded.classes]
        assert sum(part.right for part in parts) == point.right
        assert sum(part.missed for part in parts) == point.missed


@SEEDS
def test_a_sweep_counts_as_a_loop_does_at_every_score_and_between(seed):
    graded = grade(*by_chance(seed), NAMES)
    confidences = [step / 40 for step in range(42)]
    for label in (None, *(curve.label for curve in graded.classes)):
        line = graded.curve(label).line
        for point in graded.over(confidences, label):
            shown = [
                bool(right) for score, right in zip(line.scores, line.right, strict=True) if score >= point.confidence
            ]
            assert (point.right, point.wrong) == (sum(shown), len(shown) - sum(shown))
            assert point.missed == line.truths - point.right


def test_the_order_in_which_detections_are_given_matters_only_between_equals():
    rows, truths = by_chance(3)
    apart = [replace(row, score=row.score - place / 1e4) for place, row in enumerate(rows)]
    one, other = grade(apart, truths, NAMES), grade(apart[::-1], truths, NAMES)
    assert (one.found, one.rulings, one.finder) == (other.found, other.rulings, other.finder)


def test_an_object_of_a_class_that_the_network_does_not_know_is_not_missed_but_explains_a_box_on_it():
    graded = grade([found("cat", 0.9, 0, 0, 50, 50)], [marked("eye", 0, 0, 50, 50)], NAMES)
    assert graded.counts == (False,)
    assert graded.at(0.0).missed == 0
    assert graded.rulings == (Ruling(Verdict.CLASS, 0, 1.0),)
    assert (graded.mean_ap, graded.coco_ap, graded.curve().ap) == (None, None, None)


def test_a_detector_that_is_silent_misses_everything():
    graded = grade([], [marked("cat", 0, 0, 50, 50)], NAMES)
    assert (graded.mean_ap, graded.mean_ap_11, graded.coco_ap) == (0, 0, 0)
    assert graded.missed(0.5) == (0,)


def test_without_detections_and_truths_there_is_nothing_to_say():
    graded = grade([], [], NAMES)
    assert (graded.classes, graded.mean_ap) == ((), None)
    assert (graded.at(0.5).right, graded.at(0.5).wrong, graded.at(0.5).missed) == (0, 0, 0)


def test_a_class_that_does_not_occur_is_named():
    with pytest.raises(SettingError, match="“horse”"):
        grade([], [], NAMES).curve("horse")


@pytest.mark.parametrize("threshold", [0.0, 1.5])
def test_a_threshold_without_meaning_is_refused(threshold):
    with pytest.raises(SettingError, match="threshold"):
        grade([], [], NAMES, threshold=threshold)


def test_the_labs_detector_finds_the_sample_cat_first_of_all():
    photo = sample("cat")
    table = detected(photo, "lab-yolo-14").table
    truths = [
        Marked(label, tuple(map(float, box))) for label, box in zip(photo.truth.labels, photo.truth.boxes, strict=True)
    ]
    graded: Grade = grade(_kept(table, NmsSettings()), truths, ("person", "dog", "cat", "horse", "sheep", "cow"))
    assert graded.counts == (True, False, False, False)
    assert graded.finder[0] == 0
    assert graded.mean_ap == 1
    assert graded.at(0.5).wrong == 0
