"""The anchors of a grid head."""

import pytest
import torch

from core.boxes.formats import to_cxcywh
from core.detection.grid import COURSE, FINER, Grid


def test_the_course_has_nine_anchors_in_each_of_49_cells():
    assert COURSE.count == len(COURSE.anchors()) == 9 * 49


def test_the_finer_grid_has_the_same_anchors_in_pixels():
    sizes = [to_cxcywh(grid.anchors())[:: grid.rows * grid.cols, 2:] for grid in (COURSE, FINER)]
    torch.testing.assert_close(*sizes)
    assert FINER.count == 4 * COURSE.count


@pytest.mark.parametrize("grid", [COURSE, Grid(rows=2, cols=3, height=40, width=90, shapes=((1, 1), (2, 1)))])
def test_anchors_are_ordered_by_shape_row_and_column(grid):
    anchors = to_cxcywh(grid.anchors())
    for index, (shape, row, col) in enumerate(
        (shape, row, col) for shape in grid.shapes for row in range(grid.rows) for col in range(grid.cols)
    ):
        x, y, width, height = anchors[index].tolist()
        assert (x, y) == pytest.approx(((col + 0.5) * grid.width / grid.cols, (row + 0.5) * grid.height / grid.rows))
        assert (width, height) == pytest.approx((shape[0] * grid.width / grid.cols, shape[1] * grid.height / grid.rows))
