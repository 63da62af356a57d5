"""What an attack hands on: exactly its picture, and the class it had before to hold against it."""

import numpy as np

from core.images.decode import decode
from tests.ui.sections.saliency.fool_cases import STILL, asked, boxed, made
from ui.sections.saliency import fool_handing


def test_the_picture_that_is_handed_on_has_the_pixels_that_fooled_the_network():
    taken = fool_handing.taken(asked(), made())
    photo = decode(taken.picture, taken.name)
    assert np.array_equal(photo.pixels, made().pixels)
    assert photo.name == "Cat attacked.png"
    assert dict(taken.settings) == {"class": "First guess", "against": made().before.label}


def test_a_picture_that_fools_nobody_is_no_reason_to_explain_again():
    assert fool_handing.fooled(made())
    assert not fool_handing.fooled(made(STILL))


def test_the_picture_of_an_attack_on_a_box_is_handed_on_too():
    case, outcome = boxed()
    taken = fool_handing.picture(case.photo, outcome)
    assert np.array_equal(decode(taken.picture, taken.name).pixels, outcome.pixels)
