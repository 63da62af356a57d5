"""What the benchmark of style transfer compares, on a network of three layers."""

import math

from benchmarks import style
from core.zoo.painters import ROWS
from tests.core.style.small import SETTINGS, chain


def test_an_iteration_is_measured_beside_bare_passes():
    row = style.iteration("three layers", chain(), SETTINGS, 64, rounds=7)
    assert row.aim == 1.15
    assert row.ours > 0
    assert row.peer > 0
    assert "64 px" in row.what


def test_coarse_to_fine_compares_losses_at_the_full_size():
    row = style.coarse_to_fine(chain(), SETTINGS, 64, 6)
    assert row.aim == 0.9
    assert math.isfinite(row.ratio)
    assert row.unit == ""


def test_a_photo_in_one_pass_is_measured_beside_what_it_may_take():
    row = style.in_one_pass(ROWS[0].key, 64, rounds=7)
    assert row.peer == 1.0
    assert row.ours > 0
    assert "64 px" in row.what
