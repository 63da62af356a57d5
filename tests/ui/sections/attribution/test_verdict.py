"""What deletion, insertion and the pointing game say: the table, and the words about the control."""

from dataclasses import replace

import numpy as np
import pytest

from core.attribution.methods import Method
from tests.ui.sections.attribution.trust_cases import judged, real
from ui.sections.attribution import verdict
from ui.sections.attribution.fall import CONTROLS
from ui.sections.attribution.verdict import answer, area, empty, pointing, pointing_words, table, words

MAP = np.ones((3, 3), np.float32)
GRAD_CAM = judged("Grad-CAM", (1.0, 0.2, 0.0), (0.0, 0.9, 1.0), MAP)
IG = judged("Integrated gradients", (1.0, 0.6, 0.0), (0.0, 0.1, 1.0), MAP)
RANDOM = judged(CONTROLS[0], (1.0, 0.4, 0.0), (0.0, 0.3, 1.0))
EMPTY = judged("Guided Grad-CAM", (1.0, 0.1, 0.0), (0.0, 1.0, 1.0), MAP * 0)


def test_the_best_of_the_methods_is_marked_in_both_columns_and_the_control_never_is():
    better = judged(CONTROLS[0], (1.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    lines = table([GRAD_CAM, IG, better], {one.title: None for one in (GRAD_CAM, IG, better)}).splitlines()
    assert lines[2].startswith("| Grad-CAM | **0.350** ✓ | **0.700** ✓ |")
    assert "**" not in lines[3] + lines[4]


def test_an_empty_map_is_never_the_best():
    line = table([GRAD_CAM, EMPTY], {"Grad-CAM": None, "Guided Grad-CAM": None}).splitlines()[3]
    assert line.startswith("| Guided Grad-CAM")
    assert "**" not in line


def test_a_method_that_does_not_beat_random_pixels_is_named_with_both_numbers():
    said = words([GRAD_CAM, IG, RANDOM])
    assert "In deletion, **Integrated gradients (0.550) does not beat random pixels** (0.450)." in said
    assert "In insertion, **Integrated gradients (0.300) does not beat random pixels** (0.400)." in said
    assert "Grad-CAM (" not in said
    assert said.endswith("pixels that lie together leave the rest of it whole.")


def test_where_all_methods_beat_random_pixels_the_words_say_so():
    assert words([GRAD_CAM, RANDOM]) == (
        "In deletion, every method beats random pixels (0.450). In insertion, every method beats random pixels (0.400)."
    )


def test_equal_areas_do_not_beat_random_pixels():
    assert "do not beat" in words([replace(RANDOM, title="Grad-CAM", explanation=GRAD_CAM.explanation), IG, RANDOM])


def test_an_empty_map_is_called_empty_and_points_nowhere():
    assert empty(EMPTY)
    assert not empty(GRAD_CAM)
    assert not empty(RANDOM)
    assert "The map of Guided Grad-CAM is empty" in words([EMPTY, RANDOM])
    assert pointing(real(), EMPTY) is None


def test_until_the_random_control_is_there_nothing_is_said_of_it():
    assert words([GRAD_CAM]) == ""


def test_the_answer_has_the_probability_before_and_after_a_tenth():
    scores = tuple(1 - step / 20 for step in range(11))
    grad_cam, random = judged("Grad-CAM", scores, scores, MAP), judged(CONTROLS[0], scores, scores)
    assert "With 10\u00a0% black it goes from 100.0\u00a0% to **95.0\u00a0%**" in answer([grad_cam, random])
    assert "random pixels take it to 95.0\u00a0%" in answer([grad_cam, random])


def test_without_grad_cam_the_answer_says_what_to_do():
    assert "choose it" in answer([IG, RANDOM])


def test_a_hit_and_a_miss_are_told_with_the_distance_and_the_share_inside():
    from core.attribution.faithfulness import Pointing

    spots = {"Grad-CAM": Pointing(1, 2, 0.0, True, 0.75), "Integrated gradients": Pointing(1, 2, 40.4, False, 0.2)}
    spots[CONTROLS[0]] = None
    rows = table([GRAD_CAM, IG, RANDOM], spots).splitlines()
    assert rows[2].endswith("| hit | 75\u00a0% |")
    assert rows[3].endswith("| miss by 40 px | 20\u00a0% |")
    assert rows[4].endswith("| – | – |")
    assert "1 of 2 maps" in pointing_words(real(), [GRAD_CAM, IG, RANDOM], spots)


def test_a_photo_without_truth_gets_one_sentence_and_no_column():
    case = real()
    bare = replace(case, photo=replace(case.photo, truth=None))
    said = pointing_words(bare, [GRAD_CAM], {"Grad-CAM": None})
    assert "nobody has drawn one" in said
    assert "Points at it" not in table([GRAD_CAM], {"Grad-CAM": None})


def test_a_truth_without_the_class_is_as_good_as_none():
    case = replace(real(), target=real().opened.classes.index("dog"))
    assert "around each dog" in pointing_words(case, [GRAD_CAM], {"Grad-CAM": None})


@pytest.mark.parametrize("scores", [(1.0, 0.2, 0.0), (0.5, 0.5, 0.5, 0.5)])
def test_the_area_in_the_formula_is_that_of_the_curve(scores):
    one = judged("Grad-CAM", scores, scores, MAP)
    assert f"&= {float(np.trapezoid(scores, one.deletion.shares)):.3f} " in area(one)


def test_the_map_of_the_cat_points_at_the_cat():
    from core.experiments.attribution import explain

    case = real()
    found = explain(case.opened, Method.GRAD_CAM, case.target)
    spot = verdict.pointing(case, replace(GRAD_CAM, explanation=found))
    assert spot is not None
    assert spot.hit
    assert spot.distance == 0
