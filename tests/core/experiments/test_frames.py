"""Pictures of a history: small in memory, of one size when they are shown."""

import numpy as np
import torch

from core.experiments.frames import SMALL, enlarged, small


def test_a_large_picture_becomes_small_and_keeps_its_shape():
    found = small(torch.rand(3, 300, 400))
    assert found.shape == (3, 144, SMALL)
    assert found.dtype == torch.float16


def test_a_small_picture_keeps_its_size_and_its_values():
    canvas = torch.rand(3, 30, 40)
    assert small(canvas).shape == (3, 30, 40)
    torch.testing.assert_close(small(canvas).float(), canvas, rtol=0, atol=1e-3)


def test_all_pictures_have_the_size_of_the_last():
    shown = enlarged([torch.zeros(3, 10, 15).half(), torch.ones(3, 20, 30)])
    assert shown.shape == (2, 20, 30, 3)
    assert shown.dtype == np.uint8
    assert (shown[0] == 0).all()
    assert (shown[1] == 255).all()
