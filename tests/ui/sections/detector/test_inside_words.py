"""What became of an anchor: the sentence has the numbers that decided, and tells on which side of a threshold they are."""

import pytest

from core.boxes.nms_settings import Method, NmsSettings
from core.experiments.detecting import Fate, Outcome, fate
from tests.ui.sections.detector.grid_cases import chosen, lab, pyramid
from ui.sections.detector import inside_words
from ui.sections.detector.inside_grid import Place

BEST, RIVAL, SILENT = Place(0, 6, 5, 4), Place(0, 7, 5, 4), Place(0, 0, 0, 0)


def told(place: Place, **settings: object) -> tuple[Fate, str, str]:
    made = lab()
    detected = chosen(made, **settings)
    one = fate(made.seen, detected, 0, int(made.rows[made.number(place)]))
    return one, inside_words.sentence(one, made, place, detected), inside_words.short(one)


def test_a_kept_anchor_says_its_number_and_both_thresholds():
    one, words, short = told(BEST)
    assert one.outcome is Outcome.KEPT
    assert words == (
        "Anchor 5 of row 6, column 5 (cat) is kept as number 1: its score 0.853 is not below the confidence 0.30, and no "
        "better cat that is kept overlaps it by more than IoU 0.50."
    )
    assert short == "kept, number 1"


def test_a_removed_anchor_says_by_whom_and_by_how_much():
    one, words, short = told(RIVAL)
    assert one.outcome is Outcome.SUPPRESSED
    assert words.startswith(
        "Anchor 5 of row 7, column 5 (cat) was removed by number 1, the cat of row 6, column 5, which scores 0.853."
    )
    assert f"IoU {one.overlap:.3f}, above the threshold 0.50" in words
    assert short == "removed by number 1"


def test_an_unsure_anchor_says_what_was_missing():
    one, words, short = told(SILENT)
    assert one.outcome is Outcome.BELOW
    assert "never raced: its score" in words
    assert "below the confidence 0.30" in words
    assert short == "below 0.30"


def test_a_score_just_below_is_told_with_as_many_digits_as_it_takes():
    made = lab()
    score = float(made.scores[made.number(BEST)])
    words = inside_words.sentence(
        Fate(Outcome.BELOW, "cat", 0, 0.29996, threshold=0.3), made, BEST, chosen(made, confidence=0.3)
    )
    assert score > 0.3
    assert "its score 0.29996 is below the confidence 0.30" in words


@pytest.mark.parametrize(
    ("outcome", "long", "short"),
    [
        (Outcome.OTHER_CLASS, "a class that is not looked for", "another class"),
        (Outcome.BEYOND, "so many surer ones", "too many"),
        (Outcome.OUTSIDE, "nothing of its box lies on the photo", "beside the photo"),
    ],
)
def test_every_other_end_has_its_words(outcome, long, short):
    made = lab()
    one = Fate(outcome, "cat", 0, 0.5)
    assert long in inside_words.sentence(one, made, BEST, chosen(made))
    assert inside_words.short(one) == short


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("per_class", [True, False])
def test_every_anchor_has_a_sentence_whatever_the_method(method, per_class):
    for made in (lab(), pyramid()):
        detected = chosen(made, confidence=0.2, nms=NmsSettings(method=method, per_class=per_class))
        for _, anchor in detected.raced_rows:
            one = fate(made.seen, detected, 0, anchor)
            words = inside_words.sentence(one, made, made.of(anchor), detected)
            assert words.endswith(".")
            assert "None" not in words
            if one.outcome is Outcome.KEPT:
                assert f"number {one.place + 1}" in words


def test_with_several_grids_the_winner_is_told_with_its_grid():
    made = pyramid()
    detected = chosen(made, confidence=0.05, nms=NmsSettings(iou_threshold=0.05, per_class=False))
    removed = [anchor for place, (_, anchor) in enumerate(detected.raced_rows) if place not in detected.kept]
    assert removed
    for anchor in removed:
        one = fate(made.seen, detected, 0, anchor)
        assert "of grid " in inside_words.sentence(one, made, made.of(anchor), detected)
