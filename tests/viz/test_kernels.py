"""Two kernels beside each other in signed colours."""

import numpy as np

from viz.attributions import ColourMap, ramp
from viz.kernels import GAP, SIDE, kernel_pair


def test_each_weight_is_a_square_of_its_colour_and_between_is_nothing():
    first, second = np.array([[1.0, -1.0], [0.0, 0.5]]), np.zeros((2, 2))
    drawn = np.asarray(kernel_pair(first, second))
    assert drawn.shape == (SIDE, 2 * SIDE + GAP, 4)
    half = SIDE // 2
    for row, column in np.ndindex(2, 2):
        square = drawn[row * half : (row + 1) * half, column * half : (column + 1) * half, :3]
        assert (square == ramp(first[row, column], ColourMap.RED_BLUE)).all()
    assert (drawn[:, SIDE : SIDE + GAP, 3] == 0).all()
    assert (drawn[:, SIDE + GAP :, :3] == ramp(np.array(0.0), ColourMap.RED_BLUE)).all()
