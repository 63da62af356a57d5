"""Judging segmentations: the lab's own on the sample photos, worked by hand, laws, edges, and refusals."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import SettingError
from core.experiments.judging_masks import VERDICTS, Verdict, judge, known_truth
from core.experiments.segmented import segmented
from core.experiments.segmenting import segment
from core.images.photo import from_pixels
from core.images.samples import outlined, sample
from core.segmentation.settings import IGNORE, SegmentSettings
from core.segmentation.truths import TruthMask
from core.zoo.catalog import card

NAMES = card("lab-fcn").classes


def answer(classes):
    """A segmentation with these classes, as large as its photo."""
    classes = np.array(classes, np.uint8)
    scores = torch.nn.functional.one_hot(torch.from_numpy(classes).long(), len(NAMES)).permute(2, 0, 1).float() * 9
    height, width = classes.shape
    return segmented(card("lab-fcn"), SegmentSettings(), (0.0, 0.0, float(width), float(height)), scores)


def truth(numbers, *names):
    return TruthMask(np.array(numbers, np.uint8), names)


@pytest.mark.parametrize(("key", "label", "least"), [("cat", "cat", 0.6), ("astronaut", "person", 0.5)])
def test_the_labs_segmenter_finds_the_main_object_of_a_sample(key, label, least):
    photo = sample(key)
    judged = judge(segment(photo, "lab-fcn"), known_truth(photo))
    _, inside = outlined(key)
    ours = judged.predicted == NAMES.index(label)
    assert judged.iou(label) == pytest.approx((ours & inside).sum() / (ours | inside).sum())
    assert judged.iou(label) >= least
    assert judged.unknown == ()
    assert (judged.verdicts == 0).mean() == pytest.approx(judged.confusion.pixel_accuracy)


def test_judged_by_hand():
    found = answer([[0, 3, 3, 2], [0, 0, 3, 0]])
    judged = judge(found, truth([[0, 1, 1, 1], [1, 0, 255, 0]], "background", "cat"))
    right, missed, _, confused = range(4)
    assert VERDICTS == (Verdict.RIGHT, Verdict.MISSED, Verdict.INVENTED, Verdict.CONFUSED)
    assert judged.verdicts.tolist() == [[right, right, right, confused], [missed, right, IGNORE, right]]
    assert judged.predicted.tolist() == [[0, 3, 3, 2], [0, 0, 255, 0]]
    assert judged.truth.tolist() == [[0, 3, 3, 3], [3, 0, 255, 0]]
    assert judged.iou("cat") == 2 / 4
    assert judged.iou("background") == 3 / 4
    assert judged.iou("dog") == 0
    assert judged.iou("horse") is None
    assert [row.label for row in judged.rows] == ["cat", "background", "dog"]
    assert [judged.share(verdict) for verdict in Verdict] == [5 / 7, 1 / 7, 0, 1 / 7]
    assert sum(judged.share(verdict) for verdict in Verdict) == pytest.approx(1)


def test_background_that_is_called_something_is_invented():
    judged = judge(answer([[3, 0]]), truth([[0, 0]], "background"))
    assert judged.verdicts.tolist() == [[VERDICTS.index(Verdict.INVENTED), 0]]


def test_without_a_background_nothing_is_missed_or_invented():
    found = replace(answer([[3, 0]]), names=("a", "b", "c", "d", "e", "f", "g"))
    assert judge(found, truth([[0, 0]], "b")).verdicts.tolist() == [[VERDICTS.index(Verdict.CONFUSED)] * 2]


def test_the_truth_itself_has_no_fault():
    numbers = np.kron(np.random.default_rng(0).integers(0, 4, (5, 6), dtype=np.uint8), np.ones((8, 8), np.uint8))
    judged = judge(answer(numbers), TruthMask(numbers, NAMES[:4]))
    assert {row.pixels.iou for row in judged.rows} == {row.boundary for row in judged.rows} == {1.0}
    assert judged.confusion.mean_iou == judged.contours.mean_f == judged.share(Verdict.RIGHT) == 1


def test_classes_that_the_network_never_learned_are_told():
    photo = sample("crowd")
    judged = judge(segment(photo, "lab-fcn"), known_truth(photo))
    assert set(judged.unknown) == {*photo.truth.labels}
    for label in judged.unknown:
        assert judged.iou(label) == 0
    absent = judge(answer([[0, 0]]), truth([[0, 0]], "background", "boat"))
    assert absent.unknown == (), "a name that no pixel has is no loss"


def test_a_finer_map_is_read_at_the_pixels_of_the_truth():
    numbers = np.random.default_rng(0).integers(0, 4, (6, 9), dtype=np.uint8)
    fine = replace(answer(np.kron(numbers, np.ones((3, 3), np.uint8))), seen=(0.0, 0.0, 9.0, 6.0))
    assert judge(fine, TruthMask(numbers, NAMES[:4])).share(Verdict.RIGHT) == 1
    coarse = replace(answer(numbers), seen=(0.0, 0.0, 27.0, 18.0))
    large = TruthMask(np.kron(numbers, np.ones((3, 3), np.uint8)), NAMES[:4])
    assert judge(coarse, large).share(Verdict.RIGHT) == 1
    assert judge(replace(coarse, seen=(0.0, 0.0, 28.0, 18.0)), large).predicted.shape == (18, 27), "half a cell beyond"


def test_of_a_photo_that_nobody_marked_nothing_is_known():
    assert known_truth(sample("coffee")) is None
    assert known_truth(from_pixels(sample("cat").pixels[:100].copy(), "Cat")) is None
    assert known_truth(from_pixels(sample("cat").pixels.copy(), "mine")) is None


def test_a_truth_without_a_known_pixel_gives_no_number():
    judged = judge(answer([[0, 3]]), truth([[255, 255]], "cat"))
    assert judged.rows == ()
    assert judged.share(Verdict.RIGHT) is None
    assert judged.verdicts.tolist() == [[255, 255]]


def test_a_truth_of_another_size_is_refused():
    with pytest.raises(SettingError, match="The truth has 4 × 2 px, and the photo 2 × 1"):
        judge(answer([[0, 0]]), truth(np.zeros((2, 4)), "cat"))


def test_more_names_than_a_byte_has_room_for_are_refused():
    with pytest.raises(SettingError, match="There are 257 names"):
        judge(answer([[0, 0]]), truth([[0, 0]], *(f"thing {place}" for place in range(250))))


def test_eight_threads_get_the_same():
    photo = sample("cat")
    found, real = segment(photo, "lab-fcn"), known_truth(photo)
    with ThreadPoolExecutor(8) as pool:
        assert len({one.iou("cat") for one in pool.map(lambda _: judge(found, real), range(8))}) == 1


@pytest.mark.gpu
def test_a_gpu_comes_to_the_same_score(monkeypatch):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    photo, scores = sample("cat"), []
    for kind in ("cpu", "cuda"):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        scores.append(judge(segment(photo, "lab-fcn"), known_truth(photo)).iou("cat"))
    assert scores[0] == pytest.approx(scores[1], abs=0.01)
