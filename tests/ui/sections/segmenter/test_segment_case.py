"""What a threshold leaves of an answer, where the network is least sure, and how far two of them agree."""

from dataclasses import replace

import numpy as np
import pytest

from core.segmentation.settings import IGNORE
from tests.ui.sections.segmenter.segment_cases import answer, case, halves, photo
from ui.components.class_map import View
from ui.sections.segmenter import segment_case


@pytest.mark.parametrize(("unsure", "expected"), [(0.0, {1: 0.5, 2: 0.5}), (0.4, {1: 0.5}), (0.5, {1: 0.5}), (0.6, {})])
def test_pixels_below_the_threshold_belong_to_nobody(unsure, expected):
    made = case(halves(), View(unsure=unsure))
    assert made.shares() == expected
    assert made.unsure == 1 - sum(expected.values())


def test_where_probabilities_were_thinned_out_their_cells_speak():
    found = halves(40, 20)
    thin = replace(found, probabilities=found.probabilities[:, 1::3, 1::3], every=3)
    made = case(thin, View(unsure=0.4))
    assert made.decided.shape == (20, 40)
    right = made.decided[:, 21:]
    assert (right == IGNORE).all()
    assert (made.decided[:, :18] == 1).all()


def test_the_least_sure_pixel_is_on_the_photo_wherever_it_lies():
    for row, column in ((0, 0), (19, 39), (7, 21)):
        shares = np.zeros((3, 20, 40))
        shares[0] = 1
        shares[:, row, column] = (0.5, 0.5, 0)
        made = case(answer(shares))
        assert segment_case.least_sure(made.look, made.sure) == (column, row)


def test_both_networks_are_read_at_one_pixel(monkeypatch):
    first, second = case(halves()), case(answer(np.ones((3, 20, 40)) / 3))
    monkeypatch.setattr(
        segment_case.segmentations,
        "sureness",
        lambda found, _: first.sure if found is first.look.found else second.sure,
    )
    one, other = segment_case.cases([first.look, second.look], View())
    assert one.point == other.point == (20, 0)
    assert segment_case.cases([first.look], View(point=(3, 4)))[0].point == (3, 4)


def test_networks_agree_by_the_names_of_their_classes():
    ours = halves()
    theirs = answer(ours.probabilities[[0, 2, 1]].astype(np.float64), ("background", "dog", "cat"))
    assert segment_case.agreement(ours, theirs) == 1
    other = replace(theirs, names=("background", "dog", "sofa"))
    assert segment_case.agreement(ours, other) == 0.5


def test_the_classes_at_the_pixel_are_ranked():
    made = case(halves(), View(point=(39, 19)), photo())
    assert [(one.label, one.probability) for one in made.here()] == [
        ("dog", 0.625),
        ("cat", 0.25),
        ("background", 0.125),
    ]


def test_known_classes_are_told_in_a_few_words():
    assert segment_case.known(("background", "cat", "dog")) == "cat, dog"
    assert segment_case.known([str(number) for number in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
