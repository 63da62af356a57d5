"""What is taken away of a cell: its numbers, the map, the picture, and lines that decode it again."""

import numpy as np
import pytest

from core.experiments.detecting import fate
from core.images.samples import sample
from tests.snippets import run
from tests.ui.sections.detector.grid_cases import WIDE, chosen, lab, pyramid, unsaid
from ui.sections.detector import inside_away, inside_snippet
from ui.sections.detector.inside_grid import Grids, Place


def rows_of(made: Grids, place: Place) -> list[dict]:
    detected = chosen(made)
    fates = tuple(
        fate(made.seen, detected, 0, int(made.rows[made.number(Place(place.head, place.row, place.column, one))]))
        for one in range(len(made.look.heads[place.head].anchors))
    )
    return inside_away.rows(made, place, fates)


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (lab(), Place(0, 6, 5, 4)),
        (lab(size=320), Place(0, 3, 4, 7)),
        (pyramid(), Place(1, 2, 3, 1)),
        (pyramid(1.05), Place(0, 1, 0, 0)),
        (unsaid(), Place(0, 6, 5, 4)),
    ],
    ids=["lab", "a larger input", "YOLOv3", "YOLOv4", "SSD"],
)
def test_the_lines_decode_the_anchor_to_the_same_box_and_score(made, place):
    found, number = run(inside_snippet.snippet(made, place)), made.number(place)
    assert found["objectness"] == pytest.approx(float(made.objectness[number]), abs=1e-5)
    assert found["class"] == pytest.approx(float(made.best[number]), abs=1e-5)
    assert found["score"] == pytest.approx(float(made.scores[number]), abs=1e-5)
    box = [found[side] for side in ("x1", "y1", "x2", "y2")]
    assert box == pytest.approx(made.photo_boxes[number].tolist(), abs=5e-3)


def test_the_table_has_a_row_for_each_anchor_with_its_raw_numbers_and_its_fate():
    made, place = lab(), Place(0, 6, 5, 4)
    rows = rows_of(made, place)
    assert [row["anchor"] for row in rows] == list(range(1, 10))
    assert rows[4]["fate"] == "kept"
    assert [rows[4][name] for name in ("tx", "ty", "tw", "th", "to")] == made.raw(place)[:5]
    assert [rows[4][f"logit of {name}"] for name in made.names] == made.raw(place)[5:]
    assert rows[4]["score"] == pytest.approx(rows[4]["objectness"] * rows[4]["probability"])


@pytest.mark.parametrize("place", [Place(0, 0, 0, 0), Place(1, 3, 3, 1), Place(1, 0, 2, 0)])
def test_the_picture_is_as_large_as_the_photo_wherever_the_cell_is(blank, place):
    height, width = WIDE
    made = pyramid()
    picture = inside_away.picture(blank(width, height), made, chosen(made), place)
    assert picture.size == (width, height)


def test_the_picture_is_brightest_where_the_map_is():
    photo, made = sample("cat"), lab()
    values = made.maps()[0].max(axis=2)
    pixels = np.zeros((photo.height, photo.width, 3), np.uint8)
    image = np.asarray(inside_away.under(pixels, made, 0, 1.0)).sum(axis=2)
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    x1, y1, x2, y2 = inside_away.cell(made, Place(0, int(row), int(column), 0))
    assert image[round((y1 + y2) / 2), round((x1 + x2) / 2)] == image.max()
    assert image[2, 2] < image.max() / 2
