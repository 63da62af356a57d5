"""Class distributions for a browser: the error that is stated, laws, edges, refusals."""

import numpy as np
import pytest

from core.errors import SettingError
from core.segmentation.hover import hover_table, sampled


def shares(classes=7, height=31, width=53, seed=0):
    raw = np.exp(3 * np.random.default_rng(seed).normal(size=(classes, height, width)))
    return (raw / raw.sum(axis=0)).astype(np.float32)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
@pytest.mark.parametrize("most_side", [10, 53, 200])
def test_shares_are_as_close_as_is_stated(most_side, kind):
    exact = shares()
    table = hover_table(exact.astype(kind), top=4, most_side=most_side)
    few = sampled(exact, table.every)
    assert max(table.labels.shape[1:]) <= most_side
    told = np.take_along_axis(few, table.labels.astype(np.int64), axis=0)
    assert np.abs(table.shares / 255 - told).max() <= table.error
    assert table.error < 0.0023


def test_the_best_come_first_and_no_class_twice():
    table = hover_table(shares(), top=7)
    assert (np.diff(table.shares.astype(int), axis=0) <= 0).all()
    assert (np.sort(table.labels, axis=0) == np.arange(7)[:, None, None]).all()
    assert (table.labels[0] == shares().argmax(axis=0)).all()


def test_there_are_no_more_classes_than_the_network_has():
    assert hover_table(shares(classes=2), top=9).labels.shape == (2, 31, 53)


def test_a_cell_speaks_by_the_pixel_in_its_middle():
    maps = np.arange(35, dtype=np.float32).reshape(1, 5, 7)
    assert sampled(maps, 1).tolist() == maps.tolist()
    assert sampled(maps, 3).tolist() == [[[8, 11], [29, 32]]]
    assert sampled(maps, 100).tolist() == [[[34]]], "a map smaller than a cell has one"


def test_refusals_name_the_rule():
    with pytest.raises(SettingError, match="top must be at least 1, got 0"):
        hover_table(shares(), top=0)
    with pytest.raises(SettingError, match="most_side must be at least 1, got 0"):
        hover_table(shares(), most_side=0)
    with pytest.raises(SettingError, match="256 classes, got 257"):
        hover_table(np.zeros((257, 1, 1), np.float32))
