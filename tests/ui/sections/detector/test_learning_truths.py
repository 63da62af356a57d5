"""The objects of How it learns: what a photo begins with, what a visitor types, and how a box is named."""

import numpy as np
import pytest

from core.boxes.settings import Labelled, kind_of
from core.images.photo import from_pixels
from core.images.samples import SAMPLES, sample
from core.zoo.detectors import LAB_YOLO
from ui.sections.anchors import truths
from ui.sections.detector import learning_truths as taught


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_a_marked_photo_begins_with_what_the_network_knows_or_with_all(key):
    photo = sample(key)
    found, own = taught.of(photo), truths.of(photo)
    known = [one for one in own if kind_of(one.label) in LAB_YOLO.classes]
    assert list(found) == (known or list(own))
    assert not {kind_of(one.label) for one in found} & set(taught.left_out(photo))


def test_the_cat_is_taught_and_its_eyes_are_left_out():
    assert [one.label for one in taught.of(sample("cat"))] == ["cat"]
    assert taught.left_out(sample("cat")) == ("eye", "nose")


def test_a_photo_that_nobody_marked_begins_with_the_networks_own_boxes():
    cat = sample("cat")
    photo = from_pixels(cat.pixels, "mine")
    (found,) = taught.of(photo)
    assert found.label == "cat"
    assert truths.read(truths.written([found]), photo.width, photo.height) == (found,)
    assert taught.left_out(photo) == ()


def test_a_photo_of_nothing_begins_with_nothing():
    assert taught.of(from_pixels(np.full((40, 60, 3), 128, np.uint8), "grey")) == ()


def test_a_box_over_the_edge_is_cut_as_a_person_would_mark_it():
    photo = sample("cat")
    assert taught._on_photo("cat", (-5.2, 3.4, 9999.0, 20.6), photo) == Labelled("cat", (0.0, 3.0, 451.0, 21.0))
    assert taught._on_photo("cat", (10.1, 3.0, 10.2, 20.0), photo) is None
    assert taught._on_photo("cat", (-20.0, 3.0, -10.0, 20.0), photo) is None


def test_naming_an_object_changes_it_alone_and_looks_at_it(visitor):
    objects = (Labelled("cat", (0.0, 0.0, 40.0, 40.0)), Labelled("box 2", (5.0, 5.0, 30.0, 30.0)))
    visitor.session[taught.NAMED] = "dog"
    taught._rename(objects, 1)
    assert visitor.session[taught.KEY] == "cat 0, 0, 40, 40; dog 5, 5, 30, 30"
    assert visitor.session[taught.CHOSEN] == "2 dog"
    visitor.session[taught.NAMED] = None
    taught._rename(objects, 0)
    assert visitor.session[taught.KEY] == "cat 0, 0, 40, 40; dog 5, 5, 30, 30"
