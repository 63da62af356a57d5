"""The parts of How it learns: the case, its table, its formulas, the weighing of anchors, and what is taken away."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from core.boxes.settings import Labelled
from core.experiments.learning import learning
from core.images.samples import sample
from core.zoo.catalog import card
from tests.snippets import run
from tests.ui.sections.detector.learning_cases import CAT, CUP, DOG, case
from ui.sections.detector import learning_away, learning_focal, learning_formula, learning_snippet, learning_table
from ui.sections.detector.learning_presets import presets
from ui.sections.detector.learning_stage import drawn

HEADS = ("lab-yolo", "lab-yolo-14")
TWINS = (Labelled("cat", (60.0, 40.0, 360.0, 260.0)), Labelled("dog", (70.0, 45.0, 350.0, 255.0)))


# The case ----------------------------------------------------------------------------------------------------------


def test_a_class_that_the_network_does_not_have_costs_nothing_and_changes_nothing_else():
    known, strange = case(CAT), case(Labelled("teapot", CAT.box))
    assert strange.sums.classes == 0
    assert strange.sums.offsets == known.sums.offsets
    assert strange.sums.confidence == known.sums.confidence
    assert not strange.known(0)
    assert known.sums == known.answer.sums


def test_of_many_anchors_that_learn_an_object_the_best_is_looked_at():
    made = case(CAT, DOG, model="lab-yolo-14")
    assert len(made.lessons(0)) > 1
    assert made.lesson is not None
    assert made.lesson.overlap == max(one.overlap for one in made.lessons(0))
    assert all(one.truth == 0 for one in made.lessons(0))


def test_a_numbered_object_belongs_to_its_class():
    assert case(CAT, DOG).kind(1) == "dog"
    assert case(CAT, DOG).known(1)


# Table and formulas ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", HEADS)
def test_the_table_has_all_six_numbers_of_the_anchor(model):
    made = case(CAT, DOG, model=model, chosen=1)
    lesson = made.lesson
    assert lesson is not None
    told = learning_table.rows(made, lesson).replace("−", "-")
    assert f"{lesson.said.confidence:.3f}" in told
    for ours, goal, cost in zip(lesson.said.offsets, lesson.wanted.offsets, lesson.terms.offsets, strict=True):
        assert f"| {ours:z.3f} | {goal:z.3f} | {learning_table.number(cost)} |" in told
    whole = lesson.terms.confidence + math.fsum(lesson.terms.offsets) + lesson.terms.classes
    assert f"**{learning_table.number(whole)}**" in told


def test_an_object_that_nobody_learns_is_told_who_took_its_anchor():
    made = case(*TWINS)
    assert made.lesson is None
    assert "No anchor learns this object" in learning_table.lost(made)
    assert "2 dog" in learning_table.lost(made)


def test_a_strange_class_stands_in_the_table_without_a_term():
    made = case(CUP)
    assert made.lesson is not None
    assert "none of its classes | — |" in learning_table.rows(made, made.lesson)


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0.0000"), (0.00001, "< 0.0001"), (0.05596, "0.0560"), (12.345, "12.35")]
)
def test_numbers_are_told_with_four_decimals_and_never_as_nothing(value, told):
    assert learning_table.number(value) == told


def test_the_formula_of_the_confidence_comes_out_as_it_says():
    made = case(CAT)
    assert made.lesson is not None
    words = learning_formula.confidence(made.lesson, 2.0)
    c, t = made.lesson.said.confidence, made.lesson.wanted.confidence
    value = abs(t - c) ** 2 * (-t * math.log(c) - (1 - t) * math.log(1 - c))
    assert words.count(f"= {value:.4f}") == 1
    assert f"= {abs(t - c):.3f}^{{2}}" in words


def test_the_courses_offsets_stand_in_their_formulas():
    made = case(Labelled("triangle", (156.0, 97.0, 351.0, 270.0)), photo="triangle")
    assert made.lesson is not None
    words = learning_formula.wanted(made.lesson, made.objects[0].box)
    assert r"\frac{253.5-250.0}{0.1 \cdot 214.3} = 0.163" in words
    assert r"\frac{183.5-166.5}{0.1 \cdot 142.7} = 1.191" in words
    assert (made.lesson.cell, made.lesson.shape, made.lesson.anchor) == ((3, 3), 2, 122)
    answer = presets()["Golden example"].answer
    assert "number 122 of 441" in answer
    assert "= 0.163" in answer


@pytest.mark.parametrize("objects", [(CAT,), (CAT, DOG), (CAT, CUP), (CUP,)])
def test_the_sum_is_that_of_its_parts(objects):
    made = case(*objects)
    words = learning_formula.whole(made)
    values = [float(found) for found in re.findall(r"underbrace\{([\d.]+)\}", words)]
    assert sum(values) == pytest.approx(made.sums.total(), abs=3e-4)
    assert f"&= {made.sums.total():.4f}" in words
    assert ("class" in words) == made.judged


def test_what_is_nearly_nothing_is_below_a_bound_and_not_equal_to_it():
    made = case()
    assert made.lesson is not None
    lesson = replace(made.lesson, terms=replace(made.lesson.terms, offsets=(1e-6, 0.25, 0.5, 0.0)))
    told = [line.split()[-3:] for line in learning_formula.offsets(lesson).split(r"\\[0.9em]")]
    assert told[0][-2:] == ["<", "0.0001"]
    assert told[1][-2:] == ["=", "0.2500"]
    assert "= <" not in learning_formula.offsets(lesson)


def test_both_rules_of_smooth_l1_are_told():
    made = case(CAT, DOG, chosen=1)
    assert made.lesson is not None
    words = learning_formula.offsets(made.lesson)
    errors = [abs(one - goal) for one, goal in zip(made.lesson.said.offsets, made.lesson.wanted.offsets, strict=True)]
    assert words.count(r"- \tfrac12") == sum(error >= 1 for error in errors)
    assert words.count(r"\tfrac12 \,") == sum(error < 1 for error in errors)


# Focal loss --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", HEADS)
@pytest.mark.parametrize("gamma", [0.0, 0.7, 2.0, 5.0])
def test_shares_at_any_gamma_are_those_of_the_core(model, gamma):
    objects = (CAT, Labelled("dog", DOG.box))
    found = learning(sample("cat"), model, objects, focus=gamma)
    mine = learning_focal.weighed(found, gamma).shares
    assert math.fsum(mine) == pytest.approx(1)
    count = max(1, len(found.lessons))
    positives, negatives = found.sums.positives * count, found.sums.negatives * count
    assert mine[0] == pytest.approx(positives / (positives + negatives), abs=1e-4)
    for held in (found.plain, found.focal):
        shares = learning_focal.weighed(found, held.focus).shares
        assert shares == pytest.approx([row.share for row in held.shares], abs=1e-4)


def test_the_sentence_has_the_numbers_of_now():
    answer = case(CAT).answer
    plain, now = learning_focal.weighed(answer, 0.0), learning_focal.weighed(answer, 2.0)
    told = learning_focal.told(answer.plain, plain, now).replace("\u00a0", " ")
    assert "**432 easy anchors**" in told
    assert f"{100 * plain.shares[2]:.1f} % of the cross-entropy. With γ = 2.0 it is {100 * now.shares[2]:.1f} %" in told
    assert "mostly about them" in told
    assert "stay silent" in learning_focal.told(answer.plain, plain, plain)
    assert "γ = 2.0" in learning_focal.alt(plain, now)


def test_the_answer_of_the_easy_anchors_is_true():
    answer = case(CAT).answer
    assert learning_focal.weighed(answer, 0.0).shares[2] == pytest.approx(0.7, abs=0.05)
    assert learning_focal.weighed(answer, 2.0).shares[2] == pytest.approx(0.05, abs=0.02)


# Taken away --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "objects"),
    [("lab-yolo", (CAT, DOG)), ("lab-yolo", TWINS), ("lab-yolo", (CAT, CUP)), ("lab-yolo-14", (CAT, DOG, CUP))],
)
def test_the_lines_print_the_loss_of_the_view(model, objects):
    made = case(*objects, model=model)
    printed = run(learning_snippet.lesson(made.photo, made.card, made.objects, made.answer.focus))
    sums = made.sums
    assert printed == pytest.approx(
        {
            "confidence, objects": sums.positives,
            "confidence, nothing": sums.negatives,
            "offsets": math.fsum(sums.offsets),
            "class": sums.classes,
        },
        rel=2e-3,
        abs=1e-5,
    )


def test_every_anchor_that_learns_is_a_row_to_take_away():
    made = case(CAT, CUP, model="lab-yolo-14")
    rows = learning_away.rows(made)
    assert len(rows) == len(made.answer.lessons)
    assert all((row["class_loss"] == "") == (row["object"] == "cup") for row in rows)
    assert {row["anchor"] for row in rows} == {one.anchor for one in made.answer.lessons}
    assert set(rows[0]) == set(rows[-1])


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_picture_shows_the_cell_that_answers_also_where_nobody_learns(chosen):
    made = case(*TWINS, chosen=chosen)
    pixels = np.asarray(drawn(made)).astype(int)
    row, col = made.answer.activations[chosen].cell
    height, width = pixels.shape[:2]
    inside = pixels[round((row + 0.5) * height / 7), round((col + 0.5) * width / 7)]
    before = sample("cat").pixels[round((row + 0.5) * height / 7), round((col + 0.5) * width / 7)].astype(int)
    assert inside[2] - inside[0] > before[2] - before[0]


def test_presets_have_questions_and_three_of_them_a_photo_of_their_own():
    rows = presets()
    assert all(row.question.count("?") and row.answer for row in rows.values())
    assert sum(row.predict for row in rows.values()) == 2
    assert card("lab-yolo").title.endswith(str(rows["Golden example"].settings["head"]))
