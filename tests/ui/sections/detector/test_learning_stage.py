"""The editor of How it learns: what it is given, and what becomes of a click or a new box."""

import pytest

from core.boxes.settings import Labelled
from tests.ui.sections.detector.learning_cases import CAT, DOG, case
from ui.components.truth_editor import Change
from ui.sections.detector import learning_stage
from ui.sections.detector import learning_truths as taught


@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_every_cell_has_its_middle_and_those_with_an_anchor_that_learns_stand_out(model):
    made = case(CAT, DOG, model=model)
    level, answer = made.level, made.answer
    places = learning_stage._locations(answer, level.step_x, level.step_y)
    assert len(places) == answer.grid.rows * answer.grid.cols
    shown = {index for index, place in enumerate(places) if place[2] == "positive"}
    assert shown == {one.cell[0] * answer.grid.cols + one.cell[1] for one in answer.lessons}


def test_a_click_on_an_anchor_chooses_the_object_that_learns_from_it(visitor):
    made = case(CAT, DOG)
    for lesson in made.answer.lessons:
        learning_stage._pick(made.objects, made.answer, lesson.anchor)
        assert visitor.session[taught.CHOSEN] == taught.title(made.objects, lesson.truth)


def test_a_click_on_an_anchor_that_learns_nothing_changes_nothing(visitor):
    made = case(CAT)
    learning_stage._pick(made.objects, made.answer, (made.answer.lessons[0].anchor + 1) % 441)
    assert taught.CHOSEN not in visitor.session


def test_a_new_box_is_kept_and_looked_at(visitor):
    learning_stage._changed((CAT,), Change((CAT, Labelled("box 2", (5.0, 5.0, 30.0, 30.0)))))
    assert visitor.session[taught.KEY] == "cat 0, 0, 401, 300; box 2 5, 5, 30, 30"
    assert visitor.session[taught.CHOSEN] == "2 box"


def test_a_moved_box_leaves_the_choice(visitor):
    learning_stage._changed((CAT,), Change((Labelled("cat", (1.0, 0.0, 401.0, 300.0)),)))
    assert visitor.session[taught.KEY] == "cat 1, 0, 401, 300"
    assert taught.CHOSEN not in visitor.session


@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_the_marks_are_the_best_anchors_of_each_object_and_the_best_is_on_top(model):
    made = case(CAT, DOG, model=model)
    marks = learning_stage._marks(made.answer)
    for truth in range(2):
        best = [one.anchor for one in made.lessons(truth)][: learning_stage.MOST_DRAWN]
        assert {mark.index for mark in marks if mark.truth == truth} == set(best)
    assert [mark.iou for mark in marks] == sorted(mark.iou for mark in marks)
    assert all(mark.kind == "positive" for mark in marks)
