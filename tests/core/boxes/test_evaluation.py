"""PASCAL's judgement of detectors: against a naive loop in fractions, worked by hand, laws, ties and edges."""

import random
import time
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import jaxtyping
import pytest
import torch

from core.boxes.evaluation import NO_TRUTH, Detections, Interpolation, Truths, evaluate
from core.errors import SettingError

BOTH = list(Interpolation)


def found(*rows):
    """Detections from rows `(box, score, label)`."""
    boxes, scores, labels = ([row[column] for row in rows] for column in range(3))
    return Detections(
        boxes=torch.tensor(boxes, dtype=torch.float32).view(-1, 4),
        scores=torch.tensor(scores, dtype=torch.float32),
        labels=torch.tensor(labels, dtype=torch.int64),
    )


def marked(*rows):
    """Truths from rows `(box, label)` or `(box, label, difficult)`."""
    return Truths(
        boxes=torch.tensor([row[0] for row in rows], dtype=torch.float32).view(-1, 4),
        labels=torch.tensor([row[1] for row in rows], dtype=torch.int64),
        difficult=torch.tensor([len(row) > 2 and row[2] for row in rows], dtype=torch.bool),
    )


def naive_iou(a, b):
    def area(box):
        return max(0, box[2] - box[0]) * max(0, box[3] - box[1])

    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return Fraction(shared, area(a) + area(b) - shared) if shared else Fraction(0)


def naive_judgement(detected, truths, label, threshold):
    """The rules in words: `{(photo, index): (verdict, truth, IoU)}` in the order of the line, for one class."""
    line = [
        (-score, photo, index, box)
        for photo, rows in enumerate(detected)
        for index, (box, score, its_label) in enumerate(rows)
        if its_label == label
    ]
    taken, verdicts = set(), {}
    for _, photo, index, box in sorted(line):
        best, target = Fraction(0), NO_TRUTH
        for number, (true_box, true_label, _) in enumerate(truths[photo]):
            if true_label == label and naive_iou(box, true_box) > best:
                best, target = naive_iou(box, true_box), number
        if best < threshold:
            verdict = "wrong"
        elif truths[photo][target][2]:
            verdict = "ignored"
        elif (photo, target) in taken:
            verdict = "duplicate"
        else:
            verdict = "right"
            taken.add((photo, target))
        verdicts[photo, index] = verdict, target, best
    return verdicts


def naive_curve(verdicts, positives):
    """Pairs of recall and precision as fractions."""
    points, right, wrong = [], 0, 0
    for verdict, _, _ in verdicts.values():
        if verdict == "ignored":
            continue
        right, wrong = (right + 1, wrong) if verdict == "right" else (right, wrong + 1)
        points.append((Fraction(right, positives), Fraction(right, right + wrong)))
    return points


def naive_area(points):
    """Every step of recall times the best precision at its end or later."""
    steps = sorted({Fraction(0), *(recall for recall, _ in points)})
    return sum((b - a) * max(p for recall, p in points if recall >= b) for a, b in pairwise(steps))


def naive_eleven(points):
    reached = ([p for recall, p in points if recall >= Fraction(tenth, 10)] for tenth in range(11))
    return sum(max(heights, default=Fraction(0)) for heights in reached) / 11


def random_case(seed):
    """Few places, few scores: ties are everywhere. Photos, truths and detections may be missing; class 3 has no truths."""
    dice = random.Random(seed)

    def box():
        x, y = dice.randrange(3), dice.randrange(3)
        return (x, y, x + dice.choice((0, 2, 3, 4)), y + dice.choice((2, 3, 4)))

    def found_near(truths):
        if truths and dice.random() < 0.6:
            (x1, y1, x2, y2), label, _ = dice.choice(truths)
            return (x1, y1, x2 + dice.choice((0, 0, 1)), y2), dice.randrange(9) / 8, label
        return box(), dice.randrange(9) / 8, dice.randrange(4)

    photos = range(dice.randrange(5))
    truths = [
        [(box(), dice.choice((0, 1)), dice.random() < 0.2) for _ in range(dice.choice((0, 3, 6)))] for _ in photos
    ]
    return [[found_near(rows) for _ in range(dice.choice((0, 4, 9)))] for rows in truths], truths


