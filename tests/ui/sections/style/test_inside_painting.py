"""The painting of this session takes the place of the photo where it is of what is looked at."""

from dataclasses import replace

import numpy as np
import pytest

from core.experiments import styling
from core.experiments.style_layers import usual_settings
from core.images.samples import sample
from tests.ui.sections.style.inside_cases import SIGHT
from ui.sections.style.case import about
from ui.sections.style.inside_painting import RUN, painting
from ui.watched import Watched


@pytest.fixture
def run(visitor):
    """A painting after its first steps, as the session keeps it."""
    held = Watched((("lab-trunk", None), f"{about(SIGHT.card, SIGHT.photo, (SIGHT.style,))} 64"), None, "The painting")
    held.steer(replace(usual_settings("lab-trunk"), side=64, steps=3, octaves=1))
    subject = styling.Subject(model="lab-trunk", photo=SIGHT.photo, styles=(SIGHT.style,))
    held.go_on()
    held.line_up()
    held.advance(lambda settings: styling.paint(subject, settings), in_page=True)
    visitor.session[RUN] = held
    yield held
    held.forget()


def test_it_is_the_best_picture_so_far(run):
    newest = run.shown().newest
    assert newest is not None
    made = painting(SIGHT)
    assert made is not None
    np.testing.assert_array_equal(made.pixels, newest.best.picture)
    with_it = replace(SIGHT, painting=made)
    assert (with_it.ours, with_it.role) == (made, "painting")
    assert with_it.name != SIGHT.name


def test_that_of_another_photo_style_or_network_is_none(run):
    assert painting(replace(SIGHT, photo=sample("coffee"))) is None
    assert painting(replace(SIGHT, style=sample("coffee"))) is None
    assert painting(replace(SIGHT, card=replace(SIGHT.card, key="vgg19"))) is None


def test_that_of_a_mix_with_this_style_is_none(run):
    mixed = about(SIGHT.card, SIGHT.photo, (SIGHT.style, sample("coffee")))
    run.of = (("lab-trunk", None), f"{mixed} 64")
    assert painting(SIGHT) is None


def test_without_a_run_there_is_none(visitor):
    assert painting(SIGHT) is None
    visitor.session[RUN] = Watched("nothing yet", None, "The painting")
    assert painting(SIGHT) is None
    assert (SIGHT.ours, SIGHT.role) == (SIGHT.photo, "photo")
