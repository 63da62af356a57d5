"""Why a box vanished: a true sentence for every fate, and the thresholds at which it would live."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from core.experiments import nms
from core.experiments.nms import Why
from ui import messages
from ui.sections.nms.why import lives, name, near, sentence, strip

# A at the left, B half over it, C half over B: the IoU of neighbours is 1 / 3. D is far away and not sure.
ROW = BoxTable(
    np.array([[0.0, 0, 100, 100], [50, 0, 150, 100], [100, 0, 200, 100], [500, 0, 600, 100]]),
    np.array([0.9, 0.8, 0.7, 0.04]),
    ("cat", "cat", "cat", "dog"),
)


def said(box: int, table: BoxTable = ROW, **settings: object) -> str:
    race = nms.race(table, NmsSettings(**settings))
    return sentence(table, race.settings, nms.why(race, box))


@pytest.mark.parametrize(
    ("box", "settings", "expected"),
    [
        (
            0,
            {},
            "Box 0 (cat, score 0.90) is kept: it wins decision 1, and no earlier winner of its class overlaps it at all.",
        ),
        (
            3,
            {"per_class": False},
            "Box 3 (dog, score 0.04) is kept: it wins decision 4, and no earlier winner overlaps it at all.",
        ),
        (
            1,
            {},
            "Box 1 (cat, score 0.80) is kept: it wins decision 2. Of the earlier winners box 0 (cat) overlaps it most, "
            "IoU 0.33, not above the threshold 0.50.",
        ),
        (
            1,
            {"iou_threshold": 0.3},
            "Box 1 (cat, score 0.80) was removed in decision 1 by box 0 (cat, score 0.90): they overlap by IoU 0.33, above the "
            "threshold 0.30.",
        ),
        (
            1,
            {"iou_threshold": 0.33},
            "Box 1 (cat, score 0.80) was removed in decision 1 by box 0 (cat, score 0.90): they overlap by IoU 0.333, above the "
            "threshold 0.33.",
        ),
        (
            2,
            {"method": Method.DIOU},
            "Box 2 (cat, score 0.70) is kept: it wins decision 3. Of the earlier winners box 1 (cat) overlaps it most, "
            "DIoU 0.26, not above the threshold 0.50.",
        ),
        (
            1,
            {"method": Method.DIOU, "iou_threshold": 0.2},
            "Box 1 (cat, score 0.80) was removed in decision 1 by box 0 (cat, score 0.90): they overlap by DIoU 0.26, above the "
            "threshold 0.20.",
        ),
        (
            2,
            {"method": Method.DIOU, "iou_threshold": 0.2},
            "Box 2 (cat, score 0.70) is kept: it wins decision 2, and no earlier winner of its class has a DIoU above 0 with it.",
        ),
        (
            0,
            {"method": Method.GAUSSIAN},
            "Box 0 (cat, score 0.90) is kept with its whole score: it wins decision 1, and no earlier winner took anything of it.",
        ),
        (
            1,
            {"method": Method.LINEAR, "iou_threshold": 0.3},
            "Box 1 (cat, score 0.80) is kept and wins decision 3, but earlier winners that it overlaps brought its score to "
            "0.356.",
        ),
        (
            1,
            {"method": Method.LINEAR, "iou_threshold": 0.3, "score_threshold": 0.4},
            "Box 1 (cat, score 0.80) was removed in decision 2: after box 2 (cat), IoU 0.33, its score is 0.356, below the "
            "least, 0.40.",
        ),
        (
            3,
            {"method": Method.GAUSSIAN},
            "Box 3 (dog, score 0.04) never raced: its score is below the least, 0.05.",
        ),
        (
            0,
            {"method": Method.MATRIX},
            "Box 0 (cat, score 0.90) is kept with its whole score: no better box takes anything of it.",
        ),
        (
            1,
            {"method": Method.MATRIX},
            "Box 1 (cat, score 0.80) is kept: its worst rival is box 0 (cat), IoU 0.33, which is itself overlapped by 0.00. "
            "That leaves a score of 0.641, not below the least, 0.05.",
        ),
        (
            1,
            {"method": Method.MATRIX, "score_threshold": 0.65},
            "Box 1 (cat, score 0.80) was removed: its worst rival is box 0 (cat), IoU 0.33, which is itself overlapped by 0.00. "
            "That leaves a score of 0.641, below the least, 0.65.",
        ),
        (
            3,
            {"method": Method.MATRIX},
            "Box 3 (dog, score 0.04) was removed: its score is below the least, 0.05.",
        ),
    ],
)
def test_a_sentence_says_what_became_of_a_box_and_by_which_numbers(box, settings, expected):
    assert said(box, **settings) == expected


@pytest.mark.parametrize(
    ("value", "limit", "least", "expected"),
    [
        (0.57, 0.5, 2, "0.57"),
        (0.504, 0.5, 2, "0.504"),
        (0.496, 0.5, 2, "0.496"),
        (0.5000001, 0.5, 2, "0.5000001"),
        (0.4999999, 0.5, 2, "0.4999999"),
        (0.5 + 1e-12, 0.5, 2, "0.500000000001"),
        (0.5, 0.5, 2, "0.50"),
        (0.5, 0.5, 3, "0.500"),
        (0.57, 0.5, 3, "0.570"),
        (1 / 3, 0.33, 2, "0.333"),
        (0.0, 0.0, 2, "0.00"),
        (1.0, 0.999, 2, "1.000"),
    ],
)
def test_a_value_near_a_limit_has_the_digits_that_show_its_side(value, limit, least, expected):
    shown = near(value, limit, least)
    assert shown == expected
    assert (float(shown) > limit) == (value > limit)
    assert (float(shown) < limit) == (value < limit)


def test_the_sentence_shows_on_which_side_a_very_near_overlap_lies():
    removed = Why(1, kept=False, step=0, winner=0, overlap=0.5000001, before=0.8, after=0.8)
    assert "IoU 0.5000001, above the threshold 0.50" in sentence(ROW, NmsSettings(), removed)
    kept = replace(removed, kept=True, overlap=0.5)
    assert "IoU 0.50, not above the threshold 0.50" in sentence(ROW, NmsSettings(), kept)
    fell = Why(1, kept=False, step=0, winner=0, overlap=0.9, before=0.8, after=0.0499999)
    assert "its score is 0.0499999, below the least, 0.05" in sentence(ROW, NmsSettings(method=Method.GAUSSIAN), fell)
    matrix = replace(fell, rival_overlap=0.25)
    told = sentence(ROW, NmsSettings(method=Method.MATRIX), matrix)
    assert "itself overlapped by 0.25. That leaves a score of 0.0499999, below the least, 0.05" in told


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ((), "There is no threshold at which it would be kept."),
        (((0.0, 1.0),), "It is kept at every threshold."),
        (((0.25, 1.0),), "It is kept at thresholds from 0.250 on."),
        (((0.5004, 1.0),), "It is kept at thresholds from 0.500 on."),
        (((1.0, 1.0),), "It is kept at thresholds from 1.000 on."),
        (
            ((0.0, 0.25), (0.55, 1.0)),
            "It is kept at thresholds 0.000 to 0.250 and from 0.550 on. In between, a higher threshold brings back a better "
            "box that removes it.",
        ),
    ],
)
def test_the_thresholds_at_which_a_box_lives_are_told_in_words(intervals, expected):
    assert lives(intervals) == expected


@pytest.mark.parametrize("intervals", [(), ((0.0, 1.0),), ((0.0, 0.25), (0.55, 1.0)), ((1.0, 1.0),)])
@pytest.mark.parametrize("threshold", [0.0, 0.4, 1.0])
def test_the_strip_is_filled_where_the_box_lives_and_marked_where_the_threshold_is(intervals, threshold):
    bar = ElementTree.fromstring(strip(intervals, threshold))
    assert bar.get("aria-label") == lives(intervals)
    styles = [span.get("style") or "" for span in bar.iter("span")]
    filled = [re.search(r"left:([\d.]+)%;width:([\d.]+)%", style) for style in styles]
    expected = [side for start, end in intervals for side in (100 * start, 100 * (end - start))]
    assert [float(side) for one in filled if one for side in one.groups()] == pytest.approx(expected)
    (mark,) = [style for style in styles if "calc(" in style]
    assert f"left:calc({threshold:.2%} - 1px)" in mark


def test_a_long_name_is_cut():
    table = BoxTable(np.array([[0.0, 0, 1, 1], [0, 0, 1, 1]]), np.array([0.5, 0.5]), ("x" * 200, "y" * 24))
    assert name(table, 0) == "x" * 23 + "…"
    assert name(table, 1) == "y" * 24


@pytest.mark.parametrize(
    "label",
    ["<b>bold</b>", "**bold** [a](http://b.c)", "$x$ :red[red]", "x" * 200, "`code`", "a_b_c", "</div><script>"],
)
@pytest.mark.parametrize("method", Method)
def test_a_hostile_name_stays_text(label, method):
    table = BoxTable(ROW.boxes, ROW.scores, (label,) * 4)
    for box in range(4):
        words = said(box, table, method=method, iou_threshold=0.3)
        assert f"Box {box} ({name(table, box)}, score" in words
        assert len(words) < 400
        assert re.sub(r"\\(.)|\u2060", r"\1", messages.escape(words)) == words, "nothing but escapes was added"
        assert re.search(r"(?<!\\)[<>*$`\[\]_]", messages.escape(words)) is None


def test_the_words_of_the_strip_are_escaped(monkeypatch):
    monkeypatch.setattr("ui.sections.nms.why.lives", lambda intervals: '"><script>')
    assert "<script>" not in strip(((0.0, 1.0),), 0.5)
    assert ElementTree.fromstring(strip(((0.0, 1.0),), 0.5)).get("aria-label") == '"><script>'