def check_class(row, verdicts, truths):
    """Counts, curve and both precisions of one class."""
    positives = sum(label == row.label and not difficult for rows in truths for _, label, difficult in rows)
    words = [verdict for verdict, _, _ in verdicts.values()]
    assert row.curve.truths == positives
    assert row.right == words.count("right")
    assert row.wrong == words.count("wrong") + words.count("duplicate")
    assert row.ignored == words.count("ignored")
    assert row.missed == positives - row.right
    assert row.difficult == sum(label == row.label and difficult for rows in truths for _, label, difficult in rows)
    if positives == 0:
        assert [row.curve.average_precision(form) for form in BOTH] == [None, None]
        return
    points = naive_curve(verdicts, positives)
    assert row.curve.recall.tolist() == pytest.approx([float(recall) for recall, _ in points], abs=1e-12)
    assert row.curve.precision.tolist() == pytest.approx([float(height) for _, height in points], abs=1e-12)
    areas = [row.curve.average_precision(form) for form in BOTH]
    assert areas == pytest.approx([float(naive_area(points)), float(naive_eleven(points))], abs=1e-12)


def check_photo(verdicts, expected, truths):
    """Verdict, truth and IoU of each detection of one photo; which of its truths were found."""
    flags = {"right": verdicts.right, "ignored": verdicts.ignored, "duplicate": verdicts.duplicate}
    for index, (word, target, best) in enumerate(expected):
        assert [name for name, column in flags.items() if column[index]] == [word] * (word != "wrong")
        assert int(verdicts.truth[index]) == target
        assert float(verdicts.iou[index]) == float(best)
    hits = {target for word, target, _ in expected if word == "right"}
    assert verdicts.found.tolist() == [number in hits for number in range(len(truths))]


def test_verdicts_curves_and_precisions_are_those_of_a_naive_loop_in_240_cases_full_of_ties():
    seen = Counter()
    for seed in range(240):
        detected, truths = random_case(seed)
        threshold = random.Random(seed).choice(("0.3", "0.5", "0.7", "1"))
        photos = [found(*rows) for rows in detected], [marked(*rows) for rows in truths]
        result = evaluate(*photos, classes=5, threshold=float(threshold))
        everything = {}
        for row in result.classes:
            verdicts = naive_judgement(detected, truths, row.label, Fraction(threshold))
            check_class(row, verdicts, truths)
            scores = [
                detected[photo][index][1] for (photo, index), (word, _, _) in verdicts.items() if word != "ignored"
            ]
            assert row.curve.scores.tolist() == scores
            everything |= verdicts
        for photo, verdicts in enumerate(result.photos):
            expected = [everything[photo, index] for index in range(len(detected[photo]))]
            check_photo(verdicts, expected, truths[photo])
        seen.update(word for word, _, _ in everything.values())
    assert min(seen[word] for word in ("right", "wrong", "duplicate", "ignored")) > 50


SQUARE, FAR = (0, 0, 10, 10), (50, 50, 60, 60)


def test_a_curve_worked_by_hand():
    """Four truths on two photos; right, wrong, right, duplicate, right: recall stops at 3/4."""
    detections = [
        found((SQUARE, 0.9, 0), ((20, 20, 30, 30), 0.8, 0), ((0, 0, 10, 9), 0.6, 0)),
        found((SQUARE, 0.7, 0), ((50, 50, 60, 58), 0.5, 0)),
    ]
    truths = [marked((SQUARE, 0), ((80, 80, 90, 90), 0)), marked((SQUARE, 0), (FAR, 0))]
    result = evaluate(detections, truths, classes=1)
    (row,) = result.classes
    assert row.curve.scores.tolist() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5])
    assert row.curve.right.tolist() == [True, False, True, False, True]
    assert row.curve.recall.tolist() == [0.25, 0.25, 0.5, 0.5, 0.75]
    assert row.curve.precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4, 3 / 5])
    assert row.curve.envelope.tolist() == pytest.approx([1, 2 / 3, 2 / 3, 3 / 5, 3 / 5])
    assert (row.right, row.wrong, row.missed) == (3, 2, 1)
    # 1/4 * (1 + 2/3 + 3/5) and (3 * 1 + 3 * 2/3 + 2 * 3/5 + 3 * 0) / 11: recall 0 to 0.2, 0.3 to 0.5, 0.6 and 0.7, the rest
    assert row.curve.average_precision() == pytest.approx(34 / 60)
    assert row.curve.average_precision(Interpolation.ELEVEN_POINTS) == pytest.approx(6.2 / 11)
    first, second = result.photos
    assert first.truth.tolist() == [0, NO_TRUTH, 0]
    assert first.iou.tolist() == pytest.approx([1, 0, 0.9])
    assert first.duplicate.tolist() == [False, False, True]
    assert first.found.tolist() == [True, False]
    assert second.right.tolist() == second.found.tolist() == [True, True]
    assert second.iou.tolist() == pytest.approx([1, 0.8])


