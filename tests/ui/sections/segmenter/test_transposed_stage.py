"""The products and their numbers: where the slider stands, what the formula says, how differences are told."""

import pytest

from core.segmentation.transposed_settings import TransposeSettings
from ui.sections.segmenter import transposed_stage as stage
from ui.sections.segmenter.transposed_controls import STANDARD, STEP


@pytest.fixture
def steps(visitor, monkeypatch) -> list[int]:
    """How many products the browser is told to show, each time."""
    told: list[int] = []
    monkeypatch.setattr(stage, "overlap_add", lambda *given, step, **options: told.append(step))
    return told


def test_all_products_are_laid_down_at_first_and_the_url_does_not_say_so(steps, visitor):
    stage.show(STANDARD, veiled=False)
    assert steps == [4]
    assert visitor.url == {}


def test_a_link_names_the_step_and_one_beyond_the_end_is_the_last(steps, visitor):
    visitor.url[STEP] = "2"
    stage.show(STANDARD, veiled=False)
    visitor.url[STEP] = "99"
    stage.show(STANDARD, veiled=False)
    assert steps == [2, 4]


def test_other_numbers_begin_with_all_of_their_products(steps, visitor):
    visitor.url[STEP] = "2"
    stage.show(STANDARD, veiled=False)
    stage.show(TransposeSettings(input=((1.0, 2.0, 3.0),), kernel=((1.0,),)), veiled=False)
    assert steps == [2, 3]
    assert STEP not in visitor.url


def test_the_formula_holds_both_sides_with_their_numbers():
    made = TransposeSettings(input=((1.0, 2.0, 3.0),), kernel=((1.0, 1.0), (1.0, 1.0)), stride=2)
    words = stage.filled(made, hidden=False)
    assert r"(1 - 1) \cdot 2 + 2 - 2 \cdot 0 = 2" in words
    assert r"(3 - 1) \cdot 2 + 2 - 2 \cdot 0 = 6" in words
    hidden = stage.filled(made, hidden=True)
    assert hidden.count("?") == 2
    assert "= 6" not in hidden


@pytest.mark.parametrize(("gap", "words"), [(0.0, "0"), (1.2e-14, "1e−14"), (0.5, "0.5")])
def test_a_difference_is_told_by_its_size(gap, words):
    assert stage.small(gap) == words
