"""The sums of a lesson: their parts make the whole, and the weights rule their own part alone."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiments.lessons import Sums

PARTS = st.floats(0, 100)
SUMS = st.builds(Sums, positives=PARTS, negatives=PARTS, offsets=st.tuples(PARTS, PARTS, PARTS, PARTS), classes=PARTS)


@given(SUMS)
def test_without_weights_the_total_is_the_sum_of_all_parts(sums):
    parts = (sums.positives, sums.negatives, *sums.offsets, sums.classes)
    assert sums.total() == pytest.approx(math.fsum(parts))


@given(SUMS, PARTS, PARTS)
def test_weights_count_their_part_so_often_and_the_confidence_once(sums, offsets, classes):
    more = sums.total(offsets=offsets, classes=classes) - sums.confidence
    assert more == pytest.approx(offsets * math.fsum(sums.offsets) + classes * sums.classes, abs=1e-9)
    assert sums.total(offsets=0.0, classes=0.0) == sums.confidence