def test_a_detection_insists_on_the_truth_it_overlaps_most_even_where_another_is_free():
    truths = [marked(((0, 0, 10, 10), 0), ((0, 2, 10, 12), 0))]
    detections = [found(((0, 0, 10, 10), 0.9, 0), ((0, 0.9, 10, 10.9), 0.8, 0))]
    verdicts = evaluate(detections, truths, classes=1).photos[0]
    assert verdicts.truth.tolist() == [0, 0]
    assert verdicts.right.tolist() == [True, False]
    assert verdicts.found.tolist() == [True, False]


@pytest.mark.parametrize(("threshold", "width"), [(0.5, 5), (0.7, 7), (0.3, 3), (0.1, 1), (1.0, 10)])
def test_an_iou_of_exactly_the_threshold_is_right_and_less_is_not(threshold, width):
    detections = [found(((0, 0, width, 10), 0.9, 0)), found(((0, 0, width - 0.01, 10), 0.9, 0))]
    result = evaluate(detections, [marked((SQUARE, 0))] * 2, classes=1, threshold=threshold)
    assert [photo.right.tolist() for photo in result.photos] == [[True], [False]]


def test_recall_of_a_tenth_counts_however_the_tenth_is_rounded():
    """With k of n objects found and nothing wrong, every t = 0, 0.1, ... up to k / n weighs 1."""
    for objects in (1, 3, 7, 10, 20, 30, 60, 70, 90, 100):
        boxes = [(20 * i, 0, 20 * i + 10, 10) for i in range(objects)]
        truths = [marked(*((box, 0) for box in boxes))]
        for hits in {1, *(max(1, tenths * objects // 10) for tenths in range(1, 11))}:
            result = evaluate([found(*((box, 0.5, 0) for box in boxes[:hits]))], truths, classes=1)
            reached = sum(Fraction(tenth, 10) <= Fraction(hits, objects) for tenth in range(11))
            assert result.mean_average_precision(Interpolation.ELEVEN_POINTS) == reached / 11
            assert result.mean_average_precision() == pytest.approx(hits / objects, abs=1e-12)


def test_a_detection_of_a_difficult_truth_leaves_the_line_and_the_truth_need_not_be_found():
    truths = [marked((SQUARE, 0, True), (FAR, 0))]
    detections = [found((SQUARE, 0.9, 0), (SQUARE, 0.8, 0), (FAR, 0.7, 0))]
    result = evaluate(detections, truths, classes=1)
    (row,) = result.classes
    assert row.curve.precision.tolist() == row.curve.recall.tolist() == [1.0]
    assert (row.difficult, row.ignored, row.curve.truths, row.wrong) == (1, 2, 1, 0)
    assert result.photos[0].ignored.tolist() == [True, True, False]
    assert result.photos[0].found.tolist() == [False, True]
    missed = evaluate([found((FAR, 0.7, 0))], truths, classes=1)
    assert missed.mean_average_precision() == 1.0
    assert missed.classes[0].missed == 0


def test_truths_without_word_of_difficulty_are_all_to_be_found():
    truths = marked((SQUARE, 0), (FAR, 0))
    silent = Truths(boxes=truths.boxes, labels=truths.labels)
    (row,) = evaluate([found((SQUARE, 0.9, 0))], [silent], classes=1).classes
    assert (row.curve.truths, row.difficult, row.missed) == (2, 0, 1)


def test_classes_and_photos_do_not_see_each_other():
    result = evaluate(
        [found((SQUARE, 0.9, 1)), found((FAR, 0.9, 0))], [marked((SQUARE, 0), (FAR, 1)), marked((SQUARE, 1))], classes=2
    )
    assert [photo.truth.tolist() for photo in result.photos] == [[NO_TRUTH], [NO_TRUTH]]
    assert [row.right for row in result.classes] == [0, 0]
    assert result.mean_average_precision() == 0.0


def test_of_two_equal_truths_each_detection_points_at_the_first_and_only_one_counts():
    result = evaluate([found((SQUARE, 0.9, 0), (SQUARE, 0.8, 0))], [marked((SQUARE, 0), (SQUARE, 0))], classes=1)
    assert result.photos[0].truth.tolist() == [0, 0]
    assert result.mean_average_precision() == 0.5


def test_equal_scores_stand_in_line_by_photo_and_then_by_index():
    detections = [found((FAR, 0.5, 0), (SQUARE, 0.5, 0)), found((SQUARE, 0.5, 0), (SQUARE, 0.5, 0))]
    result = evaluate(detections, [marked((SQUARE, 0)), marked((SQUARE, 0))], classes=1)
    assert result.classes[0].curve.right.tolist() == [False, True, True, False]
    assert result.photos[1].right.tolist() == [True, False]


def scene(seed, *, photos=6, count=25, classes=4):
    """Random photos without ties: truths, and detections of which about half are truths moved a little."""
    generator = torch.Generator().manual_seed(seed)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    detections, truths = [], []
    for _ in range(photos):
        corner = random(count, 2) * 400
        boxes = torch.cat((corner, corner + random(count, 2) * 80 + 20), dim=1)
        labels = torch.randint(classes, (count,), generator=generator)
        truths.append(Truths(boxes[: count // 2], labels[: count // 2]))
        detections.append(Detections(boxes + random(count, 4) * 12, random(count), labels))
    return detections, truths


def precisions(result):
    return [row.curve.average_precision(form) for row in result.classes for form in BOTH]


@pytest.mark.parametrize("seed", range(10))
def test_every_average_precision_lies_between_0_and_1_and_their_mean_is_the_mean(seed):
    result = evaluate(*scene(seed), classes=6)
    for form in BOTH:
        every = [row.curve.average_precision(form) for row in result.classes]
        assert every[4:] == [None, None]
        assert all(0 < ap < 1 for ap in every[:4])
        assert result.mean_average_precision(form) == pytest.approx(sum(every[:4]) / 4, abs=1e-15)


@pytest.mark.parametrize("threshold", [0.5, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_perfect_detector_has_an_average_precision_of_1_in_both_forms(seed, threshold):
    _, truths = scene(seed)
    perfect = [Detections(photo.boxes, photo.boxes[:, 0] / 1000, photo.labels) for photo in truths]
    result = evaluate(perfect, truths, classes=4, threshold=threshold)
    assert precisions(result) == [1.0] * 8
    assert [result.mean_average_precision(form) for form in BOTH] == [1.0, 1.0]


@pytest.mark.parametrize("seed", range(5))
def test_a_detection_with_the_lowest_score_changes_nothing_before_it(seed):
    detections, truths = scene(seed)
    before = evaluate(detections, truths, classes=4)
    last = detections[2]
    detections[2] = Detections(
        torch.cat((last.boxes, truths[2].boxes[:3])),
        torch.cat((last.scores, torch.tensor([-1.0, -2.0, -3.0]))),
        torch.cat((last.labels, truths[2].labels[:3])),
    )
    after = evaluate(detections, truths, classes=4)
    assert sum(len(row.curve.scores) for row in after.classes) == 3 + sum(
        len(row.curve.scores) for row in before.classes
    )
    for old, new in zip(before.classes, after.classes, strict=True):
        length = len(old.curve.scores)
        assert new.curve.precision[:length].equal(old.curve.precision)
        assert new.curve.recall[:length].equal(old.curve.recall)


@pytest.mark.parametrize("drop", [0.0, 0.01, 0.5])
@pytest.mark.parametrize("seed", range(5))
def test_repeating_a_detection_with_no_higher_score_only_lowers_average_precision(seed, drop):
    detections, truths = scene(seed)
    before = evaluate(detections, truths, classes=4)
    repeated = [
        Detections(
            torch.cat((photo.boxes, photo.boxes)),
            torch.cat((photo.scores, photo.scores - drop)),
            torch.cat((photo.labels, photo.labels)),
        )
        for photo in detections
    ]
    after = evaluate(repeated, truths, classes=4)
    assert all(new <= old + 1e-12 for old, new in zip(precisions(before), precisions(after), strict=True))
    assert after.mean_average_precision() < before.mean_average_precision()
    assert [row.right for row in after.classes] == [row.right for row in before.classes]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_photos_does_not_matter_where_no_scores_are_equal(seed):
    detections, truths = scene(seed)
    ordered = evaluate(detections, truths, classes=4)
    turned = evaluate(detections[::-1], truths[::-1], classes=4)
    for ours, theirs in zip(ordered.classes, turned.classes, strict=True):
        assert ours.curve.right.equal(theirs.curve.right)
        assert ours.curve.scores.equal(theirs.curve.scores)
    for ours, theirs in zip(ordered.photos, turned.photos[::-1], strict=True):
        assert ours.right.equal(theirs.right)
        assert ours.truth.equal(theirs.truth)


@pytest.mark.parametrize("factor", [0.001, 0.5, 3.0, 1e6])
def test_the_unit_of_the_boxes_does_not_matter(factor):
    detections, truths = scene(0)
    scaled = evaluate(
        [Detections(photo.boxes * factor, photo.scores, photo.labels) for photo in detections],
        [Truths(photo.boxes * factor, photo.labels) for photo in truths],
        classes=4,
    )
    plain = evaluate(detections, truths, classes=4)
    assert precisions(scaled) == precisions(plain)
    for ours, theirs in zip(scaled.photos, plain.photos, strict=True):
        assert ours.right.equal(theirs.right)
        assert ours.truth.equal(theirs.truth)


def test_a_stricter_threshold_never_finds_more():
    detections, truths = scene(3)
    hits = [
        sum(row.right for row in evaluate(detections, truths, classes=4, threshold=threshold).classes)
        for threshold in (0.01, 0.3, 0.5, 0.7, 0.9, 1.0)
    ]
    assert hits == sorted(hits, reverse=True)
    assert hits[0] > hits[-1]


def test_without_photos_or_truths_there_is_no_average_precision():
    for detections, truths in (
        ([], []),
        ([found((SQUARE, 0.9, 0))], [marked()]),
        ([found()], [marked((FAR, 0, True))]),
    ):
        result = evaluate(detections, truths, classes=2)
        assert [result.mean_average_precision(form) for form in BOTH] == [None, None]
        assert len(result.photos) == len(detections)
    (row, _) = evaluate([found((SQUARE, 0.9, 0))], [marked()], classes=2).classes
    assert (row.wrong, row.right, row.missed) == (1, 0, 0)
    assert row.curve.precision.tolist() == [0.0]
    assert bool(row.curve.recall.isnan().all())


def test_truths_that_nothing_was_found_of_have_an_average_precision_of_0():
    (row,) = evaluate([found()], [marked((SQUARE, 0))], classes=1).classes
    assert [row.curve.average_precision(form) for form in BOTH] == [0.0, 0.0]
    assert row.missed == 1
    assert len(row.curve.envelope) == len(row.curve.recall) == 0


def test_empty_and_inverted_boxes_are_wrong_and_never_found():
    point, inverted = (5, 5, 5, 5), (9, 9, 1, 1)
    verdicts = evaluate(
        [found((point, 0.9, 0), (inverted, 0.8, 0))], [marked((point, 0), (SQUARE, 0))], classes=1
    ).photos[0]
    assert verdicts.truth.tolist() == [NO_TRUTH, NO_TRUTH]
    assert verdicts.right.tolist() == verdicts.found.tolist() == [False, False]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_kind_of_float_is_judged(dtype):
    detections = Detections(
        torch.tensor([[0, 0, 8, 8]], dtype=dtype), torch.tensor([0.5], dtype=dtype), torch.tensor([0])
    )
    result = evaluate([detections], [marked(((0, 0, 8, 8), 0))], classes=1)
    assert result.mean_average_precision() == 1.0


def test_boxes_that_carry_gradients_are_judged_and_left_as_they_were():
    detections, truths = scene(1)
    plain = evaluate(detections, truths, classes=4)
    boxes = [photo.boxes.clone().requires_grad_() for photo in detections]
    scores = [photo.scores.clone().requires_grad_() for photo in detections]
    carrying = [
        Detections(box, score, photo.labels) for box, score, photo in zip(boxes, scores, detections, strict=True)
    ]
    assert precisions(evaluate(carrying, truths, classes=4)) == precisions(plain)
    assert all(box.equal(photo.boxes) for box, photo in zip(boxes, detections, strict=True))


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.01, float("nan")])
def test_a_threshold_outside_its_range_is_named_with_its_rule(threshold):
    with pytest.raises(SettingError, match="threshold must be above 0 and at most 1"):
        evaluate([], [], classes=1, threshold=threshold)


@pytest.mark.parametrize("label", [-1, 2])
def test_a_label_that_is_no_class_is_named_on_either_side(label):
    with pytest.raises(SettingError, match=f"labels must be from 0 to 1, got {label}"):
        evaluate([found((SQUARE, 0.9, label))], [marked()], classes=2)
    with pytest.raises(SettingError, match=f"labels must be from 0 to 1, got {label}"):
        evaluate([found()], [marked((SQUARE, label))], classes=2)


def test_detections_and_truths_of_different_photos_are_refused():
    with pytest.raises(SettingError, match="of the same photos, got 2 and 1"):
        evaluate([found(), found()], [marked()], classes=1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused_where_they_enter(value):
    with pytest.raises(SettingError, match="boxes of detections must be finite"):
        found(((0, 0, value, 1), 0.9, 0))
    with pytest.raises(SettingError, match="boxes of truths must be finite"):
        marked(((0, 0, value, 1), 0))
    with pytest.raises(SettingError, match="scores must be finite"):
        found((SQUARE, value, 0))


def test_rows_that_do_not_belong_together_are_refused_also_outside_of_the_tests(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    boxes, two, three = torch.zeros(3, 4), torch.zeros(2), torch.zeros(3)
    with pytest.raises(SettingError, match="detections need boxes of shape"):
        Detections(boxes, two, three.long())
    with pytest.raises(SettingError, match="detections need boxes of shape"):
        Detections(boxes, three, two.long())
    with pytest.raises(SettingError, match="truths need boxes of shape"):
        Truths(boxes[:, :3], three.long())
    with pytest.raises(SettingError, match="truths need boxes of shape"):
        Truths(boxes, three.long(), two.bool())


def test_results_are_frozen():
    result = evaluate(*scene(0), classes=4)
    for part, name in ((result, "threshold"), (result.classes[0], "label"), (result.classes[0].curve, "truths")):
        with pytest.raises(AttributeError):
            setattr(part, name, 0)


def test_sixty_thousand_detections_are_judged_in_seconds():
    detections, truths = scene(0, photos=200, count=300, classes=6)
    started = time.process_time()
    evaluate(detections, truths, classes=6)
    assert time.process_time() - started < 5  # a tenth of a second where nothing else runs


def test_every_device_gives_the_same_judgement(device):
    detections, truths = scene(2)
    there = evaluate(
        [Detections(p.boxes.to(device), p.scores.to(device), p.labels.to(device)) for p in detections],
        [Truths(p.boxes.to(device), p.labels.to(device), torch.zeros(len(p.labels)).bool().to(device)) for p in truths],
        classes=4,
    )
    assert precisions(there) == precisions(evaluate(detections, truths, classes=4))
    assert there.photos[0].right.device.type == "cpu"
