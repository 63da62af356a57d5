"""What is taken away: the picture, all twelve answers in numbers, and lines that give two of them again."""

import numpy as np
import pytest

from core.segmentation.settings import Upsampling
from tests.snippets import run
from tests.ui.sections.segmenter.resolution_cases import lab
from ui.sections.segmenter import resolution_away, resolution_snippet


def test_there_is_a_row_for_each_depth_and_way():
    rows = resolution_away.rows(lab("cat"))
    assert len(rows) == 12
    by = {(row["depth"], row["way"]): row for row in rows}
    own = by["8s", "learned"]
    assert own["unlike 8s learned"] == 0
    assert (own["class"], own["rows"]) == ("cat", 28)
    assert own["IoU"] == lab("cat").grade((8, Upsampling.LEARNED)).iou


def test_a_photo_without_a_truth_has_rows_without_grades():
    rows = resolution_away.rows(lab("coffee"))
    assert not any("IoU" in row for row in rows)
    assert max(row["unlike 8s learned"] for row in rows) > 0


def test_the_picture_shows_three_depths():
    photo = lab("cat").photo
    sheet = resolution_away.sheet(lab("cat"), Upsampling.NEAREST)
    assert sheet.height == photo.height
    assert sheet.width > 3 * photo.width


@pytest.mark.parametrize(
    ("key", "left", "right"),
    [
        ("cat", (32, Upsampling.NEAREST), (8, Upsampling.LEARNED)),
        ("astronaut", (16, Upsampling.BEFORE), (32, Upsampling.BILINEAR)),
        ("astronaut", (32, Upsampling.LEARNED), (16, Upsampling.LEARNED)),
    ],
    ids=str,
)
def test_the_lines_give_both_answers_again(key, left, right):
    case = lab(key)
    printed = run(resolution_snippet.snippet(case.photo, left, right))
    assert printed.pop("differ") == pytest.approx(float(case.unlike(left, right).mean()), abs=2e-4)
    shares = {}
    for side, place in (("left", left), ("right", right)):
        counts = np.bincount(case.classes(place).ravel()) / 224**2
        shares |= {f"{side} {case.names[index]}": count for index, count in enumerate(counts) if count}
    assert {name: share for name, share in printed.items() if share > 1e-3} == pytest.approx(
        {name: share for name, share in shares.items() if share > 1e-3}, abs=2e-4
    )
