"""The sentences and formulas of a judgement say what the masks say."""

import numpy as np
import pytest

from core.experiments.judging_masks import judge
from core.experiments.mask_errors import BoxedMask, NearEdge
from core.segmentation.areas import Region
from core.segmentation.scores import ContourScore
from core.segmentation.truths import TruthMask
from tests.core.experiments.test_judging_masks import NAMES, answer
from ui.sections.segmenter import grading_boxes, grading_formula, grading_table, grading_words
from ui.sections.segmenter.grading_case import Answer, colours, main_label
from viz.masks import palette

CAT, DOG = NAMES.index("cat"), NAMES.index("dog")


def judged(found, truth, names=("background", "cat")):
    segmented = answer(found)
    return Answer("Lab FCN", segmented, judge(segmented, TruthMask(np.array(truth, np.uint8), names)))


def row(found, truth, label="cat"):
    one = judged(found, truth).row(label)
    assert one is not None
    return one


def test_the_largest_loss_is_named():
    missed = grading_words.area(row([[CAT, 0, 0, 0]], [[1, 1, 1, 0]]))
    assert missed == (
        "Cat: 1 of its 3 px are found, and 0 px more are called so: IoU 0.333. Most of what it loses are the 2 px missed."
    )
    assert grading_words.area(row([[CAT, CAT, CAT, 0]], [[1, 0, 0, 0]])).endswith("the 2 px called so by mistake.")


def test_a_class_that_is_right_or_not_there_at_all_is_told_in_other_words():
    assert "no other is called so: IoU 1.000" in grading_words.area(row([[CAT, 0]], [[1, 0]]))
    assert (
        grading_words.area(row([[DOG, 0]], [[0, 0]], "dog")) == "Dog is not there, and 1 px are called so: IoU 0.000."
    )


def test_a_class_without_a_contour_has_no_boundary_score():
    assert "no boundary F" in grading_words.contour(row([[CAT, CAT]], [[1, 1]]), 4.0)


@pytest.mark.parametrize(
    ("near", "share", "side"),
    [
        (NearEdge(5.0, 10, 8, 100, 20), "80 % lie within 5 px", "most errors are at the edge."),
        (NearEdge(3.0, 10, 1, 100, 20), "10 % lie within 3 px", "most errors are away from it."),
    ],
)
def test_errors_are_at_the_edge_or_away_from_it(near, share, side):
    told = grading_words.where(near).replace("\u00a0", " ")
    assert f"{share} of a true contour, where 20 % of all pixels lie" in told
    assert told.endswith(side)


def test_a_contour_that_one_mask_lacks_is_told():
    assert grading_words.contour(row([[CAT, 0]], [[0, 0]]), 4.0) == (
        "No contour of this class is true, so the contour scores 0.000."
    )
    assert grading_words.contour(row([[0, 0]], [[1, 0]]), 4.0) == (
        "No contour of this class is found, so the contour scores 0.000."
    )
    assert "has no contour, so none of the 10 wrong" in grading_words.where(NearEdge(5.0, 10, 0, 100, 0))


def test_where_nothing_is_wrong_there_is_no_place_to_tell():
    assert grading_words.where(NearEdge(5.0, 0, 0, 100, 20)) == "No pixel is wrong."


def test_what_was_never_learned_is_told():
    one = judged([[0, CAT, 0]], [[1, 1, 0]], ("background", "unicorn"))
    assert grading_words.unlearned(one) == "Lab FCN never learned unicorn: it can't find them, and their IoU is 0."
    assert grading_words.unlearned(judged([[0]], [[1]])) == ""


def test_the_formula_counts_what_the_sentence_counts():
    told = grading_formula.iou(row([[CAT, CAT, 0, 0]], [[0, 1, 1, 1]]).pixels)
    assert r"\frac{1}{1 + 1 + 2}" in told
    assert "= 0.250" in told


def test_the_boundary_formula_survives_a_class_without_contours():
    assert r"\frac{3}{4} = 0.750" in grading_formula.boundary(ContourScore(0, 2, 1, 4, 3))
    assert grading_formula.boundary(ContourScore(0, 0, 0, 0, 0)).count(r"\text{–}") == 3


def test_thousands_are_grouped_without_a_gap():
    assert "1{,}234" in grading_formula.boundary(ContourScore(0, 1234, 1234, 5, 5))


def region(box):
    return Region(1, 10, box)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (BoxedMask(region((0, 0, 4, 4)), region((0, 0, 4, 4)), 1.0, 0.6), "The box flatters by 0.400"),
        (BoxedMask(region((0, 0, 4, 4)), region((0, 0, 4, 8)), 0.5, 0.9), "The box is stricter by 0.400"),
        (BoxedMask(region((0, 0, 4, 4)), region((0, 0, 4, 4)), 0.8, 0.8), "both say the same"),
        (BoxedMask(region((0, 0, 4, 4)), None, 0.0, 0.0), "its box is missed as well"),
    ],
)
def test_a_box_flatters_or_is_stricter(one, words):
    assert words in grading_boxes.sentence(one)


def test_the_rows_of_the_confusion_matrix_add_up():
    one = judged([[CAT, DOG, 0, 0]], [[1, 1, 0, 1]])
    lines = grading_table.matrix(one).splitlines()
    assert lines[0].count("|") == len(one.judged.rows) + 2
    cat = next(line for line in lines if line.startswith("| **cat**")).replace("\u00a0", " ")
    assert cat == "| **cat** | 33 % | 33 % | 33 % |"


def test_the_class_that_is_looked_at_first_is_an_object():
    assert main_label(judged([[CAT, 0, 0]], [[1, 0, 0]]).judged) == "cat"
    assert main_label(judged([[0, 0]], [[0, 0]]).judged) == "background"
    assert main_label(judged([[0, 0]], [[255, 255]]).judged) is None


def test_classes_have_the_colours_of_every_other_picture():
    found = answer([[0]])
    names = ("background", "cat", "unicorn", "person")
    own = palette(found.names)
    assert colours(found, names)[::3] == ("", own[NAMES.index("person")])
    assert colours(found, names)[1] == own[CAT]
    assert colours(found, names)[2] not in ("", *own.values())
