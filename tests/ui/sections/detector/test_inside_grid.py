"""The grids of a pass: every anchor is found where it stands, whatever order its network writes in."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.ui.sections.detector.grid_cases import WIDE, chosen, lab, pyramid
from ui.sections.detector.inside_grid import Grids, Place, grids


@pytest.fixture(params=["lab", "pyramid"])
def made(request) -> Grids:
    return lab() if request.param == "lab" else pyramid()


def test_every_anchor_is_where_its_place_says(made):
    for number in range(len(made.rows)):
        assert made.number(made.place(number)) == number
        assert made.of(int(made.rows[number])) == made.place(number)
    assert sorted(made.rows.tolist()) == list(range(len(made.look.boxes)))


def test_places_count_anchors_within_cells_within_rows_within_heads(made):
    assert made.cells.tolist() == sorted(made.cells.tolist())
    assert made.starts == tuple(
        int(np.flatnonzero(made.cells[:, 0] == head)[0]) for head in range(len(made.look.heads))
    )


def test_numbers_of_an_anchor_are_those_that_the_network_wrote(made):
    for number in (0, len(made.rows) // 2, len(made.rows) - 1):
        place, row = made.place(number), int(made.rows[number])
        assert made.look.cells[row].tolist() == [place.head, place.row, place.column, place.anchor]
        assert made.raw(place) == made.look.raw[row].tolist()
        assert made.objectness[number] == made.look.objectness[row]
        assert made.scores[number] == pytest.approx(float(made.look.objectness[row] * made.look.classes[row].max()))


def test_a_map_has_a_value_for_each_anchor_of_each_cell(made):
    for head, (grid, values) in enumerate(zip(made.look.heads, made.maps(), strict=True)):
        assert values.shape == (grid.rows, grid.columns, len(grid.anchors))
        place = Place(head, grid.rows - 1, 1, 0)
        assert values[place.row, place.column, place.anchor] == made.objectness[made.number(place)]


def test_the_surest_anchor_of_a_cell_scores_highest(made):
    head = made.look.heads[0]
    place = made.surest(0, 1, 1)
    scores = [made.scores[made.number(Place(0, 1, 1, anchor))] for anchor in range(len(head.anchors))]
    assert scores[place.anchor] == max(scores)


def test_a_cell_beside_the_grid_is_not_there(made):
    head = made.look.heads[0]
    assert made.there(0, head.rows - 1, head.columns - 1)
    for wrong in ((0, head.rows, 0), (0, 0, head.columns), (len(made.look.heads), 0, 0), (-1, 0, 0), (0, -1, 0)):
        assert not made.there(*wrong)


def test_the_view_opens_with_the_best_thing(made):
    detected = chosen(made, confidence=0.05)
    assert made.opening == made.of(detected.rows[0][1])


def test_where_no_anchor_is_a_candidate_the_view_opens_with_the_surest(made):
    unsure = replace(made.look, objectness=torch.full_like(made.look.objectness, 1e-4))
    silent = replace(made, look=unsure)
    assert not len(unsure.candidates()[1])
    assert silent.opening == made.place(int(made.scores.argmax()))


def test_a_letterboxed_grid_reaches_beyond_the_photo():
    height, width = WIDE
    assert pyramid().part == pytest.approx((0, -(width - height) / 2, width, (width + height) / 2))
    assert lab().part == pytest.approx((0, 0, 451, 300))


def test_a_network_without_objectness_shows_its_best_class():
    made = pyramid()
    without = replace(made, objectness=np.ones_like(made.objectness))
    assert made.has_objectness
    assert not without.has_objectness
    assert without.heat is without.best


def test_a_network_without_a_grid_has_no_grids():
    seen = lab().seen
    assert grids(replace(seen, looks=(replace(seen.looks[0], cells=None, raw=None, heads=()),))) is None
