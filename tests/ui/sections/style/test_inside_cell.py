"""Which cell of the matrices is looked at."""

import numpy as np
import pytest

from tests.ui.sections.style.inside_cases import grams
from ui import address
from ui.sections.style.inside_case import CELL
from ui.sections.style.inside_cell import Latest, most_apart, picked, written


def test_it_opens_with_the_two_different_maps_that_are_most_apart():
    found = grams()
    assert most_apart(found) == (0, 1), "the entry of map 9 with itself is farther apart, and is no two maps"
    assert most_apart(grams(style=np.ones((1, 1)), ours=np.zeros((1, 1)))) == (0, 0)


def test_a_link_names_two_maps_in_any_order(visitor):
    visitor.url[CELL] = "9,2"
    assert picked(grams()) == (2, 1)
    assert visitor.url[CELL] == "9,2"


@pytest.mark.parametrize("words", ["1,2", "7", "7,2,9", "a,b", "-1,2", "٣,٢", "99999,2", ""])
def test_a_link_to_maps_that_are_not_shown_opens_as_ever(visitor, words):
    visitor.url[CELL] = words
    assert picked(grams()) == (0, 1)
    assert CELL not in visitor.url


def test_a_pick_is_kept_for_another_layer_where_its_maps_are_shown(visitor):
    address.keep(CELL, written(grams(), (1, 2)))
    assert picked(grams()) == (1, 2)
    assert picked(grams(channels=(9, 7, 2))) == (2, 0)
    assert picked(grams(channels=(1, 3, 4))) == (0, 1)
    assert visitor.session[CELL] == "2,9", "it comes back with the layer"


def test_files_wait_for_the_cell():
    with pytest.raises(AssertionError, match="after the cell"):
        Latest().now()
